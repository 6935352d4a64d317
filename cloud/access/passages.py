"""What boxes report of passages. Called by ingest within its transaction, each record once, in the stream's order."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.access import passes, rules, watches
from cloud.access.errors import PassageNotThere
from cloud.access.models import Pass, PassageRow
from cloud.access.types import PassChange, PassState
from cloud.kernel.database import current_organisation, now
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.sites import service as sites
from cloud.sites.types import BoxOwner, Moved
from protocols.acts import GateDecision, Verdict
from protocols.fields import ClockState, Direction
from protocols.records import Actuation, Outcome, Passage, Reason, Still


def record_passage(session: Session, box: BoxOwner, event: Passage) -> None:
    """A decision at a point of the box's site. The same event again, as after a fork of the stream, is nothing new.

    What it says of another site's pass is kept as it was said, and moves nothing.
    """
    added = (
        insert(PassageRow).values(_row(session, box, event)).on_conflict_do_nothing().returning(PassageRow.id)
    )
    if session.scalar(added) is None:
        return
    _follow(session, box.site_id, event, event.id)
    publish(session, box.organisation_id, LiveKind.PASSAGE, event.id, Permission.PASSAGES_READ)


def follow_decision(session: Session, site_id: UUID, event: GateDecision) -> None:
    """A guard let somebody through by a pass of the site: that counts and moves as a passage does. Called once each.

    Who was refused is told of and changes nothing.
    """
    if event.verdict is Verdict.REFUSE:
        _note_refusal(session, site_id, event)
        return
    if event.pass_id is None:
        return
    passed = Passage(
        id=event.id,
        at=event.at,
        point=event.point,
        direction=event.direction,
        outcome=Outcome.GRANTED,
        reason=Reason.GRANTED,
        pass_id=event.pass_id,
        use=event.use,
        plate=event.plate,
        zone=event.zone,
        behind=event.behind,
        carrier=event.carrier,
    )
    _follow(session, site_id, passed, event.passage)


def _note_refusal(session: Session, site_id: UUID, event: GateDecision) -> None:
    """By the pass that the guard named, or that was shown in the passage about which was decided."""
    shown = select(PassageRow.pass_id).where(PassageRow.id == event.passage)
    named = event.pass_id or session.scalar(shown)
    if _pass_of(session, site_id, named) is None:
        return
    refused = Passage(
        id=event.id,
        at=event.at,
        point=event.point,
        direction=event.direction,
        outcome=Outcome.DENIED,
        reason=Reason.GUARD_CONFIRMATION,
        pass_id=named,
    )
    watches.note_use(session, refused, event.passage)


def undo_decision(
    session: Session, site_id: UUID, decision: tuple[UUID | None, Direction], event: Actuation
) -> None:
    """What a guard decided was surely not done. `decision`: by which pass, and which way."""
    pass_id, direction = decision
    if pass_id is not None and event.entry_returned:
        _return_entry(session, site_id, direction, pass_id, event)
    if event.undone:
        sites.take_places_back(session, site_id, event.passage)


def record_actuation(session: Session, box: BoxOwner, event: Actuation) -> bool:
    """What became of a granted passage at the barrier. The first answer stands.

    False: it is of no passage that waits for it, and nothing is changed.
    """
    values = {
        "opened": event.opened,
        "latency_us": event.latency_us,
        "fault": "" if event.done else event.detail,
    }
    amended = _amend(session, box, event.passage, values, PassageRow.opened.is_(None))
    if amended is None:
        return False
    if amended.pass_id is not None:
        if event.entry_returned:
            _return_entry(session, amended.site_id, Direction(amended.direction), amended.pass_id, event)
        if event.undone:
            sites.take_places_back(session, amended.site_id, amended.id)
    return True


def record_still(session: Session, box: BoxOwner, event: Still) -> bool:
    """The picture taken for a passage; its bytes come over HTTPS, perhaps later. False: as of `record_actuation`."""
    is_new = PassageRow.still.is_distinct_from(event.sha256)
    return _amend(session, box, event.passage, {"still": event.sha256}, is_new) is not None


def is_still(session: Session, sha256: str) -> bool:
    """Whether a passage of the current company shows this picture, or waits for it."""
    mine = PassageRow.organisation_id == current_organisation(session)
    shown = (PassageRow.still == sha256, PassageRow.still_removed_at.is_(None))
    return session.scalar(select(PassageRow.id).where(mine, *shown).limit(1)) is not None


def get_passage(session: Session, passage_id: UUID) -> PassageRow:
    """Raises PassageNotThere."""
    row = session.get(PassageRow, passage_id)
    if row is None:
        raise PassageNotThere
    return row


def _row(session: Session, box: BoxOwner, event: Passage) -> dict[str, object]:
    return {
        "id": event.id,
        "organisation_id": box.organisation_id,
        "site_id": box.site_id,
        "box_id": box.box_id,
        "point_id": event.point,
        "at": event.at,
        "received_at": now(session),
        "clock_trusted": event.clock is ClockState.TRUSTED,
        "direction": event.direction,
        "outcome": event.outcome,
        "reason": event.reason,
        "pass_id": event.pass_id,
        "use": event.use,
        "credential": event.credential,
        "plate": event.plate,
        "read": event.read,
        "source_id": event.source,
        "still": event.still,
        "still_removed_at": None,
        "decision_us": event.decision_us,
        "weak_match": event.weak_match,
        "opened": None,
        "latency_us": None,
        "fault": "",
        "zone_id": event.zone,
        "carrier": event.carrier,
        "flags": [flag.value for flag in event.flags],
        "left_carrier": event.left_carrier,
        "other_pass_id": event.other_pass,
        "list_age_s": event.list_age_s,
        "nonce": event.nonce,
    }


def _pass_of(session: Session, site_id: UUID, pass_id: UUID | None) -> Pass | None:
    """The site's pass, locked. None also for another site's: no box moves what is not its own."""
    if pass_id is None:
        return None
    row = session.get(Pass, pass_id, with_for_update={"key_share": True})
    return row if row is not None and row.site_id == site_id else None


def _follow(session: Session, site_id: UUID, event: Passage, shown: UUID | None) -> None:
    """The pass takes the state that the passage gives it; a pass that the cloud no longer has is no fault.

    `shown`: the passage in which the box read something.
    """
    row = _pass_of(session, site_id, event.pass_id)
    if row is None:
        return
    _count(session, row, event)
    change = rules.after_passage(PassState(row.state), event.outcome, event.direction)
    if change is not None:
        passes.note_passage(session, row, change, at=event.at, passage_id=event.id)
    watches.note_use(session, event, shown)


def _count(session: Session, row: Pass, event: Passage) -> None:
    if event.outcome is Outcome.GRANTED and event.use is not None:
        if event.direction is Direction.IN:
            row.uses = max(row.uses, event.use)
        sites.record_uses(session, row.site_id, row.id, event.direction, event.use)
    if event.outcome is Outcome.GRANTED and event.zone is not None:
        _follow_place(session, row, event)


def _follow_place(session: Session, row: Pass, event: Passage) -> None:
    carrier = event.carrier if event.left_carrier is None else event.left_carrier
    moved = [Moved(row.id, carrier, event.behind, row.premises_id)]
    is_ours = _pass_of(session, row.site_id, event.other_pass) is not None
    if event.other_pass is not None and event.other_carrier is not None and is_ours:
        moved.append(Moved(event.other_pass, event.other_carrier, event.behind))
    for each in moved:
        sites.record_place(session, row.site_id, each, since=event.at, passage_id=event.id)


def _return_entry(
    session: Session, site_id: UUID, direction: Direction, pass_id: UUID, event: Actuation
) -> None:
    row = _pass_of(session, site_id, pass_id)
    if row is None:
        return
    sites.return_use(session, row.site_id, row.id, direction)
    if direction is Direction.OUT:
        return
    row.uses = max(row.uses - 1, 0)
    if row.state == PassState.INSIDE:
        passes.note_passage(session, row, PassChange.NOT_OPENED, at=event.at, passage_id=event.passage)


def _amend(
    session: Session,
    box: BoxOwner,
    passage_id: UUID,
    values: Mapping[str, object],
    condition: ColumnElement[bool],
) -> PassageRow | None:
    """The box's passage as it is now, if the condition held."""
    mine = (PassageRow.id == passage_id, PassageRow.box_id == box.box_id, condition)
    changed = session.scalar(update(PassageRow).where(*mine).values(**values).returning(PassageRow))
    if changed is not None:
        publish(session, box.organisation_id, LiveKind.PASSAGE, passage_id, Permission.PASSAGES_READ)
    return changed
