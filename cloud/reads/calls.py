"""Calls with the names of their points and sites: the desk's list, and a resident's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from cloud.access.types import StillState
from cloud.calls.models import CallRow
from cloud.calls.types import RINGS_FOR, CallAnswer, CallState
from cloud.kernel.database import now
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.kernel.tables import StoredFile
from cloud.sites import service as sites
from cloud.sites.models import Point, Site

_COMING_FOR = timedelta(days=14)  # as long as a box out of reach may hold it
_ROW = (
    "id",
    "organisation_id",
    "site_id",
    "point_id",
    "number",
    "premises_id",
    "address",
    "started_at",
    "received_at",
    "answered_at",
    "opened_at",
    "ended_at",
    "still",
    "answer",
    "decided_at",
    "person",
    "command_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls a list shows; None: all."""

    complex_id: UUID | None = None
    site_id: UUID | None = None
    point_id: UUID | None = None
    premises_id: UUID | None = None
    states: Sequence[CallState] = ()
    since: datetime | None = None
    until: datetime | None = None


def list_calls(
    session: Session, query: ListQuery, wanted: CallFilter, *within: ColumnElement[bool]
) -> dict[str, Any]:
    """Page of `CallOut`."""
    at = now(session)
    statement = _calls(at).where(*_filtered(session, wanted, at), *within)
    sortable = {"at": CallRow.started_at, "point": Point.sort_name, "address": CallRow.address}
    found = matches(CallRow.search, query.q)
    return fetch_page(
        session, statement, query, sortable=sortable, default_sort="-at", tie=CallRow.id, found=found
    )


def one_call(session: Session, call_id: UUID) -> dict[str, Any] | None:
    """One call as the list shows it."""
    row = session.execute(_calls(now(session)).where(CallRow.id == call_id)).mappings().one_or_none()
    return dict(row) if row is not None else None


def _filtered(session: Session, wanted: CallFilter, at: datetime) -> list[ColumnElement[bool]]:
    same = {
        CallRow.site_id: wanted.site_id,
        CallRow.point_id: wanted.point_id,
        CallRow.premises_id: wanted.premises_id,
    }
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in same.items() if value is not None
    ]
    if wanted.complex_id:
        conditions.append(CallRow.site_id.in_(sites.sites_of_complex(session, wanted.complex_id)))
    if wanted.states:
        conditions.append(_state(at).in_([state.value for state in wanted.states]))
    if wanted.since:
        conditions.append(CallRow.started_at >= wanted.since)
    if wanted.until:
        conditions.append(CallRow.started_at < wanted.until)
    return conditions


def _state(at: datetime) -> ColumnElement[str]:
    """As `calls.rules.state_of`, in the database's words; tests hold the two together."""
    is_over = or_(CallRow.ended_at.is_not(None), CallRow.started_at <= at - RINGS_FOR)
    was_answered = CallRow.answered_at.is_not(None)
    return case(
        (CallRow.opened_at.is_not(None), CallState.OPENED.value),
        (CallRow.answer == CallAnswer.REFUSE.value, CallState.REFUSED.value),
        (and_(is_over, was_answered), CallState.ANSWERED.value),
        (is_over, CallState.MISSED.value),
        (was_answered, CallState.TALKING.value),
        else_=CallState.RINGING.value,
    )


def _still_state(at: datetime) -> ColumnElement[str]:
    is_here = exists().where(
        StoredFile.organisation_id == CallRow.organisation_id, StoredFile.sha256 == CallRow.still
    )
    return case(
        (CallRow.still.is_(None), StillState.NONE.value),
        (is_here, StillState.HERE.value),
        (CallRow.received_at > at - _COMING_FOR, StillState.COMING.value),
        else_=StillState.MISSING.value,
    )


def _calls(at: datetime) -> Select[Any]:
    return (
        select(
            *(getattr(CallRow, name) for name in _ROW),
            _state(at).label("state"),
            _still_state(at).label("still_state"),
            Site.name.label("site"),
            func.coalesce(Point.name, "").label("point"),
        )
        .join(Site, Site.id == CallRow.site_id)
        .outerjoin(Point, Point.id == CallRow.point_id)
    )
