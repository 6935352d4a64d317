"""Boxes as they report themselves: whose they are, what they last said, how their devices fare."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import null, or_, select, text, update
from sqlalchemy.orm import Session

from cloud.kernel import outbox, realtime
from cloud.kernel.database import now
from cloud.kernel.permissions import Permission
from cloud.sites import events
from cloud.sites.errors import BoxNotFound
from cloud.sites.models import Box, BoxState, Device, Point
from cloud.sites.types import BoxOwner, BoxTarget
from protocols.fields import bounded
from protocols.messages import ServedPage, State
from protocols.records import BarrierState, DeviceState, PointHold

_OWNER = text("SELECT organisation_id, site_id, journal_key, enrolled_at, revoked_at FROM box_owner(:box)")

_TARGETS = text(
    "SELECT box_id, organisation_id, site_id, pass_epoch, pass_version, config_version FROM box_targets()"
)


def owner_of(session: Session, box_id: UUID) -> BoxOwner | None:
    """Whose box it is, whatever the transaction's scope; None for a box that nobody has."""
    row = session.execute(_OWNER, {"box": box_id}).one_or_none()
    return None if row is None else BoxOwner(box_id, *row)


def find_box(session: Session, box_id: UUID, *, lock: bool = False) -> Box:
    """A box of the scope. Raises BoxNotFound."""
    query = select(Box).where(Box.id == box_id)
    box = session.scalars(query.with_for_update(key_share=True) if lock else query).one_or_none()
    if box is None:
        raise BoxNotFound
    return box


def record_state(session: Session, owner: BoxOwner, state: State) -> bool:
    """Keep what a box says of itself; True when it came online with this. A will only says "gone"."""
    row = session.get(BoxState, owner.box_id)
    if row is None:
        row = BoxState(
            id=owner.box_id, organisation_id=owner.organisation_id, online=False, changed_at=now(session)
        )
        session.add(row)
    came, before = state.online and not row.online, _seen(row)
    if state.online != row.online:
        row.online, row.changed_at = state.online, now(session)
    if state.online:
        _keep(row, state, now(session))
    if _seen(row) != before:
        realtime.publish(session, owner.organisation_id, "box", owner.box_id, Permission.SITES_READ)
    return came


def record_device_state(session: Session, box_id: UUID, event: DeviceState) -> None:
    """A device went or came back; an event older than what is known changes nothing."""
    known = select(Device).where(Device.id == event.device, Device.box_id == box_id)
    device = session.scalars(known).one_or_none()
    if device is None or (device.status_at is not None and device.status_at >= event.at):
        return
    session.execute(
        update(Device)
        .where(Device.id == event.device)
        .values(
            status=event.status.value,
            status_at=event.at,
            status_reason=event.reason or None,
            status_number=event.number,
            status_detail=event.detail,
        )
    )
    outbox.add(
        session,
        events.DeviceStatusChanged(device_id=device.id, box_id=box_id, status=event.status.value),
        correlation_id=str(event.id),
    )
    realtime.publish(session, device.organisation_id, "device", device.id, Permission.SITES_READ)


def record_barrier_state(session: Session, box_id: UUID, event: BarrierState) -> None:
    """Where a point's barrier stands; an event older than what is known changes nothing."""
    known = (Point.id == event.point, Point.box_id == box_id)
    newer = or_(Point.barrier_at.is_(None), Point.barrier_at <= event.at)
    changed = (
        update(Point)
        .where(*known, newer)
        .values(barrier_position=event.position.value, barrier_cause=event.cause or None, barrier_at=event.at)
        .returning(Point.organisation_id)
    )
    organisation_id = session.scalar(changed)
    if organisation_id is not None:
        realtime.publish(session, organisation_id, "point", event.point, Permission.SITES_READ)


def record_point_hold(session: Session, box_id: UUID, event: PointHold) -> None:
    """Who has a point held open, or that nobody has any more; what is older than what is known changes nothing."""
    hold = {
        "id": str(event.hold),
        "person": event.person,
        "reason": event.reason,
        "since": event.at.isoformat(),
        "until": bounded(event.until).isoformat(),
    }
    known = (Point.id == event.point, Point.box_id == box_id)
    newer = or_(Point.hold_at.is_(None), Point.hold_at <= event.at)
    changed = (
        update(Point)
        .where(*known, newer)
        .values(hold=null() if event.end else hold, hold_at=event.at)
        .returning(Point.organisation_id)
    )
    organisation_id = session.scalar(changed)
    if organisation_id is not None:
        realtime.publish(session, organisation_id, "point", event.point, Permission.SITES_READ)


def _keep(row: BoxState, state: State, moment: datetime) -> None:
    row.seen_at = moment
    row.reported_at = _bounded(state.at)
    row.software = state.software
    row.pass_epoch, row.pass_version, row.pass_digest = (
        state.pass_epoch,
        state.pass_version,
        state.pass_digest,
    )
    row.config_version = state.config_version
    row.clock = state.clock.value if state.clock else None
    row.disk_free_mb = state.disk_free_mb
    row.page = _page(state.page)
    if state.events is not None:
        row.events_waiting, row.events_oldest_at = state.events.records, _bounded(state.events.oldest_at)
    if state.readings is not None:
        row.readings_waiting, row.readings_oldest_at = (
            state.readings.records,
            _bounded(state.readings.oldest_at),
        )


def _page(page: ServedPage | None) -> dict[str, Any] | None:
    if page is None:
        return None
    page = msgspec.structs.replace(page, begins=_bounded(page.begins), ends=_bounded(page.ends))
    told: dict[str, Any] = msgspec.to_builtins(page)
    return told


def _bounded(instant: datetime | None) -> datetime | None:
    return None if instant is None else bounded(instant)


def _seen(row: BoxState) -> tuple[object, ...]:
    """What a person watching the list would see change."""
    return (row.online, row.software, row.pass_version, row.config_version, row.clock, row.page)


def box_targets(session: Session) -> list[BoxTarget]:
    """Every enrolled box of every company that is not revoked, and what it should hold."""
    return [BoxTarget(*row) for row in session.execute(_TARGETS)]
