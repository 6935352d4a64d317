"""HTTP of faces by which panels know people: their consents, their pictures."""

import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Request, UploadFile
from fastapi.responses import StreamingResponse

from cloud.access import face_texts, faces, service
from cloud.access.errors import ConsentNeeded, ConsentNotThere, ConsentThere, FaceNotThere
from cloud.access.face_schemas import ConsentOut, FaceOut, FacePictureOut, PaperConsent
from cloud.access.types import ConsentHow
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.api_files import CONTENT, private_answer, read_upload
from cloud.kernel.claims import MEGABYTE, QuotaExceeded
from cloud.kernel.http import TooLarge
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers, language_of
from cloud.kernel.tables import Organisation
from cloud.people import service as people
from cloud.people.errors import PersonNotThere
from protocols.privacy import LookKind

router = Router(prefix="/api/people/{person_id}/face", tags=["people"])
Reading = Annotated[Call, reading(Permission.PEOPLE_READ)]
Looking = Annotated[Call, reading(Permission.PEOPLE_MANAGE)]
Writing = Annotated[Call, writing(Permission.PEOPLE_MANAGE)]


@router.get("", response_model=FaceOut, responses=answers(PersonNotThere, one=True))
@looks_at(LookKind.FACES)
def get_face(call: Reading, person_id: UUID, request: Request) -> dict[str, Any]:
    """What a person has agreed to, whether a picture is kept, and the text that is to be agreed to now."""
    kept = service.kept_of(call.session, person_id)
    person = people.get_person(call.session, person_id)
    company = call.session.get_one(Organisation, person.organisation_id).name
    return kept._asdict() | {
        "person_id": person_id,
        "organisation_id": person.organisation_id,
        "picture": kept.face,
        "to_agree": face_texts.current(language_of(request), person=person.name, company=company),
    }


@router.post(
    "/consent",
    status_code=201,
    response_model=ConsentOut,
    responses=answers(PersonNotThere, ConsentThere, one=True),
)
def give_consent(call: Writing, person_id: UUID, draft: PaperConsent) -> Any:
    """Write down a consent that the company has on paper. One that is given in the app, the person gives alone."""
    return service.give_consent(
        call.session,
        call.actor,
        person_id,
        ConsentHow.PAPER,
        given_on=draft.given_on,
        note=draft.note,
        version=draft.text_version,
    )


@router.delete("/consent", status_code=204, responses=answers(ConsentNotThere, one=True))
def withdraw_consent(call: Writing, person_id: UUID) -> None:
    """The person agrees no more: the picture goes at once, from panels as soon as their box hears of it."""
    service.withdraw_consent(call.session, call.actor, call.house.files, person_id, ConsentHow.PAPER)


@router.get("/picture", response_class=StreamingResponse, responses=answers(FaceNotThere, one=True) | CONTENT)
@looks_at(LookKind.FACES)
def get_picture(call: Looking, person_id: UUID) -> StreamingResponse:
    """The picture itself; each look stands in the ledger."""
    face = service.picture_of(call.session, person_id)
    call.about.add(face.organisation_id)
    return private_answer(call, face.sha256, face.size, "image/jpeg")


@router.put(
    "/picture",
    response_model=FacePictureOut,
    responses=answers(PersonNotThere, ConsentNeeded, QuotaExceeded, TooLarge, one=True),
)
def put_picture(call: Writing, person_id: UUID, file: Annotated[UploadFile, File()]) -> Any:
    """Keep a picture of the face (JPEG, PNG or WebP), in place of an older one; where it was taken is not kept."""
    return service.put_picture(
        call.session,
        call.actor,
        call.house.files,
        person_id,
        read_upload(file, faces.MOST_BYTES),
        salt=secrets.token_hex(16),
        quota_bytes=call.house.settings.files_quota_mb * MEGABYTE,
    )


@router.delete("/picture", status_code=204, responses=answers(FaceNotThere, one=True))
def remove_picture(call: Writing, person_id: UUID) -> None:
    """The picture goes, from panels as soon as their box hears of it; the consent stays."""
    service.remove_picture(call.session, call.actor, call.house.files, person_id)
