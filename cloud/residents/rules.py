"""Decisions of the residents slice: pure, the time among the arguments."""

from datetime import datetime

from cloud.residents.types import OrderState
from protocols.held import PassKind

_OWN = frozenset({PassKind.GUEST, PassKind.SERVICE, PassKind.RECURRING, PassKind.CONTRACTOR})

BY_RESIDENT = "житель"
"""The reason of what residents do themselves, as the company reads it."""


def why_of(reason: str) -> str:
    """A decision's reason as the resident reads it: that they did it themselves is none."""
    return "" if reason == BY_RESIDENT else reason


def may_change(kind: PassKind) -> bool:
    """Whether a resident changes and revokes such a pass: not what the company issues for good."""
    return kind in _OWN


def state_of_order(outcome: str | None, expires_at: datetime, now: datetime) -> OrderState:
    """What became of an order at `now`. An answer after the expiry is still the truth."""
    if outcome is not None:
        return OrderState(outcome)
    return OrderState.LAPSED if expires_at <= now else OrderState.WAITING
