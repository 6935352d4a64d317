"""Orders to boxes: a person, a reason, an expiry, and at most one answer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from cloud.kernel import audit, outbox, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.database import current_organisation, new_id, now
from cloud.kernel.errors import FixInput
from cloud.kernel.permissions import Permission
from cloud.sites import errors, events, rules
from cloud.sites.boxes import find_box
from cloud.sites.facts import zone_of
from cloud.sites.models import Box, Command, Point
from cloud.sites.places import find_point
from cloud.sites.polled import polled_meters
from cloud.sites.replication import notify
from cloud.sites.types import NotifyKind
from cloud.sites.zones import counting_box
from protocols import messages
from protocols.messages import TIMELY, CommandKind, OrderedBy
from protocols.records import CommandResult

MOVE_LIFE = timedelta(seconds=10)  # who stands before a gate has gone, or opened it, by then
OTHER_LIFE = timedelta(minutes=5)
_AT_A_DOOR = TIMELY | {CommandKind.HANG_UP}  # somebody stands there, or has just gone
_OVERDUE = text("SELECT command_id, organisation_id FROM command_overdue(:now, :limit)")


def open_point(session: Session, actor: Actor, point_id: UUID, reason: str, *, by: OrderedBy) -> Command:
    """Order a point's box to open it now. Raises PointNotFound, BoxNotEnrolled, BoxRevoked."""
    return move_point(session, actor, point_id, CommandKind.OPEN, reason, by=by)


def move_point(
    session: Session,
    actor: Actor,
    point_id: UUID,
    kind: CommandKind,
    reason: str,
    *,
    until: datetime | None = None,
    by: OrderedBy = OrderedBy.DISPATCHER,
) -> Command:
    """Order a point's box to move its barrier now; `until`: of a hold. Raises like `open_point`, and FixInput."""
    actor.require(Permission.GATES_OPEN)
    point = find_point(session, point_id)
    if until is not None and (fault := rules.hold_fault(until, now(session))) is not None:
        raise FixInput(fault)
    return order_command(
        session, actor, point.box_id, kind, target=point_id, reason=reason, until=until, by=by
    )


def order_command(
    session: Session,
    actor: Actor,
    box_id: UUID,
    kind: CommandKind,
    *,
    target: UUID | None = None,
    reason: str = "",
    until: datetime | None = None,
    carrier: str | None = None,
    by: OrderedBy = OrderedBy.DISPATCHER,
) -> Command:
    """An order to a box, sent at the commit. Raises BoxNotFound, BoxNotEnrolled, BoxRevoked; FixInput for a target
    that the box does not have.
    """
    at_a_door = kind in _AT_A_DOOR
    actor.require(Permission.GATES_OPEN if at_a_door else Permission.SITES_MANAGE)
    box = find_box(session, box_id)
    if box.revoked_at is not None:
        raise errors.BoxRevoked
    if box.enrolled_at is None:
        raise errors.BoxNotEnrolled
    _check_target(session, box, kind, target)
    life = MOVE_LIFE if at_a_door else OTHER_LIFE
    command = Command(
        id=new_id(session),
        organisation_id=current_organisation(session),
        box_id=box_id,
        kind=kind.value,
        target=target,
        account_id=actor.account_id,
        person=actor.name,
        person_kind=by.value,
        reason=reason,
        issued_at=now(session),
        expires_at=now(session) + life,
        until=until,
        carrier=carrier,
        detail="",
    )
    session.add(command)
    told = {"kind": kind.value, "target": str(target) if target else None, "reason": reason}
    if until is not None:
        told["until"] = until.isoformat()
    audit.record(session, actor, "sites.command.order", "command", command.id, told)
    notify(session, NotifyKind.COMMAND, box_id)
    _tell(session, command.id)
    return command


