"""Points that a person has held open until a time: written down, begun again after a restart, ended by themselves."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from edge.access.journal import Journal
from edge.barrier.board import Board
from edge.barrier.driver import UnableError
from edge.clock import Clock
from edge.drivers.base import DeviceError
from protocols import records
from protocols.fields import ClockState
from protocols.records import BarrierCause, HoldEnd

log = logging.getLogger(__name__)
LOOK_S = 1.0


class Holding(NamedTuple):
    """Who has a point held open, why, until when. `id`: of the order."""

    id: UUID
    point: UUID
    person: str
    reason: str
    until: datetime


class Holds:
    """Those that last now. Each change is one transaction with its record; `run` ends what is over."""

    def __init__(
        self, connection: sqlite3.Connection, journal: Journal, clock: Clock, board: Callable[[], Board]
    ) -> None:
        rows = connection.execute("SELECT id, point, person, reason, until_ms FROM hold").fetchall()
        self._held = {UUID(bytes=row[1]): _loaded(*row) for row in rows}
        self._ends_ns: dict[UUID, int] = {}  # monotonic: no step of the clock moves the end
        self._journal = journal
        self._clock = clock
        self._board = board
        self._turn = asyncio.Lock()

    def monotonic_ns(self) -> int:
        """Of the clock by which holds end."""
        return self._clock.monotonic_ns()

    def of(self, point: UUID) -> Holding | None:
        """Who has it held open."""
        return self._held.get(point)

    async def begin(self, holding: Holding, *, deadline_ns: int) -> None:
        """Written down first, and undone when surely nothing opened. Another one's is replaced.

        Raises UnableError, StoreError and what a relay module raises.
        """
        async with self._turn:
            board, point = self._board(), holding.point
            board.check_hold(point)
            await self._journal.add(self._begun(holding), also=partial(_keep, holding))
            self._held[point] = holding
            self._ends_ns.pop(point, None)
            try:
                await board.drivers[point].held(BarrierCause.ORDER, deadline_ns=deadline_ns)
            except DeviceError:
                await self._end(point, HoldEnd.NOT_DONE)
                raise

    async def release(self, point: UUID, *, person: str, reason: str) -> bool:
        """By a person; False: nobody had it held."""
        async with self._turn:
            if point not in self._held:
                return False
            await self._end(point, HoldEnd.RELEASED, person, reason)
            return True

    async def run(self) -> None:
        """Look until cancelled: what is over ends, what is not begins again after a restart."""
        while True:
            async with self._turn:
                for holding in list(self._held.values()):
                    await self._look(holding)
            await asyncio.sleep(LOOK_S)

    async def _look(self, holding: Holding) -> None:
        board, point = self._board(), holding.point
        driver = board.drivers.get(point)
        ends_ns = self._ends(holding)
        if ends_ns is None:
            return  # the time is not known: neither over nor to be opened for
        if self._clock.monotonic_ns() >= ends_ns:
            await self._end(point, HoldEnd.OVER)
        elif driver is not None and BarrierCause.ORDER not in driver.state.holds:
            try:
                board.check_hold(point)
            except UnableError as error:
                log.info("point %s is to be held open, and cannot be yet: %s", point, error.why)
            else:
                driver.hold(BarrierCause.ORDER)

    def _ends(self, holding: Holding) -> int | None:
        if holding.point not in self._ends_ns:
            moment = self._clock.now()
            if moment.state is ClockState.UNKNOWN:
                return None
            left_ns = int((holding.until - moment.utc).total_seconds() * 1e9)
            self._ends_ns[holding.point] = self._clock.monotonic_ns() + left_ns
        return self._ends_ns[holding.point]

    async def forget(self, points: set[UUID]) -> None:
        """Another configuration: what has no barrier there is held no more."""
        async with self._turn:
            for point in self._held.keys() - points:
                await self._end(point, HoldEnd.GONE)

    async def _end(self, point: UUID, end: HoldEnd, person: str = "", reason: str = "") -> None:
        """The barrier first: a disk that is full holds no gate open."""
        holding = self._held[point]
        if (driver := self._board().drivers.get(point)) is not None:
            driver.release(BarrierCause.ORDER)
        ended = records.PointHold(
            **self._journal.stamp(),
            hold=holding.id,
            point=point,
            until=holding.until,
            person=person,
            reason=reason,
            end=end,
        )
        await self._journal.insist(ended, partial(_drop, point))
        del self._held[point]
        self._ends_ns.pop(point, None)

    def _begun(self, holding: Holding) -> records.PointHold:
        return records.PointHold(
            **self._journal.stamp(),
            hold=holding.id,
            point=holding.point,
            until=holding.until,
            person=holding.person,
            reason=holding.reason,
        )


def _loaded(identity: bytes, point: bytes, person: str, reason: str, until_ms: int) -> Holding:
    until = datetime.fromtimestamp(until_ms / 1000, UTC)
    return Holding(UUID(bytes=identity), UUID(bytes=point), person, reason, until)


def _keep(holding: Holding, connection: sqlite3.Connection) -> None:
    row = (
        holding.point.bytes,
        holding.id.bytes,
        holding.person,
        holding.reason,
        int(holding.until.timestamp() * 1000),
    )
    connection.execute(
        "INSERT OR REPLACE INTO hold (point, id, person, reason, until_ms) VALUES (?, ?, ?, ?, ?)", row
    )


def _drop(point: UUID, connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM hold WHERE point = ?", (point.bytes,))
