"""Reads of an RTU line, each answered by its own answer: see `late`."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from pymodbus.pdu import ModbusPDU

from edge.drivers.base import SilentError, UnavailableError
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
        self._judging: set[asyncio.Task[bool]] = set()
        self._asking: dict[int, asyncio.Task[None]] = {}  # the doubted functions, by unit

    async def read(self, urgency: Urgency, key: Key, address: int, count: int) -> ModbusPDU:
        """Raises SilentError for an answer that may be another's, too."""
        give_up_ns = self._now_ns() + WAIT_NS
        while True:
            try:
                debt = self._owed.of(key)
                if debt is not None and urgency is Urgency.STATE and self._now_ns() < debt.until_ns:
                    await self._catch_up(key)
                    debt = self._owed.of(key)
                if debt is not None:
                    await self._turn(debt, key, give_up_ns)
                    return await self._on_trial(urgency, key, address, count, debt)
                answer = await self._ask(urgency, key, address, count, None)
            except OwedError:
                continue
            if urgency is Urgency.STATE:
                self._ask_doubted(key.unit)
            return answer

    async def _ask(
        self, urgency: Urgency, key: Key, address: int, count: int, despite: Debt | None
    ) -> ModbusPDU:
        try:
            answer = await self._request(urgency, key, address, count, despite=despite)
        except SilentError:
            self._owed.silent(key)
            raise
        self._owed.answered(key)
        return answer

    async def _turn(self, debt: Debt, key: Key, give_up_ns: int) -> None:
        """What is owed has had its time, and nobody else asks until `debt.trial` is released.

        Raises OwedError as soon as nothing is owed any more.
        """
        try:
            async with asyncio.timeout((give_up_ns - self._now_ns()) / 1e9):
                await debt.trial.acquire()
        except TimeoutError as error:
            raise _still_owed(key) from error
        try:
            await self._rest(debt, key, give_up_ns)
        except BaseException:
            debt.trial.release()
            raise

    async def _rest(self, debt: Debt, key: Key, give_up_ns: int) -> None:
        rest_ns = min(debt.until_ns, give_up_ns) - self._now_ns()
        if debt.paid.is_set() or await _within(debt.paid, rest_ns / 1e9):
            raise OwedError
        if give_up_ns < debt.until_ns:
            raise _still_owed(key)

    async def _on_trial(self, urgency: Urgency, key: Key, address: int, count: int, debt: Debt) -> ModbusPDU:
        """The answer is another's if a further one follows. Whoever asked may leave: the wait for that goes on."""
        debt.heard.clear()
        try:
            answer = await self._ask(urgency, key, address, count, debt)
        except BaseException:
            debt.trial.release()
            raise
        judging = asyncio.create_task(self._judge(key, debt), name=f"judge {key}")
        self._judging.add(judging)
        judging.add_done_callback(self._judging.discard)
        judging.add_done_callback(lambda _: debt.trial.release())
        if not await asyncio.shield(judging):
            raise SilentError(f"{key}: an earlier request's answer came instead")
        return answer

    async def _judge(self, key: Key, debt: Debt) -> bool:
        """Whether no further answer follows: then nothing is owed any more."""
        if await _within(debt.heard, self._timeout_s):
            self._owed.mistaken(key, debt)
            return False
        if self._owed.of(key) is debt:
            self._owed.settle(key)
        return True

    async def _catch_up(self, key: Key) -> None:
        """States are wanted soon: a unit answers in order, so the answer to something else comes after all it owes.

        Where that is met by silence, what is owed has its time, as for a meter.
        """
        fence = self._owed.fence(key)
        if fence is not None:
            await self._ask_fence(Urgency.STATE, fence)

    async def _ask_fence(self, urgency: Urgency, fence: Key) -> None:
        try:
            await self._ask(urgency, fence, 0, 1, self._owed.of(fence))
        except SilentError:
            return
        except asyncio.CancelledError:
            self._owed.doubt(fence)
            raise
        self._owed.settle_unit(fence.unit)

    def _ask_doubted(self, unit: int) -> None:
        """Beside the reads of a unit that lives, so that it is known what to ask when an answer is lost."""
        fence = self._owed.doubted(unit)
        if fence is None or unit in self._asking:
            return
        self._asking[unit] = asyncio.create_task(self._ask_beside(fence), name=f"ask {fence}")
        self._asking[unit].add_done_callback(lambda _: self._asking.pop(unit))

    async def _ask_beside(self, fence: Key) -> None:
        with contextlib.suppress(OwedError, UnavailableError):  # another time
            await self._ask_fence(Urgency.METER, fence)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _still_owed(key: Key) -> SilentError:
    return SilentError(f"{key}: an earlier request is not answered yet")
