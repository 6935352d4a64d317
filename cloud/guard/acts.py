"""What guards did at the gates, taken over as it is told: from boxes by ingest, or at the cloud's own page.

Each act has its id from where it was taken, so that told twice it is taken over once.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.guard.events import PassMade, PassWithdrawn, VisitTold
from cloud.guard.models import (
    GateDecisionRow,
    GateDraft,
    Guard,
    NoteRow,
    ShiftRow,
    SignInRow,
    VisitRow,
)
from cloud.guard.types import DraftState, Where
from cloud.kernel import outbox
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import now
from cloud.kernel.models import Base
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.text import search_text, sort_key
from protocols import acts, phones
from protocols.acts import Act, ShiftState, Verdict, VisitState
from protocols.fields import ClockState, Direction
from protocols.records import Actuation, CommandOutcome, Still

_MAY_WATCH = Permission.WATCH_READ


def known_guard(session: Session, guard_id: UUID, name: str, organisation_id: UUID) -> None:
    """Somebody keeps watch at the cloud's page: acts name them, though they have no PIN."""
    values = {"id": guard_id, "organisation_id": organisation_id, "name": name, "sort_name": sort_key(name)}
    values |= {"search": search_text(name), "pin_hash": "", "enabled": True, "may_work": True, "site_ids": []}
    session.execute(insert(Guard).values(**values, changed_at=now(session)).on_conflict_do_nothing())


def name_of(session: Session, guard_id: UUID | None) -> str:
    """The guard's name as it is now; empty for one whom the cloud does not know."""
    return session.scalar(select(Guard.name).where(Guard.id == guard_id)) or "" if guard_id else ""


def record_sign_in(session: Session, where: Where, event: acts.SignIn) -> None:
    """A try to sign in, or the end of a session."""
    _add(
        session,
        SignInRow,
        **_at(where),
        id=event.id,
        guard_id=event.guard,
        guard=name_of(session, event.guard),
        at=event.at,
        way=event.way,
        outcome=event.outcome,
        station=event.station,
    )


def record_shift(session: Session, where: Where, event: acts.Shift) -> None:
    """A shift began or ended. An end whose beginning never came begins and ends at once."""
    if event.shift is None:
        raise ValueError("a shift without its id")
    ended = event.state is ShiftState.ENDED
    statement = insert(ShiftRow).values(
        **_at(where),
        id=event.shift,
        guard_id=event.guard,
        guard=name_of(session, event.guard),
        begun_at=event.at,
        ended_at=event.at if ended else None,
        note=event.note,
    )
    if ended:
        given = {"ended_at": statement.excluded.ended_at, "note": statement.excluded.note}
        mine = (ShiftRow.ended_at.is_(None)) & (ShiftRow.guard_id == event.guard)
        mine &= ShiftRow.site_id == where.site_id
        statement = statement.on_conflict_do_update(index_elements=["id"], set_=given, where=mine)
    else:
        statement = statement.on_conflict_do_nothing()
    session.execute(statement)
    publish(session, where.organisation_id, LiveKind.SHIFT, event.shift, _MAY_WATCH)


def record_decision(
    session: Session, where: Where, event: acts.GateDecision, *, command_id: UUID | None = None
) -> None:
    """A guard's decision at a lane; by a pass it counts as a passage does."""
    is_new = _add(
        session,
        GateDecisionRow,
        **_of(session, where, event),
        id=event.id,
        point_id=event.point,
        at=event.at,
        received_at=now(session),
        clock_trusted=event.clock is ClockState.TRUSTED,
        direction=event.direction,
        verdict=event.verdict,
        reason=event.reason,
        note=event.note,
        blacklisted=event.blacklisted,
        passage_id=event.passage,
        pass_id=event.pass_id,
        use=event.use,
        plate=event.plate,
        zone_id=event.zone,
        carrier=event.carrier,
        still=event.still,
        opened=None,
        latency_us=None,
        fault="",
        command_id=command_id,
    )
    if not is_new:
        return
    access.follow_decision(session, where.site_id, event)
    _tell_decision(session, where, event.id, event.passage)
    if event.verdict is Verdict.OPEN:
        told = {
            "point_id": str(event.point),
            "reason": event.reason,
            "note": event.note,
            "plate": event.plate,
        }
        record(session, _guard(session, where, event), "guard.decision.open", "gate_decision", event.id, told)


def record_actuation(session: Session, where: Where, event: Actuation) -> None:
    """What became of a decision at the barrier. The first answer stands; an unknown decision changes nothing."""
    row = GateDecisionRow
    mine = (row.id == event.passage, row.box_id == where.box_id, row.opened.is_(None))
    values = {
        "opened": event.opened,
        "latency_us": event.latency_us,
        "fault": "" if event.done else event.detail,
    }
    amended = session.scalar(update(row).where(*mine).values(**values).returning(row))
    if amended is None:
        return
    by_pass = (amended.pass_id, Direction(amended.direction))
    access.undo_decision(session, where.site_id, by_pass, event)
    _tell_decision(session, where, amended.id, amended.passage_id)


def follow_command(session: Session, command_id: UUID, outcome: str) -> None:
    """A box answered the order that carries out what was decided at the cloud's page."""
    row = GateDecisionRow
    is_done = outcome == CommandOutcome.DONE
    values = {"opened": is_done, "fault": "" if is_done else outcome}
    mine = (row.command_id == command_id, row.opened.is_(None))
    amended = session.scalar(update(row).where(*mine).values(**values).returning(row))
    if amended is None:
        return
    if not is_done and amended.use is not None:
        not_done = Actuation(
            id=command_id,
            at=now(session),
            passage=amended.id,
            point=amended.point_id,
            done=False,
            entry_returned=True,
        )
        by_pass = (amended.pass_id, Direction(amended.direction))
        access.undo_decision(session, amended.site_id, by_pass, not_done)
    _tell_decision(session, Where(amended.organisation_id, amended.site_id), amended.id, amended.passage_id)


