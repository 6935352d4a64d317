"""Reads of an RTU line, each answered by its own answer: see `late`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from pymodbus.pdu import ModbusPDU

from edge.drivers.base import SilentError
from edge.drivers.modbus_bus.late import Debt, Key, Owed, OwedError
from edge.drivers.modbus_bus.turns import Urgency

WAIT_NS = 5_000_000_000  # a read that finds an answer owed gives up after this


class Request(Protocol):
    """One exchange on the line: sends a read of `count` registers and returns what comes back."""

    async def __call__(
        self, urgency: Urgency, key: Key, address: int, count: int, *, despite: Debt | None
    ) -> ModbusPDU:
        """Raises OwedError, with nothing sent, if by its turn not just `despite` is owed."""


class Unmistaken:
    """A read waits for what is owed, and for that only: the line is free meanwhile."""

    def __init__(
        self, owed: Owed, request: Request, *, monotonic_ns: Callable[[], int], timeout_s: float
    ) -> None:
        self._owed = owed
        self._request = request
        self._now_ns = monotonic_ns
        self._timeout_s = timeout_s

    async def read(self, urgency: Urgency, key: Key, address: int, count: int) -> ModbusPDU:
        """Raises SilentError for an answer that may be another's, too."""
        give_up_ns = self._now_ns() + WAIT_NS
        while True:
            try:
                debt = self._owed.of(key)
                if debt is not None and urgency is Urgency.STATE and self._now_ns() < debt.until_ns:
                    await self._catch_up(key)
                    debt = self._owed.of(key)
                if debt is None:
                    answer = await self._request(urgency, key, address, count, despite=None)
                    self._owed.answered(key)
                    return answer
                async with self._turn(debt, key, give_up_ns):
                    return await self._on_trial(urgency, key, address, count, debt)
            except OwedError:
                continue

    @asynccontextmanager
    async def _turn(self, debt: Debt, key: Key, give_up_ns: int) -> AsyncIterator[None]:
        """What is owed has had its time, and nobody else asks. Raises OwedError as soon as nothing is owed any more."""
        try:
            async with asyncio.timeout((give_up_ns - self._now_ns()) / 1e9):
                await debt.trial.acquire()
        except TimeoutError as error:
            raise _still_owed(key) from error
        try:
            rest_ns = min(debt.until_ns, give_up_ns) - self._now_ns()
            if debt.paid.is_set() or await _within(debt.paid, rest_ns / 1e9):
                raise OwedError
            if give_up_ns < debt.until_ns:
                raise _still_owed(key)
            yield
        finally:
            debt.trial.release()

    async def _on_trial(self, urgency: Urgency, key: Key, address: int, count: int, debt: Debt) -> ModbusPDU:
        """The answer is another's if a further one follows."""
        debt.heard.clear()
        answer = await self._request(urgency, key, address, count, despite=debt)
        if await _within(debt.heard, self._timeout_s):
            self._owed.doubted(key, debt)
            raise SilentError(f"{key}: an earlier request's answer came instead")
        self._owed.settle(key)
        return answer

    async def _catch_up(self, key: Key) -> None:
        """States are wanted soon: a unit answers in order, so the answer to something else comes after all it owes.

        Where that is met by silence, what is owed has its time, as for a meter.
        """
        fence = self._owed.fence(key)
        if fence is None:
            return
        try:
            await self._request(Urgency.STATE, fence, 0, 1, despite=self._owed.of(fence))
        except SilentError:
            self._owed.ignored(fence)
        else:
            self._owed.answered(fence)
            self._owed.settle_unit(key.unit)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _still_owed(key: Key) -> SilentError:
    return SilentError(f"{key}: an earlier request is not answered yet")
