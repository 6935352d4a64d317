"""The list of cards, and one card: columns, not entities."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from cloud.access import rules
from cloud.access.errors import CardNotThere
from cloud.access.models import Card, Pass
from cloud.access.recognition import card_readings
from cloud.access.types import CardState
from cloud.kernel.lists import AnySelect, Column, ListQuery, fetch_page, matches
from cloud.sites import service as sites


def list_cards(
    session: Session,
    query: ListQuery,
    states: tuple[CardState, ...] = (),
    *,
    complex_id: UUID | None = None,
    pass_id: UUID | None = None,
    at: datetime,
) -> dict[str, Any]:
    """Page of `StockRow`; states are as of `at`. A card that nobody has is of every complex."""
    statement = _rows(at).where(_here(session, complex_id))
    if states:
        statement = statement.where(_shown_state(at).in_([state.value for state in states]))
    if pass_id is not None:
        statement = statement.where(Card.pass_id == pass_id)
    sortable: dict[str, Column] = {
        "card": Card.printed,
        "label": Card.label,
        "state": _shown_state(at),
        "since": Card.since,
        "due": _due(),
        "holder": Pass.holder,
    }
    return fetch_page(
        session,
        statement,
        query,
        sortable=sortable,
        default_sort="-since",
        tie=Card.id,
        found=_found(query.q),
    )


def card_row(session: Session, card_id: UUID, at: datetime) -> dict[str, Any]:
    """One `StockRow`. Raises CardNotThere."""
    row = session.execute(_rows(at).where(Card.id == card_id)).mappings().one_or_none()
    if row is None:
        raise CardNotThere
    return dict(row)


def count_cards(session: Session, complex_id: UUID | None, at: datetime) -> dict[CardState, int]:
    """How many cards are in each state."""
    state = _shown_state(at)
    joined = select(state, func.count()).select_from(Card).outerjoin(Pass, Pass.id == Card.pass_id)
    counted = session.execute(joined.where(_here(session, complex_id)).group_by(state))
    return {CardState(name): count for name, count in counted}


def _here(session: Session, complex_id: UUID | None) -> ColumnElement[bool]:
    if complex_id is None:
        return true()
    return or_(Card.pass_id.is_(None), Pass.site_id.in_(sites.sites_of_complex(session, complex_id)))


def _rows(at: datetime) -> AnySelect:
    columns = (
        *(
            Card.id,
            Card.organisation_id,
            Card.key,
            Card.format,
            Card.printed,
            Card.label,
            Card.since,
            Card.by,
        ),
        *(Card.deposit, Card.created_at, Card.pass_id),
        _shown_state(at).label("state"),
        _due().label("due_at"),
        Pass.number.label("pass_number"),
        Pass.kind.label("pass_kind"),
        Pass.site_id,
        func.coalesce(func.nullif(Pass.holder, ""), Pass.vehicle, "").label("holder"),
        func.coalesce(Pass.address, "").label("address"),
        func.coalesce(Pass.phone, Pass.host_phone).label("phone"),
    )
    return select(*columns).select_from(Card).outerjoin(Pass, Pass.id == Card.pass_id)


def _shown_state(at: datetime) -> ColumnElement[str]:
    """A card whose time is over, or whose pass is, should have come back."""
    final = Pass.state.in_([state.value for state in rules.FINAL])
    late = or_(Card.due_at <= at, Pass.valid_until <= at, final)
    return case((and_(Card.state == CardState.GIVEN, late), CardState.OVERDUE.value), else_=Card.state)


def _due() -> ColumnElement[datetime | None]:
    """Until when it is to be back: as was said, and no later than its pass ends."""
    return case((Card.state == CardState.GIVEN, func.least(Card.due_at, Pass.valid_until)), else_=None)


def _found(q: str | None) -> ColumnElement[bool]:
    """By words of the card or of whoever has it; by the number in any of its printed forms."""
    keys = [lookup.key for card in card_readings(q or "") for lookup in card.lookups()]
    is_typed = Card.keys.overlap(keys) if keys else false()
    return or_(matches(Card.search, q), and_(Card.pass_id.is_not(None), matches(Pass.search, q)), is_typed)
