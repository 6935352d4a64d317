"""RTU answers that come late: none passes for another's, and who is not concerned does not wait."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU

from edge.drivers.base import SilentError
from edge.drivers.modbus_bus import late
from edge.drivers.modbus_bus.driver import ModbusBus
from edge.drivers.modbus_bus.functions import Functions
from edge.drivers.modbus_bus.late import REST_MOST_NS, REST_NS, Key, Owed, RtuFramer
from edge.drivers.modbus_bus.turns import Urgency
from edge.drivers.table import build
from protocols.records import DeviceStatus
from tests.edge.drivers.support import BUS, PORTS, QUICK_MS, device, eventually, running, soon_ns

S = 1_000_000_000
KEY = Key(1, 4)


def framed(body: bytes) -> bytes:
    return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


def registers(address: int, count: int = 2) -> tuple[int, ...]:
    return (address + 1,) * count


def answer(unit: int, function: int, address: int, count: int) -> bytes:
    body = bytes((count + 7) // 8) if function < 3 else struct.pack(f">{count}H", *registers(address, count))
    return bytes([unit, function, len(body)]) + body


class Slow:
    """A transparent serial server whose units answer in order. The answers of `held` requests wait to be let go."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int, int]] = []
        self.held: set[int] = set()
        self.lost: set[int] = set()
        self.losing: set[int] = set()  # functions whose next answer is lost
        self.unknown: set[int] = set()  # functions to which the units are deaf
        self.is_dark = False  # the units have no power
        self.go = asyncio.Event()
        self.port = 0
        self.line: asyncio.StreamWriter | None = None  # whoever came last: on a wire all hear each answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.line = writer
        async with asyncio.TaskGroup() as group:
            before = asyncio.Event()
            before.set()
            while len(data := await reader.read(8)) == 8:
                done = asyncio.Event()
                group.create_task(self._answer(data, writer, before, done))
                before = done
            writer.close()

    async def _answer(
        self, data: bytes, writer: asyncio.StreamWriter, before: asyncio.Event, done: asyncio.Event
    ) -> None:
        unit, function, address, count = struct.unpack(">BBHH", data[:6])
        number = len(self.asked)
        self.asked.append((unit, function, address, count))
        if number in self.held:
            await self.go.wait()
        await before.wait()
        is_lost = self.is_dark or number in self.lost or function in self.unknown | self.losing
        self.losing.discard(function)
        if not is_lost:
            (self.line or writer).write(
                data if function == 5 else framed(answer(unit, function, address, count))
            )
        done.set()


@asynccontextmanager
async def line() -> AsyncIterator[tuple[Slow, ModbusBus]]:
    slow = Slow()
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0)
    slow.port = server.sockets[0].getsockname()[1]
    settings = {"host": "127.0.0.1", "port": slow.port, "rtu_framing": True, "timeout_ms": QUICK_MS * 2}
    bus = build([device("modbus_tcp", settings, BUS)], PORTS).buses[BUS]
    assert isinstance(bus, ModbusBus)
    async with server:
        async with running(bus) as recorder:
            await recorder.until_status(BUS, DeviceStatus.ONLINE)
            yield slow, bus
        slow.go.set()


async def test_a_late_answer_is_dropped_and_the_next_gets_its_own() -> None:
    async with line() as (slow, bus):
        slow.held = {0}
        with pytest.raises(SilentError):
            await bus.read(1, 4, 10, 2)
        following = [asyncio.create_task(bus.read(1, 4, address, 2)) for address in (20, 30, 40)]
        await asyncio.sleep(0.2)  # longer than any fixed rest of before
        slow.go.set()
        assert await asyncio.gather(*following) == [registers(20), registers(30), registers(40)]


async def test_other_units_and_other_functions_do_not_wait_for_what_one_owes() -> None:
    async with line() as (slow, bus):
        slow.lost = {0}
        with pytest.raises(SilentError):
            await bus.read(1, 4, 10, 2)
        waits = asyncio.create_task(bus.read(1, 4, 20, 2))
        assert await bus.read(2, 4, 30, 2) == registers(30)
        assert await bus.read(1, 3, 40, 2) == registers(40)
        await bus.write_coil(1, 0, True, deadline_ns=soon_ns())
        assert not waits.done()
        assert await waits == registers(20)  # the rest is over, and nothing more came


async def test_a_late_answer_in_another_units_time_spoils_neither() -> None:
    async with line() as (slow, bus):
        slow.held = {0, 1}
        with pytest.raises(SilentError):
            await bus.read(1, 4, 10, 2)
        other = asyncio.create_task(bus.read(2, 4, 20, 2))
        await eventually(lambda: len(slow.asked) == 2)
        slow.go.set()
        assert await other == registers(20)
        assert await bus.read(1, 4, 30, 2) == registers(30)


