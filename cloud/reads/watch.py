"""What guards did, with the names of what it is about: decisions, visitors, shifts, passes made at gates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.access.models import Pass
from cloud.guard.models import GateDecisionRow, GateDraft, NoteRow, ShiftRow, VisitRow
from cloud.guard.types import DraftState
from cloud.kernel.lists import AnySelect, ListQuery, fetch_page, matches
from cloud.kernel.tables import StoredFile
from cloud.reads.pictures import with_pictures
from cloud.sites import service as sites
from cloud.sites.models import Point, Site
from protocols.acts import Verdict, VisitState


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFilter:
    """Which acts a list shows; None: all. `since` inclusive, `until` exclusive."""

    complex_id: UUID | None = None
    site_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(
        self, session: Session, site: InstrumentedAttribute[UUID], at: InstrumentedAttribute[datetime]
    ) -> list[ColumnElement[bool]]:
        """For a table whose site and moment these columns are."""
        wanted: list[ColumnElement[bool]] = []
        if self.complex_id is not None:
            wanted.append(site.in_(sites.sites_of_complex(session, self.complex_id)))
        if self.site_id is not None:
            wanted.append(site == self.site_id)
        if self.since is not None:
            wanted.append(at >= self.since)
        if self.until is not None:
            wanted.append(at < self.until)
        return wanted


def list_decisions(
    session: Session, query: ListQuery, wanted: WatchFilter, *, verdict: Verdict | None, shift_id: UUID | None
) -> dict[str, Any]:
    """Page of `DecisionOut`. Sorts: at, guard."""
    row = GateDecisionRow
    statement = _decisions().where(*wanted.conditions(session, row.site_id, row.at))
    if verdict is not None:
        statement = statement.where(row.verdict == verdict)
    if shift_id is not None:
        statement = statement.where(row.shift_id == shift_id)
    return fetch_page(
        session,
        statement,
        query,
        sortable={"at": row.at, "guard": row.guard},
        default_sort="-at",
        tie=row.id,
        found=or_(matches(func.lower(row.guard), query.q), matches(func.lower(row.plate), query.q)),
    )


def decisions_about(session: Session, passage_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """`DecisionOut` by passage; of several the first."""
    ids = list(passage_ids)
    if not ids:
        return {}
    mine = GateDecisionRow.passage_id.in_(ids)
    rows = session.execute(_decisions().where(mine).order_by(GateDecisionRow.at.desc())).mappings()
    return {row["passage_id"]: dict(row) for row in rows}


def list_visits(
    session: Session,
    query: ListQuery,
    wanted: WatchFilter,
    *,
    state: VisitState | None,
    is_card_out: bool,
    is_conflict: bool,
) -> dict[str, Any]:
    """Page of `VisitOut`. Sorts: since, registered, name."""
    row = VisitRow
    statement = _visits().where(*wanted.conditions(session, row.site_id, row.registered_at))
    if state is not None:
        statement = statement.where(row.state == state)
    if is_card_out:
        statement = statement.where(row.card.is_not(None), row.card_back.is_(False))
    if is_conflict:
        statement = statement.where(row.conflict != "", row.settled_at.is_(None))
    page = fetch_page(
        session,
        statement,
        query,
        sortable={"since": row.since, "registered": row.registered_at, "name": row.name},
        default_sort="-since",
        tie=row.id,
        found=matches(row.search, query.q),
    )
    return page | {"items": with_pictures(session, page["items"], "registered_at")}


def list_shifts(session: Session, query: ListQuery, wanted: WatchFilter) -> dict[str, Any]:
    """Page of `ShiftOut`. Sorts: begun, guard."""
    row = ShiftRow
    return fetch_page(
        session,
        shifts().where(*wanted.conditions(session, row.site_id, row.begun_at)),
        query,
        sortable={"begun": row.begun_at, "guard": row.guard},
        default_sort="-begun",
        tie=row.id,
        found=matches(func.lower(row.guard), query.q),
    )


def list_made_passes(
    session: Session,
    query: ListQuery,
    wanted: WatchFilter,
    *,
    state: DraftState | None,
    is_settled: bool | None,
) -> dict[str, Any]:
    """Page of `ConflictOut`. Sorts: at, number."""
    row = GateDraft
    statement = _drafts().where(*wanted.conditions(session, row.site_id, row.at))
    if state is not None:
        statement = statement.where(row.state == state)
    if is_settled is not None:
        statement = statement.where(row.settled_at.is_not(None) if is_settled else row.settled_at.is_(None))
    return fetch_page(
        session,
        statement,
        query,
        sortable={"at": row.at, "number": Pass.number},
        default_sort="-at",
        tie=row.id,
        found=matches(Pass.search, query.q),
    )


def about_pass(session: Session, pass_id: UUID) -> dict[str, Any]:
    """`PassWatch`."""
    made = session.execute(_drafts().where(GateDraft.id == pass_id)).mappings().one_or_none()
    newest = GateDecisionRow.at.desc()
    decided = _decisions().where(GateDecisionRow.pass_id == pass_id).order_by(newest).limit(50)
    noted = notes().where(NoteRow.pass_id == pass_id).order_by(NoteRow.at.desc()).limit(50)
    return {
        "made": dict(made) if made is not None else None,
        "decisions": [dict(row) for row in session.execute(decided).mappings()],
        "notes": [dict(row) for row in session.execute(noted).mappings()],
    }


def decisions_of_shift(session: Session, shift_id: UUID) -> list[dict[str, Any]]:
    """`DecisionOut`, oldest first."""
    mine = _decisions().where(GateDecisionRow.shift_id == shift_id).order_by(GateDecisionRow.at)
    return [dict(row) for row in session.execute(mine).mappings()]


def shifts() -> AnySelect:
    """`ShiftOut`."""
    row = ShiftRow
    columns = (
        row.id,
        row.organisation_id,
        row.site_id,
        row.guard_id,
        row.guard,
        row.begun_at,
        row.ended_at,
        row.note,
    )
    return select(*columns, Site.name.label("site")).join(Site, Site.id == row.site_id)


def notes() -> AnySelect:
    """`NoteOut`."""
    return select(NoteRow.id, NoteRow.at, NoteRow.guard, NoteRow.text)


def _decisions() -> AnySelect:
    row = GateDecisionRow
    names = (
        "id organisation_id site_id point_id at guard shift_id direction verdict reason note blacklisted passage_id"
        " pass_id plate opened fault"
    )
    is_here = exists().where(
        StoredFile.organisation_id == row.organisation_id, StoredFile.sha256 == row.still
    )
    named = (
        Site.name.label("site"),
        func.coalesce(Point.name, "").label("point"),
        Pass.number.label("pass_number"),
        case((is_here, row.still)).label("still"),
    )
    return (
        select(*(getattr(row, name) for name in names.split()), *named)
        .join(Site, Site.id == row.site_id)
        .outerjoin(Point, Point.id == row.point_id)
        .outerjoin(Pass, Pass.id == row.pass_id)
    )


def _visits() -> AnySelect:
    row = VisitRow
    names = (
        "id organisation_id site_id state name document phone plate host host_phone address purpose pass_id card"
        " card_back photos note guard registered_at since conflict settled_at settled_by"
    )
    return (
        select(
            *(getattr(row, name) for name in names.split()),
            Site.name.label("site"),
            Pass.number.label("pass_number"),
        )
        .join(Site, Site.id == row.site_id)
        .outerjoin(Pass, Pass.id == row.pass_id)
    )


def _drafts() -> AnySelect:
    row = GateDraft
    own = (
        row.organisation_id,
        row.site_id,
        row.guard,
        row.at,
        row.state,
        row.reason,
        row.settled_at,
        row.settled_by,
    )
    of_pass = (Pass.number, Pass.kind, Pass.holder, Pass.vehicle, Pass.plates, Pass.address)
    return (
        select(row.id.label("pass_id"), *own, *of_pass, Site.name.label("site"))
        .join(Pass, Pass.id == row.id)
        .join(Site, Site.id == row.site_id)
    )
