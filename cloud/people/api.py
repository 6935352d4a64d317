"""HTTP of the people slice; its list stands in `reads`, since it shows addresses too."""

from typing import Annotated, Any
from uuid import UUID

from cloud.housing.errors import PremisesNotThere
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.people import service
from cloud.people.errors import PersonNotThere, ResidencyNotThere
from cloud.people.schemas import PersonOut, ResidencyMade
from cloud.people.types import PersonDraft, ResidencyDraft

router = Router(prefix="/api/people", tags=["people"])
Reading = Annotated[Call, reading(Permission.PEOPLE_READ)]
Writing = Annotated[Call, writing(Permission.PEOPLE_MANAGE)]


@router.post("", status_code=201, response_model=PersonOut, responses=answers())
def create_person(call: Writing, draft: PersonDraft) -> Any:
    """Add a person."""
    return service.create_person(call.session, call.actor, draft)


@router.get("/{person_id}", response_model=PersonOut, responses=answers(PersonNotThere, one=True))
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
