"""Where a call stands, by what is known of it."""

from datetime import timedelta

import pytest

from cloud.calls.rules import is_over, state_of
from cloud.calls.types import RINGS_FOR, CallState, Told
from tests.support.noon import NOON

LATER = NOON + timedelta(seconds=20)


def told(**known: object) -> Told:
    fields = {"started_at": NOON, "answered_at": None, "opened_at": None, "ended_at": None, "answer": None}
    return Told(**fields | known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, CallState.RINGING),
        ({"answered_at": NOON}, CallState.TALKING),
        ({"ended_at": NOON}, CallState.MISSED),
        ({"answered_at": NOON, "ended_at": NOON}, CallState.ANSWERED),
        ({"opened_at": NOON}, CallState.OPENED),
        ({"opened_at": NOON, "ended_at": NOON, "answer": "refuse"}, CallState.OPENED),  # the other was faster
        ({"answer": "open"}, CallState.RINGING),  # the box has not said that it did
        ({"answer": "refuse"}, CallState.REFUSED),
        ({"answer": "refuse", "ended_at": NOON}, CallState.REFUSED),
    ],
)
def test_what_became_of_a_call(known: dict[str, object], state: CallState) -> None:
    assert state_of(told(**known), LATER) is state


def test_nobody_stands_at_a_panel_for_ever() -> None:
    just_before = NOON + RINGS_FOR - timedelta(microseconds=1)
    assert not is_over(told(), just_before)
    assert is_over(told(), NOON + RINGS_FOR)
    assert state_of(told(answered_at=NOON), NOON + RINGS_FOR) is CallState.ANSWERED
