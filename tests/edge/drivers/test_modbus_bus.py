"""Modbus lines: reads, refusals, cuts and half-open connections; TCP, and RTU over a pair of ptys."""

import asyncio
import struct
from pathlib import Path

import pytest
from firmware_sim.journal import Journal
from firmware_sim.modbus.line import Fault, Line, SerialServer, TcpServer, Trouble

from edge.drivers.base import RefusedError, SilentError, UnavailableError
from edge.drivers.modbus_bus.driver import ModbusBus
from edge.drivers.table import build
from protocols.meters import decode, load_meter, plan
from protocols.records import DeviceStatus
from tests.edge.drivers.support import (
    BUS,
    PORTS,
    QUICK_MS,
    RELAY,
    bus_and_relay,
    device,
    eventually,
    running,
    soon_ns,
)


async def test_a_meter_is_read_by_its_profile(server: TcpServer, journal: Journal) -> None:
    devices = bus_and_relay(server.port)
    bus = devices.buses[BUS]
    profile = load_meter("eastron_sdm120")
    [request] = plan(profile, ["total_energy"])
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
        registers = await bus.read(1, request.function, request.address, request.count)
    [measured] = decode(request, registers)
    [logged] = journal.after(0, frozenset({"read"}))
    assert logged["registers"] == list(registers)
    assert measured.value == struct.unpack(">f", struct.pack(">2H", *registers))[0]
    assert measured.value is not None
    assert measured.value >= 1234.5


async def test_refusals_carry_the_code(server: TcpServer) -> None:
    devices = bus_and_relay(server.port)
    bus = devices.buses[BUS]
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
        with pytest.raises(RefusedError, match="exception 2, illegal data address") as refusal:
            await bus.read(1, 4, 0x9000, 2)
        assert refusal.value.code == 2
        with pytest.raises(RefusedError, match="unit 99, function 4, address 0: exception 11"):
            await bus.read(99, 4, 0, 2)
        with pytest.raises(ValueError, match="does not read"):
            await bus.read(1, 5, 0, 1)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.MUTE, Fault.GARBAGE])
async def test_a_line_that_misbehaves_recovers(server: TcpServer, fault: Fault) -> None:
    devices = bus_and_relay(server.port, timeout_ms=QUICK_MS)
    bus = devices.buses[BUS]
    async with running(bus) as recorder:
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(fault))
        for _ in range(6):
            with pytest.raises((SilentError, UnavailableError)):
                await bus.read(1, 4, 0, 2)
        await server.set_trouble(Trouble())
        await eventually(lambda: recorder.of(BUS)[-1] is DeviceStatus.ONLINE)
        assert len(await bus.read(1, 4, 0, 2)) == 2


async def test_gone_and_back_are_told_once_each(server: TcpServer) -> None:
    devices = bus_and_relay(server.port)
    async with running(devices.buses[BUS]) as recorder:
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(Fault.CLOSED))
        await recorder.until_status(BUS, DeviceStatus.OFFLINE)
        await asyncio.sleep(1.0)  # several refused attempts
        await server.set_trouble(Trouble())
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
    assert recorder.of(BUS) == [DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE]


