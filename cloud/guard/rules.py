"""Decisions of the guard slice: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from cloud.guard.types import ViolationState as State
from cloud.kernel.permissions import Permission

PIN_SHORTEST, PIN_LONGEST = 6, 8
_FEWEST_DIGITS = 3


def is_weak_pin(pin: str) -> bool:
    """Whether it is among those that everybody tries first: one or two digits, steps, a repeated half or third."""
    if len(set(pin)) < _FEWEST_DIGITS:
        return True
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if len(steps) == 1:
        return True
    halves = (size for size in range(1, len(pin) // 2 + 1) if len(pin) % size == 0)
    return pin == pin[::-1] or any(pin == pin[:size] * (len(pin) // size) for size in halves)


@dataclass(frozen=True, slots=True)
class Step:
    """What brings a case into a state."""

    permission: Permission = Permission.VIOLATIONS_MANAGE
    needs_note: bool = False


_PLAIN, _WITH_NOTE = Step(), Step(needs_note=True)
_CHARGE = Step(Permission.VIOLATIONS_CHARGE)
STEPS: Mapping[State, Mapping[State, Step]] = {
    State.RECORDED: {State.NOTIFIED: _PLAIN, State.CONFIRMED: _PLAIN, State.DISMISSED: _WITH_NOTE},
    State.NOTIFIED: {State.APPEALED: _WITH_NOTE, State.CONFIRMED: _PLAIN, State.DISMISSED: _WITH_NOTE},
    # Whoever appealed is owed an answer, either way.
    State.APPEALED: {State.CONFIRMED: _WITH_NOTE, State.DISMISSED: _WITH_NOTE},
    State.CONFIRMED: {State.APPEALED: _WITH_NOTE, State.DISMISSED: _WITH_NOTE, State.CHARGED: _CHARGE},
    State.DISMISSED: {State.RECORDED: _WITH_NOTE},  # taken up again
    State.CHARGED: {},  # from here on it is the bill's affair
}
"""From which state a case comes into which, and what that takes."""
