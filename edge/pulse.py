"""When the process last had its turn: what waited in the kernel meanwhile looks as if it had come just now.

A machine that swaps, a paused virtual machine or a stopped process reads the bytes of a minute ago as fresh ones. How
long they may have waited is known by the pulse: it should have beaten in between, and did not.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from edge.clock import NS_PER_S

BEAT_S = 0.1
STALL_NS = NS_PER_S  # a busy turn is shorter
SETTLE_NS = NS_PER_S  # bytes that waited are taken up within so long: a head in one turn, its body in another
STALLS_KEPT = 16


class _Stall(NamedTuple):
    """From the last beat before it to the first after it."""

    from_ns: int
    until_ns: int


class Pulse:
    """Asked often, and costs next to nothing where there was no stall."""

    def __init__(self, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._monotonic_ns = monotonic_ns
        self._beaten_ns: int | None = None  # it does not beat yet
        self._stalls: deque[_Stall] = deque(maxlen=STALLS_KEPT)

    async def beat(self) -> None:
        """Until cancelled."""
        self._beaten_ns = None
        while True:
            self.beaten()
            await asyncio.sleep(BEAT_S)

    def beaten(self) -> None:
        """Had its turn now."""
        now_ns = self._monotonic_ns()
        if self._beaten_ns is not None and now_ns - self._beaten_ns > STALL_NS:
            self._stalls.append(_Stall(self._beaten_ns, now_ns))
        self._beaten_ns = now_ns

    def waited_ns(self, ago_ns: int = 0) -> int:
        """How long what came to hand so long ago may have waited before; 0 but for a stall and a moment after it.

        A body may take long to follow its head: the moment of the head counts.
        """
        at_ns = self._monotonic_ns() - ago_ns
        if self._beaten_ns is not None and at_ns - self._beaten_ns > STALL_NS:
            return at_ns - self._beaten_ns
        of_each = (
            at_ns - each.from_ns for each in self._stalls if each.from_ns < at_ns < each.until_ns + SETTLE_NS
        )
        return max(of_each, default=0)