async def test_an_answer_later_than_the_rest_is_told_by_the_one_that_follows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(late, "REST_NS", S // 10)
    async with line() as (slow, bus):
        slow.held = {0}
        with pytest.raises(SilentError):
            await bus.read(1, 4, 10, 2)
        following = asyncio.create_task(bus.read(1, 4, 20, 2))
        await eventually(lambda: len(slow.asked) == 2)
        slow.go.set()
        with pytest.raises(SilentError):
            await following
        for address in (30, 40):  # and the shift does not last
            assert await bus.read(1, 4, address, 2) == registers(address)


async def test_states_are_read_as_soon_as_the_unit_has_caught_up() -> None:
    async with line() as (slow, bus):
        slow.lost = {0}
        with pytest.raises(SilentError):
            await bus.read_as(Urgency.STATE, 1, 4, 10, 2)
        assert await bus.read_as(Urgency.STATE, 1, 4, 20, 2) == registers(20)
        assert slow.asked[1:] == [(1, 3, 0, 1), (1, 4, 20, 2)]
        slow.held = {3}
        with pytest.raises(SilentError):
            await bus.read_as(Urgency.STATE, 1, 4, 30, 2)
        with pytest.raises(SilentError):
            await bus.read_as(Urgency.STATE, 1, 4, 40, 2)
        slow.go.set()
        assert await bus.read_as(Urgency.STATE, 1, 4, 50, 2) == registers(50)


def state(bus: ModbusBus) -> Awaitable[tuple[int, ...]]:
    return bus.read_as(Urgency.STATE, 1, 2, 20, 2)


async def lose(slow: Slow, bus: ModbusBus) -> None:
    """One answer is lost, and the state is read again."""
    slow.losing.add(2)
    with pytest.raises(SilentError):
        await state(bus)
    assert await state(bus)


async def test_a_unit_deaf_to_all_other_functions_answers_again_when_its_rest_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(late, "REST_NS", S // 2)
    async with line() as (slow, bus):
        slow.unknown = {1, 3, 4}
        for _ in range(4):
            await lose(slow, bus)
            for _ in range(15):  # whatever is asked beside the states has its time
                assert await state(bus)
                await asyncio.sleep(0.1)
        asked = [function for _, function, *_ in slow.asked]
        assert [asked.count(function) for function in (1, 3, 4)] == [2, 2, 2], (
            "each is tried once after a loss, and once while the unit answers"
        )


@pytest.mark.parametrize("is_well_before", [True, False])
async def test_an_outage_tells_nothing_about_the_functions_of_a_unit(
    monkeypatch: pytest.MonkeyPatch, is_well_before: bool
) -> None:
    monkeypatch.setattr(late, "REST_NS", S // 10)
    async with line() as (slow, bus):
        if is_well_before:
            assert await state(bus)
        slow.is_dark = True
        for _ in range(8):
            with pytest.raises(SilentError):
                await state(bus)
        assert {function for _, function, *_ in slow.asked} == {1, 2, 3, 4}
        slow.is_dark = False
        assert await state(bus)
        monkeypatch.setattr(late, "REST_NS", 60 * S)
        await lose(slow, bus)


async def test_short_outages_strike_off_no_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each as long as the answer that was lost and the question after it."""
    monkeypatch.setattr(late, "REST_NS", S // 2)
    async with line() as (slow, bus):
        for _ in range(4):
            slow.losing = {1, 3, 4}
            await lose(slow, bus)
            slow.losing = set()
            for _ in range(6):
                assert await state(bus)
                await asyncio.sleep(0.1)
        monkeypatch.setattr(late, "REST_NS", 60 * S)
        await lose(slow, bus)


async def test_after_an_outage_a_function_is_tried_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another module, perhaps, or one whose firmware was renewed."""
    monkeypatch.setattr(late, "REST_NS", S // 10)
    async with line() as (slow, bus):
        slow.unknown = {1, 3, 4}
        for _ in range(3):
            await lose(slow, bus)
            for _ in range(8):
                assert await state(bus)
                await asyncio.sleep(0.1)
        slow.is_dark = True
        for _ in range(2):
            with pytest.raises(SilentError):
                await state(bus)
        slow.is_dark, slow.unknown = False, set()
        assert await state(bus)
        monkeypatch.setattr(late, "REST_NS", 60 * S)
        await lose(slow, bus)


async def test_what_is_owed_has_its_time_though_nobody_waits_for_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A barrier looks at its contacts anew each second, whatever the line's timeout."""
    monkeypatch.setattr(late, "REST_NS", S // 2)
    async with line() as (slow, bus):
        slow.unknown = {1, 3, 4}

        async def look() -> bool:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(QUICK_MS * 1.5 / 1000):
                    return bool(await state(bus))
            return False

        async def is_seen() -> bool:
            return any([await look() for _ in range(20)])

        for _ in range(4):
            slow.losing = {2}
            assert not await look()
            assert await is_seen()
        before = len(slow.asked)
        slow.losing = {2}
        assert await is_seen()
        assert {function for _, function, *_ in slow.asked[before:]} == {2}, "the deaf ones are known by now"


async def test_an_answer_to_whoever_had_the_line_before_is_not_taken() -> None:
    async with line() as (slow, bus):
        slow.held = {0, 1}
        settings = {"host": "127.0.0.1", "port": slow.port, "rtu_framing": True, "timeout_ms": QUICK_MS * 2}
        other = build([device("modbus_tcp", settings, BUS)], PORTS).buses[BUS]
        first = asyncio.create_task(bus.read(1, 4, 10, 2))
        await eventually(lambda: len(slow.asked) == 1)
        async with running(other) as recorder:
            asyncio.get_running_loop().call_later(QUICK_MS / 1000, slow.go.set)
            await recorder.until_status(BUS, DeviceStatus.ONLINE)
            assert await other.read(1, 4, 20, 2) == registers(20)
        with pytest.raises(SilentError):
            await first


async def test_the_late_echo_of_an_on_is_no_echo_of_the_off() -> None:
    async with line() as (slow, bus):
        slow.held = {0}
        with pytest.raises(SilentError):
            await bus.write_coil(1, 0, True, deadline_ns=soon_ns())
        off = asyncio.create_task(bus.write_coil(1, 0, False, deadline_ns=soon_ns()))
        slow.lost = {1}
        await eventually(lambda: len(slow.asked) == 2)
        slow.go.set()
        with pytest.raises(SilentError):
            await off


def test_only_a_silence_between_two_answers_tells_that_a_function_is_not_heard() -> None:
    functions = Functions()
    for silent in [
        (2, 4),
        (2, 4, 2, 3),
        (4, 2),
    ]:  # a lost answer and the question after it; an outage; another
        for function in silent:
            functions.was_silent(function)
        assert not functions.may_answer(4), "once in a silence"
        functions.did_answer(2)
        assert functions.may_answer(4)
    assert functions.doubted == {3, 4}
    functions.was_silent(4)
    functions.did_answer(2)
    assert not functions.may_answer(4)
    assert functions.doubted == {3}
    for _ in range(2):
        functions.was_silent(2)
    functions.did_answer(2)
    assert functions.may_answer(4), "it was off: another may have come back"
    functions.was_silent(2)
    functions.did_answer(4)
    assert functions.may_answer(2), "a single lost answer"


class Clock:
    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns


def test_a_unit_that_answers_later_gets_a_longer_rest() -> None:
    clock = Clock()
    owed = Owed(clock)
    for lateness_ns, rest_ns in [(S, REST_NS), (2 * S, 4 * S), (S, 4 * S), (60 * S, REST_MOST_NS)]:
        owed.missed(KEY)
        clock.ns += lateness_ns
        owed.came(KEY)
        assert owed.of(KEY) is None
        owed.missed(KEY)
        debt = owed.of(KEY)
        assert debt is not None
        assert debt.until_ns - clock.ns == rest_ns
        owed.settle(KEY)


def test_each_silence_owes_one_answer_and_a_unit_that_answers_something_else_has_caught_up() -> None:
    owed = Owed(Clock())
    for _ in range(2):
        owed.missed(KEY)
    owed.came(KEY)
    owed.came(Key(1, 3))
    assert owed.of(KEY) is not None
    owed.came(KEY)
    assert owed.of(KEY) is None
    for function in (4, 3, 2):
        assert owed.fence(Key(1, 1)) == Key(1, function)
        owed.missed(Key(1, function))
    assert owed.fence(Key(1, 1)) is None
    owed.missed(Key(2, 4))
    owed.settle_unit(1)
    assert [owed.of(Key(unit, 4)) is None for unit in (1, 2)] == [True, False]


def test_the_answer_is_found_among_others_in_whatever_pieces() -> None:
    owed = Owed(Clock())
    owed.missed(KEY)
    framer = RtuFramer(DecodePDU(False), owed)
    framer.encode(bytes([4, 0, 20, 0, 2]), 1, 0)
    mine = framed(bytes([1, 4, 4, 0, 21, 0, 21]))
    others = framed(bytes([2, 4, 2, 0, 9])) + framed(bytes([1, 4, 2, 0, 9])) + framed(bytes([1, 0x83, 2]))
    assert framer.decode(others + mine[:4]) == (len(others), 0, 0, b"")
    assert owed.of(KEY) is None  # another count: the earlier answer
    assert framer.decode(mine + others) == (len(mine + others), 1, 0, mine[1:-2])
    owed.missed(KEY)
    framer.decode(mine)
    assert owed.of(KEY) is None


@pytest.mark.parametrize("noise", [b"\x00", b"\xff", b"\x01", b"\x01\x04", bytes(7)])
def test_noise_before_an_answer_or_after_it_costs_no_answer(noise: bytes) -> None:
    framer = RtuFramer(DecodePDU(False), Owed(Clock()))
    buffer = b""
    for count in (2, 1, 4):
        framer.encode(bytes([4, 0, 20, 0, count]), 1, 0)
        mine = framed(bytes([1, 4, 2 * count, *range(2 * count)]))
        buffer += noise + mine
        used, unit, _, found = framer.decode(buffer)
        assert (unit, found) == (1, mine[1:-2])
        buffer = buffer[used:] + noise


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_no_bytes_break_it(pieces: list[bytes]) -> None:
    framer = RtuFramer(DecodePDU(False), Owed(Clock()))
    framer.encode(bytes([4, 0, 20, 0, 2]), 1, 0)
    for data in pieces:
        used = framer.decode(data)[0]
        assert 0 <= used <= len(data)
