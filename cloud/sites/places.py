"""Sites, boxes and points: making, changing and ending them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cloud.housing import service as housing
from cloud.kernel import audit, outbox, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.database import new_id, now, savepoint
from cloud.kernel.errors import FixInput
from cloud.kernel.permissions import Permission
from cloud.kernel.text import search_text, sort_key
from cloud.sites import barriers, doors, errors, events, uses, zones
from cloud.sites.boxes import find_box
from cloud.sites.devices import configured_points
from cloud.sites.models import Box, Device, Point, Site, Zone
from cloud.sites.polled import meter_names
from cloud.sites.schemas import BoxDraft, PointDraft, SiteDraft, StaleDraft
from cloud.sites.types import BoxPlace, PointPlace, SitePlace


def create_site(session: Session, actor: Actor, draft: SiteDraft) -> Site:
    """A new site; its boxes hold nothing yet. Raises ComplexNotThere."""
    organisation_id = actor.require(Permission.SITES_MANAGE)
    _check_complex(session, draft)
    site = Site(
        id=new_id(session),
        organisation_id=organisation_id,
        **_site_fields(draft),
        pass_epoch=new_id(session),
        pass_version=0,
        pass_digest=bytes(32),
        created_at=now(session),
        **_named(draft.name),
    )
    session.add(site)
    session.flush()
    audit.record(session, actor, "sites.site.create", "site", site.id, draft.model_dump(mode="json"))
    outbox.add(session, events.SiteCreated(site_id=site.id), correlation_id=actor.correlation_id)
    _changed(session, "site", site)
    return site


def change_site(session: Session, actor: Actor, site_id: UUID, draft: SiteDraft) -> Site:
    """Rename a site, move it to another time zone or complex; boxes learn it with the next configuration.

    Raises SiteNotFound, ComplexNotThere.
    """
    actor.require(Permission.SITES_MANAGE)
    site = find_site(session, site_id, lock=True)
    _check_complex(session, draft)
    before = SiteDraft.model_construct(
        name=site.name,
        time_zone=site.time_zone,
        complex_id=site.complex_id,
        stale=StaleDraft.model_validate(site.stale),
    ).model_dump(mode="json")
    _rename(site, draft.name)
    for name, value in _site_fields(draft).items():
        setattr(site, name, value)
    _record_change(session, actor, "site", site, before, draft.model_dump(mode="json"))
    return site


def _site_fields(draft: SiteDraft) -> dict[str, Any]:
    return {
        "time_zone": draft.time_zone,
        "complex_id": draft.complex_id,
        "stale": draft.stale.model_dump(mode="json"),
    }


def _check_complex(session: Session, draft: SiteDraft) -> None:
    if draft.complex_id is not None:
        housing.get_complex(session, draft.complex_id)


def remove_site(session: Session, actor: Actor, site_id: UUID) -> None:
    """Remove a site that nothing refers to. Raises InUse, HasRecords."""
    actor.require(Permission.SITES_MANAGE)
    site = find_site(session, site_id, lock=True)
    box = session.scalars(select(Box.name).where(Box.site_id == site_id).limit(1)).one_or_none()
    if box is not None:
        raise errors.InUse(by=box)
    audit.record(session, actor, "sites.site.remove", "site", site_id, {"name": site.name})
    _changed(session, "site", site)
    try:
        with savepoint(session):
            session.execute(delete(Zone).where(Zone.site_id == site_id))
            session.execute(delete(Site).where(Site.id == site_id))
    except IntegrityError as error:
        raise errors.HasRecords(name=site.name) from error  # passes, houses: the database knows


def remove_box(session: Session, actor: Actor, box_id: UUID) -> None:
    """Remove a box that was never enrolled and to which nothing belongs but devices.

    Raises InUse, HasRecords, BoxEnrolled.
    """
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, box_id, lock=True)
    if box.enrolled_at is not None:
        raise errors.BoxEnrolled
    point = session.scalars(select(Point.name).where(Point.box_id == box_id).limit(1)).one_or_none()
    used_by = point or next(iter(meter_names(box).values()), None)
    if used_by is not None:
        raise errors.InUse(by=used_by)
    audit.record(session, actor, "sites.box.remove", "box", box_id, {"name": box.name})
    _changed(session, "box", box)
    try:
        with savepoint(session):
            session.execute(delete(Box).where(Box.id == box_id))
    except IntegrityError as error:
        raise errors.HasRecords(name=box.name) from error  # what meters that are gone have left


def create_box(session: Session, actor: Actor, draft: BoxDraft) -> Box:
    """A box to be enrolled."""
    actor.require(Permission.SITES_MANAGE)
    site = find_site(session, draft.site_id)
    box = Box(
        id=new_id(session),
        organisation_id=site.organisation_id,
        site_id=site.id,
        created_at=now(session),
        config_version=0,
        meters=[],
        fire=[],
        **_named(draft.name),
    )
    session.add(box)
    session.flush()
    audit.record(session, actor, "sites.box.create", "box", box.id, draft.model_dump(mode="json"))
    _changed(session, "box", box)
    return box


def rename_box(session: Session, actor: Actor, box_id: UUID, name: str) -> Box:
    """Another name for a box."""
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, box_id, lock=True)
    before = {"name": box.name}
    _rename(box, name)
    _record_change(session, actor, "box", box, before, {"name": name})
    return box


def replace_box(session: Session, actor: Actor, box_id: UUID) -> Box:
    """A new box that takes over the points and devices of a revoked one; it must be enrolled.

    Raises InUse while the old one is not revoked.
    """
    actor.require(Permission.SITES_MANAGE)
    old = find_box(session, box_id, lock=True)
    if old.revoked_at is None:
        raise errors.InUse(by=old.name)
    new = create_box(session, actor, BoxDraft.model_construct(site_id=old.site_id, name=old.name))
    new.meters, old.meters = old.meters, []
    new.fire, old.fire = old.fire, []
    for table in (Point, Device):
        session.execute(update(table).where(table.box_id == old.id).values(box_id=new.id))
    audit.record(session, actor, "sites.box.replace", "box", old.id, {"replacement": str(new.id)})
    outbox.add(session, events.BoxReplaced(box_id=old.id, replacement_id=new.id))
    return new


def create_point(session: Session, actor: Actor, draft: PointDraft) -> Point:
    """A point driven by a box. Raises FixInput for a device of another box or a zone of another site."""
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, draft.box_id, lock=True)  # its devices stay what they are meanwhile
    _check_point(session, box.site_id, draft)
    point = Point(
        id=new_id(session),
        organisation_id=box.organisation_id,
        site_id=box.site_id,
        **_point_fields(draft),
        **_named(draft.name),
    )
    session.add(point)
    audit.record(session, actor, "sites.point.create", "point", point.id, draft.model_dump(mode="json"))
    _changed(session, "point", point)
    return point


def change_point(session: Session, actor: Actor, point_id: UUID, draft: PointDraft) -> Point:
    """Change a point; it stays at its site. Raises FixInput."""
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, draft.box_id, lock=True)
    point = find_point(session, point_id, lock=True)
    if box.site_id != point.site_id:
        raise errors.BoxNotFound
    _check_point(session, point.site_id, draft, point_id)
    before = {name: _plain(getattr(point, name)) for name in _point_fields(draft)} | {"name": point.name}
    for name, value in _point_fields(draft).items():
        setattr(point, name, value)
    _rename(point, draft.name)
    after = {name: _plain(value) for name, value in _point_fields(draft).items()} | {"name": draft.name}
    _record_change(session, actor, "point", point, before, after)
    return point


def archive_point(session: Session, actor: Actor, point_id: UUID) -> None:
    """Take a point out of service; what happened there stays. Raises InUse for the other gate of a sluice."""
    actor.require(Permission.SITES_MANAGE)
    point = find_point(session, point_id, lock=True)
    if (partner := barriers.partner_of(point_id, configured_points(session, point.box_id))) is not None:
        raise errors.InUse(by=partner)
    point.archived_at = now(session)
    audit.record(session, actor, "sites.point.archive", "point", point_id)
    _changed(session, "point", point)


def sites_of_complex(session: Session, complex_id: UUID) -> list[UUID]:
    """The sites that belong to a complex; none of one that is not there."""
    return list(session.scalars(select(Site.id).where(Site.complex_id == complex_id)))


def find_site(session: Session, site_id: UUID, *, lock: bool = False) -> Site:
    """A site of the scope. Raises SiteNotFound."""
    query = select(Site).where(Site.id == site_id)
    site = session.scalars(query.with_for_update(key_share=True) if lock else query).one_or_none()
    if site is None:
        raise errors.SiteNotFound(site=str(site_id))
    return site


def find_point(session: Session, point_id: UUID, *, lock: bool = False) -> Point:
    """A point in service. Raises PointNotFound."""
    query = select(Point).where(Point.id == point_id, Point.archived_at.is_(None))
    point = session.scalars(query.with_for_update(key_share=True) if lock else query).one_or_none()
    if point is None:
        raise errors.PointNotFound
    return point


def site_places(session: Session, site_ids: Collection[UUID] | None = None) -> list[SitePlace]:
    """Sites of the scope, by name; all of them when none is named."""
    query = select(Site.id, Site.name, Site.time_zone).order_by(Site.sort_name, Site.id)
    if site_ids is not None:
        query = query.where(Site.id.in_(site_ids))
    return [SitePlace(*row) for row in session.execute(query)]


def box_places(session: Session) -> list[BoxPlace]:
    """Boxes of the scope that are in service, by site and name."""
    query = (
        select(Box.id, Box.name, Site.id, Site.name, Box.organisation_id, Box.enrolled_at)
        .join(Site, Site.id == Box.site_id)
        .where(Box.revoked_at.is_(None))
        .order_by(Site.sort_name, Site.id, Box.sort_name, Box.id)
    )
    return [BoxPlace(*row) for row in session.execute(query)]


def point_places(session: Session, point_ids: Collection[UUID]) -> list[PointPlace]:
    """Where these points are; those that do not exist (any more) are left out."""
    if not point_ids:
        return []
    query = select(Point.id, Point.site_id, Point.box_id, Point.name).where(Point.id.in_(point_ids))
    return [PointPlace(*row) for row in session.execute(query)]


def points_of_site(session: Session, site_id: UUID) -> list[PointPlace]:
    """A site's points in service, by name."""
    query = select(Point.id, Point.site_id, Point.box_id, Point.name)
    query = query.where(Point.site_id == site_id, Point.archived_at.is_(None))
    return [PointPlace(*row) for row in session.execute(query.order_by(Point.sort_name))]


