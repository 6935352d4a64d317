"""Points that are held open, over a real store: the gates come first, what the disk does comes after."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.access.journal import Journal
from edge.barrier.board import Board
from edge.barrier.driver import BarrierDriver, UnableError
from edge.barrier.state import Seen
from edge.drivers.base import SilentError
from edge.drivers.devices import Ports
from edge.holds import Holding, Holds
from edge.ids import Ids
from edge.store import StoreError, StoreFullError
from protocols.config import BarrierKind
from protocols.fields import Direction
from protocols.records import BarrierCause, HoldEnd
from tests.edge.barrier.plant import make_barrier
from tests.edge.conftest import open_store
from tests.edge.drivers.support import eventually
from tests.edge.world import NOON, POINT, FakeRelay, HandClock, records_of, uid

INNER = uid(5)


class Disk:
    """The store's, which may be full or slow."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.trouble: Exception | None = None
        self.turns = asyncio.Event()
        self.turns.set()
        self.asked = 0

    async def write(self, job: Any) -> Any:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        done = await self.store.write(job)
        await self.turns.wait()  # committed, and told late
        return done


class Module(FakeRelay):
    """Holds outputs too, until it is silent."""

    def check_held(self, output: int) -> None:
        """Every output can be."""

    @asynccontextmanager
    async def holding(self, output: int, *, deadline_ns: int) -> AsyncIterator[int]:
        if self.error is not None:
            raise self.error
        yield self._clock.monotonic_ns()


class Sluice:
    """Two gates of which one is to be closed, and who holds them open."""

    def __init__(self, store: Any) -> None:
        self.clock = HandClock()
        self.disk = Disk(store)
        self.relay = Module(self.clock)
        ports = Ports(monotonic_ns=self.clock.monotonic_ns, random=random.Random(1).random)
        barrier = make_barrier(BarrierKind.PULSE, "opened", "closed")
        self.drivers = {
            point: BarrierDriver(point, barrier, self.relay, ports=ports, tell=lambda _: None)
            for point in (POINT, INNER)
        }
        for driver in self.drivers.values():
            driver.do(Seen(opened=False, closed=True))
        self.board = Board(drivers=self.drivers, pairs={POINT: frozenset({INNER}), INNER: frozenset({POINT})})
        self.journal = Journal(self.disk, self.clock, Ids(self.clock, random.Random(1).randbytes))  # type: ignore[arg-type]
        self.holds = Holds(store.connection, self.journal, self.clock, lambda: self.board)

    def apart(self) -> None:
        """Two gates that have nothing to do with each other."""
        self.board = Board(drivers=self.drivers)

    async def begin(self, point: Any = POINT, *, person: str = "Dispatcher", for_s: float = 60.0) -> Holding:
        holding = Holding(uid(), point, person, "movers", self.clock.utc + timedelta(seconds=for_s))
        await self.holds.begin(holding, deadline_ns=self.clock.monotonic_ns() + 10**9)
        return holding

    def is_held(self, point: Any) -> bool:
        return BarrierCause.ORDER in self.drivers[point].state.holds

    async def told(self) -> list[tuple[str, str]]:
        """Of each record of a hold: who, and how it ended."""
        events = await records_of(self.disk.store)
        return [
            (event.get("person", ""), event.get("end", ""))  # type: ignore[misc]
            for event in events
            if event["type"] == "point_hold"
        ]


@pytest.fixture
async def sluice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sluice]:
    monkeypatch.setattr("edge.holds.LOOK_S", 0.02)
    monkeypatch.setattr("edge.holds.AGAIN_S", 0.02)
    store = open_store(tmp_path / "store.sqlite")
    sluice = Sluice(store)
    store.start()
    yield sluice
    store.close()


