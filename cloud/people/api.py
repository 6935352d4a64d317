"""HTTP of the people slice; its list stands in `reads`, since it shows addresses too."""

import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request

from cloud.housing.errors import PremisesNotThere
from cloud.kernel.api import Call, HouseOf, Router, origins_of, reading, writing
from cloud.kernel.errors import TooMany
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.organisations import service as organisations
from cloud.organisations.errors import LinkDead, PasswordWeak
from cloud.people import service
from cloud.people.errors import (
    AccountIsAnothers,
    AlreadyResident,
    PersonNotThere,
    ResidencyNotThere,
    ResidentNotThere,
)
from cloud.people.schemas import (
    PersonOut,
    ResidencyMade,
    ResidentAccept,
    ResidentInvitationOut,
    ResidentLook,
    ResidentMade,
    ResidentOut,
)
from cloud.people.types import PersonDraft, ResidencyDraft, ResidentDraft
from protocols.privacy import LookKind

entry = Router(prefix="/api/resident/invitation", tags=["resident"])
router = Router(prefix="/api/people", tags=["people"])
Reading = Annotated[Call, reading(Permission.PEOPLE_READ)]
Writing = Annotated[Call, writing(Permission.PEOPLE_MANAGE)]


@router.post("", status_code=201, response_model=PersonOut, responses=answers())
def create_person(call: Writing, draft: PersonDraft) -> Any:
    """Add a person."""
    return service.create_person(call.session, call.actor, draft)


@router.get("/{person_id}", response_model=PersonOut, responses=answers(PersonNotThere, one=True))
@looks_at(LookKind.PEOPLE)
def get_person(call: Reading, person_id: UUID) -> Any:
    """One person."""
    return service.get_person(call.session, person_id)


@router.put("/{person_id}", response_model=PersonOut, responses=answers(PersonNotThere, one=True))
def change_person(call: Writing, person_id: UUID, draft: PersonDraft) -> Any:
    """Change a person."""
    return service.change_person(call.session, call.actor, person_id, draft)


@router.post(
    "/{person_id}/residencies",
    status_code=201,
    response_model=ResidencyMade,
    responses=answers(PersonNotThere, PremisesNotThere, one=True),
)
def add_residency(call: Writing, person_id: UUID, draft: ResidencyDraft) -> Any:
    """Say that a person owns, rents or lives at premises."""
    return service.add_residency(call.session, call.actor, person_id, draft)


@router.delete(
    "/{person_id}/residencies/{residency_id}", status_code=204, responses=answers(ResidencyNotThere, one=True)
)
def remove_residency(call: Writing, person_id: UUID, residency_id: UUID) -> None:
    """Take it back."""
    service.remove_residency(call.session, call.actor, person_id, residency_id)


@router.get("/{person_id}/account", response_model=ResidentOut, responses=answers(ResidentNotThere, one=True))
@looks_at(LookKind.PEOPLE)
def get_resident(call: Reading, person_id: UUID) -> Any:
    """Whether the person uses the resident's app, or was asked to."""
    row = service.resident_of(call.session, person_id)
    call.about.add(row.organisation_id)
    return row


@router.post(
    "/{person_id}/account",
    status_code=201,
    response_model=ResidentOut,
    responses=answers(PersonNotThere, AlreadyResident, AccountIsAnothers, one=True),
)
def invite_resident(call: Writing, person_id: UUID, draft: ResidentDraft) -> Any:
    """Invite the person to the resident's app by a letter; once more: a new letter, and the older link is dead."""
    token, public_url = secrets.token_urlsafe(32), call.house.settings.public_url
    return service.invite_resident(
        call.session, call.actor, person_id, draft, token=token, public_url=public_url
    )


@router.delete("/{person_id}/account", status_code=204, responses=answers(ResidentNotThere, one=True))
def end_resident(call: Writing, person_id: UUID) -> None:
    """End the person's access; the account stays theirs, and is nobody here any more."""
    service.end_resident(call.session, call.actor, person_id)


@entry.post("", response_model=ResidentInvitationOut, responses=answers(LinkDead, TooMany, anyone=True))
def look_at_invitation(body: ResidentLook, request: Request, house: HouseOf) -> Any:
    """What a link invites a resident to, without using it."""
    organisations.count_link(house.database, origins_of(request))
    with house.database.transaction() as session:
        return service.look_at_invitation(session, body.token)


@entry.post(
    "/accept", response_model=ResidentMade, responses=answers(LinkDead, PasswordWeak, TooMany, anyone=True)
)
def accept_invitation(body: ResidentAccept, request: Request, house: HouseOf) -> ResidentMade:
    """Be the person from now on; then sign in. Answers the account's id."""
    organisations.count_link(house.database, origins_of(request))
    with house.database.transaction() as session:
        return ResidentMade(id=service.accept_invitation(session, body.token, password=body.password))
