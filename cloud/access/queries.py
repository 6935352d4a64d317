"""Lists of the access slice: columns, not entities."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from cloud.access.models import Blocked, Pass
from cloud.access.types import PassState
from cloud.kernel.lists import ListQuery, fetch_page, matches
from protocols.held import PassKind

_ROW = (
    "id",
    "organisation_id",
    "number",
    "site_id",
    "kind",
    "holder",
    "vehicle",
    "plates",
    "host",
    "address",
    "phone",
    "host_phone",
    "service",
    "ticket",
    "valid_from",
    "valid_until",
    "entries",
    "uses",
    "created_at",
    "changed_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassFilter:
    """Which passes a list shows; None: all."""

    states: tuple[PassState, ...] = ()
    kinds: tuple[PassKind, ...] = ()
    site_id: UUID | None = None
    premises_id: UUID | None = None
    valid_on_from: datetime | None = None  # the visit falls into [from, until)
    valid_on_until: datetime | None = None
    is_overstayed: bool | None = None


def list_passes(session: Session, query: ListQuery, wanted: PassFilter, at: datetime) -> dict[str, Any]:
    """Page of `PassRow`; states are as of `at`."""
    statement = select(*(getattr(Pass, name) for name in _ROW), shown_state(at).label("state")).where(
        matches(Pass.search, query.q)
    )
    sortable = {
        "number": Pass.number,
        "visit": Pass.valid_from,
        "changed": Pass.changed_at,
        "created": Pass.created_at,
        "holder": Pass.holder,
        "host": Pass.host,
        "address": Pass.address,
    }
    filtered = _filtered(statement, wanted, at)
    return fetch_page(session, filtered, query, sortable=sortable, default_sort="-changed", tie=Pass.id)


def count_by_state(session: Session, at: datetime) -> dict[PassState, int]:
    """How many passes stand in each state."""
    state = shown_state(at)
    rows = session.execute(select(state, func.count()).group_by(state))
    return {PassState(name): count for name, count in rows}


def shown_state(at: datetime) -> ColumnElement[str]:
    """`rules.shown_state`, for the database."""
    may_lapse = or_(
        Pass.state == PassState.ISSUED, Pass.state == PassState.LEFT
    )  # IN is spelt anew at every call
    lapsed = and_(Pass.valid_until <= at, may_lapse)
    return case((lapsed, PassState.EXPIRED.value), else_=Pass.state)


def list_blocked(
    session: Session, query: ListQuery, *, site_id: UUID | None, is_removed: bool, at: datetime
) -> dict[str, Any]:
    """Page of `BlockedOut`: those that stand at `at`, or those that no longer do."""
    gone = or_(Blocked.removed_at.is_not(None), Blocked.until <= at)
    standing = and_(Blocked.removed_at.is_(None), or_(Blocked.until.is_(None), Blocked.until > at))
    columns = [
        column for column in Blocked.__table__.columns if column.name not in {"keys", "person_key", "search"}
    ]
    statement = select(*columns).where(matches(Blocked.search, query.q), gone if is_removed else standing)
    if site_id:
        statement = statement.where(Blocked.site_id == site_id)
    sortable = {"created": Blocked.created_at, "until": Blocked.until, "person": Blocked.person}
    return fetch_page(session, statement, query, sortable=sortable, default_sort="-created", tie=Blocked.id)


def _filtered(statement: Select[Any], wanted: PassFilter, at: datetime) -> Select[Any]:
    if wanted.states:
        statement = statement.where(shown_state(at).in_([state.value for state in wanted.states]))
    if wanted.kinds:
        statement = statement.where(Pass.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.site_id:
        statement = statement.where(Pass.site_id == wanted.site_id)
    if wanted.premises_id:
        statement = statement.where(Pass.premises_id == wanted.premises_id)
    if wanted.valid_on_from:
        statement = statement.where(or_(Pass.valid_until.is_(None), Pass.valid_until > wanted.valid_on_from))
    if wanted.valid_on_until:
        statement = statement.where(Pass.valid_from < wanted.valid_on_until)
    if wanted.is_overstayed:
        statement = statement.where(Pass.state == PassState.INSIDE, Pass.valid_until <= at)
    return statement
