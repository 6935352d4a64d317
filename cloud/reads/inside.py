"""Who is inside the zones of sites, as their boxes saw it last; and how many, beside how many may be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from cloud.access.models import Pass
from cloud.kernel.database import now
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.sites import service as sites
from cloud.sites.models import PassPlace, Site, Zone


class Means(StrEnum):
    """By what somebody came in."""

    VEHICLE = "vehicle"
    FOOT = "foot"


@dataclass(frozen=True, slots=True, kw_only=True)
class InsideFilter:
    """Of whom a list tells; None: of all. `zone_id`: of those in it and in what lies in it."""

    complex_id: UUID | None = None
    site_id: UUID | None = None
    zone_id: UUID | None = None
    means: Means | None = None
    is_overstayed: bool | None = None


def list_inside(session: Session, query: ListQuery, wanted: InsideFilter) -> dict[str, Any]:
    """Page of `InsideRow`. Sorts: since, until, holder, host, address, number, zone."""
    sortable = {
        "since": PassPlace.since,
        "until": Pass.valid_until,
        "holder": Pass.holder,
        "host": Pass.host,
        "address": Pass.address,
        "number": Pass.number,
        "zone": Zone.sort_name,
    }
    return fetch_page(
        session,
        _joined(session).where(*_conditions(session, wanted)),
        query,
        sortable=sortable,
        default_sort="-since",
        tie=PassPlace.pass_id,
        then=(PassPlace.carrier,),
        found=or_(matches(Pass.search, query.q), matches(func.lower(PassPlace.carrier), query.q)),
    )


def list_occupancy(
    session: Session, *, complex_id: UUID | None, site_id: UUID | None
) -> list[dict[str, Any]]:
    """`OccupancyOut` of every zone, by site and name. Who is in a zone is in all those around it, as boxes count."""
    zones = select(*_ZONE, Site.name.label("site")).join(Site, Site.id == Zone.site_id)
    if complex_id:
        zones = zones.where(Site.complex_id == complex_id)
    if site_id:
        zones = zones.where(Zone.site_id == site_id)
    ordered = zones.order_by(Site.sort_name, Site.id, Zone.sort_name, Zone.id)
    rows = [dict(row) for row in session.execute(ordered).mappings()]
    everybody, vehicles, overstayed = _counts(session, rows)
    for row in rows:
        row["inside"] = (vehicles if row["vehicles_only"] else everybody)[row["id"]]
        row["overstayed"] = overstayed[row["id"]]
    return rows


_ZONE = (
    Zone.id,
    Zone.organisation_id,
    Zone.site_id,
    Zone.parent_id,
    Zone.name,
    Zone.capacity,
    Zone.vehicles_only,
)


def _joined(session: Session) -> Select[Any]:
    return (
        select(
            PassPlace.pass_id,
            PassPlace.organisation_id,
            PassPlace.site_id,
            PassPlace.zone_id,
            Zone.name.label("zone"),
            func.nullif(PassPlace.carrier, "").label("plate"),
            PassPlace.since,
            Pass.number,
            Pass.kind,
            Pass.holder,
            Pass.vehicle,
            Pass.host,
            Pass.address,
            func.coalesce(Pass.host_phone, Pass.phone).label("phone"),
            Pass.valid_until,
            _is_overstayed(session).label("overstayed"),
        )
        .join(Zone, Zone.id == PassPlace.zone_id)
        .join(Pass, Pass.id == PassPlace.pass_id)
    )


def _is_overstayed(session: Session) -> ColumnElement[bool]:
    return and_(Pass.valid_until.is_not(None), Pass.valid_until <= now(session))


def _conditions(session: Session, wanted: InsideFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.complex_id:
        here = sites.sites_of_complex(session, wanted.complex_id)
        conditions.append(PassPlace.site_id.in_(here))
    if wanted.site_id:
        conditions.append(PassPlace.site_id == wanted.site_id)
    if wanted.zone_id:
        conditions.append(PassPlace.zone_id.in_(_within(wanted.zone_id)))
    if wanted.means is not None:
        on_foot = PassPlace.carrier == ""
        conditions.append(on_foot if wanted.means is Means.FOOT else ~on_foot)
    if wanted.is_overstayed is not None:
        overstayed = _is_overstayed(session)
        conditions.append(overstayed if wanted.is_overstayed else ~overstayed)
    return conditions


def _within(zone_id: UUID) -> Select[tuple[UUID]]:
    """The zone and all that lies in it."""
    found = select(Zone.id).where(Zone.id == zone_id).cte("within_zone", recursive=True)
    found = found.union(select(Zone.id).join(found, Zone.parent_id == found.c.id))
    return select(found.c.id)


def _counts(session: Session, zones: Sequence[dict[str, Any]]) -> tuple[Counter[UUID], ...]:
    """Everybody, vehicles and whoever should have left, by zone."""
    on_wheels, late = PassPlace.carrier != "", _is_overstayed(session)
    counted = (
        select(
            PassPlace.zone_id,
            func.count().label("everybody"),
            func.count().filter(on_wheels).label("vehicles"),
            func.count().filter(late).label("overstayed"),
        )
        .join(Pass, Pass.id == PassPlace.pass_id)
        .where(PassPlace.zone_id.in_([zone["id"] for zone in zones]))
        .group_by(PassPlace.zone_id)
    )
    parents = {zone["id"]: zone["parent_id"] for zone in zones}
    totals: tuple[Counter[UUID], ...] = (Counter(), Counter(), Counter())
    for row in session.execute(counted):
        at: UUID | None = row.zone_id
        while at is not None:
            for total, count in zip(totals, (row.everybody, row.vehicles, row.overstayed), strict=True):
                total[at] += count
            at = parents.get(at)
    return totals
