"""People with the addresses where they live."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from cloud.housing.models import Building, Complex, Premises
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.people.models import Person, Residency


def list_people(
    session: Session, query: ListQuery, premises_id: UUID | None, complex_id: UUID | None = None
) -> dict[str, Any]:
    """Page of `PersonRow`."""
    addresses = (
        select(func.coalesce(func.array_agg(Premises.address.distinct()), cast([], ARRAY(Text()))))
        .join(Residency, Residency.premises_id == Premises.id)
        .where(Residency.person_id == Person.id)
        .scalar_subquery()
    )
    statement = select(
        Person.id,
        Person.organisation_id,
        Person.name,
        Person.phones,
        Person.email,
        Person.note,
        addresses.label("premises"),
    )
    if premises_id:
        living = select(Residency.person_id).where(Residency.premises_id == premises_id)
        statement = statement.where(Person.id.in_(living))
    if complex_id:
        here = (
            select(Residency.person_id)
            .join(Premises, Premises.id == Residency.premises_id)
            .join(Building, Building.id == Premises.building_id)
            .where(Building.complex_id == complex_id)
        )
        statement = statement.where(Person.id.in_(here))
    sortable = {"name": Person.sort_key}
    return fetch_page(
        session,
        statement,
        query,
        sortable=sortable,
        default_sort="name",
        tie=Person.id,
        found=_found(query.q),
    )


def _found(q: str | None) -> ColumnElement[bool]:
    """By the person's own words, or by those together with one of the addresses where they live.

    The residents of matching premises are found once for the whole list, not for each of its rows.
    """
    own = matches(Person.search, q, numbers_in=Person.search)
    if not q:
        return own
    resident = aliased(Person)
    address = func.concat_ws(" ", Premises.search, Building.search, Complex.search)
    told = func.concat_ws(" ", resident.search, address)
    there = (
        select(Residency.person_id)
        .join(resident, resident.id == Residency.person_id)
        .join(Premises, Premises.id == Residency.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .join(Complex, Complex.id == Building.complex_id)
        .where(matches(told, q, numbers_in=told))
    )
    return or_(own, Person.id.in_(there))


def residencies(
    session: Session, *, person_id: UUID | None, premises_id: UUID | None
) -> list[dict[str, Any]]:
    """`ResidencyOut` of a person or of premises."""
    statement = (
        select(
            Residency.id,
            Residency.person_id,
            Person.name.label("person"),
            Person.phones,
            Residency.premises_id,
            Premises.address,
            Residency.role,
            Residency.since,
            Residency.until,
        )
        .join(Person, Person.id == Residency.person_id)
        .join(Premises, Premises.id == Residency.premises_id)
        .order_by(Premises.sort_key, Person.sort_key, Residency.id)
    )
    if person_id:
        statement = statement.where(Residency.person_id == person_id)
    if premises_id:
        statement = statement.where(Residency.premises_id == premises_id)
    return [dict(row) for row in session.execute(statement).mappings()]
