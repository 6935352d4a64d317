"""Violations as cases: recorded by guards, brought from state to state by the desk, each step with who and why."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.guard import rules
from cloud.guard.acts import name_of
from cloud.guard.errors import ViolationNotThere, WrongStep
from cloud.guard.events import ViolationCharged, ViolationRecorded
from cloud.guard.models import ViolationChange, ViolationRow
from cloud.guard.types import StepDraft, ViolationState, Where
from cloud.kernel import outbox
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import current_organisation, new_id, now
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.text import search_text
from protocols import acts

_NEXT_NUMBER = text(
    "INSERT INTO violation_counter (organisation_id, last) VALUES (:organisation_id, 1)"
    " ON CONFLICT (organisation_id) DO UPDATE SET last = violation_counter.last + 1 RETURNING last"
)
_NOTE_NEEDED = Text("Напишите, почему.", "Say why.")


def record_violation(session: Session, where: Where, event: acts.Violation) -> None:
    """A guard recorded a violation: a case begins. The same again is nothing new."""
    if session.get(ViolationRow, event.violation) is not None:
        return
    by = name_of(session, event.guard)
    number = session.scalars(_NEXT_NUMBER, {"organisation_id": where.organisation_id}).one()
    words = search_text(str(number), event.plate, event.address, event.note, by)
    added = insert(ViolationRow).values(
        id=event.violation,
        organisation_id=where.organisation_id,
        site_id=where.site_id,
        box_id=where.box_id,
        guard_id=event.guard,
        guard=by,
        shift_id=event.shift,
        number=number,
        kind=event.kind,
        state=ViolationState.RECORDED,
        at=event.at,
        received_at=now(session),
        plate=event.plate,
        address=event.address,
        premises_id=event.household,
        pass_id=event.pass_id,
        passage_id=event.passage,
        photos=list(event.photos),
        note=event.note,
        changed_at=now(session),
        search=words,
    )
    session.execute(added)
    _add_change(session, event.violation, ViolationState.RECORDED, actor=Actor(name=by), note=event.note)
    _tell(session, event.violation)
    outbox.add(session, ViolationRecorded(violation_id=event.violation), correlation_id=str(event.id))


def step(session: Session, actor: Actor, violation_id: UUID, draft: StepDraft) -> ViolationRow:
    """Bring a case into another state.

    Raises ViolationNotThere, WrongStep, NotAllowed; FixInput where a note is needed.
    """
    row = session.get(ViolationRow, violation_id, with_for_update={"key_share": True})
    if row is None or row.organisation_id != current_organisation(session):
        raise ViolationNotThere
    was = ViolationState(row.state)
    allowed = rules.STEPS[was].get(draft.state)
    if allowed is None or draft.since not in {None, was}:
        raise WrongStep(now=was.value, wanted=draft.state.value)
    actor.require(allowed.permission)
    if allowed.needs_note and not draft.note:
        raise FixInput.at("note", "needed", _NOTE_NEEDED)
    row.state, row.changed_at = draft.state, now(session)
    _add_change(session, row.id, draft.state, actor=actor, note=draft.note)
    told = {"number": row.number, "state": draft.state.value, "note": draft.note}
    record(session, actor, "guard.violation.step", "violation", row.id, told)
    if draft.state is ViolationState.CHARGED:
        charged = ViolationCharged(violation_id=row.id, premises_id=row.premises_id, plate=row.plate)
        outbox.add(session, charged, correlation_id=actor.correlation_id)
    session.flush()
    _tell(session, row.id)
    return row


def steps_for(actor: Actor, state: ViolationState) -> list[dict[str, object]]:
    """Where the actor may bring a case of its company that stands so."""
    return [
        {"state": wanted, "needs_note": each.needs_note}
        for wanted, each in rules.STEPS[state].items()
        if actor.may(each.permission, actor.current)
    ]


def get_violation(session: Session, violation_id: UUID) -> ViolationRow:
    """Raises ViolationNotThere."""
    row = session.get(ViolationRow, violation_id)
    if row is None:
        raise ViolationNotThere
    return row


def changes_of(session: Session, violation_id: UUID) -> list[ViolationChange]:
    """What happened to a case, newest first."""
    row = ViolationChange
    lines = select(row).where(row.violation_id == violation_id).order_by(row.at.desc(), row.id.desc())
    return list(session.scalars(lines))


def is_photo(session: Session, sha256: str) -> bool:
    """Whether a violation of the current company shows this picture, or waits for it."""
    mine = ViolationRow.organisation_id == current_organisation(session)
    shown = ViolationRow.photos.contains([sha256])
    return session.scalar(select(ViolationRow.id).where(mine, shown).limit(1)) is not None


def _add_change(
    session: Session, violation_id: UUID, state: ViolationState, *, actor: Actor, note: str
) -> None:
    session.add(
        ViolationChange(
            id=new_id(session),
            organisation_id=current_organisation(session),
            violation_id=violation_id,
            at=now(session),
            state=state,
            actor=actor.name,
            account_id=actor.account_id,
            note=note,
        )
    )


def _tell(session: Session, violation_id: UUID) -> None:
    publish(
        session, current_organisation(session), LiveKind.VIOLATION, violation_id, Permission.VIOLATIONS_READ
    )
