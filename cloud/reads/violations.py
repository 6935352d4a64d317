"""Violations, with the names of where they were."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cloud.access.models import Pass
from cloud.guard import service as guard
from cloud.guard.models import ViolationRow
from cloud.guard.types import ViolationState
from cloud.housing.models import Premises
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.reads.pictures import with_pictures
from cloud.reads.watch import WatchFilter
from cloud.sites.models import Site
from protocols.acts import ViolationKind

_ROW = "id organisation_id number kind state at site_id plate guard note changed_at"
_REST = "received_at premises_id pass_id passage_id photos"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationFilter:
    """Which violations a list shows; empty: all."""

    states: tuple[ViolationState, ...] = ()
    kinds: tuple[ViolationKind, ...] = ()


def list_violations(
    session: Session, query: ListQuery, wanted: WatchFilter, which: ViolationFilter
) -> dict[str, Any]:
    """Page of `ViolationRow`. Sorts: at, number, changed, state, kind."""
    row = ViolationRow
    statement = rows().where(*wanted.conditions(session, row.site_id, row.at))
    if which.states:
        statement = statement.where(row.state.in_(which.states))
    if which.kinds:
        statement = statement.where(row.kind.in_(which.kinds))
    return fetch_page(
        session,
        statement,
        query,
        sortable={
            "at": row.at,
            "number": row.number,
            "changed": row.changed_at,
            "state": row.state,
            "kind": row.kind,
        },
        default_sort="-at",
        tie=row.id,
        found=matches(row.search, query.q),
    )


def one_violation(session: Session, violation_id: UUID) -> dict[str, Any] | None:
    """`ViolationOut` but for its steps."""
    row = ViolationRow
    statement = (
        rows()
        .add_columns(*(getattr(row, name) for name in _REST.split()), Pass.number.label("pass_number"))
        .outerjoin(Pass, Pass.id == row.pass_id)
        .where(row.id == violation_id)
    )
    found = session.execute(statement).mappings().one_or_none()
    if found is None:
        return None
    [shown] = with_pictures(session, [dict(found)], "received_at")
    lines = guard.changes_of(session, violation_id)
    history = [{"at": line.at, "state": line.state, "actor": line.actor, "note": line.note} for line in lines]
    return shown | {"history": history}


def rows() -> Select[Any]:
    """`ViolationRow`."""
    row = ViolationRow
    address = func.coalesce(func.nullif(row.address, ""), Premises.address, "")
    return (
        select(
            *(getattr(row, name) for name in _ROW.split()),
            address.label("address"),
            func.cardinality(row.photos).label("photo_count"),
            Site.name.label("site"),
        )
        .join(Site, Site.id == row.site_id)
        .outerjoin(Premises, Premises.id == row.premises_id)
    )
