"""The simulated devices answer, byte for byte, as recorded frames of the real ones; no Modbus library takes part."""

import asyncio
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.meters.consumption import Consumption, Use
from firmware_sim.meters.models import wb_map12e
from firmware_sim.meters.unit import Channel, Meter
from firmware_sim.modbus.frames import Request, crc16, take_rtu, take_tcp, wrap_rtu
from firmware_sim.modbus.line import Fault, Line, TcpServer, Trouble
from firmware_sim.modbus.unit import answer
from firmware_sim.relay import RelayModule

HOUR_NS = 3_600_000_000_000


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "devices.jsonl", SystemClock())


def still_meter(model: str, totals: Sequence[float], journal: Journal) -> Meter:
    """Counters that stand still."""
    nothing = Consumption((0, HOUR_NS), (0.0, 0.0))
    channels = [Channel(consumption=nothing, start=total) for total in totals]
    return Meter(
        line="l", unit=1, model=model, channels=channels, epoch_ns=0, journal=journal, clock=SystemClock()
    )


def ask_rtu(line: Line, frame: str) -> str:
    buffer = bytearray.fromhex(frame)
    request = take_rtu(buffer)
    assert request is not None
    assert not buffer
    return line.reply(request, wrap_rtu, gateway=False).hex(" ").upper()


def test_sdm120_total_as_recorded(journal: Journal) -> None:
    line = Line("l", {1: still_meter("sdm120", [1234.567], journal)})
    assert ask_rtu(line, "01 04 01 56 00 02 90 27") == "01 04 04 44 9A 52 25 33 E0"


def test_sdm120_voltage_as_recorded(journal: Journal) -> None:
    meter = still_meter("sdm120", [0.0], journal)
    meter.replaced = {(4, 0): 0x4366, (4, 1): 0x8000}  # 230.5 V
    assert ask_rtu(Line("l", {1: meter}), "01 04 00 00 00 02 71 CB") == "01 04 04 43 66 80 00 6F DF"


def test_wb_mcm8_counter_as_recorded(journal: Journal) -> None:
    line = Line("l", {16: still_meter("wb_mcm8", [700.0], journal)})
    assert ask_rtu(line, "10 04 00 3C 00 02 B2 86") == "10 04 04 00 01 11 70 A6 F1"


def test_wb_map12e_energy_has_its_low_word_first() -> None:
    registers = wb_map12e([Use(1234.56789, 0.0)])[4]
    assert [registers[0x1204 + index] for index in range(4)] == [0xCD15, 0x075B, 0, 0]


async def test_wb_mr6c_as_recorded(journal: Journal) -> None:
    module = RelayModule(line="l", unit=12, model="wb_mr6c_v2", barriers={}, journal=journal)
    line = Line("l", {12: module})
    assert ask_rtu(line, "0C 05 00 00 FF 00 8D 27") == "0C 05 00 00 FF 00 8D 27"
    reply = bytes.fromhex(ask_rtu(line, "0C 01 00 00 00 06 BD 15"))
    assert reply[:4] == bytes.fromhex("0C 01 01 01")
    assert crc16(reply[:-2]) == int.from_bytes(reply[-2:], "little")


async def test_owen_mu110_as_recorded(journal: Journal) -> None:
    module = RelayModule(line="l", unit=10, model="owen_mu110_16", barriers={}, journal=journal)
    line = Line("l", {10: module})
    assert ask_rtu(line, "0A 06 00 06 03 E8 68 0E") == "0A 06 00 06 03 E8 68 0E"
    assert module.outputs[6]
    with_too_much = Request(0, 10, bytes.fromhex("06 00 06 03 E9"))
    assert line.reply(with_too_much, wrap_rtu, gateway=False)[:3] == bytes.fromhex("0A 86 03")


async def test_over_a_raw_socket(journal: Journal) -> None:
    server = TcpServer(Line("l", {1: still_meter("sdm120", [1234.567], journal)}))
    await server.start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(bytes.fromhex("BEEF 0000 0006 01 04 0156 0002  BEF0 0000 0006 01 03 0156 0002"))
        assert await reader.readexactly(13) == bytes.fromhex("BEEF 0000 0007 01 04 04 449A5225")
        assert await reader.readexactly(9) == bytes.fromhex("BEF0 0000 0003 01 83 01")
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.read(100) == b""
        writer.close()
        await writer.wait_closed()
    finally:
        await server.stop()


def test_pdus_that_break_the_rules_are_refused(journal: Journal) -> None:
    meter = still_meter("sdm120", [1.0], journal)
    for pdu, refusal in {
        "04 0000 0000": "84 03",  # no registers
        "04 0000 007E": "84 03",  # more than 125
        "04 0157 0010": "84 02",  # beyond the map
        "04 0000": "84 03",  # cut short
        "06 0000 0001": "86 01",
        "2B 0E 01 00": "AB 01",
    }.items():
        assert answer(meter, bytes.fromhex(pdu)) == bytes.fromhex(refusal), pdu


def test_a_serial_line_finds_its_frame_in_noise() -> None:
    frame = bytes.fromhex("01 04 01 56 00 02 90 27")
    buffer = bytearray(b"\x00\xff\x04\x04" + frame[:5])
    assert take_rtu(buffer) is None
    buffer += frame[5:] + frame
    assert take_rtu(buffer) == Request(0, 1, frame[1:-2])
    assert take_rtu(buffer) == Request(0, 1, frame[1:-2])
    assert take_rtu(buffer) is None


def test_tcp_frames_come_in_pieces() -> None:
    frame = bytes.fromhex("0001 0000 0006 01 04 0000 0002")
    buffer = bytearray()
    for byte in frame[:-1]:
        buffer.append(byte)
        assert take_tcp(buffer) is None
    buffer.append(frame[-1])
    assert take_tcp(buffer) == Request(1, 1, frame[7:])
    with pytest.raises(ValueError, match="not an MBAP header"):
        take_tcp(bytearray(b"GET / HT"))


async def test_faults_of_one_unit_leave_the_others_alone(journal: Journal) -> None:
    line = Line("l", {1: still_meter("sdm120", [1.0], journal), 2: still_meter("sdm120", [2.0], journal)})
    line.trouble = Trouble(Fault.SILENT, unit=1)
    pdu = bytes.fromhex("04 0156 0002")
    assert line.reply(Request(0, 1, pdu), wrap_rtu, gateway=False) == b""
    assert line.reply(Request(0, 2, pdu), wrap_rtu, gateway=False)[3:7] == struct.pack(">f", 2.0)
