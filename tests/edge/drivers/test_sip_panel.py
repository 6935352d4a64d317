"""A panel that calls by SIP: our driver against one written out by hand and against noise, over UDP."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiosipua import parse_sdp
from firmware_sim.journal import Journal
from firmware_sim.sip_panel import Fault, SipPanel
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.base import RefusedError, Relay, SilentError, UnavailableError
from edge.drivers.sip_panel import tones
from edge.drivers.sip_panel.dialogue import Voice
from edge.drivers.table import build
from protocols.records import CallPhase, DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, free_udp_port, running, soon_ns
from tests.edge.drivers.transcripts import data_of, steps

R, A, O, E = CallPhase.RINGING, CallPhase.ANSWERED, CallPhase.OPENED, CallPhase.ENDED  # noqa: E741


@contextlib.asynccontextmanager
async def talking(
    journal: Journal, **more: Any
) -> AsyncIterator[tuple[SipPanel, Relay, Recorder, tuple[str, int]]]:
    simulator = SipPanel("tower", journal=journal)
    await simulator.start()
    box = ("127.0.0.1", free_udp_port())
    settings = {"panel": "127.0.0.1", "panel_port": simulator.port, "port": box[1], "timeout_ms": 2000}
    panel = build([device("sip_panel", settings | more)], PORTS).relays[READER]
    try:
        async with running(panel) as recorder:
            await recorder.until_status(READER, DeviceStatus.ONLINE)
            yield simulator, panel, recorder, box
    finally:
        simulator.stop()


def phases(recorder: Recorder) -> list[CallPhase]:
    return [ring.phase for ring in recorder.rings]


@pytest.mark.parametrize("dtmf", ["info", "rtp"])
async def test_a_call_is_answered_by_the_key_that_opens(journal: Journal, dtmf: str) -> None:
    async with talking(journal, dtmf=dtmf) as (simulator, panel, recorder, box):
        await simulator.ring("12", box)
        await recorder.until(lambda: phases(recorder) == [R])
        pulsed = await panel.pulse(0, 700, deadline_ns=soon_ns())
        await simulator.until(lambda: simulator.opened == 1)
        await simulator.until(lambda: any(message.method == "BYE" for message in simulator.messages))
        await recorder.until(lambda: phases(recorder) == [R, A, O, E])
    assert pulsed.confirmed is (dtmf == "info")
    assert simulator.heard == ["#"]
    assert {ring.number for ring in recorder.rings} == {"12"}
    assert len({ring.call for ring in recorder.rings}) == 1


async def test_a_panel_that_takes_no_keys_in_the_voice_is_not_told_as_opened(journal: Journal) -> None:
    async with talking(journal, dtmf="rtp") as (simulator, panel, recorder, box):
        await simulator.ring("12", box, with_voice=False)
        with pytest.raises(UnavailableError, match="no keys in the voice"):
            await panel.pulse(0, 700, deadline_ns=soon_ns())
        assert O not in phases(recorder)
    assert simulator.heard == []


async def test_codes_typed_in_a_call_are_reads_by_info_and_in_the_voice(journal: Journal) -> None:
    async with talking(journal, answer=True) as (simulator, panel, recorder, box):
        await simulator.ring("0", box)
        await recorder.until(lambda: phases(recorder) == [R, A])
        await simulator.press("480913#", twice=True)
        await recorder.until_reads(1)
        simulator.press_in_voice("99*123456#")
        await recorder.until_reads(2)
        await panel.pulse(0, 700, deadline_ns=soon_ns())
        await recorder.until(lambda: phases(recorder) == [R, A, O, E])
    assert [read.code for read in recorder.reads] == ["480913", "123456"]
    assert simulator.opened == 1


async def test_several_doors_have_keys_of_their_own(journal: Journal) -> None:
    async with talking(journal, open_with="#,*9") as (simulator, panel, _, box):
        await simulator.ring("1", box)
        await panel.pulse(1, 700, deadline_ns=soon_ns())
        assert simulator.heard == ["*", "9"]


@pytest.mark.parametrize("answer", [True, False])
async def test_a_call_ends_when_whoever_rang_goes_away(journal: Journal, answer: bool) -> None:
    async with talking(journal, answer=answer) as (simulator, panel, recorder, box):
        for count in (1, 2):
            await simulator.ring("12", box)
            if answer:
                await recorder.until(lambda: phases(recorder)[-1:] == [A])
                await asyncio.sleep(0.05)
                simulator.hang_up()
            else:
                simulator.cancel()
            await recorder.until(lambda count=count: phases(recorder).count(E) == count)  # type: ignore[misc]
        with pytest.raises(UnavailableError, match="nobody rings"):
            await panel.pulse(0, 700, deadline_ns=soon_ns())


@pytest.mark.parametrize("answer", [True, False])
async def test_a_call_is_refused_from_afar(journal: Journal, answer: bool) -> None:
    async with talking(journal, answer=answer) as (simulator, panel, recorder, box):
        await simulator.ring("12", box)
        await recorder.until(lambda: phases(recorder)[-1:] == [A if answer else R])
        await panel.hang_up(recorder.rings[0].call)
        await recorder.until(lambda: phases(recorder)[-1] is E)
        last = "BYE" if answer else "603"
        await simulator.until(
            lambda: any(last in (each.method, str(each.status)) for each in simulator.messages)
        )
        with pytest.raises(UnavailableError, match="that call is over"):
            await panel.hang_up(recorder.rings[0].call)
    assert simulator.opened == 0


async def test_nobody_comes_and_the_box_hangs_up(journal: Journal) -> None:
    async with talking(journal, ring_s=5) as (simulator, _, recorder, box):
        await simulator.ring("12", box)
        await recorder.until(lambda: phases(recorder) == [R, E])
        await simulator.until(lambda: any(message.status == 480 for message in simulator.messages))


async def test_an_invite_that_comes_again_is_one_call_and_another_call_finds_it_busy(
    journal: Journal,
) -> None:
    async with talking(journal) as (simulator, panel, recorder, box):
        await simulator.ring("12", box)
        simulator.resend_invite()
        other = SipPanel("other", journal=journal)
        await other.start()
        ringing = asyncio.create_task(other.ring("13", box))
        await other.until(lambda: any(message.status == 486 for message in other.messages))
        ringing.cancel()
        other.stop()
        assert phases(recorder) == [R]
        await panel.pulse(0, 700, deadline_ns=soon_ns())
        assert simulator.opened == 1


async def test_refusal_and_silence(journal: Journal) -> None:
    async with talking(journal, answer=True, timeout_ms=1500) as (simulator, panel, recorder, box):
        await simulator.ring("12", box)
        await recorder.until(lambda: phases(recorder) == [R, A])
        await asyncio.sleep(0.05)
        simulator.fault = Fault.REFUSE
        with pytest.raises(RefusedError, match="415"):
            await panel.pulse(0, 700, deadline_ns=soon_ns())
        simulator.fault = Fault.DEAF
        with pytest.raises(SilentError, match="INFO"):
            await panel.pulse(0, 700, deadline_ns=soon_ns())
    assert simulator.opened == 0


async def test_a_panel_that_does_not_take_the_answer_is_not_opened(journal: Journal) -> None:
    async with talking(journal) as (simulator, panel, _, box):
        await simulator.ring("12", box)
        simulator.fault = Fault.DEAF
        with pytest.raises(UnavailableError, match="did not take the answer"):
            await panel.pulse(0, 700, deadline_ns=soon_ns(1.5))
    assert simulator.heard == []


async def test_a_panel_that_is_gone_and_back(journal: Journal) -> None:
    async with talking(journal, probe_s=0.1, timeout_ms=1000) as (simulator, _, recorder, _):
        simulator.fault = Fault.DEAF
        await recorder.until_status(READER, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
        simulator.fault = Fault.NONE
        await recorder.until_status(READER, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)


async def test_a_port_in_use_is_a_fault() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        settings = {"panel": "127.0.0.1", "port": taken.getsockname()[1]}
        async with running(build([device("sip_panel", settings)], PORTS).relays[READER]) as recorder:
            await recorder.until_status(READER, DeviceStatus.FAULT)


async def test_strangers_and_noise_are_not_heard(journal: Journal) -> None:
    async with talking(journal, panel="127.0.0.1", answer=True) as (simulator, panel, recorder, box):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
            for data in (
                b"\x00\xff GATE",
                b"INVITE sip:x SIP/2.0\r\n\r\n",
                b"SIP/2.0 200 OK\r\n\r\n",
                b"\r\n\r\n",
                b"x" * 60_000,
            ):
                noise.sendto(data, box)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.2", 0))
            invite = (
                "INVITE sip:box SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:9;branch=z9hG4bKx\r\nMax-Forwards: 70\r\n"
                "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: stranger\r\nCSeq: 1 INVITE\r\n"
                "Content-Length: 0\r\n\r\n"
            )
            stranger.sendto(invite.encode(), box)
            await asyncio.sleep(0.2)
        assert recorder.rings == []
        await simulator.ring("12", box)
        await recorder.until(lambda: phases(recorder) == [R, A])
        await panel.pulse(0, 700, deadline_ns=soon_ns())


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", "Signal= # \nDuration=160", "#"),
        ("application/dtmf-relay", "Duration=160\r\n", None),
        ("application/dtmf-relay", "Signal=55\r\n", None),
        ("application/dtmf", "*", "*"),
        ("application/dtmf", "12", None),
        ("text/plain", "5", None),
    ],
)
def test_keys_by_info(kind: str, body: str, key: str | None) -> None:
    assert tones.of_info(kind, body) == key
    if key:
        assert tones.of_info(*tones.info_body(key)) == key


def test_a_packet_of_rfc_4733() -> None:
    """Section 5 of the RFC: the key 9, its first packet; M, payload type 101, volume 7, duration 50 ms."""
    packet = bytes.fromhex("80E5 0001 00002BE0 12345678 0907 0190")
    assert tones.of_packet(packet, 101) == ("9", 0x2BE0)
    assert tones.of_packet(packet, 96) is None
    extended = bytes.fromhex("91E5 0001 00002BE0 12345678 AABBCCDD BEDE0001 00000000 0B07 0190")
    assert tones.of_packet(extended, 101) == ("#", 0x2BE0)


@given(key=st.sampled_from(tones.KEYS), first=st.integers(0, 2**17), stamp=st.integers(0, 2**33))
def test_a_press_is_told_in_packets_that_are_read_back(key: str, first: int, stamp: int) -> None:
    sent = tones.packets(key, 101, first=first, stamp=stamp, source=7)
    assert {tones.of_packet(packet, 101) for packet in sent} == {(key, stamp & 0xFFFFFFFF)}
    assert [packet[1] >> 7 for packet in sent] == [1] + [0] * 9
    assert [packet[13] >> 7 for packet in sent] == [0] * 7 + [1] * 3
    assert len({packet[2:4] for packet in sent}) == 10


@pytest.mark.parametrize(
    ("offered", "answered", "heard"),
    [
        ("0 97\r\na=rtpmap:97 telephone-event/8000", ["0", "97"], 97),
        ("0 98 97\r\na=rtpmap:98 telephone-event/48000\r\na=rtpmap:97 telephone-event/8000", ["0", "97"], 97),
        ("0 98\r\na=rtpmap:98 telephone-event/48000", ["0"], 101),
        ("0", ["0"], 101),
    ],
)
async def test_keys_have_the_number_that_the_panel_gave_them(
    offered: str, answered: list[str], heard: int
) -> None:
    """And come from the panel, or from where it said that its voice is: behind a proxy that is another address."""
    keys: list[str] = []
    voice = Voice("127.0.0.1", keys.append)
    offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.3\r\ns=-\r\nc=IN IP4 127.0.0.3\r\nt=0 0\r\nm=audio 4000 RTP/AVP "
    answer = voice.agree(parse_sdp(f"{offer}{offered}\r\n"), "127.0.0.1", 5004)
    assert answer.media[0].formats == answered
    presses = (
        ("1", "127.0.0.1", heard),
        ("2", "127.0.0.3", heard),
        ("3", "127.0.0.9", heard),
        ("4", "127.0.0.1", 99),
    )
    for count, (key, host, payload_type) in enumerate(presses):
        for packet in tones.packets(key, payload_type, first=0, stamp=count, source=7):
            voice.datagram_received(packet, (host, 4000))
    assert keys == ["1", "2"]


@given(st.binary(max_size=64))
def test_no_packet_breaks_the_reading(data: bytes) -> None:
    tones.of_packet(data, 101)
    tones.of_packet(b"\x9f\xe5" + data, 101)


async def test_the_recorded_talk() -> None:
    loop = asyncio.get_running_loop()
    told, tag, datagram = 0, b"", b""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as panel:
        panel.setblocking(False)
        panel.bind(("127.0.0.1", 0))
        there, port = panel.getsockname()[1], free_udp_port()
        settings = {"panel": "127.0.0.1", "panel_port": there, "port": port, "answer": True}
        async with running(build([device("sip_panel", settings)], PORTS).relays[READER]) as recorder:
            assert (await loop.sock_recv(panel, 65536)).startswith(b"OPTIONS")  # it listens
            for sign, text in [*steps("sip_panel.txt"), ("", "")]:
                if sign != ">" and datagram:
                    sent = datagram.replace(b"127.0.0.1:9;", f"127.0.0.1:{there};".encode()).replace(
                        b"tag=@", tag
                    )
                    await loop.sock_sendto(panel, sent, ("127.0.0.1", port))
                    datagram = b""
                match sign:
                    case ">":
                        datagram += data_of(text)
                    case "<":
                        answer = await heard(panel)
                        assert answer.startswith(data_of(text)), (text, answer)
                        to = [part for part in answer.split() if part.startswith(b"<sip:12@")]
                        tag = to[0].partition(b";")[2] if to and b"INVITE" in answer else tag
                    case "~":
                        await asyncio.sleep(int(text) / 1000)
                    case "=" if text:
                        told += 1
                        await recorder.until(lambda: len(recorder.rings) + len(recorder.reads) >= told)  # noqa: B023
                        words = [f"{ring.phase} {ring.call} {ring.number}" for ring in recorder.rings]
                        assert text in words + [f"read {read.raw}" for read in recorder.reads]
                    case "=":
                        assert len(recorder.rings) + len(recorder.reads) == told


async def heard(panel: socket.socket) -> bytes:
    """The next that the box sends, but for its question whether the panel lives."""
    async with asyncio.timeout(30):
        while True:
            data = await asyncio.get_running_loop().sock_recv(panel, 65536)
            if not data.startswith(b"OPTIONS"):
                return data
