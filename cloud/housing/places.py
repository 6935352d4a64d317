"""Where premises are, for those who must know whose door, number or day it is."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.housing.models import Building, Complex, Entrance, Premises
from cloud.housing.types import Place, PremisesKind
from cloud.kernel.lists import AnySelect
from cloud.kernel.text import search_text

_CYRILLIC = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")  # look-alikes
_ADDRESSES_MAX = 1000  # among those that hold the words anywhere
_WITH_A_PANEL = (PremisesKind.FLAT, PremisesKind.HOUSE, PremisesKind.PLOT, PremisesKind.OFFICE)


def places_of(session: Session, premises_ids: Collection[UUID]) -> list[Place]:
    """In the order of addresses; what the scope does not show is left out."""
    query = _places().where(Premises.id.in_(premises_ids)).order_by(Premises.sort_key, Premises.id)
    return _read(session, query)


def places_numbered(
    session: Session,
    number: str,
    *,
    complex_id: UUID | None,
    building_id: UUID | None = None,
    entrance_id: UUID | None = None,
) -> list[Place]:
    """Premises that a number means: of the entrance, else of the building, else of the complex. Zeros before it mean
    nothing, nor does the case of letters; a panel's keys are Latin, the numbers of houses often Cyrillic.
    """
    if entrance_id is not None:
        query = _places().where(Premises.entrance_id == entrance_id)
    elif building_id is not None:
        query = _places().where(Premises.building_id == building_id)
    else:
        query = _places().where(Building.complex_id == complex_id)
    wanted = number.strip().upper()
    spellings = {wanted, wanted.lstrip("0")} - {""}
    spellings |= {each.translate(_CYRILLIC) for each in spellings}
    spellings |= {each.lower() for each in spellings}
    query = query.where(Premises.number.in_(spellings), Premises.kind.in_(_WITH_A_PANEL))
    return _read(session, query.order_by(Premises.sort_key, Premises.id))


def places_addressed(session: Session, address: str, *, complex_id: UUID | None) -> list[Place]:
    """Premises of the complex, None: of any, whose address ends with these words: a town or a street may be left out.

    One word alone is no address: see `places_numbered`.
    """
    words = search_text(address)
    if " " not in words:
        return []
    query = _places().where(Premises.search.contains(words, autoescape=True))
    if complex_id is not None:
        query = query.where(Building.complex_id == complex_id)
    found = _read(session, query.order_by(Premises.sort_key, Premises.id).limit(_ADDRESSES_MAX))
    return [place for place in found if f" {search_text(place.address)}".endswith(f" {words}")]


def is_building_of(session: Session, building_id: UUID, complex_id: UUID | None) -> bool:
    """Whether there is such a building, and in this complex; None: any."""
    of = session.scalars(select(Building.complex_id).where(Building.id == building_id)).one_or_none()
    return of is not None and complex_id in (None, of)


def is_entrance_of(session: Session, entrance_id: UUID, building_id: UUID | None) -> bool:
    """Whether there is such an entrance, and in this building."""
    of = session.scalars(select(Entrance.building_id).where(Entrance.id == entrance_id)).one_or_none()
    return of is not None and of == building_id


def _places() -> AnySelect:
    return (
        select(
            Premises.id,
            Premises.organisation_id,
            Premises.kind,
            Premises.number,
            Premises.address,
            Premises.building_id,
            Premises.entrance_id,
            Building.complex_id,
            Complex.time_zone,
        )
        .join(Building, Building.id == Premises.building_id)
        .join(Complex, Complex.id == Building.complex_id)
    )


def _read(session: Session, query: AnySelect) -> list[Place]:
    return [
        Place(
            premises_id=row.id,
            organisation_id=row.organisation_id,
            kind=PremisesKind(row.kind),
            number=row.number,
            address=row.address,
            building_id=row.building_id,
            entrance_id=row.entrance_id,
            complex_id=row.complex_id,
            time_zone=row.time_zone,
        )
        for row in session.execute(query)
    ]
