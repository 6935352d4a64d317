"""The simulators' two clocks: one that only goes forward, one that the wall shows."""

import time
from typing import NamedTuple, Protocol


class Moment(NamedTuple):
    """The same instant by both clocks, in nanoseconds (`wall_ns`: Unix)."""

    mono_ns: int
    wall_ns: int


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> Moment:
        """This instant."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> Moment:
        """See `Clock`."""
        return Moment(time.monotonic_ns(), time.time_ns())
