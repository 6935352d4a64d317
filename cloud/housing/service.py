"""Use cases of the housing slice."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cloud.housing.errors import (
    BuildingNotThere,
    ComplexNotThere,
    EntranceNotThere,
    NameTaken,
    PremisesNotThere,
)
from cloud.housing.models import Building, Complex, Entrance, Premises
from cloud.housing.places import is_building_of, is_entrance_of, places_addressed, places_numbered, places_of
from cloud.housing.types import BuildingDraft, ComplexDraft, EntranceDraft, PremisesDraft, PremisesKind
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import new_id
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.text import search_text, sort_key
from protocols.fields import TEXT_MAX, clipped

__all__ = [
    "change_building",
    "change_complex",
    "change_premises",
    "create_building",
    "create_complex",
    "create_entrance",
    "create_premises",
    "get_building",
    "get_complex",
    "get_premises",
    "is_building_of",
    "is_entrance_of",
    "places_addressed",
    "places_numbered",
    "places_of",
]

Row = TypeVar("Row", Complex, Building, Entrance, Premises)
_KINDS = {
    Complex: LiveKind.COMPLEX,
    Building: LiveKind.BUILDING,
    Entrance: LiveKind.ENTRANCE,
    Premises: LiveKind.PREMISES,
}
_UNIQUE_VIOLATION = "23505"
_PREMISES_WORD = {
    PremisesKind.FLAT: "кв.",
    PremisesKind.OFFICE: "оф.",
    PremisesKind.STORAGE: "кладовая",
    PremisesKind.PARKING: "м/м",
}


def create_complex(session: Session, actor: Actor, draft: ComplexDraft) -> Complex:
    """Raises NameTaken when the company has a complex of this name."""
    made = Complex(id=new_id(session), organisation_id=actor.require(Permission.HOUSING_MANAGE))
    _fill_complex(made, draft)
    _add(session, made, draft.name)
    record(session, actor, "complex.create", "complex", made.id, draft.model_dump(mode="json"))
    _tell(session, made)
    return made


def change_complex(session: Session, actor: Actor, complex_id: UUID, draft: ComplexDraft) -> Complex:
    """Raises ComplexNotThere, NameTaken."""
    actor.require(Permission.HOUSING_MANAGE)
    changed = _get(session, Complex, complex_id, ComplexNotThere)
    _fill_complex(changed, draft)
    _flush(session, draft.name)
    record(session, actor, "complex.change", "complex", changed.id, draft.model_dump(mode="json"))
    _tell(session, changed)
    return changed


def create_building(session: Session, actor: Actor, draft: BuildingDraft) -> Building:
    """Raises ComplexNotThere, NameTaken."""
    organisation_id = actor.require(Permission.HOUSING_MANAGE)
    of = _get(session, Complex, draft.complex_id, ComplexNotThere)
    made = Building(id=new_id(session), organisation_id=organisation_id)
    _fill_building(made, draft, of)
    _add(session, made, draft.name)
    record(session, actor, "building.create", "building", made.id, draft.model_dump(mode="json"))
    _tell(session, made)
    return made


def change_building(session: Session, actor: Actor, building_id: UUID, draft: BuildingDraft) -> Building:
    """Premises take the new address with them. Raises BuildingNotThere, ComplexNotThere, NameTaken."""
    actor.require(Permission.HOUSING_MANAGE)
    changed = _get(session, Building, building_id, BuildingNotThere)
    _fill_building(changed, draft, _get(session, Complex, draft.complex_id, ComplexNotThere))
    _flush(session, draft.name)  # before the query does, where nobody would know the name as taken
    for premises in session.scalars(select(Premises).where(Premises.building_id == building_id)):
        _place(premises, changed)
    session.flush()
    record(session, actor, "building.change", "building", changed.id, draft.model_dump(mode="json"))
    _tell(session, changed)
    return changed


def create_entrance(session: Session, actor: Actor, draft: EntranceDraft) -> Entrance:
    """Raises BuildingNotThere, NameTaken."""
    organisation_id = actor.require(Permission.HOUSING_MANAGE)
    building = _get(session, Building, draft.building_id, BuildingNotThere)
    made = Entrance(
        id=new_id(session),
        organisation_id=organisation_id,
        building_id=building.id,
        name=draft.name,
        sort_key=f"{building.sort_key} {sort_key(draft.name)}",
    )
    _add(session, made, draft.name)
    record(session, actor, "entrance.create", "entrance", made.id, draft.model_dump(mode="json"))
    _tell(session, made)
    return made


def create_premises(session: Session, actor: Actor, draft: PremisesDraft) -> Premises:
    """Raises BuildingNotThere, EntranceNotThere, NameTaken."""
    made = Premises(id=new_id(session), organisation_id=actor.require(Permission.HOUSING_MANAGE))
    _fill_premises(session, made, draft)
    _add(session, made, draft.number)
    record(session, actor, "premises.create", "premises", made.id, draft.model_dump(mode="json"))
    _tell(session, made)
    return made


def change_premises(session: Session, actor: Actor, premises_id: UUID, draft: PremisesDraft) -> Premises:
    """Raises PremisesNotThere, BuildingNotThere, EntranceNotThere, NameTaken."""
    actor.require(Permission.HOUSING_MANAGE)
    changed = get_premises(session, premises_id)
    _fill_premises(session, changed, draft)
    _flush(session, draft.number)
    record(session, actor, "premises.change", "premises", changed.id, draft.model_dump(mode="json"))
    _tell(session, changed)
    return changed


def get_complex(session: Session, complex_id: UUID) -> Complex:
    """Raises ComplexNotThere."""
    return _get(session, Complex, complex_id, ComplexNotThere)


def get_building(session: Session, building_id: UUID) -> Building:
    """Raises BuildingNotThere."""
    return _get(session, Building, building_id, BuildingNotThere)


def get_premises(session: Session, premises_id: UUID) -> Premises:
    """Raises PremisesNotThere."""
    return _get(session, Premises, premises_id, PremisesNotThere)


def _tell(session: Session, row: Complex | Building | Entrance | Premises) -> None:
    publish(session, row.organisation_id, _KINDS[type(row)], row.id, Permission.HOUSING_READ)


def _fill_complex(target: Complex, draft: ComplexDraft) -> None:
    target.name, target.kind, target.address = draft.name, draft.kind, draft.address
    target.time_zone = draft.time_zone
    target.sort_key = sort_key(draft.name)
    target.search = search_text(draft.name, draft.address)


def _fill_building(target: Building, draft: BuildingDraft, of: Complex) -> None:
    target.complex_id, target.name, target.kind, target.floors = of.id, draft.name, draft.kind, draft.floors
    target.address = draft.address or f"{of.name}, {draft.name}"
    target.sort_key = f"{of.sort_key} {sort_key(draft.name)}"
    target.search = search_text(draft.name, target.address)


def _fill_premises(session: Session, target: Premises, draft: PremisesDraft) -> None:
    building = _get(session, Building, draft.building_id, BuildingNotThere)
    if draft.entrance_id:
        entrance = _get(session, Entrance, draft.entrance_id, EntranceNotThere)
        if entrance.building_id != building.id:
            raise EntranceNotThere
    target.building_id, target.entrance_id = building.id, draft.entrance_id
    target.kind, target.number = draft.kind, draft.number
    target.floor, target.area_m2 = draft.floor, draft.area_m2
    _place(target, building)


def _place(premises: Premises, building: Building) -> None:
    word = _PREMISES_WORD.get(PremisesKind(premises.kind))
    # Of an address that is too long, what tells these premises from the building's others stays.
    ending = f", {word} {premises.number}" if word else ""
    premises.address = clipped(building.address, TEXT_MAX - len(ending)) + ending
    premises.sort_key = f"{building.sort_key} {premises.kind} {sort_key(premises.number)}"
    premises.search = search_text(premises.address, premises.number)


def _get(session: Session, model: type[Row], row_id: UUID, missing: type[Exception]) -> Row:
    row = session.get(model, row_id)
    if row is None:
        raise missing
    return row


def _add(session: Session, row: Complex | Building | Entrance | Premises, name: str) -> None:
    session.add(row)
    _flush(session, name)


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION:
            raise NameTaken(name=name) from error
        raise
