"""Use cases of the calls slice: what boxes report of calls, and residents' answers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.calls import rules
from cloud.calls.errors import CallAnswered, CallNotThere, CallOver, DoorNotForResidents
from cloud.calls.models import CallRow
from cloud.calls.retention import KEPT
from cloud.calls.types import CallAnswer, Told
from cloud.kernel import audit
from cloud.kernel.actor import Actor
from cloud.kernel.database import current_organisation, now
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish, publish_to
from cloud.kernel.text import search_text
from cloud.people import service as people
from cloud.sites import service as sites
from cloud.sites.types import BoxOwner
from protocols.messages import CommandKind, OrderedBy
from protocols.records import Call, CallPhase, CommandOutcome, Still

__all__ = [
    "KEPT",
    "answer_call",
    "get_call",
    "is_still",
    "record_call",
    "record_opening",
    "record_still",
    "shown_by",
]

_MOMENT = {
    CallPhase.ANSWERED: CallRow.answered_at,
    CallPhase.OPENED: CallRow.opened_at,
    CallPhase.ENDED: CallRow.ended_at,
}


def record_call(session: Session, box: BoxOwner, event: Call) -> None:
    """A box tells of a call: its beginning, or how it goes on. The same again changes nothing."""
    made = session.scalar(
        insert(CallRow).values(_row(session, box, event)).on_conflict_do_nothing().returning(CallRow.id)
    )
    moment = _MOMENT.get(event.phase)
    if moment is not None:
        mine = (CallRow.id == event.call, CallRow.box_id == box.box_id, moment.is_(None))
        changed: Any = session.execute(update(CallRow).where(*mine).values({moment: event.at}))
        made = made or changed.rowcount
    if made:
        _tell(session, event.call)


def record_still(session: Session, box: BoxOwner, event: Still) -> bool:
    """The picture taken for a call; its bytes come over HTTPS, perhaps later. False: it is of no call."""
    mine = (CallRow.id == event.passage, CallRow.box_id == box.box_id)
    changed: Any = session.execute(update(CallRow).where(*mine).values(still=event.sha256))
    if changed.rowcount:
        _tell(session, event.passage)
    return bool(changed.rowcount)


def record_opening(session: Session, box: BoxOwner, event: Still) -> bool:
    """The picture taken when a resident's answer opened, named by the order: for a call that has none of who rang.

    False: the order answered no call.
    """
    mine = (CallRow.command_id == event.passage, CallRow.box_id == box.box_id)
    chosen = select(CallRow.id, CallRow.still).where(*mine).with_for_update(key_share=True)
    found = session.execute(chosen).one_or_none()
    if found is None:
        return False
    if found.still is None:
        session.execute(update(CallRow).where(CallRow.id == found.id).values(still=event.sha256))
        _tell(session, found.id)
    return True


def is_still(session: Session, sha256: str) -> bool:
    """Whether a call of the current company shows this picture, or waits for it."""
    mine = (CallRow.organisation_id == current_organisation(session), CallRow.still == sha256)
    return session.scalar(select(CallRow.id).where(*mine).limit(1)) is not None


def shown_by(session: Session, stills: Collection[str]) -> list[dict[str, Any]]:
    """At whose door the pictures were taken."""
    mine = (CallRow.organisation_id == current_organisation(session), CallRow.still.in_(stills))
    found = session.execute(select(CallRow.premises_id).where(*mine)).mappings()
    return [dict(row) for row in found]


def get_call(session: Session, call_id: UUID) -> CallRow:
    """Raises CallNotThere."""
    row = session.get(CallRow, call_id)
    if row is None:
        raise CallNotThere
    return row


def answer_call(
    session: Session, actor: Actor, call_id: UUID, answer: CallAnswer, *, may_open: frozenset[UUID]
) -> CallRow:
    """A resident's answer goes to the box; who is first answers. `may_open`: the points that are theirs to open.

    The caller has seen to it that the call is the actor's to answer. Raises CallNotThere, CallOver, CallAnswered,
    DoorNotForResidents, and what `sites.order_command` raises.
    """
    actor.require(Permission.GATES_OPEN)
    row = session.get(CallRow, call_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise CallNotThere
    _refuse_late(session, row)
    if answer is CallAnswer.OPEN and row.point_id not in may_open:
        raise DoorNotForResidents
    opens = answer is CallAnswer.OPEN
    command = sites.order_command(
        session,
        actor,
        row.box_id,
        CommandKind.OPEN if opens else CommandKind.HANG_UP,
        target=row.point_id if opens else row.id,
        reason="житель: звонок в домофон",
        by=OrderedBy.RESIDENT,
    )
    row.answer, row.decided_at, row.command_id = answer.value, now(session), command.id
    row.account_id, row.person = actor.account_id, actor.name
    session.flush()
    told = {"answer": answer.value, "address": row.address, "number": row.number}
    audit.record(session, actor, "calls.call.answer", "call", row.id, told)
    _tell(session, row.id)
    return row


def _refuse_late(session: Session, row: CallRow) -> None:
    """Raises CallAnswered, CallOver."""
    zone = ZoneInfo(sites.find_site(session, row.site_id).time_zone)
    if row.answer is not None and row.decided_at is not None and not _came_to_nothing(session, row):
        raise CallAnswered(who=row.person, answer=row.answer, **_when(row.decided_at, zone))
    told = Told(row.started_at, row.answered_at, row.opened_at, row.ended_at, None)
    if row.opened_at is not None or rules.is_over(told, now(session)):
        raise CallOver(**_when(row.ended_at or row.opened_at or now(session), zone))


def _when(at: datetime, zone: ZoneInfo) -> dict[str, str]:
    return {"when": at.astimezone(zone).strftime("%H:%M:%S"), "at": at.isoformat()}


def _came_to_nothing(session: Session, row: CallRow) -> bool:
    """The box could not do what was answered, or did not say in time that it did: the call may be answered anew."""
    if row.command_id is None:
        return True
    command = sites.find_command(session, row.command_id)
    if command.outcome is None:
        return command.expires_at <= now(session)
    return command.outcome != CommandOutcome.DONE


def _row(session: Session, box: BoxOwner, event: Call) -> dict[str, object]:
    called = sites.premises_called(session, event.point, event.number) if event.number else None
    address = called.address if called else ""
    return {
        "id": event.call,
        "organisation_id": box.organisation_id,
        "site_id": box.site_id,
        "box_id": box.box_id,
        "point_id": event.point,
        "panel_id": event.source,
        "number": event.number,
        "premises_id": called.premises_id if called else None,
        "address": address,
        "started_at": event.at,
        "received_at": now(session),
        "person": "",
        "search": search_text(event.number, address),
    }


def _tell(session: Session, call_id: UUID) -> None:
    """Whoever watches the gates, and those who live where it rings."""
    row = session.execute(
        select(CallRow.organisation_id, CallRow.premises_id).where(CallRow.id == call_id)
    ).one()
    publish(session, row.organisation_id, LiveKind.CALL, call_id, Permission.PASSAGES_READ)
    for account in people.accounts_at(session, row.premises_id) if row.premises_id else ():
        publish_to(session, row.organisation_id, LiveKind.CALL, call_id, account)
