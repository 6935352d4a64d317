"""The gate board: passages with the names of their points and passes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from cloud.access.models import Pass, PassageRow
from cloud.access.types import StillState
from cloud.kernel.database import now
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.kernel.tables import StoredFile
from cloud.reads.watch import decisions_about
from cloud.sites import service as sites
from cloud.sites.models import Point, Site, held_now
from protocols.config import BarrierKind
from protocols.records import Outcome, Reason
from protocols.typed import may_be

_OTHER = aliased(Pass)
_COMING_FOR = timedelta(days=14)  # as long as a box out of reach may hold it
_ROW = (
    "id",
    "organisation_id",
    "site_id",
    "point_id",
    "at",
    "received_at",
    "clock_trusted",
    "direction",
    "outcome",
    "reason",
    "pass_id",
    "plate",
    "credential",
    "read",
    "still",
    "opened",
    "fault",
    "decision_us",
    "latency_us",
    "weak_match",
    "flags",
    "list_age_s",
    "left_carrier",
    "other_pass_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageFilter:
    """Which passages a list shows; None: all."""

    complex_id: UUID | None = None
    site_id: UUID | None = None
    point_id: UUID | None = None
    pass_id: UUID | None = None
    outcome: Outcome | None = None
    reasons: tuple[Reason, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def list_passages(session: Session, query: ListQuery, wanted: PassageFilter) -> dict[str, Any]:
    """Page of `PassageOut`."""
    statement = _filtered(_joined(now(session)), wanted)
    if wanted.complex_id:
        # A handful, found before: the planner sees which and how many, and an index knows them.
        here = sites.sites_of_complex(session, wanted.complex_id)
        statement = statement.where(PassageRow.site_id.in_(here))
    read = func.lower(func.concat_ws(" ", PassageRow.plate, PassageRow.read, PassageRow.credential))
    found = or_(
        matches(Pass.search, query.q),
        matches(read, query.q),
        PassageRow.credential.in_(may_be(query.q or "").keys),
    )
    sortable = {"at": PassageRow.at, "point": Point.sort_name, "reason": PassageRow.reason}
    page = fetch_page(
        session,
        statement,
        query,
        sortable=sortable,
        default_sort="-at",
        tie=PassageRow.id,
        found=found,
    )
    return page | {"items": _with_decisions(session, page["items"])}


def one_passage(session: Session, passage_id: UUID) -> dict[str, Any] | None:
    """One passage as the list shows it."""
    row = session.execute(_joined(now(session)).where(PassageRow.id == passage_id)).mappings().one_or_none()
    return _with_decisions(session, [row])[0] if row is not None else None


def list_lanes(session: Session, complex_id: UUID | None = None) -> list[dict[str, Any]]:
    """`LaneOut` of every point that stands, by site and name: a quiet one keeps its place."""
    last = (
        select(PassageRow.id)
        .where(PassageRow.organisation_id == Point.organisation_id, PassageRow.point_id == Point.id)
        .order_by(PassageRow.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    is_driven = func.coalesce(Point.barrier["device"].astext.is_not(None), False)
    points = (
        select(
            Point.id.label("point_id"),
            Point.name.label("point"),
            Point.organisation_id,
            Point.site_id,
            Site.name.label("site"),
            case((is_driven, func.coalesce(Point.barrier["kind"].astext, BarrierKind.PULSE))).label(
                "barrier_kind"
            ),
            (is_driven & Point.barrier["stop_output"].astext.is_not(None)).label("can_stop"),
            Point.barrier_position,
            held_now(now(session)).label("hold"),
            last.label("passage_id"),
        )
        .join(Site, Site.id == Point.site_id)
        .where(Point.archived_at.is_(None))
        .order_by(Site.sort_name, Site.id, Point.sort_name, Point.id)
    )
    if complex_id:
        points = points.where(Site.complex_id == complex_id)
    lanes = [dict(row) for row in session.execute(points).mappings()]
    ids = [lane["passage_id"] for lane in lanes if lane["passage_id"] is not None]
    rows = session.execute(_joined(now(session)).where(PassageRow.id.in_(ids))).mappings()
    passages = {row["id"]: row for row in _with_decisions(session, rows)}
    return [lane | {"passage": passages.get(lane.pop("passage_id"))} for lane in lanes]


def _with_decisions(session: Session, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Asked for once a page: a join would cost every page, and few passages are decided by a guard."""
    listed = [dict(row) for row in rows]
    decided = decisions_about(session, [row["id"] for row in listed])
    return [row | {"decided": decided.get(row["id"])} for row in listed]


def _still_state(at: datetime) -> ColumnElement[str]:
    is_here = exists().where(
        StoredFile.organisation_id == PassageRow.organisation_id, StoredFile.sha256 == PassageRow.still
    )
    return case(
        (PassageRow.still.is_(None), StillState.NONE.value),
        (is_here, StillState.HERE.value),
        (PassageRow.still_removed_at.is_not(None), StillState.REMOVED.value),
        (PassageRow.received_at > at - _COMING_FOR, StillState.COMING.value),
        else_=StillState.MISSING.value,
    )


def _joined(at: datetime) -> Select[Any]:
    return (
        select(
            *(getattr(PassageRow, name) for name in _ROW),
            _still_state(at).label("still_state"),
            Site.name.label("site"),
            func.coalesce(Point.name, "").label("point"),
            Pass.number.label("pass_number"),
            _OTHER.number.label("other_pass_number"),
            func.coalesce(func.nullif(Pass.holder, ""), Pass.vehicle, "").label("holder"),
            func.coalesce(Pass.host, "").label("host"),
            func.coalesce(Pass.address, "").label("address"),
            func.coalesce(Pass.host_phone, Pass.phone).label("phone"),
        )
        .join(Site, Site.id == PassageRow.site_id)
        .outerjoin(Point, Point.id == PassageRow.point_id)
        .outerjoin(Pass, Pass.id == PassageRow.pass_id)
        .outerjoin(_OTHER, _OTHER.id == PassageRow.other_pass_id)
    )


def _filtered(statement: Select[Any], wanted: PassageFilter) -> Select[Any]:
    same = {
        PassageRow.site_id: wanted.site_id,
        PassageRow.point_id: wanted.point_id,
        PassageRow.pass_id: wanted.pass_id,
        PassageRow.outcome: wanted.outcome,
    }
    statement = statement.where(*(column == value for column, value in same.items() if value is not None))
    if wanted.reasons:
        statement = statement.where(PassageRow.reason.in_([reason.value for reason in wanted.reasons]))
    if wanted.since:
        statement = statement.where(PassageRow.at >= wanted.since)
    if wanted.until:
        statement = statement.where(PassageRow.at < wanted.until)
    return statement
