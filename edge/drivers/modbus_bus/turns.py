"""One at a time, the urgent first: a barrier never waits behind a queue of meters."""

import asyncio
import heapq
import itertools
from enum import IntEnum


class Urgency(IntEnum):
    """Lower goes first; within one urgency, in order of arrival."""

    OUTPUT = 0
    STATE = 1
    METER = 2


class Turns:
    """A lock whose waiters are served by urgency."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def take_free(self) -> bool:
        """Hold the line until `release`, if nobody does."""
        if self._taken:
            return False
        self._taken = True
        return True

    async def take(self, urgency: Urgency) -> None:
        """Wait for the line, then hold it until `release`. Cancelling the wait gives the place up."""
        if self.take_free():
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the turn came in the moment of the cancel
                self.release()
            raise

    def release(self) -> None:
        """Hand the line to the most urgent waiter."""
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False
