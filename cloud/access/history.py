"""Who changed what on a pass, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access.models import Pass, PassHistory
from cloud.access.types import PassChange
from cloud.kernel.database import new_id
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish

EDITS = frozenset(
    {PassChange.EDITED, PassChange.CARD_GIVEN, PassChange.CARD_TAKEN}
)  # what a form shows is another


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
    """A line of the pass's history; whoever watches is told."""
    row.changed_at = max(row.changed_at, at)
    if change in EDITS:
        row.version += 1
    session.add(
        PassHistory(
            id=new_id(session),
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
    publish(session, row.organisation_id, LiveKind.PASS, row.id, Permission.PASSES_READ)
