"""Who changed what on a pass, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access.events import PassDecided
from cloud.access.models import Pass, PassHistory
from cloud.access.types import PassChange
from cloud.kernel import outbox
from cloud.kernel.database import new_id
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish

EDITS = frozenset(
    {PassChange.EDITED, PassChange.CARD_GIVEN, PassChange.CARD_TAKEN}
)  # what a form shows is another

DECISIONS = frozenset({PassChange.APPROVED, PassChange.REFUSED, PassChange.REVOKED})


def find_line(session: Session, line_id: UUID) -> PassHistory:
    """A line of a pass's history that is known to be there."""
    return session.get_one(PassHistory, line_id)


def history_of(session: Session, pass_id: UUID) -> list[PassHistory]:
    """What happened to a pass, newest first."""
    rows = select(PassHistory).where(PassHistory.pass_id == pass_id)
    return list(session.scalars(rows.order_by(PassHistory.at.desc(), PassHistory.id.desc())))


def add_history(
    session: Session,
    row: Pass,
    change: PassChange,
    *,
    at: datetime,
    actor: str,
    account_id: UUID | None = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """A line of the pass's history; whoever watches is told, and of a decision whose pass it is."""
    line_id = new_id(session)
    row.changed_at = max(row.changed_at, at)
    if change in EDITS:
        row.version += 1
    session.add(
        PassHistory(
            id=line_id,
            organisation_id=row.organisation_id,
            pass_id=row.id,
            at=at,
            change=change,
            actor=actor,
            account_id=account_id,
            reason=reason,
            data=data or {},
        )
    )
    if change in DECISIONS and row.host_id is not None:
        outbox.add(session, PassDecided(pass_id=row.id, change_id=line_id))
    publish(session, row.organisation_id, LiveKind.PASS, row.id, Permission.PASSES_READ)
