"""A panel that calls by SIP as sipp plays it: directly, and through a kamailio that stays in the call's way."""

import asyncio
import contextlib
import os
import shutil
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from edge.drivers.table import build
from protocols.records import CallPhase
from tests.edge.drivers.support import PORTS, READER, Recorder, device, free_udp_port, running, soon_ns

SCENARIOS = Path(__file__).parent / "sipp"
KAMAILIO = SCENARIOS / "kamailio.cfg"
RECORDED = Path("/usr/share/sip-tester")  # keys that were recorded on a line, of Debian's package
PANELS_VOICE = "127.0.0.3"  # a panel behind a proxy speaks from its own address
KEYS = "0123456789*#ABCD"

pytestmark = pytest.mark.skipif(
    shutil.which("sipp") is None, reason="sipp is not installed (package sip-tester)"
)
in_the_voice = pytest.mark.skipif(os.geteuid() != 0, reason="sipp sends voice by a raw socket: needs root")


class Event(NamedTuple):
    """A packet of RFC 4733 as sections 5.1 of RFC 3550 and 2.3 of RFC 4733 lay it out. `duration`: in 1/8000 s."""

    is_first: bool
    payload_type: int
    sequence: int
    stamp: int
    source: int
    key: str
    is_end: bool
    volume: int
    duration: int


def event(packet: bytes) -> Event:
    head, second, sequence, stamp, source, key, third, duration = struct.unpack(">BBHIIBBH", packet)
    assert head == 0x80, "version 2, neither padding nor extension, nobody mixed in"
    assert not third & 0x40, "reserved"
    first, payload_type = bool(second & 0x80), second & 0x7F
    return Event(
        first, payload_type, sequence, stamp, source, KEYS[key], bool(third & 0x80), third & 0x3F, duration
    )


def assert_a_press(events: Sequence[Event], key: str) -> None:
    """One moment, marked once; it grows longer, and its end is told three times."""
    assert {each.key for each in events} == {key}
    for part in ("payload_type", "stamp", "source"):
        assert len({getattr(each, part) for each in events}) == 1, part
    assert [each.is_first for each in events] == [True] + [False] * (len(events) - 1)
    assert [each.is_end for each in events] == [False] * (len(events) - 3) + [True] * 3
    durations = [each.duration for each in events]
    assert durations == sorted(durations)
    assert len(set(durations[:-2])) == len(durations) - 2, "it grows with each packet, but for the end"
    assert len(set(durations[-3:])) == 1, "the end is told three times alike"


def recordings() -> Path:
    if not (RECORDED / "dtmf_2833_pound.pcap").exists():
        pytest.skip("this sipp came without recorded keys")
    return RECORDED


def recorded(name: str) -> list[bytes]:
    """The RTP packets of a capture (libpcap's format, Ethernet, IPv4, UDP)."""
    data, at, found = (RECORDED / name).read_bytes(), 24, []
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        found.append(data[at + 16 + 42 : at + 16 + length])
        at += 16 + length
    return found


