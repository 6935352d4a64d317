"""Zones of a site: what lies within what, who may be inside, and that one box counts it."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cloud.kernel import audit, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.database import new_id
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.permissions import Permission
from cloud.kernel.text import sort_key
from cloud.sites import errors, rules
from cloud.sites.models import Point, Site, Zone
from cloud.sites.schemas import ZoneDraft
from protocols import config
from protocols.config import AntiPassback
from protocols.qr import MOST_ZONES


def create_zone(session: Session, actor: Actor, site_id: UUID, draft: ZoneDraft) -> Zone:
    """A zone of a site, under the lowest number that is free. Raises FixInput, SiteNotFound."""
    actor.require(Permission.SITES_MANAGE)
    site = _locked_site(session, site_id)
    known = _zones(session, site_id)
    numbers = sorted(set(range(MOST_ZONES)) - {zone.number for zone in known})
    if not numbers:
        raise FixInput.at("name", "too_many_zones", rules.TOO_MANY_ZONES, most=MOST_ZONES)
    zone = Zone(
        id=new_id(session),
        organisation_id=site.organisation_id,
        site_id=site_id,
        number=numbers[0],
        **_fields(draft),
    )
    _check(session, zone, known)
    session.add(zone)
    audit.record(session, actor, "sites.zone.create", "zone", zone.id, draft.model_dump(mode="json"))
    _changed(session, site)
    return zone


def change_zone(session: Session, actor: Actor, zone_id: UUID, draft: ZoneDraft) -> Zone:
    """Change a zone; its number stays: codes out there name it. Raises ZoneNotFound, FixInput."""
    actor.require(Permission.SITES_MANAGE)
    zone = _find_zone(session, zone_id)
    site = _locked_site(session, zone.site_id)
    before = ZoneDraft.model_construct(
        name=zone.name,
        parent_id=zone.parent_id,
        anti_passback=AntiPassback(zone.anti_passback),
        amnesty_minute=zone.amnesty_minute,
        capacity=zone.capacity,
        vehicles_only=zone.vehicles_only,
    ).model_dump(mode="json")
    others = [each for each in _zones(session, zone.site_id) if each.id != zone_id]
    for name, value in _fields(draft).items():
        setattr(zone, name, value)
    _check(session, zone, others)
    after = draft.model_dump(mode="json")
    audit.record(session, actor, "sites.zone.change", "zone", zone_id, audit.difference(before, after))
    _changed(session, site)
    return zone


def remove_zone(session: Session, actor: Actor, zone_id: UUID) -> None:
    """Remove a zone; points that led into it lead nowhere in particular. Raises ZoneNotFound, InUse."""
    actor.require(Permission.SITES_MANAGE)
    zone = _find_zone(session, zone_id)
    site = _locked_site(session, zone.site_id)
    within = session.scalars(select(Zone.name).where(Zone.parent_id == zone_id).limit(1)).one_or_none()
    if within is not None:
        raise errors.InUse(by=within)
    session.execute(update(Point).where(Point.zone_id == zone_id).values(zone_id=None))
    audit.record(session, actor, "sites.zone.remove", "zone", zone_id, {"name": zone.name})
    session.delete(zone)
    _changed(session, site)


def faults_of_point(
    session: Session, site_id: UUID, point_id: UUID | None, box_id: UUID, zone_id: UUID | None
) -> Iterator[FieldError]:
    """What is wrong with a point of this box leading into this zone. `point_id` None: it is a new one."""
    if zone_id is None:
        return
    _locked_site(session, site_id)
    known = {zone.id: zone for zone in _zones(session, site_id)}
    if zone_id not in known:
        yield FieldError("zone_id", "unknown_zone", rules.NO_ZONE)
        return
    family = _family(known[zone_id], list(known.values()))
    boxes = _boxes_of(session, {zone.id for zone in family}, but=point_id)
    if _counts(family) and boxes - {box_id}:
        yield FieldError("zone_id", "zone_spread", rules.ZONE_SPREAD)


def configured_zones(session: Session, site_id: UUID) -> list[config.Zone]:
    """As boxes are told of them."""
    return [
        config.Zone(
            id=zone.id,
            number=zone.number,
            name=zone.name,
            parent=zone.parent_id,
            anti_passback=AntiPassback(zone.anti_passback),
            amnesty_minute=zone.amnesty_minute,
            capacity=zone.capacity,
            vehicles_only=zone.vehicles_only,
        )
        for zone in _zones(session, site_id)
    ]


def zones_of_points(session: Session, site_id: UUID, points: Collection[UUID]) -> frozenset[int] | None:
    """Numbers of the zones into which exactly these points lead, empty for all points; None: no zones say that."""
    led = select(Point.id, Zone.number).outerjoin(Zone, Zone.id == Point.zone_id)
    rows = session.execute(led.where(Point.site_id == site_id, Point.archived_at.is_(None))).all()
    wanted = set(points) or {row.id for row in rows}
    if wanted >= {row.id for row in rows}:
        return frozenset()
    numbers = {row.number for row in rows if row.id in wanted}
    if None in numbers or any(row.number in numbers and row.id not in wanted for row in rows):
        return None
    return frozenset(numbers)


def counting_box(session: Session, site_id: UUID, zone_id: UUID) -> UUID | None:
    """The box that counts who is in the zone: that of its points, else of those of the zones around and within it.

    Where nothing is counted several may lead into it; then any of them tells the cloud as well as another. None: none.
    """
    known = {zone.id: zone for zone in _zones(session, site_id)}
    if zone_id not in known:
        return None
    own = _boxes_of(session, {zone_id})
    return min(
        own or _boxes_of(session, {zone.id for zone in _family(known[zone_id], known.values())}), default=None
    )


def _check(session: Session, zone: Zone, others: list[Zone]) -> None:
    """Raises FixInput, before the database is told of a parent that is not there."""
    known = {each.id: each for each in others}
    if zone.parent_id is not None and zone.parent_id not in known:
        raise FixInput.at("parent_id", "unknown_zone", rules.NO_ZONE)
    at = zone.parent_id
    while at is not None and at in known:
        at = known[at].parent_id
        if at == zone.id:
            raise FixInput.at("parent_id", "zone_within_itself", rules.ZONE_WITHIN_ITSELF)
    family = _family(zone, [zone, *others])
    if _counts(family) and len(_boxes_of(session, {each.id for each in family})) > 1:
        raise FixInput.at("anti_passback", "zone_spread", rules.ZONE_SPREAD)


def _family(zone: Zone, everyone: Collection[Zone]) -> list[Zone]:
    """All zones between which one moves without leaving the outermost: what is counted in one is counted in all."""
    known = {each.id: each for each in everyone}

    def outermost(each: Zone) -> UUID:
        while each.parent_id is not None:
            each = known[each.parent_id]
        return each.id

    return [each for each in everyone if outermost(each) == outermost(zone)]


def _counts(family: Collection[Zone]) -> bool:
    return any(zone.anti_passback != AntiPassback.OFF.value or zone.capacity is not None for zone in family)


def _boxes_of(session: Session, zones: Collection[UUID], *, but: UUID | None = None) -> set[UUID]:
    points = select(Point.box_id).where(Point.zone_id.in_(zones), Point.archived_at.is_(None))
    return set(session.scalars(points.where(Point.id != but) if but else points))


def _zones(session: Session, site_id: UUID) -> list[Zone]:
    return list(session.scalars(select(Zone).where(Zone.site_id == site_id).order_by(Zone.number)))


def _locked_site(session: Session, site_id: UUID) -> Site:
    """Its zones, and which points lead into them, stay as they are until the transaction ends."""
    site = session.scalars(
        select(Site).where(Site.id == site_id).with_for_update(key_share=True)
    ).one_or_none()
    if site is None:
        raise errors.SiteNotFound(site=str(site_id))
    return site


def _find_zone(session: Session, zone_id: UUID) -> Zone:
    zone = session.scalars(
        select(Zone).where(Zone.id == zone_id).with_for_update(key_share=True)
    ).one_or_none()
    if zone is None:
        raise errors.ZoneNotFound
    return zone


def _fields(draft: ZoneDraft) -> dict[str, Any]:
    return draft.model_dump() | {
        "sort_name": sort_key(draft.name),
        "anti_passback": draft.anti_passback.value,
    }


def _changed(session: Session, site: Site) -> None:
    realtime.publish(session, site.organisation_id, "site", site.id, Permission.SITES_READ)
