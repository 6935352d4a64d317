"""OSDP: our panel against the simulated reader, over TCP and a serial line, with the secure channel."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from firmware_sim import wiegand
from firmware_sim.journal import Journal
from firmware_sim.osdp_reader import OsdpReader
from osdp import CardFormat

from deploy.demo.servers.proxy import Line, Proxy
from edge.drivers.base import UnavailableError, Verdict
from edge.drivers.devices import Ports
from edge.drivers.keypad import TIMEOUT_NS, Keypad
from edge.drivers.osdp_reader.decode import card
from edge.drivers.table import build
from protocols.cards import CardFormat as Format
from protocols.records import DeviceAlarm, DeviceReason, DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, eventually, running
from tests.edge.drivers.transcripts import Asked

DAY_NS = 86_400_000_000_000
KEY = "00112233445566778899aabbccddeeff"


@pytest.fixture
async def reader(journal: Journal) -> AsyncIterator[OsdpReader]:
    reader = OsdpReader("gate", address=5, key=bytes.fromhex(KEY), journal=journal)
    await reader.start()
    yield reader
    await reader.stop()


def settings(port: int, **more: Any) -> dict[str, Any]:
    return {"tcp": {"host": "127.0.0.1", "port": port}, "address": 5, "key": KEY} | more


@contextlib.asynccontextmanager
async def panel(port: int, *, ports: Ports = PORTS, **more: Any) -> AsyncIterator[tuple[Any, Recorder]]:
    devices = build([device("osdp_reader", settings(port, **more))], ports)
    async with running(*devices.all.values()) as recorder:
        yield devices.readers[READER], recorder


def tampers(recorder: Recorder) -> list[bool]:
    return [active for _, alarm, active, _ in recorder.alarms if alarm is DeviceAlarm.READER_TAMPER]


async def test_a_card_comes_through_the_secure_channel(reader: OsdpReader) -> None:
    async with panel(reader.port) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        assert reader.online
        reader.present(wiegand.h10301(18, 23011))
        await recorder.until_reads(1)
    [read] = recorder.reads
    assert read.raw == wiegand.h10301(18, 23011)
    assert [(c.format, c.facility, c.number) for c in read.credentials] == [(Format.H10301, 18, 23011)]
    assert recorder.of(READER) == [DeviceStatus.ONLINE]


async def test_cards_keep_their_order_and_none_is_lost(reader: OsdpReader) -> None:
    numbers = list(range(1000, 1020))
    async with panel(reader.port) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        for number in numbers:
            reader.present(wiegand.w34(number))
            await asyncio.sleep(0.06)
        await recorder.until_reads(len(numbers))
    assert [read.raw for read in recorder.reads] == [wiegand.w34(number) for number in numbers]


@pytest.mark.parametrize("silence_s", [2.5, 8, 22])
async def test_a_card_is_as_old_as_the_silence_in_which_the_reader_kept_it(
    reader: OsdpReader, silence_s: float
) -> None:
    """A reader tells of a card when it is polled next, after half a minute as if it were read just now."""
    proxy = Proxy(reader.port)
    proxy.start()
    try:
        async with panel(proxy.port) as (_, recorder):
            await recorder.until_status(READER, DeviceStatus.ONLINE)
            await asyncio.sleep(1)
            proxy.set_line(Line.BLACK_HOLE)
            await asyncio.sleep(0.2)
            shown_ns = PORTS.monotonic_ns()
            assert reader.present(wiegand.w34(7))["submitted"]
            await asyncio.sleep(silence_s)
            proxy.set_line(Line.OPEN)
            await recorder.until_reads(1)
            assert all(read.at_ns <= shown_ns for read in recorder.reads)
            before = len(recorder.reads)
            await eventually(lambda: reader.online)
            await asyncio.sleep(2)
            again_ns = PORTS.monotonic_ns()
            reader.present(wiegand.w34(8))
            await recorder.until_reads(before + 1)
            assert recorder.reads[-1].at_ns >= again_ns
    finally:
        proxy.stop()


async def test_a_wrong_key_stays_offline_and_reads_nothing(reader: OsdpReader) -> None:
    async with panel(reader.port, key="ff" * 16) as (_, recorder):
        await recorder.until(lambda: bool(recorder.statuses))
        assert not reader.present(wiegand.w34(1))["submitted"]
    assert recorder.of(READER) == [DeviceStatus.OFFLINE]
    assert "key is refused" in recorder.statuses[0][2]
    assert recorder.reads == []


async def test_a_panel_without_key_is_not_served(reader: OsdpReader) -> None:
    async with panel(reader.port, key=None, insecure=True) as (_, recorder):
        await asyncio.sleep(2)
        assert not reader.online
        reader.present(wiegand.w34(1))
        await asyncio.sleep(0.3)
    assert recorder.reads == []


async def test_gone_and_back(reader: OsdpReader) -> None:
    async with panel(reader.port) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await reader.stop()
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        await asyncio.sleep(0.5)
        await reader.start()
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        reader.present(wiegand.w34(7))
        await recorder.until_reads(1)
    assert recorder.of(READER) == [DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE]


async def test_the_panel_is_made_anew_when_the_systems_clock_is_set(reader: OsdpReader) -> None:
    """The library counts its delays by that clock: set back, it would poll nobody until the old time comes again."""
    ahead_ns = 0
    ports = replace(PORTS, wall_ns=lambda: time.monotonic_ns() + ahead_ns)
    async with panel(reader.port, ports=ports) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        for step_ns in (-DAY_NS, DAY_NS):
            ahead_ns += step_ns
            await recorder.until_status(READER, DeviceStatus.OFFLINE)
            await recorder.until_status(READER, DeviceStatus.ONLINE)
        reader.present(wiegand.w34(7))
        await recorder.until_reads(1)
    assert recorder.of(READER) == [DeviceStatus.ONLINE, *2 * (DeviceStatus.OFFLINE, DeviceStatus.ONLINE)]


async def test_a_verdict_reaches_lamp_and_buzzer(reader: OsdpReader, journal: Journal) -> None:
    async with panel(reader.port) as (driver, recorder):
        with pytest.raises(UnavailableError):
            await driver.signal(Verdict.DENIED)
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await driver.signal(Verdict.DENIED)
        await eventually(lambda: len(journal.after(0, frozenset({"reader_command"}))) == 2)
    led, buzzer = journal.after(0, frozenset({"reader_command"}))
    assert (led["command"], buzzer["command"]) == ("led", "buzzer")
    assert buzzer["details"]["rep_count"] == 3


async def test_digits_become_a_pin(reader: OsdpReader) -> None:
    async with panel(reader.port) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        reader.press("480913#")
        reader.press("99*480914#")
        reader.press("#")
        await recorder.until_reads(2)
        await asyncio.sleep(0.5)
    assert [(read.raw, read.code, read.credentials) for read in recorder.reads] == [
        ("480913", "480913", ()),
        ("480914", "480914", ()),
    ]


async def test_an_opened_reader_is_told_and_one_found_open_too(reader: OsdpReader) -> None:
    async with panel(reader.port) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await recorder.until(lambda: tampers(recorder) == [False])
        reader.condition(opened=True, power_fails=False)
        await recorder.until_status(READER, DeviceStatus.FAULT)
        assert recorder.reasons[-1][0] is DeviceReason.TAMPERED
        reader.condition(opened=False, power_fails=False)
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        reader.condition(opened=False, power_fails=True)
        await recorder.until_status(READER, DeviceStatus.FAULT)
        assert recorder.reasons[-1][0] is DeviceReason.POWER_FAILING
        await reader.stop()
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        reader.condition(opened=True, power_fails=False)
        await reader.start()
        await recorder.until(lambda: tampers(recorder)[-1])
        reader.present(wiegand.w34(1))  # its cards go on being judged
        await recorder.until_reads(1)
    assert tampers(recorder) == [False, True, False, True]


async def test_a_new_reader_gets_its_key_and_keeps_to_it(journal: Journal) -> None:
    new = OsdpReader("new", address=5, key=None, journal=journal, install=True)
    await new.start()
    async with panel(new.port, install=True) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        assert new.key == bytes.fromhex(KEY)
        await eventually(lambda: new.online)
        new.present(wiegand.w34(7))
        await recorder.until_reads(1)
        await new.stop()
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        await new.start()
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await new.stop()
        other = OsdpReader("other", address=5, key=None, journal=journal, install=True, port=new.port)
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        await other.start()  # put in its place: the installing is over
        await asyncio.sleep(3)
        assert recorder.of(READER)[-1] is DeviceStatus.OFFLINE
        assert other.key is None
        await other.stop()
    async with panel(new.port) as (_, recorder):
        await new.start()
        await recorder.until_status(READER, DeviceStatus.ONLINE)
    await new.stop()


async def test_without_install_no_reader_is_given_a_key(journal: Journal) -> None:
    new = OsdpReader("new", address=5, key=None, journal=journal, install=True)
    await new.start()
    async with panel(new.port) as (_, recorder):
        await asyncio.sleep(2)
        assert DeviceStatus.ONLINE not in recorder.of(READER)
    assert new.key is None
    await new.stop()


async def test_while_installing_nothing_in_the_clear_counts(journal: Journal) -> None:
    foreign = OsdpReader("foreign", address=5, key=bytes(16), journal=journal)
    await foreign.start()
    async with panel(foreign.port, install=True) as (_, recorder):
        for _ in range(20):
            foreign.present(wiegand.w34(1))
            await asyncio.sleep(0.1)
        assert DeviceStatus.ONLINE not in recorder.of(READER)
    assert recorder.reads == []
    await foreign.stop()


def test_what_was_typed_and_left_alone_is_forgotten() -> None:
    keypad = Keypad()
    assert keypad.press(b"12", 0) == []
    assert keypad.press(b"34#", TIMEOUT_NS) == ["1234"]
    assert keypad.press(b"12", 2 * TIMEOUT_NS) == []
    assert keypad.press(b"34#", 4 * TIMEOUT_NS) == ["34"]
    assert keypad.press(b"1A2\x002\r3\x7f4#", 4 * TIMEOUT_NS) == ["122", "4"]
    assert keypad.press(b"1" * 33 + b"#" + b"2" * 1000 + b"#3#", 4 * TIMEOUT_NS) == ["3"]


async def test_the_recorded_talk() -> None:
    recorded = Asked("osdp_reader.txt")
    server = await asyncio.start_server(recorded.serve, "127.0.0.1", 0)
    async with server, panel(server.sockets[0].getsockname()[1], key=None, insecure=True) as (_, recorder):
        await eventually(lambda: not recorded.steps)
        await recorder.until(lambda: recorder.of(READER)[-2:] == [DeviceStatus.FAULT, DeviceStatus.ONLINE])
    assert recorded.astray == []
    card_read, pin = recorder.reads
    assert [(each.format, each.facility, each.number) for each in card_read.credentials] == [
        (Format.H10301, 18, 13330)
    ]
    assert pin.code == "480913"
    assert recorder.of(READER)[:3] == [DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE]
    assert tampers(recorder) == [False, True, False]


async def test_a_listener_that_is_silent_or_talks_rubbish_is_offline() -> None:
    async def rubbish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while await reader.read(100):
                writer.write(b"\x53\x85\x00\xff\x00\x00rubbish\x53")
        writer.close()

    server = await asyncio.start_server(rubbish, "127.0.0.1", 0)
    async with server, panel(server.sockets[0].getsockname()[1]) as (_, recorder):
        await recorder.until(lambda: bool(recorder.statuses))
        assert recorder.of(READER) == [DeviceStatus.OFFLINE]


async def test_a_serial_line(ptys: tuple[str, str], journal: Journal) -> None:
    reader = OsdpReader("gate", address=5, key=bytes.fromhex(KEY), journal=journal, path=ptys[1])
    await reader.start()
    serial = {"serial": {"port": ptys[0], "baud": 115200}, "address": 5, "key": KEY}
    devices = build([device("osdp_reader", serial)], PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await asyncio.sleep(0.5)  # an idle line is not a lost one
        reader.present(wiegand.h10301(1, 2))
        await recorder.until_reads(1)
    await reader.stop()
    assert recorder.of(READER) == [DeviceStatus.ONLINE]
    assert recorder.reads[0].credentials[0].number == 2


@contextlib.asynccontextmanager
async def segment(*readers: OsdpReader) -> AsyncIterator[int]:
    """An RS-485 pair behind a TCP port: all readers hear the panel, the panel hears all readers."""

    async def carry(source: asyncio.StreamReader, targets: list[asyncio.StreamWriter]) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(4096):
                for target in targets:
                    target.write(data)

    async def serve(panel_in: asyncio.StreamReader, panel_out: asyncio.StreamWriter) -> None:
        ends = [await asyncio.open_connection("127.0.0.1", reader.port) for reader in readers]
        async with asyncio.TaskGroup() as group:
            backs = [group.create_task(carry(source, [panel_out])) for source, _ in ends]
            await carry(panel_in, [target for _, target in ends])
            for writer in (panel_out, *(target for _, target in ends)):
                writer.close()
            for back in backs:
                back.cancel()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_two_readers_share_a_line_and_one_does_not_hold_up_the_other(journal: Journal) -> None:
    keys = [KEY, "ff" * 16]
    sims = [
        OsdpReader(f"r{i}", address=i, key=bytes.fromhex(key), journal=journal) for i, key in enumerate(keys)
    ]
    for sim in sims:
        await sim.start()
    ids = [UUID(int=20), UUID(int=21)]
    async with segment(*sims) as port:
        tcp = {"host": "127.0.0.1", "port": port}
        devices = build(
            [device("osdp_reader", {"tcp": tcp, "address": i, "key": keys[i]}, ids[i]) for i in range(2)],
            PORTS,
        )
        async with running(*devices.all.values()) as recorder:
            for reader in ids:
                await recorder.until_status(reader, DeviceStatus.ONLINE)
            sims[1].present(wiegand.w34(2))
            await recorder.until_reads(1)
            sims[1].unplugged = True
            await recorder.until(lambda: recorder.of(ids[1])[-1] is DeviceStatus.OFFLINE)
            sims[0].present(wiegand.w34(1))
            await recorder.until_reads(2)
            sims[1].unplugged = False
            await recorder.until(lambda: recorder.of(ids[1])[-1] is DeviceStatus.ONLINE)
            await devices.readers[ids[1]].signal(Verdict.GRANTED)
            await eventually(lambda: len(journal.after(0, frozenset({"reader_command"}))) == 2)
    for sim in sims:
        await sim.stop()
    assert [read.device for read in recorder.reads] == [ids[1], ids[0]]
    assert {entry["reader"] for entry in journal.after(0, frozenset({"reader_command"}))} == {"r1"}
    assert recorder.of(ids[0]) == [DeviceStatus.ONLINE]
    assert recorder.of(ids[1]) == [DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE]


async def test_one_reader_among_many_that_are_gone_comes_online_and_tells_its_cards(journal: Journal) -> None:
    last = OsdpReader("last", address=7, key=bytes.fromhex(KEY), journal=journal)
    await last.start()
    ids = [UUID(int=20 + i) for i in range(8)]
    devices = build([device("osdp_reader", settings(last.port, address=i), ids[i]) for i in range(8)], PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(ids[7], DeviceStatus.ONLINE)
        for number in range(8):  # while the dead ones are tried by turns
            shown_ns = PORTS.monotonic_ns()
            last.present(wiegand.w34(number))
            await recorder.until_reads(number + 1)
            assert recorder.reads[-1].at_ns >= shown_ns
            await asyncio.sleep(0.5)
        assert recorder.of(ids[7]) == [DeviceStatus.ONLINE]
    await last.stop()


def event(card_format: int, length: int, data: bytes) -> dict[str, Any]:
    return {"format": card_format, "length": length, "data": data}


def test_decoding_keeps_what_it_cannot_read() -> None:
    bits = wiegand.h10301(123, 45678)
    packed = int(bits.ljust(32, "0"), 2).to_bytes(4, "big")
    assert card(event(CardFormat.Wiegand, 26, packed), reverse=False).raw == bits
    assert card(event(CardFormat.ASCII, 4, b"12ab"), reverse=False) == ("12ab", ())
    assert card(event(CardFormat.Wiegand, 90, b"\x01"), reverse=False) == ("90 bits: 01", ())
    broken = card(event(CardFormat.Wiegand, 26, b"\x00\x00\x00\x00"), reverse=False)
    assert [credential.format for credential in broken.credentials] == [Format.RAW]
