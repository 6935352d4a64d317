"""Builders and fakes for the box's tests: a clock that the test moves, devices that remember what they were told."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from edge.access.decision import Question
from edge.access.gate import Gate
from edge.access.holdings import Holdings
from edge.access.journal import Journal
from edge.access.passes import Row, kind_of
from edge.access.points import Lane, Site
from edge.access.presence import Zones
from edge.access.unwritten import Unwritten
from edge.barrier.board import Board
from edge.barrier.driver import BarrierDriver
from edge.clock import Moment
from edge.drivers.base import Pulsed, Read, Sink, Still, Verdict
from edge.drivers.devices import Ports
from edge.ids import Ids
from edge.store import Store, no_fault
from protocols.config import Barrier, Point, StalePolicy, UnknownClockPolicy, Zone
from protocols.fields import ClockState, Direction
from protocols.held import AnyItem, BlockItem, PassItem, PassKind, encode_item

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)  # a Wednesday
MOSCOW = ZoneInfo("Europe/Moscow")
_numbers = itertools.count(1)


def uid(number: int | None = None) -> UUID:
    """A recognisable UUID."""
    return UUID(
        int=0x0190_0000_0000_7000_8000_0000_0000_0000 + (next(_numbers) if number is None else number)
    )


POINT = uid(1)
READER = uid(2)
RELAY = uid(3)
SITE = uid(4)


class HandClock:
    """Stands still until the test moves it."""

    def __init__(self, utc: datetime = NOON, state: ClockState = ClockState.TRUSTED) -> None:
        self.utc = utc
        self.state = state
        self.ns = 1_000_000_000

    def now(self) -> Moment:
        return Moment(self.utc, self.state)

    def monotonic_ns(self) -> int:
        return self.ns

    def pass_s(self, seconds: float) -> None:
        self.utc += timedelta(seconds=seconds)
        self.ns += int(seconds * 1e9)


def make_pass(**changes: object) -> PassItem:
    fields: dict[str, object] = {
        "id": uid(),
        "number": "A-1",
        "kind": PassKind.GUEST,
        "valid_from": NOON - timedelta(days=1),
        "valid_until": NOON + timedelta(days=1),
        "plates": ["X711TT90"],
    }
    return PassItem(**(fields | changes))  # type: ignore[arg-type]


def make_block(**changes: object) -> BlockItem:
    return BlockItem(**({"id": uid()} | changes))  # type: ignore[arg-type]


def question(**changes: object) -> Question:
    fields: dict[str, object] = {
        "point": POINT,
        "direction": Direction.IN,
        "at": NOON,
        "clock": ClockState.TRUSTED,
        "zone": MOSCOW,
        "policy": UnknownClockPolicy(),
        "is_plate": True,
    }
    return Question(**(fields | changes))  # type: ignore[arg-type]


def row(item: AnyItem, version: int = 1) -> Row:
    return Row(kind_of(item), item.id, version, encode_item(item))


def holding(*items: AnyItem) -> Holdings:
    held = Holdings()
    for item in items:
        held.passes.put(row(item))
    return held


class FakeRelay:
    """Remembers pulses; `error` is raised instead, `gate` is awaited first."""

    def __init__(self, clock: HandClock, device: UUID = RELAY) -> None:
        self.id = device
        self._clock = clock
        self.pulses: list[tuple[int, int]] = []
        self.error: Exception | None = None

    async def run(self, sink: Sink) -> None:
        await asyncio.Event().wait()

    def check(self, output: int, pulse_ms: int) -> None:
        """Every output opens."""

    async def pulse(self, output: int, pulse_ms: int, *, deadline_ns: int) -> Pulsed:
        if self.error is not None:
            raise self.error
        assert self._clock.monotonic_ns() < deadline_ns
        self.pulses.append((output, pulse_ms))
        now = self._clock.monotonic_ns()
        return Pulsed(on_ns=now + 250_000, off_ns=now + pulse_ms * 1_000_000, confirmed=True)

    async def states(self) -> tuple[bool, ...]:
        return (False,)


class FakeReader:
    """Remembers what it showed."""

    def __init__(self, device: UUID = READER) -> None:
        self.id = device
        self.shown: list[Verdict] = []

    async def run(self, sink: Sink) -> None:
        await asyncio.Event().wait()

    async def signal(self, verdict: Verdict) -> None:
        self.shown.append(verdict)


class MemoryStills:
    def __init__(self) -> None:
        self.kept: dict[str, Still] = {}

    async def keep(self, still: Still, sha256_hex: str) -> None:
        self.kept[sha256_hex] = still


class GateBench:
    """A gate over a real store, with a relay and a reader that remember."""

    def __init__(
        self,
        store: Store,
        held: Holdings,
        *,
        readers: int = 1,
        fault=no_fault,
        clock=None,
        zones: Sequence[Zone] = (),
        stale: StalePolicy | None = None,
    ) -> None:
        """The point leads into the first of the zones, if there are any."""
        self.clock = clock or HandClock()
        self.zones, self.stale = zones, stale or StalePolicy()
        self.relay = FakeRelay(self.clock)
        self.readers = [FakeReader(uid(100 + number)) for number in range(readers)]
        barrier = Barrier(device=RELAY, output=0, pulse_ms=500)
        self.point = Point(id=POINT, name="Gate", barrier=barrier, zone=zones[0].id if zones else None)
        ports = Ports(monotonic_ns=self.clock.monotonic_ns, random=random.Random(1).random)
        driver = BarrierDriver(POINT, barrier, self.relay, ports=ports, tell=lambda _: None)
        self.board = Board(drivers={POINT: driver})
        self.held = held
        self.stills = MemoryStills()
        self.journal = Journal(store, self.clock, Ids(self.clock, random.Random(1).randbytes))
        self.gate = Gate(
            clock=self.clock,
            journal=self.journal,
            held=held,
            site=self.site(),
            stills=self.stills,
            max_age_s=3.0,
            repeat_s=1.0,
            button_pictures=2,
            unwritten=Unwritten(store.file.with_name("unwritten")),
            fault=fault,
        )

    def site(self, direction: Direction = Direction.IN) -> Site:
        return Site(
            id=SITE,
            zone=MOSCOW,
            policy=UnknownClockPolicy(),
            stale=self.stale,
            zones=Zones({zone.id: zone for zone in self.zones}),
            points={POINT: self.point},
            lanes={reader.id: Lane(self.point, direction, reader) for reader in self.readers},
            relays={RELAY: self.relay},
            board=self.board,
        )

    def read(self, *, reader: int = 0, plate: str | None = "X711TT90", **changes: object) -> Read:
        fields: dict[str, object] = {
            "device": self.readers[reader].id,
            "at_ns": self.clock.monotonic_ns(),
            "raw": plate or "",
            "plate": plate,
        }
        return Read(**(fields | changes))  # type: ignore[arg-type]

    async def present(self, **changes: object) -> None:
        """Show something and wait until all that follows is done."""
        self.gate.read(self.read(**changes))
        await self.gate.drain()


async def records_of(store: Store, kind: str = "events") -> list[dict[str, object]]:
    """The stream's records as plain values, in order."""
    rows = await store.write(
        lambda connection: connection.execute(
            "SELECT body FROM record JOIN stream USING (n) WHERE kind = ? AND NOT closed ORDER BY sequence",
            (kind,),
        ).fetchall()
    )
    return [msgspec.json.decode(body) for (body,) in rows]
