"""Presses of exit buttons: which is a new one, and how many came in a row. Pure."""

from typing import NamedTuple
from uuid import UUID

NS_PER_S = 1_000_000_000
AGAIN_NS = NS_PER_S  # sooner it is the same finger
ROW_NS = 5 * NS_PER_S  # later it is somebody else


class _Last(NamedTuple):
    at_ns: int
    in_row: int


class Presses:
    """Of all points. A contact that chatters presses for ever: from a place in the row on nobody looks any more."""

    def __init__(self) -> None:
        self._last: dict[UUID, _Last] = {}

    def take(self, point: UUID, at_ns: int) -> int | None:
        """Its place in the row, from 1; None: it is the last one still."""
        last = self._last.get(point)
        since_ns = at_ns - last.at_ns if last is not None else ROW_NS
        if since_ns < AGAIN_NS:
            return None
        in_row = last.in_row + 1 if last is not None and since_ns < ROW_NS else 1
        self._last[point] = _Last(at_ns, in_row)
        return in_row
