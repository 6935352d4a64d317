"""Pictures of what guards decided; whose the pictures are that guards took or decided by."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.guard.models import GateDecisionRow, ViolationRow, VisitRow
from cloud.kernel.database import current_organisation
from cloud.kernel.lists import AnySelect


def is_still(session: Session, sha256: str) -> bool:
    """Whether a decision of the current company names this picture, or waits for it."""
    decision = GateDecisionRow
    mine = (decision.organisation_id == current_organisation(session), decision.still == sha256)
    return session.scalar(select(decision.id).where(*mine).limit(1)) is not None


def shown_by(session: Session, names: Collection[str]) -> list[dict[str, Any]]:
    """A decision's pass and plate; the visitor; the violation: `subjects_in` knows most of what they name."""
    company = current_organisation(session)
    decision, visit, violation = GateDecisionRow, VisitRow, ViolationRow
    queries: tuple[AnySelect, ...] = (
        select(decision.pass_id, decision.plate).where(
            decision.organisation_id == company, decision.still.in_(names)
        ),
        select(visit.id.label("visit"), visit.pass_id, visit.premises_id, visit.plate).where(
            visit.organisation_id == company, visit.photos.overlap(list(names))
        ),
        select(
            violation.id.label("violation"), violation.pass_id, violation.premises_id, violation.plate
        ).where(violation.organisation_id == company, violation.photos.overlap(list(names))),
    )
    return [dict(row) for query in queries for row in session.execute(query).mappings()]