@contextlib.asynccontextmanager
async def proxy(folder: Path, box: int) -> AsyncIterator[int]:
    """A kamailio that hands every call to the box, and stays in its way."""
    port = free_udp_port()
    route = KAMAILIO.read_text().replace("PROXY", f"127.0.0.1:{port}").replace("BOX", f"127.0.0.1:{box}")
    (folder / "kamailio.cfg").write_text(route)
    command = ["kamailio", "-DD", "-m", "64", "-M", "8", "-Y", str(folder), "-w", str(folder)]
    command += ["-f", str(folder / "kamailio.cfg")]
    with (folder / "kamailio.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        await asyncio.sleep(1.0)
        assert process.returncode is None, (folder / "kamailio.log").read_text()
        try:
            yield port
        finally:
            process.terminate()
            await process.wait()


async def call(
    folder: Path, scenario: str, way: str, *arguments: str, answer: bool = False, dtmf: str = "info"
) -> Recorder:
    """A call from beginning to end: sipp ends with 0 only when every step came as its scenario says."""
    if way == "kamailio" and shutil.which("kamailio") is None:
        pytest.skip("kamailio is not installed")
    port = free_udp_port()
    settings = {
        "panel": "127.0.0.1",
        "panel_port": free_udp_port(),
        "port": port,
        "answer": answer,
        "dtmf": dtmf,
    }
    panel = build([device("sip_panel", settings)], PORTS).relays[READER]
    async with contextlib.AsyncExitStack() as stack:
        recorder = await stack.enter_async_context(running(panel))
        called = await stack.enter_async_context(proxy(folder, port)) if way == "kamailio" else port
        await asyncio.sleep(0.1)
        command = ["sipp", f"127.0.0.1:{called}", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-m", "1"]
        command += ["-nostdin", "-i", "127.0.0.1", "-p", str(free_udp_port()), "-s", "12"]
        command += ["-timeout", "40", "-timeout_error", *arguments]
        sipp = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        ending = asyncio.create_task(sipp.communicate())
        try:
            await recorder.until(lambda: bool(recorder.rings) or ending.done())
            if not answer and not ending.done():
                await panel.pulse(0, 700, deadline_ns=soon_ns())
            output, _ = await ending
        finally:
            if sipp.returncode is None:
                sipp.kill()
        assert sipp.returncode == 0, output.decode()[-3000:]
        await recorder.until(lambda: recorder.rings[-1].phase is CallPhase.ENDED)
    assert recorder.rings[0].number == "12"
    return recorder


@pytest.mark.parametrize("way", ["direct", "kamailio"])
async def test_a_call_is_opened_by_info(tmp_path: Path, way: str) -> None:
    assert (await call(tmp_path, "opens", way)).reads == []


@pytest.mark.parametrize("way", ["direct", "kamailio"])
async def test_a_code_is_typed_by_info(tmp_path: Path, way: str) -> None:
    recorder = await call(tmp_path, "types_a_code", way, answer=True)
    assert [read.code for read in recorder.reads] == ["480913"]


@in_the_voice
@pytest.mark.parametrize("way", ["direct", "kamailio"])
@pytest.mark.parametrize("scenario", ["types_recorded_keys", "types_in_the_voice"])
async def test_a_code_is_typed_in_the_voice(tmp_path: Path, scenario: str, way: str) -> None:
    """RFC 4733: packets that were recorded on a line (type 101), and some of sipp's own making (type 96)."""
    shutil.copytree(recordings(), tmp_path, dirs_exist_ok=True)
    voice = ("-mi", PANELS_VOICE if way == "kamailio" else "127.0.0.1")
    recorder = await call(tmp_path, scenario, way, *voice, answer=True)
    assert [read.code for read in recorder.reads] == ["480913"]


@pytest.mark.parametrize("way", ["direct", "kamailio"])
async def test_the_key_that_opens_is_told_in_the_voice_as_the_rfc_says(tmp_path: Path, way: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as voice:
        voice.bind(("127.0.0.1", 0))
        voice.setblocking(False)
        port = str(voice.getsockname()[1])
        await call(tmp_path, "opens_in_the_voice", way, "-key", "voice_port", port, dtmf="rtp")
        packets = []
        with contextlib.suppress(BlockingIOError):
            while True:
                packets.append(voice.recv(2048))
    events = [event(packet) for packet in packets]
    assert_a_press(events, "#")
    assert {each.payload_type for each in events} == {97}, "as the panel named it"
    sequence = [each.sequence for each in events]
    assert sequence == [(sequence[0] + step) & 0xFFFF for step in range(len(events))]
    assert events[-1].duration >= 8000 * 0.04, "no shorter than a key can be"


def test_what_was_recorded_on_a_line_is_read_so_too() -> None:
    recordings()
    for key, name in (("4", "4"), ("#", "pound"), ("*", "star")):
        assert_a_press([event(packet) for packet in recorded(f"dtmf_2833_{name}.pcap")], key)
