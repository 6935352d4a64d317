"""Openings that are no passage, looked back at: by a guard's hand, from afar, by nobody's decision.

Of an order the picture is known where a guard's decision or a call stands behind it; else it is in the journal alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, not_, select, true, tuple_

from cloud.calls.models import CallRow
from cloud.gate import lanes
from cloud.gate.desk import Desk
from cloud.guard.models import GateDecisionRow
from cloud.kernel.lists import matches
from cloud.sites.models import Alarm, Box, Command, Point
from protocols import guard_views as views
from protocols.acts import Verdict
from protocols.fields import Direction
from protocols.guard_api import FindPassages, ShowPassages
from protocols.messages import CommandKind, OrderedBy
from protocols.records import BarrierAlarm, CommandOutcome

_TRIED = (CommandOutcome.DONE, CommandOutcome.FAILED)
_ORDERED = {OrderedBy.DISPATCHER: views.OpenedBy.DISPATCHER, OrderedBy.RESIDENT: views.OpenedBy.RESIDENT}


class _Of(NamedTuple):
    """Columns of a kind of opening by which it is found. `opened`: None of it: nobody knows."""

    id: Any
    at: Any
    point: Any
    opened: ColumnElement[bool]
    is_guards: ColumnElement[bool]
    texts: Sequence[Any]


def found(desk: Desk, wanted: FindPassages, since: datetime, limit: int) -> list[views.OpeningView]:
    """Newest first, at most so many."""
    if wanted.show is ShowPassages.DENIED:
        return []
    every = [*_by_guards(desk, wanted, since, limit), *_ordered(desk, wanted, since, limit)]
    every += _by_nobody(desk, wanted, since, limit)
    return sorted(every, key=lambda each: (each.at, each.id), reverse=True)[:limit]


def _by_guards(desk: Desk, wanted: FindPassages, since: datetime, limit: int) -> list[views.OpeningView]:
    row, order = GateDecisionRow, Command
    opened = func.coalesce(row.opened, order.outcome == CommandOutcome.DONE)
    own = _Of(row.id, row.at, row.point_id, opened, true(), (row.guard, row.note, row.plate))
    query = select(row).outerjoin(order, order.id == row.command_id)
    mine = (
        row.organisation_id == desk.site.organisation_id,
        row.site_id == desk.site.id,
        row.passage_id.is_(None),
        row.verdict == Verdict.OPEN,
    )
    rows = desk.session.scalars(_narrowed(query.where(*mine), own, wanted, since, limit)).all()
    names, here = _names(desk), lanes.files_here(desk.session, [each.still for each in rows if each.still])
    return [
        views.OpeningView(
            id=decided.id,
            at=decided.at,
            point=each.point_id,
            point_name=names.get(each.point_id, ""),
            by=views.OpenedBy.GUARD,
            person=decided.guard.name,
            reason=decided.reason,
            why=decided.note,
            direction=Direction(each.direction),
            plate=each.plate,
            blacklisted=decided.blacklisted,
            still=lanes.picture_of(each.still, here),
            opened=decided.opened,
            detail=decided.detail,
        )
        for each, decided in zip(rows, lanes.decisions(desk.session, rows), strict=True)
    ]


def _ordered(desk: Desk, wanted: FindPassages, since: datetime, limit: int) -> list[views.OpeningView]:
    row, call = Command, CallRow
    own = _Of(
        row.id,
        row.issued_at,
        row.target,
        row.outcome == CommandOutcome.DONE,
        false(),
        (row.person, row.reason),
    )
    query = select(row, call.still).outerjoin(call, call.command_id == row.id)
    boxes = select(Box.id).where(Box.site_id == desk.site.id)
    decided = exists().where(
        GateDecisionRow.organisation_id == row.organisation_id, GateDecisionRow.command_id == row.id
    )
    mine = (
        row.organisation_id == desk.site.organisation_id,
        row.box_id.in_(boxes),
        row.kind == CommandKind.OPEN,
        row.outcome.in_(_TRIED),
        not_(decided),  # which tells of it
    )
    rows = desk.session.execute(_narrowed(query.where(*mine), own, wanted, since, limit)).all()
    names, here = _names(desk), lanes.files_here(desk.session, [still for _, still in rows if still])
    return [
        views.OpeningView(
            id=each.id,
            at=each.issued_at,
            point=each.target,
            point_name=names.get(each.target, ""),
            by=next(
                (by for kind, by in _ORDERED.items() if kind == each.person_kind), views.OpenedBy.SOMEBODY
            ),
            person=each.person,
            why=each.reason,
            still=lanes.picture_of(still, here),
            opened=each.outcome == CommandOutcome.DONE,
            detail="" if each.outcome == CommandOutcome.DONE else each.outcome_reason or each.detail,
        )
        for each, still in rows
    ]


def _by_nobody(desk: Desk, wanted: FindPassages, since: datetime, limit: int) -> list[views.OpeningView]:
    """As long as the alarm of a barrier that a key or a crank has opened is kept."""
    row = Alarm
    own = _Of(row.id, row.raised_at, row.source_id, true(), false(), ())
    mine = (
        row.organisation_id == desk.site.organisation_id,
        row.site_id == desk.site.id,
        row.kind == BarrierAlarm.FORCED,
        row.source_id.is_not(None),
    )
    rows = desk.session.scalars(_narrowed(select(row).where(*mine), own, wanted, since, limit)).all()
    names = _names(desk)
    return [
        views.OpeningView(
            id=each.id,
            at=each.raised_at,
            point=each.source_id,
            point_name=names.get(each.source_id, ""),
            by=views.OpenedBy.NOBODY,
            person="",
            opened=True,
        )
        for each in rows
        if each.source_id is not None
    ]


def _narrowed(query: Any, own: _Of, wanted: FindPassages, since: datetime, limit: int) -> Any:
    query = query.where(own.at >= since, _shown(own, wanted.show))
    if wanted.point is not None:
        query = query.where(own.point == wanted.point)
    if wanted.before is not None and wanted.before_id is not None:
        query = query.where(tuple_(own.at, own.id) < (wanted.before, wanted.before_id))
    elif wanted.before is not None:
        query = query.where(own.at < wanted.before)
    if wanted.after is not None:
        query = query.where(own.at > wanted.after)
    if wanted.q.strip():
        said = (
            func.translate(func.lower(func.concat_ws(" ", *own.texts)), "ё", "е")
            if own.texts
            else literal("")
        )
        query = query.where(matches(said, wanted.q))
    return query.order_by(own.at.desc(), own.id.desc()).limit(limit)


def _shown(own: _Of, show: ShowPassages) -> ColumnElement[bool]:
    match show:
        case ShowPassages.LET_THROUGH:
            return own.opened
        case ShowPassages.BY_GUARD:
            return own.is_guards
        case ShowPassages.NOT_OPENED:
            return not_(own.opened)
        case _:
            return and_(true())


def _names(desk: Desk) -> dict[UUID, str]:
    named = select(Point.id, Point.name).where(Point.site_id == desk.site.id)
    return {row.id: row.name for row in desk.session.execute(named)}
