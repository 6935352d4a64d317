"""Relay modules over Modbus TCP against the simulated one, whose log of coil writes is the truth."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from firmware_sim.journal import Journal
from firmware_sim.modbus.line import Fault, Line, TcpServer, Trouble
from firmware_sim.modbus.unit import RefusalError
from firmware_sim.relay import RelayModule

from edge.drivers.base import ConfigError, DeviceError, RefusedError, SilentError, UnavailableError
from edge.drivers.modbus_bus.driver import ModbusBus
from edge.drivers.modbus_relay import driver, setter
from protocols.records import DeviceStatus
from tests.edge.drivers.support import BUS, QUICK_MS, RELAY, bus_and_relay, eventually, running, soon_ns


def coils(journal: Journal) -> list[tuple[int, bool]]:
    return [(entry["output"], entry["on"]) for entry in journal.after(0, frozenset({"coil"}))]


def span_ms(journal: Journal) -> float:
    entries: list[dict[str, Any]] = journal.after(0, frozenset({"coil"}))
    return float(entries[-1]["mono_ns"] - entries[0]["mono_ns"]) / 1e6


async def test_a_pulse_is_on_then_off_and_confirmed(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        before_ns = time.monotonic_ns()
        pulsed = await devices.relays[RELAY].pulse(0, 500, deadline_ns=soon_ns())
    assert coils(journal) == [(0, True), (0, False)]
    assert 495 <= span_ms(journal) < 3000
    assert pulsed.confirmed
    assert before_ns < pulsed.on_ns < pulsed.off_ns


async def test_safe_states_and_timer_are_set_at_connect(server: TcpServer, module: RelayModule) -> None:
    devices = bus_and_relay(server.port, silence_s=7, module_timer_ms=2000)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
    assert module.holding[8] == 7
    assert [module.holding[930 + output] for output in range(6)] == [0] * 6
    assert [module.holding[938 + output] for output in range(6)] == [1] * 6
    assert (module.holding[1760], module.holding[1784]) == (3, 20)


async def test_what_a_crash_left_on_is_released_at_connect(
    server: TcpServer, module: RelayModule, journal: Journal
) -> None:
    module.write(5, 2, 1)
    module.write(5, 4, 1)
    devices = bus_and_relay(server.port, held_outputs=[4])
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
    assert coils(journal) == [(2, True), (4, True), (2, False)]


async def test_cancelling_a_pulse_still_switches_off(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        pulse = asyncio.create_task(devices.relays[RELAY].pulse(1, 30_000, deadline_ns=soon_ns()))
        await eventually(lambda: coils(journal) == [(1, True)])
        pulse.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pulse
        assert coils(journal) == [(1, True), (1, False)]


async def test_a_stopping_agent_releases_before_the_line_closes(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        pulse = asyncio.create_task(devices.relays[RELAY].pulse(1, 30_000, deadline_ns=soon_ns()))
        await eventually(lambda: coils(journal) == [(1, True)])
        asyncio.get_running_loop().call_soon(pulse.cancel)
    with pytest.raises(asyncio.CancelledError):
        await pulse
    assert coils(journal) == [(1, True), (1, False)]


async def test_overlapping_pulses_prolong_and_release_once(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    relay = devices.relays[RELAY]
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        first = asyncio.create_task(relay.pulse(0, 1000, deadline_ns=soon_ns()))
        await asyncio.sleep(0.2)
        await asyncio.gather(first, relay.pulse(0, 1000, deadline_ns=soon_ns()))
    assert coils(journal) == [(0, True), (0, True), (0, False)]
    assert span_ms(journal) >= 1195


async def test_nothing_is_written_after_the_deadline(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        with pytest.raises(UnavailableError, match="deadline"):
            await devices.relays[RELAY].pulse(0, 100, deadline_ns=time.monotonic_ns())
    assert coils(journal) == []


async def test_without_a_line_nothing_is_written_and_it_is_said(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(Fault.CLOSED))
        await recorder.until_status(RELAY, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
        with pytest.raises(UnavailableError):
            await devices.relays[RELAY].pulse(0, 100, deadline_ns=soon_ns(0.3))
        await server.set_trouble(Trouble())
        await recorder.until_status(RELAY, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
        await devices.relays[RELAY].pulse(0, 50, deadline_ns=soon_ns())
    assert coils(journal) == [(0, True), (0, False)]
    assert recorder.of(RELAY) == [DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE]


class _Losing:
    """Loses the next answers of a line."""

    def __init__(self, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        self._reply = line.reply
        monkeypatch.setattr(line, "reply", self._lose)

    def _lose(self, *request: Any, **how: Any) -> bytes:
        if self.left:
            self.left -= 1
            return b""
        return self._reply(*request, **how)


async def test_a_single_lost_answer_is_no_outage(
    server: TcpServer, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    losing = _Losing(line, monkeypatch)
    devices = bus_and_relay(server.port, timeout_ms=QUICK_MS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        for _ in range(3):
            losing.left = 1
            await eventually(lambda: not losing.left)
            await asyncio.sleep(1)
        assert recorder.of(RELAY) == [DeviceStatus.ONLINE]
        losing.left = 2
        await recorder.until_status(RELAY, DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)


async def test_refusal_names_the_exception(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(Fault.REFUSE, code=6))
        with pytest.raises(RefusedError, match="exception 6, device busy") as refusal:
            await devices.relays[RELAY].pulse(3, 100, deadline_ns=soon_ns())
        assert refusal.value.code == 6
        await recorder.until_status(RELAY, DeviceStatus.ONLINE, DeviceStatus.FAULT)
        await server.set_trouble(Trouble())
        await recorder.until_status(RELAY, DeviceStatus.FAULT, DeviceStatus.ONLINE)
    assert (3, True) not in coils(journal)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE])
async def test_silence_and_garbage_end_at_the_deadline_and_pass(server: TcpServer, fault: Fault) -> None:
    devices = bus_and_relay(server.port, timeout_ms=QUICK_MS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(fault))
        began = time.monotonic()
        pulse = asyncio.create_task(devices.relays[RELAY].pulse(0, 100, deadline_ns=soon_ns(0.8)))
        await asyncio.sleep(1.2)
        await server.set_trouble(Trouble())
        with pytest.raises(SilentError):
            await pulse
        assert 0.7 < time.monotonic() - began < 15
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        assert (await devices.relays[RELAY].states())[0] is False


async def test_a_lost_answer_is_tried_anew_over_a_new_connection(server: TcpServer, journal: Journal) -> None:
    """The module acts and its answer is lost: on is written again, and off once the line is back."""
    devices = bus_and_relay(server.port, timeout_ms=QUICK_MS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(Fault.MUTE))
        pulse = asyncio.create_task(devices.relays[RELAY].pulse(0, 500, deadline_ns=soon_ns(20)))
        await eventually(lambda: (0, True) in coils(journal))
        await server.set_trouble(Trouble())
        assert (await pulse).confirmed
    assert coils(journal)[-1] == (0, False)
    assert coils(journal).count((0, False)) == 1


async def test_a_dead_meter_does_not_hold_up_the_barrier(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port, timeout_ms=QUICK_MS)
    bus = devices.buses[BUS]
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(Fault.SILENT, unit=1))
        meters = [asyncio.create_task(bus.read(1, 4, 0, 2)) for _ in range(20)]
        await asyncio.sleep(0.01)
        asked_ns = time.monotonic_ns()
        pulsed = await devices.relays[RELAY].pulse(0, 50, deadline_ns=soon_ns())
        assert (
            pulsed.on_ns - asked_ns
        ) / 1e6 < 10 * QUICK_MS  # it waits for the request under way, not for all twenty
        for meter in meters:
            meter.cancel()
        await asyncio.gather(*meters, return_exceptions=True)
    assert coils(journal) == [(0, True), (0, False)]


async def test_the_module_lets_go_when_the_agent_dies(
    server: TcpServer, module: RelayModule, journal: Journal
) -> None:
    devices = bus_and_relay(server.port, silence_s=1)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        module.write(5, 0, 1)  # as if the agent had been killed in the middle of a pulse
    await eventually(lambda: not module.outputs[0])
    assert journal.after(0, frozenset({"coil"}))[-1]["by"] == "safety_timer"


async def test_the_modules_own_timer_ends_a_pulse(
    server: TcpServer, module: RelayModule, journal: Journal
) -> None:
    devices = bus_and_relay(server.port, module_timer_ms=200, poll_s=60)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        module.write(5, 0, 1)
        await eventually(lambda: not module.outputs[0])
    last = journal.after(0, frozenset({"coil"}))[-1]
    assert (last["by"], last["on"]) == ("pulse_timer", False)
    assert span_ms(journal) >= 190


OWEN = {"owen_mu110_8": 8, "owen_mu110_16": 16}


@pytest.fixture(params=OWEN)
async def owen(request: pytest.FixtureRequest, journal: Journal) -> AsyncIterator[tuple[RelayModule, int]]:
    """ОВЕН МУ110 of either size, and the port of its line."""
    module = RelayModule(line="gate", unit=12, model=request.param, barriers={}, journal=journal)
    server = TcpServer(Line("gate", {12: module}))
    await server.start()
    yield module, server.port
    await server.stop()


async def test_a_module_of_holding_registers(owen: tuple[RelayModule, int], journal: Journal) -> None:
    """An output is a PWM fill, on is 1000."""
    module, port = owen
    last = len(module.outputs) - 1
    devices = bus_and_relay(port, profile=profile_of(module))
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        assert (await devices.relays[RELAY].pulse(last, 500, deadline_ns=soon_ns())).confirmed
    assert coils(journal) == [(last, True), (last, False)]


async def test_a_module_of_holding_registers_lets_go_when_the_agent_dies(
    owen: tuple[RelayModule, int], journal: Journal
) -> None:
    """Safe states at 0x0010, the network timeout in seconds at 0x0030: by maps, not by the profile."""
    module, port = owen
    module.holding[0x10] = 1000
    devices = bus_and_relay(port, profile=profile_of(module), silence_s=1)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        assert (module.holding[0x10], module.holding[0x30]) == (0, 1)
        module.write(6, 0, 1000)  # as if the agent had been killed in the middle of a pulse
    await eventually(lambda: not module.outputs[0])
    assert journal.after(0, frozenset({"coil"}))[-1]["by"] == "safety_timer"


class _Counting:
    """A unit in front of another that keeps the writes of registers apart from outputs, the refused ones, too."""

    def __init__(self, unit: RelayModule, *, unreadable: int = 0) -> None:
        self._unit = unit
        self._outputs = len(unit.outputs)
        self._unreadable = unreadable
        self.written: list[int] = []

    def read(self, function: int, address: int, count: int) -> list[int]:
        if self._unreadable and self._unreadable in range(address, address + count):
            raise RefusalError(2)
        return self._unit.read(function, address, count)

    def write(self, function: int, address: int, value: int) -> None:
        if function == 6 and address >= self._outputs:
            self.written.append(address)
        self._unit.write(function, address, value)


@pytest.fixture
async def counted(
    owen: tuple[RelayModule, int], journal: Journal
) -> AsyncIterator[tuple[_Counting, TcpServer]]:
    """The module's registers, counted, on a line of its own."""
    counting = _Counting(owen[0])
    server = TcpServer(Line("gate", {12: counting}))
    await server.start()
    yield counting, server
    await server.stop()


