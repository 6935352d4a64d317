"""What the guard slice keeps of persons: visitors, notes, sign-ins, decisions, violations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cloud.guard.models import (
    GateDecisionRow,
    NoteRow,
    ShiftRow,
    SignInRow,
    ViolationChange,
    ViolationRow,
    VisitRow,
)
from cloud.kernel import claims
from cloud.kernel.retention import Kept, Part
from protocols.privacy import KeptKind


def _forget_words(session: Session, violations: Sequence[UUID]) -> None:
    """From which state to which a case went, and by whom, stays."""
    told = update(ViolationChange).where(ViolationChange.violation_id.in_(violations))
    session.execute(told.values(note="").execution_options(synchronize_session=False))


def _forget_photos(session: Session, visits: Sequence[UUID]) -> None:
    """Photographs of visitors go with them, unless a violation or another visit shows the same picture."""
    shown = select(func.unnest(VisitRow.photos)).where(VisitRow.id.in_(visits))
    elsewhere = select(func.unnest(VisitRow.photos)).where(VisitRow.id.not_in(visits))
    names = session.scalars(shown.except_(select(func.unnest(ViolationRow.photos)), elsewhere)).all()
    claims.release_named(session, names)


KEPT: tuple[Kept, ...] = (
    Part(kind=KeptKind.VISITORS, table=VisitRow, at=VisitRow.changed_at, also=_forget_photos),
    Part(kind=KeptKind.NOTES, table=NoteRow, at=NoteRow.at),
    Part(
        kind=KeptKind.NOTES,
        table=ShiftRow,
        at=ShiftRow.ended_at,
        holds=ShiftRow.erased_at.is_(None),
        wiped={"note": ""},
    ),
    Part(kind=KeptKind.SIGN_INS, table=SignInRow, at=SignInRow.at),
    Part(
        kind=KeptKind.PASSAGES,
        table=GateDecisionRow,
        at=GateDecisionRow.at,
        holds=GateDecisionRow.erased_at.is_(None),
        wiped={"plate": None, "carrier": "", "note": ""},
    ),
    Part(
        kind=KeptKind.VIOLATIONS,
        table=ViolationRow,
        at=ViolationRow.at,
        holds=ViolationRow.erased_at.is_(None),
        wiped={"plate": None, "address": "", "photos": [], "note": "", "search": ""},
        also=_forget_words,
    ),
)