async def test_a_half_open_connection_is_given_up(server: TcpServer) -> None:
    """Nothing comes back and nothing is closed, as after a router's reboot; then a new connection works."""
    devices = bus_and_relay(server.port, timeout_ms=QUICK_MS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(Fault.SILENT))
        await recorder.until_status(BUS, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
        await server.set_trouble(Trouble())
        await recorder.until_status(RELAY, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)


async def test_a_connection_that_is_given_up_is_reset_and_sends_nothing_more() -> None:
    """An ordinary close would leave an "on" that is not acknowledged to the kernel, to be sent for minutes."""
    ends: list[str] = []

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(4096):
                pass
            ends.append("closed")
        except ConnectionResetError:
            ends.append("reset")
        writer.close()

    module = await asyncio.start_server(swallow, "127.0.0.1", 0)
    bus = bus_and_relay(module.sockets[0].getsockname()[1]).buses[BUS]
    assert isinstance(bus, ModbusBus)
    async with running(bus) as recorder:
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
        with pytest.raises(SilentError):
            await bus.write_coil(12, 0, True, deadline_ns=soon_ns())
        bus.drop()
        await eventually(lambda: ends == ["reset"])
        await eventually(lambda: bus.connections == 2)
    await eventually(lambda: ends == ["reset"] * 2)  # the connection that was up when the agent stopped
    module.close()
    await module.wait_closed()


async def test_an_outputs_answer_is_not_awaited_beyond_its_deadline(server: TcpServer) -> None:
    """The connection goes at the deadline: what the network holds back is not delivered after it."""
    settings = {"host": "127.0.0.1", "port": server.port, "timeout_ms": 5000}
    bus = build([device("modbus_tcp", settings, BUS)], PORTS).buses[BUS]
    assert isinstance(bus, ModbusBus)
    async with running(bus) as recorder:
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
        await server.set_trouble(Trouble(Fault.SILENT))
        began = asyncio.get_running_loop().time()
        with pytest.raises(SilentError, match="before the deadline"):
            await bus.write_coil(12, 0, True, deadline_ns=soon_ns(0.3))
        assert asyncio.get_running_loop().time() - began < 4.0  # long before the line's own
        await server.set_trouble(Trouble())
        await eventually(lambda: bus.connections == 2)
        await bus.write_coil(12, 0, False, deadline_ns=soon_ns())


async def test_a_cancelled_read_does_not_spoil_the_next(server: TcpServer) -> None:
    devices = bus_and_relay(server.port)
    bus = devices.buses[BUS]
    async with running(bus) as recorder:
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
        server.line.trouble = Trouble(delay_ms=50)
        slow = asyncio.create_task(bus.read(1, 4, 0x0156, 2))
        await asyncio.sleep(0.02)
        slow.cancel()
        voltage = await bus.read(
            1, 4, 0, 2
        )  # the answer to the first comes first, and is not taken for this one
        assert 220 < struct.unpack(">f", struct.pack(">2H", *voltage))[0] < 240


async def test_rtu_over_a_serial_line(line: Line, ptys: tuple[str, str], journal: Journal) -> None:
    serial = SerialServer(line, ptys[1])
    await serial.start()
    rtu = {"port": ptys[0], "timeout_ms": 900}
    relay = {"bus": str(BUS), "unit": 12, "profile": "wb_mr6c_v2", "poll_s": 0.2}
    devices = build([device("modbus_rtu", rtu, BUS), device("modbus_relay", relay, RELAY)], PORTS)
    bus = devices.buses[BUS]
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        assert len(await bus.read(1, 4, 0x0156, 2)) == 2
        pulsed = await devices.relays[RELAY].pulse(0, 500, deadline_ns=soon_ns())
        assert pulsed.confirmed
        serial.line.trouble = Trouble(Fault.GARBAGE)
        with pytest.raises((SilentError, UnavailableError)):
            await bus.read(1, 4, 0x0156, 2)
        serial.line.trouble = Trouble()
        await asyncio.sleep(0.3)
        assert len(await bus.read(1, 4, 0x0156, 2)) == 2
        with pytest.raises(SilentError):  # nobody at this address: an RTU line is silent
            await bus.read(77, 4, 0, 2)
    await serial.stop()
    assert [entry["on"] for entry in journal.after(0, frozenset({"coil"}))] == [True, False]


async def test_a_late_answer_on_a_serial_line_is_not_taken_for_the_next(
    line: Line, ptys: tuple[str, str]
) -> None:
    """RTU answers carry neither a number nor an address: total energy must not pass for voltage."""
    serial = SerialServer(line, ptys[1])
    await serial.start()
    bus = build([device("modbus_rtu", {"port": ptys[0], "timeout_ms": 500}, BUS)], PORTS).buses[BUS]
    async with running(bus) as recorder:
        await recorder.until_status(BUS, DeviceStatus.ONLINE)
        serial.line.trouble = Trouble(delay_ms=1500)
        with pytest.raises(SilentError):
            await bus.read(1, 4, 0x0156, 2)
        serial.line.trouble = Trouble(delay_ms=60)
        voltage = await bus.read(1, 4, 0, 2)
        assert 220 < struct.unpack(">f", struct.pack(">2H", *voltage))[0] < 240
    await serial.stop()


async def test_a_serial_port_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    devices = build([device("modbus_rtu", {"port": str(tmp_path / "ttyRS485-1")}, BUS)], PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(BUS, DeviceStatus.OFFLINE)
        await asyncio.sleep(0.7)
    assert recorder.of(BUS) == [DeviceStatus.OFFLINE]