async def test_a_module_that_takes_no_timeout_is_a_fault_and_is_not_worn_out(
    owen: tuple[RelayModule, int], counted: tuple[_Counting, TcpServer]
) -> None:
    """It could stay on for ever when the agent dies, so that is told. Its memory is written once a connection."""
    module, (counting, server) = owen[0], counted
    del module.holding[0x30]
    module.holding[0x11] = module.holding[0x12] = 1000
    devices = bus_and_relay(server.port, profile=profile_of(module))
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.FAULT)
        await asyncio.sleep(1.5)  # many rounds
        assert counting.written == [0x11, 0x12, 0x30]
        assert recorder.of(RELAY) == [DeviceStatus.FAULT]
        await server.set_trouble(Trouble(Fault.CLOSED))
        await recorder.until_status(RELAY, DeviceStatus.FAULT, DeviceStatus.OFFLINE)
        await server.set_trouble(Trouble())
        await recorder.until_status(RELAY, DeviceStatus.OFFLINE, DeviceStatus.FAULT)
        assert counting.written == [0x11, 0x12, 0x30, 0x30]
        module.holding[0x30] = 0  # another module in its place
        await server.set_trouble(Trouble(Fault.CLOSED))
        await recorder.until_status(RELAY, DeviceStatus.FAULT, DeviceStatus.OFFLINE)
        await server.set_trouble(Trouble())
        await recorder.until_status(RELAY, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
    assert module.holding[0x30] == 10


async def test_what_a_module_holds_already_is_not_written_again(
    owen: tuple[RelayModule, int], counted: tuple[_Counting, TcpServer]
) -> None:
    counting, server = counted
    devices = bus_and_relay(server.port, profile=profile_of(owen[0]), silence_s=7)
    for _ in range(2):
        async with running(*devices.all.values()) as recorder:
            await recorder.until_status(RELAY, DeviceStatus.ONLINE)
    assert counting.written == [0x30]


async def test_what_cannot_be_read_is_written_unseen_once_a_connection(
    server: TcpServer, line: Line, module: RelayModule
) -> None:
    line.units[12] = counting = _Counting(module, unreadable=932)
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await asyncio.sleep(0.5)
    safe_states = [address for address in counting.written if 930 <= address < 936]
    assert safe_states == list(range(930, 936))


async def test_a_busy_module_is_set_up_later(server: TcpServer, line: Line, module: RelayModule) -> None:
    """Busy passes by itself, so that is no refusal to remember; nothing is written twice."""
    module.holding[932] = 1
    counting = _Counting(module)
    line.units[12] = _Busy(counting, address=932, times=2)
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.FAULT, DeviceStatus.ONLINE)
    assert module.holding[8] == 10
    assert len(counting.written) == len(set(counting.written))


