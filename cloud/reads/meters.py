"""Meters with the places where they stand and the series that they fill."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from cloud.housing.models import Building, Premises
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.meters.models import Meter
from cloud.meters.types import Resource
from cloud.sites.models import Box, Site
from cloud.telemetry.models import Series

_ROW = (Meter.id, Meter.organisation_id, Meter.name, Meter.serial, Meter.resource, Meter.profile, Meter.unit)


def list_meters(
    session: Session,
    query: ListQuery,
    *,
    complex_id: UUID | None = None,
    site_id: UUID | None,
    box_id: UUID | None,
    resource: Resource | None,
) -> dict[str, Any]:
    """Page of `MeterRow`; removed meters are left out."""
    statement = (
        select(
            *_ROW,
            Meter.box_id,
            Box.name.label("box"),
            Box.site_id,
            Site.name.label("site"),
            func.coalesce(Premises.address, Building.address, "").label("address"),
        )
        .join(Box, Box.id == Meter.box_id)
        .join(Site, Site.id == Box.site_id)
        .outerjoin(Premises, Premises.id == Meter.premises_id)
        .outerjoin(Building, Building.id == Meter.building_id)
        .where(Meter.removed_at.is_(None))
    )
    wanted = {Box.site_id: site_id, Meter.box_id: box_id, Meter.resource: resource}
    statement = statement.where(*(column == value for column, value in wanted.items() if value is not None))
    if complex_id:
        statement = statement.where(_stands_in(complex_id))
    sortable = {"name": Meter.sort_key, "resource": Meter.resource, "site": Site.sort_name}
    told = func.concat_ws(" ", Meter.search, func.coalesce(Premises.search, Building.search))
    found = matches(told, query.q, numbers_in=told)
    page = fetch_page(
        session, statement, query, sortable=sortable, default_sort="name", tie=Meter.id, found=found
    )
    _add_series(session, page["items"])
    return page


def _stands_in(complex_id: UUID) -> ColumnElement[bool]:
    """By its premises or building; a meter of neither is where its box is."""
    buildings = select(Building.id).where(Building.complex_id == complex_id)
    nowhere = and_(Meter.premises_id.is_(None), Meter.building_id.is_(None))
    return or_(
        Premises.building_id.in_(buildings),
        and_(Meter.premises_id.is_(None), Meter.building_id.in_(buildings)),
        and_(nowhere, Site.complex_id == complex_id),
    )


def _add_series(session: Session, rows: list[dict[str, Any]]) -> None:
    series: dict[UUID, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    statement = select(Series.id, Series.meter_id, Series.channel, Series.unit, Series.kind).where(
        Series.meter_id.in_(series)
    )
    for found in session.execute(statement.order_by(Series.id)).mappings():
        series[found["meter_id"]].append({name: found[name] for name in ("id", "channel", "unit", "kind")})
    for row in rows:
        row["series"] = series[row["id"]]
