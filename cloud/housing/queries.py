"""Lists of the housing slice: columns, not entities."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.housing.models import Building, Complex, Entrance, Premises
from cloud.housing.types import PremisesKind
from cloud.kernel.lists import Column, ListQuery, fetch_page, matches


def list_complexes(session: Session, query: ListQuery) -> dict[str, Any]:
    """Page of `ComplexRow`."""
    buildings = _count(Building.id, Building.complex_id == Complex.id)
    premises = (
        select(func.count(Premises.id))
        .join(Building, Building.id == Premises.building_id)
        .where(Building.complex_id == Complex.id)
        .scalar_subquery()
    )
    statement = select(
        *_columns(Complex, "id organisation_id name kind address time_zone"),
        buildings.label("buildings"),
        premises.label("premises"),
    )
    sortable = {"name": Complex.sort_key, "kind": Complex.kind}
    return _page(session, statement, query, sortable, Complex.id, Complex.search)


def list_buildings(session: Session, query: ListQuery, complex_id: UUID | None) -> dict[str, Any]:
    """Page of `BuildingRow`."""
    statement = select(
        *_columns(Building, "id organisation_id complex_id name kind address floors"),
        Complex.name.label("complex"),
        _count(Premises.id, Premises.building_id == Building.id).label("premises"),
    ).join(Complex, Complex.id == Building.complex_id)
    if complex_id:
        statement = statement.where(Building.complex_id == complex_id)
    sortable = {"name": Building.sort_key, "address": Building.address, "complex": Complex.sort_key}
    return _page(session, statement, query, sortable, Building.id, Building.search)


def list_entrances(session: Session, building_id: UUID) -> list[Entrance]:
    """Entrances of a building, in order."""
    rows = select(Entrance).where(Entrance.building_id == building_id)
    return list(session.scalars(rows.order_by(Entrance.sort_key, Entrance.id)))


def list_premises(
    session: Session,
    query: ListQuery,
    *,
    complex_id: UUID | None,
    building_id: UUID | None,
    kind: PremisesKind | None,
) -> dict[str, Any]:
    """Page of `PremisesRow`."""
    names = "id organisation_id building_id entrance_id kind number floor area_m2 address"
    statement = (
        select(
            *_columns(Premises, names),
            Building.name.label("building"),
            Complex.name.label("complex"),
        )
        .join(Building, Building.id == Premises.building_id)
        .join(Complex, Complex.id == Building.complex_id)
    )
    if complex_id:
        statement = statement.where(Building.complex_id == complex_id)
    if building_id:
        statement = statement.where(Premises.building_id == building_id)
    if kind:
        statement = statement.where(Premises.kind == kind)
    sortable = {"number": Premises.sort_key, "floor": Premises.floor, "area_m2": Premises.area_m2}
    return _page(session, statement, query, sortable, Premises.id, Premises.search)


def _page(
    session: Session,
    statement: Select[Any],
    query: ListQuery,
    sortable: Mapping[str, Column],
    tie: InstrumentedAttribute[Any],
    search: Column,
) -> dict[str, Any]:
    return fetch_page(
        session,
        statement,
        query,
        sortable=sortable,
        default_sort=next(iter(sortable)),
        tie=tie,
        found=matches(search, query.q),
    )


def _columns(model: type[Any], names: str) -> list[Any]:
    return [getattr(model, name) for name in names.split()]


def _count(column: Any, condition: Any) -> Any:
    return select(func.count(column)).where(condition).scalar_subquery()