def order_left(
    session: Session,
    actor: Actor,
    site_id: UUID,
    pass_id: UUID,
    carrier: str,
    reason: str,
    *,
    by: OrderedBy = OrderedBy.DISPATCHER,
) -> Command:
    """Order the box that counts them to mark that whoever is inside by a pass has left.

    `carrier`: by what they had come: the plate, "" on foot.

    Raises NotInside, NobodyCounts, BoxNotEnrolled, BoxRevoked.
    """
    actor.require(Permission.GATES_OPEN)
    zone_id = zone_of(session, site_id, pass_id, carrier)
    if zone_id is None:
        raise errors.NotInside
    box_id = counting_box(session, site_id, zone_id)
    if box_id is None:
        raise errors.NobodyCounts
    return order_command(
        session,
        actor,
        box_id,
        CommandKind.MARK_LEFT,
        target=pass_id,
        reason=reason,
        carrier=carrier,
        by=by,
    )


def find_command(session: Session, command_id: UUID) -> Command:
    """An order, and its answer if one has come. Raises CommandNotFound."""
    command = session.get(Command, command_id)
    if command is None:
        raise errors.CommandNotFound
    return command


def pending_commands(session: Session, box_id: UUID, *, unsent_only: bool) -> list[messages.Command]:
    """Orders that are neither answered nor over, oldest first, as they are signed and sent."""
    query = select(Command).where(
        Command.box_id == box_id, Command.answered_at.is_(None), Command.expires_at > now(session)
    )
    if unsent_only:
        query = query.where(Command.sent_at.is_(None))
    return [_wire(command) for command in session.scalars(query.order_by(Command.issued_at))]


def record_sent(session: Session, command_id: UUID) -> None:
    """The broker has taken the command."""
    unsent = (Command.id == command_id, Command.sent_at.is_(None))
    session.execute(update(Command).where(*unsent).values(sent_at=now(session)))
    _tell(session, command_id)


def record_command_result(session: Session, box_id: UUID, event: CommandResult) -> None:
    """The box's answer; the first one stands. An answer after the expiry is still the truth."""
    answered: Any = session.execute(
        update(Command)
        .where(Command.id == event.command, Command.box_id == box_id, Command.answered_at.is_(None))
        .values(
            answered_at=event.at,
            outcome=event.outcome.value,
            outcome_reason=event.reason,
            detail=event.detail,
        )
    )
    if answered.rowcount == 0:
        return
    outbox.add(
        session,
        events.CommandAnswered(command_id=event.command, box_id=box_id, outcome=event.outcome.value),
        correlation_id=str(event.command),
    )
    _tell(session, event.command)


def overdue_commands(session: Session, limit: int = 100) -> list[tuple[UUID, UUID]]:
    """(command, company) of orders whose time is over and that nobody answered, of all companies."""
    rows = session.execute(_OVERDUE, {"now": now(session), "limit": limit})
    return [(row.command_id, row.organisation_id) for row in rows]


def record_lapsed(session: Session, command_id: UUID) -> None:
    """Nobody answered in time: the person who waits is told so."""
    waiting = (Command.id == command_id, Command.answered_at.is_(None), Command.lapsed_at.is_(None))
    session.execute(update(Command).where(*waiting).values(lapsed_at=now(session)))
    _tell(session, command_id)


def _check_target(session: Session, box: Box, kind: CommandKind, target: UUID | None) -> None:
    points = select(Point.id).where(Point.box_id == box.id, Point.archived_at.is_(None))
    meters = [meter.id for meter in polled_meters(box)]
    fault = rules.target_fault(kind, target, points=session.scalars(points).all(), meters=meters)
    if fault is not None:
        raise FixInput(fault)


def _wire(command: Command) -> messages.Command:
    return messages.Command(
        id=command.id,
        box=command.box_id,
        kind=CommandKind(command.kind),
        target=command.target,
        person=command.person[:500],
        person_id=command.account_id,
        person_kind=command.person_kind,
        reason=command.reason[:500],
        issued_at=command.issued_at,
        expires_at=command.expires_at,
        until=command.until,
        carrier=command.carrier,
    )


def _tell(session: Session, command_id: UUID) -> None:
    realtime.publish(session, current_organisation(session), "command", command_id, Permission.SITES_READ)