def _check_point(session: Session, site_id: UUID, draft: PointDraft, point_id: UUID | None = None) -> None:
    devices = {
        device.id: device for device in session.scalars(select(Device).where(Device.box_id == draft.box_id))
    }
    barrier = draft.barrier.wire() if draft.barrier else None
    readers = [reader.wire() for reader in draft.readers]
    kinds = {device.id: device.driver for device in devices.values()}
    faults = uses.point_faults(kinds, barrier, readers, draft.camera_id)
    if barrier is not None and barrier.device in devices:
        relay = devices[barrier.device]
        faults += barriers.module_faults(relay.driver, relay.settings, barrier)
    if barrier is not None:
        others = [each for each in configured_points(session, draft.box_id) if each.id != point_id]
        faults += barriers.kind_faults(barrier) + barriers.neighbour_faults(barrier, others)
    faults += doors.faults_of_point(session, site_id, draft.building_id, draft.entrance_id)
    faults += zones.faults_of_point(session, site_id, point_id, draft.box_id, draft.zone_id)
    if faults:
        raise FixInput(*faults)


def _point_fields(draft: PointDraft) -> dict[str, Any]:
    return {
        "box_id": draft.box_id,
        "zone_id": draft.zone_id,
        "building_id": draft.building_id,
        "entrance_id": draft.entrance_id,
        "residents": draft.residents,
        "barrier": msgspec.to_builtins(draft.barrier.wire()) if draft.barrier else None,
        "readers": [msgspec.to_builtins(reader.wire()) for reader in draft.readers],
        "camera_id": draft.camera_id,
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _named(name: str) -> dict[str, str]:
    return {"name": name, "sort_name": sort_key(name), "search_name": search_text(name)}


def _rename(row: Site | Box | Point, name: str) -> None:
    for field, value in _named(name).items():
        setattr(row, field, value)


def _record_change(
    session: Session,
    actor: Actor,
    kind: str,
    row: Site | Box | Point,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    audit.record(session, actor, f"sites.{kind}.change", kind, row.id, audit.difference(before, after))
    _changed(session, kind, row)


def _changed(session: Session, kind: str, row: Site | Box | Point) -> None:
    realtime.publish(session, row.organisation_id, kind, row.id, Permission.SITES_READ)
    if isinstance(row, Point):  # with it, what its box is to be sent
        realtime.publish(session, row.organisation_id, "box", row.box_id, Permission.SITES_READ)
