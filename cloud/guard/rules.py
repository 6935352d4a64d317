"""Decisions of the guard slice: pure."""

from itertools import pairwise

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