@pytest.mark.parametrize("code", [4, 5, 11])
async def test_a_register_that_fails_for_ever_is_told_once_and_keeps_nothing_else_up(
    server: TcpServer,
    line: Line,
    module: RelayModule,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
) -> None:
    monkeypatch.setattr(setter, "AGAIN_FIRST_S", 0.4)
    counting = _Counting(module)
    line.units[12] = _Busy(counting, address=938, times=4, code=code)
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.FAULT)
        assert module.holding[8] == 10, "what comes after it is set all the same"
        await devices.relays[RELAY].pulse(0, 50, deadline_ns=soon_ns())
        await recorder.until_status(RELAY, DeviceStatus.FAULT, DeviceStatus.ONLINE)
    assert recorder.of(RELAY) == [DeviceStatus.FAULT, DeviceStatus.ONLINE]
    [told, _] = [detail for device, _, detail in recorder.statuses if device == RELAY]
    assert f"exception {code}" in told
    assert coils(journal) == [(0, True), (0, False)]
    assert counting.written.count(938) == 1


async def test_a_module_that_comes_back_on_a_line_that_stayed_is_set_up_anew(
    server: TcpServer, module: RelayModule
) -> None:
    """It may be another: the one before it had been set up."""
    devices = bus_and_relay(server.port, timeout_ms=QUICK_MS)
    bus = devices.buses[BUS]
    assert isinstance(bus, ModbusBus)

    async def read_the_meter() -> None:
        while True:
            with contextlib.suppress(DeviceError):
                await bus.read(1, 4, 0, 2)
            await asyncio.sleep(0.02)

    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        came = bus.connections
        reading = asyncio.create_task(read_the_meter())
        await server.set_trouble(Trouble(Fault.SILENT, unit=12))
        await recorder.until_status(RELAY, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
        module.holding[930], module.holding[8] = 1, 0
        await server.set_trouble(Trouble())
        await recorder.until_status(RELAY, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
        reading.cancel()
        assert bus.connections == came, "or that alone would have set it up"
    assert (module.holding[930], module.holding[8]) == (0, 10)


class _Busy:
    """Answers the first writes of a register with an exception."""

    def __init__(self, unit: _Counting, *, address: int, times: int, code: int = 6) -> None:
        self._unit = unit
        self._address = address
        self._left = times
        self._code = code

    def read(self, function: int, address: int, count: int) -> list[int]:
        return self._unit.read(function, address, count)

    def write(self, function: int, address: int, value: int) -> None:
        if address == self._address and self._left:
            self._left -= 1
            raise RefusalError(self._code)
        self._unit.write(function, address, value)


def profile_of(module: RelayModule) -> str:
    return next(profile for profile, outputs in OWEN.items() if outputs == len(module.outputs))


async def test_an_unknown_output_is_an_error_of_configuration(server: TcpServer) -> None:
    devices = bus_and_relay(server.port, module_timer_ms=1000)
    with pytest.raises(ConfigError, match="no output 6"):
        await devices.relays[RELAY].pulse(6, 100, deadline_ns=soon_ns())
    with pytest.raises(ConfigError, match="module_timer_ms is 1000"):
        await devices.relays[RELAY].pulse(0, 1001, deadline_ns=soon_ns())


class _Stubborn:
    """A unit in front of another that answers the next writes with these exceptions."""

    def __init__(
        self, unit: RelayModule, *, on: list[int] | None = None, off: list[int] | None = None
    ) -> None:
        self._unit = unit
        self._codes = {1: on or [], 0: off or []}
        self.acts = False  # carries out what it refuses, as a gateway whose device answered too late

    def read(self, function: int, address: int, count: int) -> list[int]:
        return self._unit.read(function, address, count)

    def relent(self) -> None:
        self._codes = {0: [], 1: []}

    def write(self, function: int, address: int, value: int) -> None:
        codes = self._codes[value] if function == 5 else []
        if codes:
            if self.acts:
                self._unit.write(function, address, value)
            raise RefusalError(codes.pop(0))
        self._unit.write(function, address, value)


async def test_an_off_that_was_refused_is_written_again(
    server: TcpServer, line: Line, module: RelayModule, journal: Journal
) -> None:
    line.units[12] = _Stubborn(module, off=[6, 6])
    devices = bus_and_relay(server.port, poll_s=60)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await devices.relays[RELAY].pulse(0, 50, deadline_ns=soon_ns())
        assert coils(journal) == [(0, True), (0, False)]
        assert span_ms(journal) < 20_000  # before the next look


async def test_an_off_refused_for_too_long_is_told_and_goes_on(
    server: TcpServer, line: Line, module: RelayModule, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "RELEASE_FOR_NS", 300_000_000)
    line.units[12] = stubborn = _Stubborn(module, off=[6] * 10_000)
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await devices.relays[RELAY].pulse(0, 50, deadline_ns=soon_ns())
        await recorder.until_status(RELAY, DeviceStatus.ONLINE, DeviceStatus.FAULT)
        assert module.outputs[0]
        await asyncio.sleep(0.5)
        assert recorder.of(RELAY)[-1] is DeviceStatus.FAULT
        stubborn.relent()
        await recorder.until_status(RELAY, DeviceStatus.FAULT, DeviceStatus.ONLINE)
    assert coils(journal) == [(0, True), (0, False)]


async def test_an_output_that_is_on_without_a_pulse_is_released_and_told(
    server: TcpServer, module: RelayModule, journal: Journal
) -> None:
    devices = bus_and_relay(server.port, held_outputs=[4])
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        module.write(5, 4, 1)
        module.write(5, 2, 1)  # a gateway that carries out an old request, or a hand at the module
        await recorder.until_status(RELAY, DeviceStatus.ONLINE, DeviceStatus.FAULT, DeviceStatus.ONLINE)
        assert [detail for _, status, detail in recorder.statuses if status is DeviceStatus.FAULT] == [
            "modbus_relay: output 2 was on without a pulse"
        ]
        await asyncio.sleep(0.3)
    assert coils(journal) == [(4, True), (2, True), (2, False)]


async def test_the_watch_leaves_running_pulses_alone(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await devices.relays[RELAY].pulse(0, 1000, deadline_ns=soon_ns())
        await asyncio.sleep(0.3)
    assert coils(journal) == [(0, True), (0, False)]
    assert span_ms(journal) >= 995
    assert recorder.of(RELAY) == [DeviceStatus.ONLINE]


@pytest.mark.parametrize("code", [4, 5, 11])
async def test_a_refusal_that_may_hide_an_opening_counts_as_silence(
    server: TcpServer, line: Line, module: RelayModule, journal: Journal, code: int
) -> None:
    """As a gateway whose device acted and answered too late; the line is not given up for it."""
    line.units[12] = stubborn = _Stubborn(module, on=[code] * 1000)
    stubborn.acts = True
    devices = bus_and_relay(server.port)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        with pytest.raises(SilentError, match=f"exception {code}"):
            await devices.relays[RELAY].pulse(0, 100, deadline_ns=soon_ns(0.5))
    assert coils(journal)[0] == (0, True)
    assert coils(journal)[-1] == (0, False)
    assert recorder.of(BUS) == [DeviceStatus.ONLINE]


async def test_a_refusal_after_a_silence_does_not_hide_it(
    server: TcpServer, line: Line, module: RelayModule, journal: Journal
) -> None:
    """The first "on" was carried out and its answer lost; the module is busy when it is asked again."""
    devices = bus_and_relay(server.port, timeout_ms=QUICK_MS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(Fault.MUTE))
        pulse = asyncio.create_task(devices.relays[RELAY].pulse(0, 100, deadline_ns=soon_ns()))
        await eventually(lambda: coils(journal) == [(0, True)])
        line.units[12] = _Stubborn(module, on=[6])
        await server.set_trouble(Trouble())
        with pytest.raises(SilentError):
            await pulse
    assert coils(journal) == [(0, True), (0, False)]
