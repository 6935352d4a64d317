"""Scanners that send lines: over TCP, a serial line and as a keyboard, what they get wrong, gone and back."""

import contextlib
import random
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from firmware_sim import scanner
from firmware_sim.journal import Journal
from firmware_sim.scanner import Scanner

from edge.drivers.base import Reader, UnavailableError, Verdict
from edge.drivers.line_scanner.decode import LINE_MAX_BYTES, Keys, Line, Lines
from edge.drivers.table import build
from protocols import codes, qr
from protocols.records import DeviceReason, DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, eventually, running
from tests.edge.drivers.transcripts import play

QR = "AEAIA5TCMRQ" * 16  # as long as a guest's code, and of its characters


@contextlib.asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[tuple[Reader, Recorder]]:
    devices = build([device("line_scanner", {"silence_ms": 100} | settings)], PORTS)
    async with running(*devices.all.values()) as recorder:
        yield devices.readers[READER], recorder


@pytest.fixture
async def plugged(journal: Journal) -> AsyncIterator[Scanner]:
    """At a TCP serial server."""
    sim = Scanner("lane", journal=journal)
    await sim.start()
    yield sim
    await sim.stop()


def tcp(sim: Scanner) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": sim.port}


async def test_the_recorded_talk_over_tcp(plugged: Scanner) -> None:
    async with listening(tcp=tcp(plugged)) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await eventually(lambda: plugged.listened_to)
        await play("line_scanner.txt", plugged.send, recorder)
    assert recorder.of(READER) == [DeviceStatus.ONLINE]


async def test_the_recorded_talk_on_a_serial_line(ptys: tuple[str, str], journal: Journal) -> None:
    sim = Scanner("lane", journal=journal, serial=ptys[1])
    await sim.start()
    async with listening(serial={"port": ptys[0]}, beep_granted="07") as (reader, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await play("line_scanner.txt", sim.send, recorder)
        await reader.signal(Verdict.GRANTED)
        await reader.signal(Verdict.DENIED)
        await eventually(lambda: bool(journal.after(0, frozenset({"scanner_command"}))))
    await sim.stop()
    assert [entry["data"] for entry in journal.after(0, frozenset({"scanner_command"}))] == ["07"]


async def test_keys_are_places_whatever_the_layout(tmp_path: Path, journal: Journal) -> None:
    pipe = tmp_path / "event0"
    sim = Scanner("lane", journal=journal, pipe=str(pipe))
    async with listening(hid={"path": str(pipe)}) as (reader, recorder):
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        assert recorder.reasons == [(DeviceReason.READER_ABSENT, None)]
        await sim.start()
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        for text in (QR, "ACDE-FHJK", "https://x.ru/?a=1&b=2", "123456"):
            sim.scan(text)
        await recorder.until_reads(4)
        await reader.signal(Verdict.GRANTED)
        await sim.stop()
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
    assert [read.code for read in recorder.reads] == [QR, "ACDE-FHJK", "https://x.ru/?a=1&b=2", "123456"]


async def test_a_code_typed_under_a_russian_layout_is_the_same_code(plugged: Scanner) -> None:
    under_russian = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ")
    async with listening(tcp=tcp(plugged)) as (_, recorder):
        await eventually(lambda: plugged.listened_to)
        plugged.scan("ACDEFHJK".translate(under_russian))
        plugged.scan(QR.lower().translate(under_russian))
        await recorder.until_reads(2)
    first, second = (read.code or "" for read in recorder.reads)
    assert codes.key_of(first) == "CODE:ACDEFHJK"
    assert qr.looks_like(second)


async def test_gone_and_back(plugged: Scanner) -> None:
    async with listening(tcp=tcp(plugged), beep_denied="0707") as (reader, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await eventually(lambda: plugged.listened_to)
        plugged.send(b"half a li")
        await plugged.stop()
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        with pytest.raises(UnavailableError):
            await reader.signal(Verdict.DENIED)
        await plugged.start()
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await eventually(lambda: plugged.listened_to)
        plugged.scan("123456")
        await recorder.until_reads(1)
    assert [read.code for read in recorder.reads] == ["123456"]  # what a lost line had begun is not its
    assert recorder.of(READER) == [DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE]


async def test_a_refused_connection_is_offline() -> None:
    async with listening(tcp={"host": "127.0.0.1", "port": 1}) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
    assert recorder.reasons == [(DeviceReason.NO_CONNECTION, None)]


def test_a_line_without_end_takes_no_room_and_is_worth_nothing() -> None:
    lines = Lines()
    for _ in range(1000):
        assert lines.feed(b"A" * 1000) == []
    assert lines.feed(b"\r") == [Line("A" * 500, None)]
    assert lines.feed(b"A" * LINE_MAX_BYTES + b"\n") == [Line("A" * 500, "A" * LINE_MAX_BYTES)]
    assert lines.feed(b"A" * (LINE_MAX_BYTES + 1) + b"\n12\n") == [Line("A" * 500, None), Line("12", "12")]


def test_events_come_in_pieces_and_lost_ones_spoil_their_line() -> None:
    keys, events = Keys(Lines()), scanner.typed("Ab")
    told = [line for byte in events for line in keys.feed(bytes([byte]))]
    assert told == [Line("Ab", "Ab")]
    dropped = struct.pack("@llHHi", 0, 0, 0, 3, 0)
    [line] = keys.feed(scanner.typed("12")[:144] + dropped + scanner.typed("34"))
    assert line.code is None
    assert keys.feed(scanner.typed("56")) == [Line("56", "56")]


def test_a_held_key_types_once_and_other_events_nothing() -> None:
    keys = Keys(Lines())
    event = struct.Struct("@llHHi").pack
    held = event(0, 0, 1, 2, 1) + event(0, 0, 1, 2, 2) * 9 + event(0, 0, 1, 2, 0)
    strange = event(0, 0, 2, 0, 5) + event(0, 0, 1, 0x2FF, 1) + event(0, 0, 1, 58, 1)
    assert keys.feed(held + strange + event(0, 0, 1, 96, 1)) == [Line("1", "1")]


@pytest.mark.parametrize("seed", range(20))
def test_no_noise_breaks_the_decoders(seed: int) -> None:
    noise = random.Random(seed).randbytes(4096)
    for feed in (Lines().feed, Keys(Lines()).feed):
        for line in feed(noise):
            assert all(character.isprintable() for character in line.raw)
            assert len(line.raw) <= 500