@asynccontextmanager
async def looking(sluice: Sluice) -> AsyncIterator[None]:
    running = asyncio.create_task(sluice.holds.run())
    try:
        yield
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_full_disk_holds_no_gate_open(sluice: Sluice) -> None:
    sluice.apart()
    async with looking(sluice):
        await sluice.begin(POINT, for_s=5)
        await sluice.begin(INNER, for_s=5)
        sluice.disk.trouble = StoreFullError("no room")
        sluice.clock.pass_s(6)
        await eventually(lambda: not sluice.is_held(POINT) and not sluice.is_held(INNER))
        assert sluice.holds.of(POINT) is None
        sluice.holds.forget({POINT, INNER})
        assert not await asyncio.wait_for(sluice.holds.release(POINT, person="Manager", reason=""), 60)
        sluice.disk.trouble = None
        await eventually(lambda: not sluice.holds.untold)
    assert await sluice.told() == [
        ("Dispatcher", ""),
        ("Dispatcher", ""),
        ("", HoldEnd.OVER),
        ("", HoldEnd.OVER),
    ]


async def test_what_was_released_is_not_opened_again_though_its_record_failed(sluice: Sluice) -> None:
    async with looking(sluice):
        await sluice.begin()
        sluice.disk.trouble = StoreError("the disk is broken")
        releasing = asyncio.create_task(sluice.holds.release(POINT, person="Manager", reason="done"))
        await eventually(lambda: not sluice.is_held(POINT))
        asked = sluice.disk.asked
        await eventually(lambda: sluice.disk.asked > asked + 2)
        assert not sluice.is_held(POINT)
        assert not releasing.done()  # it is not on the disk
        sluice.disk.trouble = None
        assert await asyncio.wait_for(releasing, 60)
    assert await sluice.told() == [("Dispatcher", ""), ("Manager", HoldEnd.RELEASED)]


async def test_a_hold_never_opens_both_gates_of_a_sluice(sluice: Sluice) -> None:
    async with looking(sluice):
        sluice.disk.turns.clear()
        beginning = asyncio.create_task(sluice.begin(POINT))
        await eventually(lambda: sluice.disk.asked > 0)
        deadline_ns = sluice.clock.monotonic_ns() + 10**9
        await sluice.board.open(INNER, BarrierCause.GRANT, direction=Direction.IN, deadline_ns=deadline_ns)
        sluice.disk.turns.set()
        with pytest.raises(UnableError):
            await beginning
        assert not sluice.is_held(POINT)
        assert sluice.holds.of(POINT) is None
    assert await sluice.told() == [("Dispatcher", ""), ("", HoldEnd.NOT_DONE)]


async def test_a_hold_that_was_given_up_while_it_was_written_does_not_begin_later(sluice: Sluice) -> None:
    async with looking(sluice):
        sluice.disk.turns.clear()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await sluice.begin()
        sluice.disk.turns.set()
        await eventually(lambda: not sluice.holds.untold)
        assert not sluice.is_held(POINT)
    assert (await sluice.told())[-1] == ("", HoldEnd.NOT_DONE)
    assert await kept(sluice) == []


async def test_a_hold_that_fails_leaves_the_one_before_it_working(sluice: Sluice) -> None:
    async with looking(sluice):
        first = await sluice.begin(person="Manager")
        keeping = sluice.drivers[POINT]._keeping

        async def silent(_output: int, _deadline_ns: int) -> int:
            raise SilentError("no answer")

        keeping.on = silent  # type: ignore[method-assign,assignment]
        with pytest.raises(SilentError):
            await sluice.begin(person="Dispatcher")
        assert sluice.is_held(POINT)
        assert sluice.holds.of(POINT) == first
    assert await kept(sluice) == [first.id.bytes]
    assert await sluice.told() == [
        ("Manager", ""),
        ("Dispatcher", ""),
        ("", HoldEnd.NOT_DONE),
        ("Manager", ""),  # the last word is that the first one lasts
    ]


async def kept(sluice: Sluice) -> list[bytes]:
    """What begins again after a restart."""
    rows: list[bytes] = await sluice.disk.store.write(
        lambda connection: [row[0] for row in connection.execute("SELECT id FROM hold")]
    )
    return rows


async def test_a_hold_is_kept_over_a_restart_until_its_end(sluice: Sluice) -> None:
    async with looking(sluice):
        holding = await sluice.begin(for_s=5)
        assert holding.until == NOON + timedelta(seconds=5)
        assert await kept(sluice) == [holding.id.bytes]
        sluice.clock.pass_s(6)
        await eventually(lambda: not sluice.is_held(POINT))
        await eventually(lambda: not sluice.holds.untold)
    assert await kept(sluice) == []
