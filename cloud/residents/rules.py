"""Decisions of the residents slice: pure, the time among the arguments."""

from datetime import datetime

from cloud.residents.types import OrderState
from protocols.held import PassKind

_OWN = frozenset({PassKind.GUEST, PassKind.SERVICE, PassKind.RECURRING, PassKind.CONTRACTOR})


def may_change(kind: PassKind) -> bool:
    """Whether a resident changes and revokes such a pass: not what the company issues for good."""
    return kind in _OWN


def state_of_order(outcome: str | None, expires_at: datetime, now: datetime) -> OrderState:
    """What became of an order at `now`. An answer after the expiry is still the truth."""
    if outcome is not None:
        return OrderState(outcome)
    return OrderState.LAPSED if expires_at <= now else OrderState.WAITING
