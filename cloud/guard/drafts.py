"""Passes that were made at a gate: judged by the company's rules; the desk settles what it does not let stand."""

from uuid import UUID

from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.guard.errors import DraftNotThere
from cloud.guard.models import GateDraft
from cloud.guard.types import DraftState
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import current_organisation, now
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish


def judge(session: Session, pass_id: UUID) -> None:
    """Take a pass over, or say why not; the site's boxes learn either. Judged once."""
    draft = session.get(GateDraft, pass_id, with_for_update={"key_share": True})
    if draft is None or draft.state != DraftState.WAITING:
        return
    reason = access.judge_gate_pass(session, pass_id, draft.premises_id, draft.guard)
    draft.state = DraftState.TAKEN if reason is None else DraftState.CONFLICT
    draft.reason, draft.judged_at = reason or "", now(session)
    session.flush()
    _tell(session, draft)


def follow_withdrawal(session: Session, pass_id: UUID) -> None:
    """Tell the site's boxes of a pass that one of them took back."""
    access.revoke_gate_pass(session, pass_id)


def settle(session: Session, actor: Actor, pass_id: UUID) -> GateDraft:
    """Somebody at the desk has seen the conflict. Raises DraftNotThere."""
    actor.require(Permission.PASSES_ISSUE)
    draft = session.get(GateDraft, pass_id, with_for_update={"key_share": True})
    mine = draft is not None and draft.organisation_id == current_organisation(session)
    if draft is None or not mine or draft.state != DraftState.CONFLICT:
        raise DraftNotThere
    if draft.settled_at is None:
        draft.settled_at, draft.settled_by = now(session), actor.name
        record(session, actor, "guard.conflict.settle", "pass", pass_id, {"reason": draft.reason})
        session.flush()
        _tell(session, draft)
    return draft


def _tell(session: Session, draft: GateDraft) -> None:
    publish(session, draft.organisation_id, LiveKind.PASS, draft.id, Permission.PASSES_READ)
