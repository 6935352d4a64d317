"""Points that a person has held open until a time: written down, begun again after a restart, ended by themselves."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from edge.access.journal import Journal
from edge.barrier.board import Board
from edge.barrier.driver import UnableError
from edge.clock import Clock
from edge.drivers.base import DeviceError, UnavailableError
from edge.store import StoreError
from protocols import records
from protocols.fields import ClockState
from protocols.records import BarrierCause, HoldEnd

log = logging.getLogger(__name__)
LOOK_S = 1.0
AGAIN_S = 2.0  # after a write that failed
_ROW = "INTO hold (point, id, person, reason, until_ms) VALUES (?, ?, ?, ?, ?)"


class Holding(NamedTuple):
    """Who has a point held open, why, until when. `id`: of the order."""

    id: UUID
    point: UUID
    person: str
    reason: str
    until: datetime


class _Untold(NamedTuple):
    """What has happened already, and is not on the disk yet."""

    event: records.PointHold
    also: Callable[[sqlite3.Connection], Any] | None
    written: asyncio.Event


class Holds:
    """Those that last now. `run` ends what is over, and writes down what ended.

    A hold begins when it is written down, in one transaction with its record. It ends in memory and at the barrier
    first, and never comes back from there: no disk holds a gate open.
    """

    def __init__(
        self, connection: sqlite3.Connection, journal: Journal, clock: Clock, board: Callable[[], Board]
    ) -> None:
        rows = connection.execute("SELECT id, point, person, reason, until_ms FROM hold").fetchall()
        self._held = {UUID(bytes=row[1]): _loaded(*row) for row in rows}
        self._ends_ns: dict[UUID, int] = {}  # monotonic: no step of the clock moves the end
        self._journal = journal
        self._clock = clock
        self._board = board
        self._turn = asyncio.Lock()  # of people's orders, in the order that they came
        self._untold: list[_Untold] = []
        self._due = asyncio.Event()

    @property
    def untold(self) -> int:
        """How many records wait for the disk."""
        return len(self._untold)

    def monotonic_ns(self) -> int:
        """Of the clock by which holds end."""
        return self._clock.monotonic_ns()

    def of(self, point: UUID) -> Holding | None:
        """Who has it held open."""
        return self._held.get(point)

    async def begin(self, holding: Holding, *, deadline_ns: int) -> None:
        """Written down first, and undone when it could not be. Another one's is replaced, once this one holds.

        Raises UnableError, StoreError and what a relay module raises.
        """
        try:
            async with self._turn:
                self._board().check_hold(holding.point)
                await self._begin(holding, deadline_ns)
        except (DeviceError, UnableError):
            await self._told(holding)  # before the answer: after a restart it would begin
            raise

    async def _begin(self, holding: Holding, deadline_ns: int) -> None:
        before = self._held.get(holding.point)
        try:
            await self._journal.add(self._begun(holding), also=partial(_keep, holding))
            await self._hold(holding, deadline_ns)
        except StoreError:
            raise  # nothing happened
        except BaseException:  # whoever ordered it waits no more: what was written is not to begin later
            self._undo(holding, before)
            raise

    async def _hold(self, holding: Holding, deadline_ns: int) -> None:
        board, point = self._board(), holding.point
        driver = board.drivers.get(point)
        if driver is None:
            raise UnavailableError("the barrier was taken away meanwhile")
        board.check_hold(point)  # again: the other gate may have opened during the write
        self._held[point] = holding
        self._ends_ns.pop(point, None)
        await driver.held(BarrierCause.ORDER, deadline_ns=deadline_ns)

    def _undo(self, holding: Holding, before: Holding | None) -> None:
        """Back to the hold before it, if there was one and it lasts."""
        point = holding.point
        if self._held.get(point) is holding:
            del self._held[point]
            self._ends_ns.pop(point, None)
            if before is not None:
                self._held[point] = before
        last = self._held.get(point)
        self._tell(self._ended(holding, HoldEnd.NOT_DONE), partial(_put_back, holding, last))
        if last is not None:
            self._tell(self._begun(last))

    async def release(self, point: UUID, *, person: str, reason: str) -> bool:
        """By a person; False: nobody had it held. Returns when it is written down."""
        async with self._turn:
            holding = self._held.get(point)
            if holding is None:
                return False
            self._end(holding, HoldEnd.RELEASED, person, reason)
        await self._told(holding)
        return True

    def forget(self, points: set[UUID]) -> None:
        """Another configuration: what has no barrier there is held no more."""
        for point in self._held.keys() - points:
            self._end(self._held[point], HoldEnd.GONE)

    async def run(self) -> None:
        """Look until cancelled: what is over ends, what is not begins again after a restart."""
        async with asyncio.TaskGroup() as group:  # apart: no look waits for the disk
            group.create_task(self._keep_looking())
            group.create_task(self._keep_telling())

    async def _keep_looking(self) -> None:
        while True:
            for holding in list(self._held.values()):
                self._look(holding)
            await asyncio.sleep(LOOK_S)

    async def _keep_telling(self) -> None:
        while True:
            while self._untold:
                untold = self._untold[0]
                try:
                    await self._journal.add(untold.event, also=untold.also)
                except StoreError as error:
                    log.warning("what became of a hold waits for the disk: %s", error)
                    await asyncio.sleep(AGAIN_S)
                else:
                    self._untold.pop(0).written.set()
            self._due.clear()
            await self._due.wait()

    def _look(self, holding: Holding) -> None:
        board, point = self._board(), holding.point
        driver = board.drivers.get(point)
        ends_ns = self._ends(holding)
        if ends_ns is None:
            return  # the time is not known: neither over nor to be opened for
        if self._clock.monotonic_ns() >= ends_ns:
            self._end(holding, HoldEnd.OVER)
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

    def _end(self, holding: Holding, end: HoldEnd, person: str = "", reason: str = "") -> None:
        """The barrier at once; the record when the disk takes it."""
        point = holding.point
        del self._held[point]
        self._ends_ns.pop(point, None)
        if (driver := self._board().drivers.get(point)) is not None:
            driver.release(BarrierCause.ORDER)
        self._tell(self._ended(holding, end, person, reason), partial(_drop, holding))

    def _tell(
        self, event: records.PointHold, also: Callable[[sqlite3.Connection], Any] | None = None
    ) -> None:
        self._untold.append(_Untold(event, also, asyncio.Event()))
        self._due.set()

    async def _told(self, holding: Holding) -> None:
        """Wait until all that became of it is on the disk."""
        for untold in [each for each in self._untold if each.event.hold == holding.id]:
            await untold.written.wait()

    def _begun(self, holding: Holding) -> records.PointHold:
        return records.PointHold(
            **self._journal.stamp(),
            hold=holding.id,
            point=holding.point,
            until=holding.until,
            person=holding.person,
            reason=holding.reason,
        )

    def _ended(self, holding: Holding, end: HoldEnd, person: str = "", reason: str = "") -> records.PointHold:
        return records.PointHold(
            **self._journal.stamp(),
            hold=holding.id,
            point=holding.point,
            until=holding.until,
            person=person,
            reason=reason,
            end=end,
        )


def _loaded(identity: bytes, point: bytes, person: str, reason: str, until_ms: int) -> Holding:
    until = datetime.fromtimestamp(until_ms / 1000, UTC)
    return Holding(UUID(bytes=identity), UUID(bytes=point), person, reason, until)


def _keep(holding: Holding, connection: sqlite3.Connection) -> None:
    connection.execute(f"INSERT OR REPLACE {_ROW}", _row(holding))


def _put_back(holding: Holding, last: Holding | None, connection: sqlite3.Connection) -> None:
    """Without this one, unless another has begun since."""
    _drop(holding, connection)
    if last is not None:
        connection.execute(f"INSERT OR IGNORE {_ROW}", _row(last))


def _drop(holding: Holding, connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM hold WHERE point = ? AND id = ?", (holding.point.bytes, holding.id.bytes))


def _row(holding: Holding) -> tuple[bytes, bytes, str, str, int]:
    until_ms = int(holding.until.timestamp() * 1000)
    return holding.point.bytes, holding.id.bytes, holding.person, holding.reason, until_ms