def record_still(session: Session, where: Where, event: Still) -> bool:
    """The picture taken for a decision. False: it is of none."""
    mine = (GateDecisionRow.id == event.passage, GateDecisionRow.box_id == where.box_id)
    changed: Any = session.execute(update(GateDecisionRow).where(*mine).values(still=event.sha256))
    return bool(changed.rowcount)


def record_opening(session: Session, where: Where, event: Still) -> None:
    """The picture taken when a box carried out what was decided at the cloud's page, named by the order."""
    row = GateDecisionRow
    mine = (row.command_id == event.passage, row.site_id == where.site_id)
    session.execute(update(row).where(*mine).values(still=event.sha256))


def record_visit(session: Session, where: Where, event: acts.Visit) -> None:
    """A visitor was registered, or their visit changed. An older report than the one that is known changes nothing."""
    values = _of(session, where, event) | {
        "id": event.visit,
        "state": event.state,
        "name": event.name,
        "document": event.document,
        "phone": (phone := phones.kept(event.phone)),
        "plate": event.plate,
        "host": event.host,
        "host_phone": (host_phone := phones.kept(event.host_phone)),
        "address": event.address,
        "premises_id": event.household,
        "purpose": event.purpose,
        "pass_id": event.pass_id,
        "point_id": event.point,
        "card": event.card,
        "card_back": event.card_back,
        "photos": list(event.photos),
        "note": event.note,
        "registered_at": event.at,
        "since": event.at,
        "changed_at": event.at,
        "search": search_text(
            *(event.name, phone, event.plate, event.host, host_phone, event.address, event.document)
        ),
    }
    statement = insert(VisitRow).values(values)
    given: dict[str, ColumnElement[Any]] = {
        name: statement.excluded[name] for name in values if name not in {"id", "registered_at", "since"}
    }
    stays = VisitRow.state == statement.excluded.state
    given["since"] = case((stays, VisitRow.since), else_=statement.excluded.since)
    newer = (VisitRow.changed_at <= statement.excluded.changed_at) & (VisitRow.site_id == where.site_id)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=given, where=newer))
    publish(session, where.organisation_id, LiveKind.VISIT, event.visit, _MAY_WATCH)
    if event.state is not VisitState.LEFT:  # whoever has left by now was inside
        outbox.add(session, VisitTold(visit_id=event.visit), correlation_id=str(event.id))


def record_note(session: Session, where: Where, event: acts.GuardNote) -> None:
    """A guard's words."""
    _add(
        session,
        NoteRow,
        **_of(session, where, event),
        id=event.id,
        at=event.at,
        text=event.text,
        pass_id=event.pass_id,
        passage_id=event.passage,
        visit_id=event.visit,
    )
    if event.pass_id is not None:
        publish(session, where.organisation_id, LiveKind.PASS, event.pass_id, Permission.PASSES_READ)


def record_draft(session: Session, where: Where, event: acts.PassDrafted) -> None:
    """A pass was made at a gate: kept at once, judged by a worker."""
    by = name_of(session, event.guard)
    if not access.keep_gate_pass(session, where.site_id, event, by):
        return
    _add(
        session,
        GateDraft,
        **_of(session, where, event),
        id=event.pass_id,
        at=event.at,
        state=DraftState.WAITING,
        premises_id=event.household,
        reason="",
        judged_at=None,
        settled_at=None,
        settled_by=None,
    )
    told = {"plates": list(event.plates), "holder": event.holder}
    record(session, _guard(session, where, event), "guard.pass.made", "pass", event.pass_id, told)
    outbox.add(session, PassMade(pass_id=event.pass_id), correlation_id=str(event.id))


def record_withdrawal(session: Session, where: Where, event: acts.PassWithdrawn) -> None:
    """A guard took a pass back. Only what a gate made: no box takes back what the company issued."""
    draft = session.get(GateDraft, event.pass_id, with_for_update={"key_share": True})
    if draft is None or draft.site_id != where.site_id:
        return
    guard = _guard(session, where, event)
    if not access.withdraw_gate_pass(session, event.pass_id, by=guard.name, note=event.note):
        return
    draft.state = DraftState.WITHDRAWN
    record(session, guard, "guard.pass.withdrawn", "pass", event.pass_id, {"note": event.note})
    outbox.add(session, PassWithdrawn(pass_id=event.pass_id), correlation_id=str(event.id))


def _tell_decision(session: Session, where: Where, decision_id: UUID, passage_id: UUID | None) -> None:
    publish(session, where.organisation_id, LiveKind.DECISION, decision_id, _MAY_WATCH)
    if passage_id is not None:
        publish(session, where.organisation_id, LiveKind.PASSAGE, passage_id, Permission.PASSAGES_READ)


def _at(where: Where) -> dict[str, Any]:
    return {"organisation_id": where.organisation_id, "site_id": where.site_id, "box_id": where.box_id}


def _of(session: Session, where: Where, event: Act) -> dict[str, Any]:
    guard = {"guard_id": event.guard, "guard": name_of(session, event.guard), "shift_id": event.shift}
    return _at(where) | guard


def _guard(session: Session, where: Where, event: Act) -> Actor:
    """In whose name the audit tells it."""
    return Actor(
        name=name_of(session, event.guard) or str(event.guard),
        organisation_id=where.organisation_id,
        correlation_id=str(event.id),
    )


def _add(session: Session, table: type[Base], **values: Any) -> bool:
    """False: it is there already."""
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(table.__table__.c.id)
    return session.scalar(statement) is not None
