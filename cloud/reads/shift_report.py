"""What happened at a site during a shift."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from cloud.access.models import Card, CardHistory, PassageRow
from cloud.access.types import CardChange
from cloud.guard.models import GateDraft, NoteRow, ShiftRow, ViolationRow, VisitRow
from cloud.kernel.database import now
from cloud.reads import violations, watch
from protocols.fields import Direction
from protocols.records import Outcome


def shift_report(session: Session, shift_id: UUID) -> dict[str, Any] | None:
    """`ShiftReportOut`; of a shift that goes on, until now. None: there is no such shift."""
    found = session.execute(watch.shifts().where(ShiftRow.id == shift_id)).mappings().one_or_none()
    if found is None:
        return None
    shift = dict(found)
    mine = ViolationRow.shift_id == shift_id
    noted = watch.notes().where(NoteRow.shift_id == shift_id).order_by(NoteRow.at)
    return {
        "shift": shift,
        "until": shift["ended_at"] or now(session),
        **_passages(session, shift),
        "decisions": watch.decisions_of_shift(session, shift_id),
        "visitors": _visitors(session, shift),
        "passes_made": _count(session, GateDraft.id, GateDraft.shift_id == shift_id, ~_is_of_a_card()),
        "violations": _rows(session, violations.rows().where(mine).order_by(ViolationRow.at)),
        "notes": _rows(session, noted),
        "cards_out": cards_out(session, shift["site_id"]),
    }


def cards_out(session: Session, site_id: UUID) -> int:
    """Temporary cards of a site that were handed out and not taken back."""
    out = (VisitRow.site_id == site_id, VisitRow.card.is_not(None), VisitRow.card_back.is_(False))
    return _count(session, VisitRow.id, *out)


def _is_of_a_card() -> ColumnElement[bool]:
    """A visitor's temporary card is a pass as well; the visit is counted, and what the guard made beside it."""
    given = (CardHistory.pass_id == GateDraft.id, CardHistory.change == CardChange.GIVEN)
    same = (Card.id == CardHistory.card_id, VisitRow.card == Card.key, VisitRow.site_id == GateDraft.site_id)
    return exists().where(
        *given, *same, VisitRow.guard_id == GateDraft.guard_id, VisitRow.name == CardHistory.holder
    )


def _passages(session: Session, shift: Mapping[str, Any]) -> dict[str, Any]:
    row = PassageRow
    mine = (row.site_id == shift["site_id"], *_within(row.at, shift))
    counted = select(row.outcome, row.direction, row.reason, func.count()).where(*mine)
    granted = dict.fromkeys(Direction, 0)
    denials: dict[str, int] = {}
    for outcome, direction, reason, count in session.execute(
        counted.group_by(row.outcome, row.direction, row.reason)
    ):
        if outcome == Outcome.GRANTED:
            granted[Direction(direction)] += count
        else:
            denials[reason] = denials.get(reason, 0) + count
    most_first = sorted(denials.items(), key=lambda each: (-each[1], each[0]))
    return {
        "granted_in": granted[Direction.IN],
        "granted_out": granted[Direction.OUT],
        "denied": sum(denials.values()),
        "denials": [{"reason": reason, "count": count} for reason, count in most_first],
    }


def _visitors(session: Session, shift: Mapping[str, Any]) -> int:
    mine = (VisitRow.site_id == shift["site_id"], *_within(VisitRow.registered_at, shift))
    return _count(session, VisitRow.id, *mine)


def _within(moment: Any, shift: Mapping[str, Any]) -> list[Any]:
    """While the shift lasted; one that goes on has no end yet."""
    ended = shift["ended_at"]
    return [moment >= shift["begun_at"], *([moment < ended] if ended is not None else [])]


def _count(session: Session, column: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0


def _rows(session: Session, statement: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(statement).mappings()]
