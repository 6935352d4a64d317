"""Passes that were made at a gate: judged by the company's rules; the desk settles what it does not let stand."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.guard.errors import DraftNotThere
from cloud.guard.models import GateDraft, VisitRow
from cloud.guard.types import DraftState
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import current_organisation, now
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from protocols.documents import document_number


def judge(session: Session, pass_id: UUID, *, document: str | None = None) -> None:
    """Take a pass over, or say why not; the site's boxes learn either. Judged once.

    `document`: as its visitor showed it; None: whatever the visit says to whom its card was given.
    """
    draft = session.get(GateDraft, pass_id, with_for_update={"key_share": True})
    if draft is None or draft.state != DraftState.WAITING:
        return
    shown = _document(session, draft) if document is None else document
    number = document_number(shown) or ""
    reason = access.judge_gate_pass(session, pass_id, draft.premises_id, draft.guard, document=number)
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


def _document(session: Session, draft: GateDraft) -> str:
    keys = [card.keys[0] for card in access.cards_of(session, draft.id)]
    # A box tells of the visit right after its card; another's, who never gave the card back, is of before.
    given = (VisitRow.site_id == draft.site_id, VisitRow.card.in_(keys), VisitRow.changed_at >= draft.at)
    found = select(VisitRow.document).where(*given).order_by(VisitRow.changed_at).limit(1)
    return session.scalar(found) or "" if keys else ""


def _tell(session: Session, draft: GateDraft) -> None:
    publish(session, draft.organisation_id, LiveKind.PASS, draft.id, Permission.PASSES_READ)
