"""Decisions of the calls slice: pure, the time among the arguments."""

from datetime import datetime

from cloud.calls.types import RINGS_FOR, CallAnswer, CallState, Told


def state_of(told: Told, now: datetime) -> CallState:
    """Where a call stands at `now`. What a resident refused is refused, whatever the panel makes of it."""
    if told.opened_at is not None:
        return CallState.OPENED
    if told.answer == CallAnswer.REFUSE:
        return CallState.REFUSED
    if is_over(told, now):
        return CallState.ANSWERED if told.answered_at is not None else CallState.MISSED
    return CallState.TALKING if told.answered_at is not None else CallState.RINGING


def is_over(told: Told, now: datetime) -> bool:
    """Whether nobody stands there any more, as far as is known."""
    return told.ended_at is not None or told.started_at + RINGS_FOR <= now
