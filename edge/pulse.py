"""When the process last had its turn: what waited in the kernel meanwhile looks as if it had come just now.

A machine that swaps, a paused virtual machine or a stopped process reads the bytes of a minute ago as fresh ones. How
long they may have waited is known by the pulse: it should have beaten in between, and did not.
"""

import asyncio
import time
from collections.abc import Callable

from edge.clock import NS_PER_S

BEAT_S = 0.1
STALL_NS = NS_PER_S  # a busy turn is shorter
SETTLE_NS = NS_PER_S  # bytes that waited are taken up within so long: a head in one turn, its body in another


class Pulse:
    """`waited_ns` is asked often, and costs one look at the clock."""

    def __init__(self, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._monotonic_ns = monotonic_ns
        self._beaten_ns: int | None = None  # it does not beat yet
        self._stalled_ns = self._awake_ns = -SETTLE_NS

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
            self._stalled_ns, self._awake_ns = self._beaten_ns, now_ns
        self._beaten_ns = now_ns

    def waited_ns(self) -> int:
        """How long what is in hand now may have waited at most; 0 but for a stall and a moment after it."""
        now_ns = self._monotonic_ns()
        if self._beaten_ns is not None and now_ns - self._beaten_ns > STALL_NS:
            return now_ns - self._beaten_ns
        return now_ns - self._stalled_ns if now_ns - self._awake_ns < SETTLE_NS else 0
