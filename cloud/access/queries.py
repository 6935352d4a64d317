"""Lists of the access slice: columns, not entities."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from cloud.access.models import AccessPolicy, Blocked, Pass
from cloud.access.types import PassState
from cloud.kernel.listing import Listing
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.sites import service as sites
from protocols.held import PassKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PassFilter:
    """Which passes a list shows; None: all."""

    states: tuple[PassState, ...] = ()
    kinds: tuple[PassKind, ...] = ()
    complex_id: UUID | None = None
    site_id: UUID | None = None
    premises_id: UUID | None = None
    group_id: UUID | None = None
    valid_on_from: datetime | None = None  # the visit falls into [from, until)
    valid_on_until: datetime | None = None
    is_overstayed: bool | None = None


_UNSEEN = {
    "keys",
    "person_key",
    "persons",
    "document_key",
    "documents",
    "phones",
    "search",
}  # of a blacklist entry


def list_passes(session: Session, query: ListQuery, wanted: PassFilter, at: datetime) -> bytes:
    """Page of `PassRow`, as JSON; states are as of `at`."""
    return _PASSES.page(
        session,
        query,
        at=at,
        states=[state.value for state in wanted.states] or None,
        kinds=[kind.value for kind in wanted.kinds] or None,
        site_ids=_sites_of(session, wanted.complex_id),
        site_id=wanted.site_id,
        premises_id=wanted.premises_id,
        group_id=wanted.group_id,
        valid_on_from=wanted.valid_on_from,
        valid_on_until=wanted.valid_on_until,
        overstayed=wanted.is_overstayed or None,
    )


def count_by_state(session: Session, at: datetime, complex_id: UUID | None = None) -> dict[PassState, int]:
    """How many passes stand in each state."""
    state = shown_state(at)
    counted = select(state, func.count()).group_by(state)
    if complex_id:
        counted = counted.where(Pass.site_id.in_(sites.sites_of_complex(session, complex_id)))
    rows = session.execute(counted)
    return {PassState(name): count for name, count in rows}


def shown_state(at: datetime | ColumnElement[datetime]) -> ColumnElement[str]:
    """`rules.shown_state`, for the database."""
    may_lapse = or_(
        Pass.state == PassState.REQUESTED.value,
        Pass.state == PassState.ISSUED.value,
        Pass.state == PassState.LEFT.value,
    )
    lapsed = and_(Pass.valid_until <= at, may_lapse)
    return case((lapsed, PassState.EXPIRED.value), else_=Pass.state)


def list_blocked(
    session: Session,
    query: ListQuery,
    *,
    complex_id: UUID | None,
    site_id: UUID | None,
    is_removed: bool,
    at: datetime,
) -> dict[str, Any]:
    """Page of `BlockedOut`: those that stand at `at`, or those that no longer do."""
    gone = or_(Blocked.removed_at.is_not(None), Blocked.until <= at)
    standing = and_(Blocked.removed_at.is_(None), or_(Blocked.until.is_(None), Blocked.until > at))
    columns = [column for column in Blocked.__table__.columns if column.name not in _UNSEEN]
    statement = select(*columns).where(gone if is_removed else standing)
    if complex_id:
        statement = statement.where(Blocked.site_id.in_(sites.sites_of_complex(session, complex_id)))
    if site_id:
        statement = statement.where(Blocked.site_id == site_id)
    sortable = {"created": Blocked.created_at, "until": Blocked.until, "person": Blocked.person}
    return fetch_page(
        session,
        statement,
        query,
        sortable=sortable,
        default_sort="-created",
        tie=Blocked.id,
        found=matches(Blocked.search, query.q),
    )


def list_policies(session: Session, query: ListQuery) -> dict[str, Any]:
    """Page of `PolicyOut`. Sorts: kind."""
    columns = [column for column in AccessPolicy.__table__.columns if column.name not in {"id", "changed_at"}]
    sortable = {"kind": AccessPolicy.kind}
    statement = select(*columns)
    return fetch_page(session, statement, query, sortable=sortable, default_sort="kind", tie=AccessPolicy.id)


def _sites_of(session: Session, complex_id: UUID | None) -> list[UUID] | None:
    """Found before the list is asked for: a handful of sites that the planner sees and an index knows, no join."""
    return sites.sites_of_complex(session, complex_id) if complex_id else None


_AT: ColumnElement[datetime] = bindparam("at", type_=DateTime(timezone=True))
_PASSES = Listing(
    columns={
        "state": shown_state(_AT),
        **{
            name: getattr(Pass, name)
            for name in (
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
        },
    },
    filters={
        "states": shown_state(_AT) == any_(bindparam("states", type_=ARRAY(Text))),
        "kinds": Pass.kind == any_(bindparam("kinds", type_=ARRAY(Text))),
        "site_ids": Pass.site_id == any_(bindparam("site_ids", type_=ARRAY(Uuid))),
        "site_id": Pass.site_id == bindparam("site_id"),
        "premises_id": Pass.premises_id == bindparam("premises_id"),
        "group_id": Pass.group_id == bindparam("group_id"),
        "valid_on_from": or_(Pass.valid_until.is_(None), Pass.valid_until > bindparam("valid_on_from")),
        "valid_on_until": Pass.valid_from < bindparam("valid_on_until"),
        "overstayed": and_(Pass.state == PassState.INSIDE.value, Pass.valid_until <= _AT),
    },
    searched=Pass.search,
    sortable={
        "number": Pass.number,
        "visit": Pass.valid_from,
        "changed": Pass.changed_at,
        "created": Pass.created_at,
        "holder": Pass.holder,
        "host": Pass.host,
        "address": Pass.address,
    },
    default_sort="-changed",
    tie=Pass.id,
)
