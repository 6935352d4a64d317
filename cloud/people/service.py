"""Use cases of the people slice."""

from uuid import UUID

from sqlalchemy.orm import Session

from cloud.housing import service as housing
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import new_id
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.text import search_text, sort_key
from cloud.people.errors import PersonNotThere, ResidencyNotThere
from cloud.people.models import Person, Residency
from cloud.people.residents import (
    accept_invitation,
    accounts_at,
    end_resident,
    homes_of,
    invite_resident,
    look_at_invitation,
    mail_of,
    people_at,
    premises_of,
    resident_accounts,
    resident_of,
)
from cloud.people.types import PersonDraft, ResidencyDraft

__all__ = [
    "accept_invitation",
    "accounts_at",
    "add_residency",
    "change_person",
    "create_person",
    "end_resident",
    "get_person",
    "homes_of",
    "invite_resident",
    "look_at_invitation",
    "mail_of",
    "people_at",
    "premises_of",
    "remove_residency",
    "resident_accounts",
    "resident_of",
]


def create_person(session: Session, actor: Actor, draft: PersonDraft) -> Person:
    """Namesakes are allowed: people have them."""
    made = Person(id=new_id(session), organisation_id=actor.require(Permission.PEOPLE_MANAGE))
    _fill(made, draft)
    session.add(made)
    session.flush()
    record(session, actor, "person.create", "person", made.id, {"name": draft.name})
    _tell(session, made)
    return made


def change_person(session: Session, actor: Actor, person_id: UUID, draft: PersonDraft) -> Person:
    """Raises PersonNotThere."""
    actor.require(Permission.PEOPLE_MANAGE)
    changed = get_person(session, person_id)
    _fill(changed, draft)
    session.flush()
    record(session, actor, "person.change", "person", changed.id, {"name": draft.name})
    _tell(session, changed)
    return changed


def add_residency(session: Session, actor: Actor, person_id: UUID, draft: ResidencyDraft) -> Residency:
    """Raises PersonNotThere, PremisesNotThere."""
    organisation_id = actor.require(Permission.PEOPLE_MANAGE)
    person, premises = get_person(session, person_id), housing.get_premises(session, draft.premises_id)
    made = Residency(
        id=new_id(session),
        organisation_id=organisation_id,
        person_id=person.id,
        premises_id=premises.id,
        role=draft.role,
        since=draft.since,
        until=draft.until,
    )
    session.add(made)
    session.flush()
    record(session, actor, "residency.create", "person", person.id, draft.model_dump(mode="json"))
    _tell(session, person)
    return made


def remove_residency(session: Session, actor: Actor, person_id: UUID, residency_id: UUID) -> None:
    """Raises ResidencyNotThere."""
    actor.require(Permission.PEOPLE_MANAGE)
    row = session.get(Residency, residency_id)
    if row is None or row.person_id != person_id:
        raise ResidencyNotThere
    session.delete(row)
    session.flush()
    record(session, actor, "residency.remove", "person", person_id, {"premises_id": str(row.premises_id)})
    _tell(session, get_person(session, person_id))


def get_person(session: Session, person_id: UUID) -> Person:
    """Raises PersonNotThere."""
    person = session.get(Person, person_id)
    if person is None:
        raise PersonNotThere
    return person


def _tell(session: Session, person: Person) -> None:
    publish(session, person.organisation_id, LiveKind.PERSON, person.id, Permission.PEOPLE_READ)


def _fill(target: Person, draft: PersonDraft) -> None:
    target.name, target.phones, target.email, target.note = (
        draft.name,
        list(draft.phones),
        draft.email,
        draft.note,
    )
    target.sort_key = sort_key(draft.name)
    target.search = search_text(draft.name, *draft.phones, draft.email)
