"""The lanes: what stands there, who came, what a guard made of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from cloud.access.models import Pass, PassageRow
from cloud.access.types import PassState
from cloud.gate import passes
from cloud.gate.desk import Asked, Desk
from cloud.guard.models import GateDecisionRow, VisitRow
from cloud.kernel.claims import claimed
from cloud.kernel.database import now
from cloud.kernel.errors import NotThere
from cloud.sites.models import Alarm, Box, BoxState, Command, Device, Point
from protocols import guard_views as views
from protocols.acts import ManualReason, Verdict, VisitState
from protocols.fields import ClockState, Direction
from protocols.guard_api import Show
from protocols.records import (
    BarrierPosition,
    CommandOutcome,
    DeviceReason,
    DeviceStatus,
    Outcome,
    PassageFlag,
    Reason,
)

_LOOKED_AT = 20
_STANDING = (PassState.ISSUED, PassState.INSIDE, PassState.LEFT)
_PICTURES = "/gate/api/pictures"


def board(desk: Desk, _asked: Asked) -> views.Board:
    """All of the first screen."""
    session = desk.session
    mine = (Point.site_id == desk.site.id, Point.archived_at.is_(None))
    points = session.scalars(select(Point).where(*mine).order_by(Point.sort_name, Point.id)).all()
    inside = (VisitRow.site_id == desk.site.id, VisitRow.state == VisitState.INSIDE)
    acts = last_acts(desk)
    counts = {show: passes.count(desk, show) for show in Show if show is not Show.ALL}
    return views.Board(
        now=now(session),
        link=_link(),
        lanes=[_lane(desk, point, acts.get(point.id)) for point in points],
        counts=views.Counts(
            **{show.value: counted for show, counted in counts.items()},
            visitors=session.scalar(select(func.count(VisitRow.id)).where(*inside)) or 0,
        ),
        event=0,
    )


def of_pass(desk: Desk, pass_id: UUID) -> list[views.PassageView]:
    """The last passages by a pass."""
    mine = select(PassageRow).where(PassageRow.pass_id == pass_id, PassageRow.site_id == desk.site.id)
    return shown(desk, desk.session.scalars(mine.order_by(PassageRow.at.desc()).limit(20)).all())


def shown(desk: Desk, rows: Sequence[PassageRow]) -> list[views.PassageView]:
    """Passages as the page draws them."""
    session = desk.session
    held = _held(desk, [row.pass_id for row in rows if row.pass_id])
    named = select(Point.id, Point.name).where(Point.site_id == desk.site.id)
    names = {row.id: row.name for row in session.execute(named)}
    decided = decided_about(session, [row.id for row in rows])
    here = files_here(session, [row.still for row in rows if row.still and row.still_removed_at is None])
    made = []
    for row in rows:
        near = _near(desk, row) if row.id not in decided else []
        made.append(_view(desk, row, names, held, near, decided.get(row.id), here))
    return made


def decided_about(session: Session, passage_ids: Sequence[UUID]) -> dict[UUID, views.Decided]:
    """What guards decided, by passage; of several the first."""
    mine = select(GateDecisionRow).where(GateDecisionRow.passage_id.in_(passage_ids))
    rows = session.scalars(mine.order_by(GateDecisionRow.at.desc())).all()
    return {
        row.passage_id: view
        for row, view in zip(rows, decisions(session, rows), strict=True)
        if row.passage_id
    }


def decisions(session: Session, rows: Sequence[GateDecisionRow]) -> list[views.Decided]:
    """As the page draws them. What was decided at this page was done when the box has answered."""
    ids = [row.command_id for row in rows if row.command_id]
    orders = {order.id: order for order in session.scalars(select(Command).where(Command.id.in_(ids)))}
    points, numbers = _names(session, rows), _numbers(session, rows)
    return [
        msgspec.structs.replace(
            _decided(row, orders.get(row.command_id) if row.command_id else None),
            point_name=points.get(row.point_id, ""),
            pass_number=numbers.get(row.pass_id, "") if row.pass_id else "",
        )
        for row in rows
    ]


def _names(session: Session, rows: Sequence[GateDecisionRow]) -> dict[UUID, str]:
    """Of the points, by id."""
    named = select(Point.id, Point.name).where(Point.id.in_({row.point_id for row in rows}))
    return {row.id: row.name for row in session.execute(named)}


def _numbers(session: Session, rows: Sequence[GateDecisionRow]) -> dict[UUID, str]:
    """Of the passes, by id."""
    numbered = select(Pass.id, Pass.number).where(Pass.id.in_({row.pass_id for row in rows if row.pass_id}))
    return {row.id: str(row.number) for row in session.execute(numbered)}


def last_acts(desk: Desk) -> dict[UUID, views.Decided]:
    """What a guard did last at each point, of late."""
    row, since = GateDecisionRow, now(desk.session) - views.ACT_SHOWN_FOR
    here = (row.organisation_id == desk.site.organisation_id, row.site_id == desk.site.id, row.at >= since)
    newest = (
        select(row).where(*here).ext(distinct_on(row.point_id)).order_by(row.point_id, row.at.desc(), row.id)
    )
    rows = desk.session.scalars(newest).all()
    return {row.point_id: view for row, view in zip(rows, decisions(desk.session, rows), strict=True)}


def _decided(row: GateDecisionRow, order: Command | None) -> views.Decided:
    opened, detail = row.opened, row.fault
    if order is not None and order.answered_at is not None:
        opened = order.outcome == CommandOutcome.DONE
        detail = "" if opened else order.outcome_reason or order.detail
    elif order is not None and order.lapsed_at is not None:
        opened, detail = False, "expired"
    elif row.box_id is None and row.command_id is None and row.verdict != Verdict.REFUSE:
        detail = views.NOTHING_TO_OPEN
    return views.Decided(
        id=row.id,
        at=row.at,
        guard=views.Guard(id=row.guard_id, name=row.guard),
        verdict=Verdict(row.verdict),
        reason=ManualReason(row.reason) if row.reason else None,
        note=row.note,
        opened=opened,
        detail=detail,
        blacklisted=row.blacklisted,
        point=row.point_id,
        direction=Direction(row.direction),
        plate=row.plate,
    )


def _lane(desk: Desk, point: Point, act: views.Decided | None) -> views.Lane:
    session, row = desk.session, PassageRow
    since = now(session) - views.CONFIRMED_WITHIN
    mine = (row.organisation_id == desk.site.organisation_id, row.point_id == point.id)
    newest = select(row).where(*mine).order_by(row.at.desc())
    last = shown(desk, session.scalars(newest.limit(1)).all())
    recent = shown(desk, session.scalars(newest.where(row.at >= since).limit(20)).all())
    box = session.get_one(Box, point.box_id)
    away = _is_away(session, box)
    has_box = box.enrolled_at is not None and box.revoked_at is None
    return views.Lane(
        id=point.id,
        name=point.name,
        directions=sorted({Direction(reader.get("direction", Direction.IN)) for reader in point.readers}),
        position=BarrierPosition(point.barrier_position) if point.barrier_position else None,
        can_open=point.barrier is not None and has_box and not away,
        hold=_hold(point.hold, now(session)),
        live=None,
        last=last[0] if last else None,
        waiting=[view for view in reversed(recent) if view.waits],
        alarms=_alarms(session, point),
        trouble=_trouble(session, point, box),
        away=away,
        act=act,
    )


def _hold(told: dict[str, Any] | None, at: datetime) -> views.LaneHold | None:
    """As long as it lasts: the box releases it by itself."""
    if told is None or (until := datetime.fromisoformat(told["until"])) <= at:
        return None
    return views.LaneHold(person=told["person"], reason=told["reason"], until=until)


def _alarms(session: Session, point: Point) -> list[str]:
    sources = [point.id, *_readers(point), *([point.camera_id] if point.camera_id else [])]
    lasting = (Alarm.source_id.in_(sources), Alarm.notice.is_(False), Alarm.cleared_at.is_(None))
    return sorted(set(session.scalars(select(Alarm.kind).where(*lasting))))


def _readers(point: Point) -> list[UUID]:
    return [UUID(str(reader["device"])) for reader in point.readers]


def _is_away(session: Session, box: Box) -> bool:
    state = session.get(BoxState, box.id)
    return box.enrolled_at is not None and (state is None or not state.online)


def _trouble(session: Session, point: Point, box: Box) -> list[str]:
    """What is not there, by name; where the box itself is away, nobody knows of the rest."""
    if _is_away(session, box):
        return [box.name]
    used = _readers(point)
    used += [UUID(str(point.barrier["device"]))] if point.barrier else []
    used += [point.camera_id] if point.camera_id else []
    is_open = Device.status_reason.is_not_distinct_from(DeviceReason.TAMPERED)  # reads on: that is an alarm
    gone = (Device.id.in_(used), Device.status.in_((DeviceStatus.OFFLINE, DeviceStatus.FAULT)), ~is_open)
    return list(session.scalars(select(Device.name).where(*gone).order_by(Device.name)))


def _link() -> views.Link:
    """The cloud is not away from itself."""
    return views.Link(away_since=None, queued=0, list_age_s=0, stale=False, clock=ClockState.TRUSTED)


def _held(desk: Desk, ids: Iterable[UUID]) -> dict[UUID, views.PassRow]:
    rows = desk.session.scalars(select(Pass).where(Pass.id.in_(list(ids)))).all()
    return {row.id: row for row in passes.rows_of(desk, rows)}


def picture_of(still: str | None, here: set[str]) -> str | None:
    """The path of a picture, where it is one of those that are here."""
    return f"{_PICTURES}/{still}" if still in here else None


def files_here(session: Session, names: Iterable[str]) -> set[str]:
    """Those of the pictures that have come."""
    here = set()
    for name in set(names):
        try:
            claimed(session, name)
        except NotThere:
            continue
        here.add(name)
    return here


def _near(desk: Desk, row: PassageRow) -> list[views.PassRow]:
    """Standing passes whose plate differs from the read one in a single character."""
    is_over = row.at <= now(desk.session) - views.NEAR_FOR  # whoever came then is gone
    if is_over or row.outcome != Outcome.DENIED or row.reason not in views.NEAR_REASONS or not row.plate:
        return []
    plate = row.plate.lower()
    patterns = [f"%{plate[:index]}_{plate[index + 1 :]}%" for index in range(len(plate))]
    close = or_(*(Pass.search.like(pattern) for pattern in patterns))
    standing = (Pass.site_id == desk.site.id, Pass.state.in_(_STANDING), close)
    ends = Pass.valid_until.is_(None) | (Pass.valid_until > now(desk.session))
    found = desk.session.scalars(select(Pass).where(*standing, ends).limit(_LOOKED_AT)).all()
    read = row.plate
    near = [each for each in found if any(_differ_in_one(read, held) for held in each.plates)]
    return [each for each in passes.rows_of(desk, near) if each.status in views.OFFERED][: views.NEAR_MOST]


def _differ_in_one(read: str, held: str) -> bool:
    return len(read) == len(held) and sum(one != other for one, other in zip(read, held, strict=True)) == 1


def _view(
    desk: Desk,
    row: PassageRow,
    names: dict[UUID, str],
    held: dict[UUID, views.PassRow],
    near: list[views.PassRow],
    decided: views.Decided | None,
    here: set[str],
) -> views.PassageView:
    may_wait = row.reason in views.LEFT_TO_GUARD and row.at >= now(desk.session) - views.CONFIRMED_WITHIN
    fields: dict[str, Any] = {
        "id": row.id,
        "at": row.at,
        "point": row.point_id,
        "point_name": names.get(row.point_id, ""),
        "direction": Direction(row.direction),
        "outcome": Outcome(row.outcome),
        "reason": Reason(row.reason),
        "flags": [PassageFlag(flag) for flag in row.flags],
        "read": row.read,
        "plate": row.plate,
        "held": held.get(row.pass_id) if row.pass_id else None,
        "near": near,
        "still": picture_of(row.still, here),
        "opened": row.opened,
        "waits": may_wait and decided is None,
        "decided": decided,
    }
    return views.PassageView(**fields)
