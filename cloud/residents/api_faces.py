"""HTTP of a resident's own face: everything here is the caller's own, in a company where they live."""

import secrets
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Request, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.access.errors import ConsentNeeded, ConsentNotThere, ConsentThere, FaceNotThere
from cloud.access.types import ConsentHow
from cloud.kernel.api import Call, Router, signed_in
from cloud.kernel.api_files import CONTENT, private_answer, read_upload
from cloud.kernel.claims import MEGABYTE, QuotaExceeded
from cloud.kernel.errors import TooMany
from cloud.kernel.http import TooLarge
from cloud.kernel.limits import Limit
from cloud.kernel.problems import answers, language_of
from cloud.kernel.schemas import ONE_LINE
from cloud.residents import faces
from cloud.residents.errors import NotAtHome
from cloud.residents.home import AtHome, at_home

router = Router(prefix="/api/resident/faces", tags=["resident"])
Mine = Annotated[Call, signed_in()]
Giving = Annotated[Call, signed_in(Limit("resident/faces", 30, faces.HOUR))]


class Agreement(BaseModel):
    """That the caller agrees to the text of this version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text_version: Annotated[str, StringConstraints(max_length=20), ONE_LINE] = Field(examples=["2026-11"])


class ConsentOfMine(BaseModel):
    """A consent of mine; in force until it is withdrawn."""

    model_config = ConfigDict(from_attributes=True)

    how: ConsentHow
    text_version: str = Field(examples=["2026-11"])
    given_on: date
    withdrawn_at: datetime | None


class TextToAgree(BaseModel):
    """What I agree to."""

    model_config = ConfigDict(from_attributes=True)

    version: str = Field(examples=["2026-11"])
    text: str = Field(examples=["Я, Иванова Мария Петровна, даю согласие…"])


class FaceOfMine(BaseModel):
    """What a company keeps of my face. `consents`: the one in force first."""

    company_id: UUID
    company: str = Field(examples=["Афины"])
    consents: list[ConsentOfMine]
    stored_at: datetime | None = Field(description="when the picture came; null: there is none")
    to_agree: TextToAgree


@router.get("", response_model=list[FaceOfMine], responses=answers())
def list_faces(call: Mine, request: Request) -> Any:
    """My face, company by company, and the text that is to be agreed to before a picture is kept."""
    found = faces.faces_of_mine(at_home(call), language_of(request))
    return [_told(each) for each in found]


@router.post(
    "/{company_id}/consent",
    status_code=201,
    response_model=FaceOfMine,
    responses=answers(NotAtHome, ConsentThere, TooMany, one=True),
)
def agree(call: Giving, company_id: UUID, draft: Agreement, request: Request) -> Any:
    """I agree that panels know my face."""
    home = at_home(call)
    faces.agree(home, company_id, draft.text_version)
    return _one(home, company_id, request)


@router.delete(
    "/{company_id}/consent", status_code=204, responses=answers(NotAtHome, ConsentNotThere, one=True)
)
def withdraw(call: Mine, company_id: UUID) -> None:
    """I agree no more: the picture goes at once, from panels as soon as their box hears of it."""
    faces.withdraw(at_home(call), call.house.files, company_id)


@router.get(
    "/{company_id}/picture",
    response_class=StreamingResponse,
    responses=answers(NotAtHome, FaceNotThere, one=True) | CONTENT,
)
def get_picture(call: Mine, company_id: UUID) -> StreamingResponse:
    """The picture of mine that is kept."""
    face = faces.picture_of_mine(at_home(call), company_id)
    return private_answer(call, face.sha256, face.size, "image/jpeg")


@router.put(
    "/{company_id}/picture",
    response_model=FaceOfMine,
    responses=answers(NotAtHome, ConsentNeeded, QuotaExceeded, TooLarge, TooMany, one=True),
)
def put_picture(call: Giving, company_id: UUID, file: Annotated[UploadFile, File()], request: Request) -> Any:
    """A picture of my face (JPEG, PNG or WebP), in place of an older one; where it was taken is not kept."""
    home = at_home(call)
    faces.put_picture(
        home,
        call.house.files,
        company_id,
        read_upload(file, faces.MOST_BYTES),
        salt=secrets.token_hex(16),
        quota_bytes=call.house.settings.files_quota_mb * MEGABYTE,
    )
    return _one(home, company_id, request)


@router.delete("/{company_id}/picture", status_code=204, responses=answers(NotAtHome, FaceNotThere, one=True))
def remove_picture(call: Mine, company_id: UUID) -> None:
    """The picture goes, the consent stays."""
    faces.remove_picture(at_home(call), call.house.files, company_id)


def _one(home: AtHome, company_id: UUID, request: Request) -> dict[str, Any]:
    found = faces.faces_of_mine(home, language_of(request))
    return next(_told(each) for each in found if each.company_id == company_id)


def _told(own: faces.OwnFace) -> dict[str, Any]:
    face = own.kept.face
    return {
        "company_id": own.company_id,
        "company": own.company,
        "consents": own.kept.consents,
        "stored_at": face.stored_at if face else None,
        "to_agree": own.to_agree,
    }
