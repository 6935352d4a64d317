"""Visitors whom guards recorded and the blacklist names: nothing is undone, the desk sees it and settles it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.access.types import Visitor
from cloud.guard.errors import VisitNotThere
from cloud.guard.models import VisitRow
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import current_organisation, now
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from protocols.acts import VisitState
from protocols.documents import document_number


def judge_visit(session: Session, visit_id: UUID) -> None:
    """Ask the blacklist, as it is now, about a visit. What was once a conflict stays one, until it is settled."""
    visit = session.get(VisitRow, visit_id)
    if visit is None:
        return
    person = Visitor(visit.name, visit.phone, document_number(visit.document) or "")
    why = access.why_listed(session, visit.site_id, _one(visit.plate), _one(visit.card), person)
    if why is None:
        return
    session.refresh(
        visit, with_for_update={"key_share": True}
    )  # almost nobody is listed: nothing else is locked
    if why == visit.conflict:
        return
    visit.conflict, visit.settled_at, visit.settled_by = why, None, None
    session.flush()
    _tell(session, visit)


def judge_inside(session: Session, site_id: UUID) -> None:
    """Somebody was put on the site's blacklist: whoever is inside may be meant."""
    inside = (VisitRow.site_id == site_id, VisitRow.state == VisitState.INSIDE)
    for visit_id in session.scalars(select(VisitRow.id).where(*inside).order_by(VisitRow.id)).all():
        judge_visit(session, visit_id)


def settle_visit(session: Session, actor: Actor, visit_id: UUID) -> None:
    """Somebody at the desk has seen the conflict. Raises VisitNotThere."""
    actor.require(Permission.PASSES_ISSUE)
    visit = session.get(VisitRow, visit_id, with_for_update={"key_share": True})
    if visit is None or visit.organisation_id != current_organisation(session) or not visit.conflict:
        raise VisitNotThere
    if visit.settled_at is None:
        visit.settled_at, visit.settled_by = now(session), actor.name
        record(session, actor, "guard.conflict.settle", "visit", visit_id, {"reason": visit.conflict})
        session.flush()
        _tell(session, visit)


def _one(text: str | None) -> Sequence[str]:
    return [text] if text else []


def _tell(session: Session, visit: VisitRow) -> None:
    publish(session, visit.organisation_id, LiveKind.VISIT, visit.id, Permission.WATCH_READ)
