"""An intercom panel over HTTP: calls, codes and cards pushed; doors and grants asked for, on real sockets."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import pytest
from firmware_sim.journal import Journal
from firmware_sim.panel import Fault, Panel, PushError
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.servers.processes import free_port
from edge.drivers.base import (
    ConfigError,
    DeviceError,
    Grant,
    GrantKind,
    RefusedError,
    SilentError,
    UnavailableError,
    UnsupportedError,
    Verdict,
)
from edge.drivers.http_panel import driver as http_panel
from edge.drivers.http_panel.decode import PanelPushError, event, face_id, faces, grants
from edge.drivers.http_panel.driver import HttpPanel
from edge.drivers.table import build
from protocols.records import CallPhase, DeviceReason, DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, eventually, running, soon_ns
from tests.edge.drivers.transcripts import Spoken, answer, data_of, steps

TOKEN = "a-long-enough-token"
ONE = sha256(b"\xff\xd8one").hexdigest()


def driver(url: str, port: int, **more: Any) -> HttpPanel:
    settings = {"url": url, "port": port, "token": TOKEN, "timeout_ms": 10_000, "probe_s": 0.2} | more
    panel = build([device("http_panel", settings)], PORTS).panels[READER]
    assert isinstance(panel, HttpPanel)
    return panel


@contextlib.asynccontextmanager
async def talking(
    journal: Journal, *, refuses_calls: bool = True, **more: Any
) -> AsyncIterator[tuple[Panel, HttpPanel, Recorder]]:
    port = free_port()
    simulator = Panel(
        "door",
        journal=journal,
        push_url=f"http://127.0.0.1:{port}/panels/{TOKEN}",
        doors=2,
        refuses_calls=refuses_calls,
    )
    await simulator.served.start()
    panel = driver(simulator.url, port, doors=2, **more)
    try:
        async with running(panel) as recorder:
            await recorder.until_status(READER, DeviceStatus.ONLINE)
            yield simulator, panel, recorder
    finally:
        await simulator.served.stop()


async def test_a_call_comes_with_its_picture_and_is_answered_by_opening(journal: Journal) -> None:
    async with talking(journal) as (simulator, panel, recorder):
        call = await simulator.ring("12")
        pulsed = await panel.pulse(1, 700, deadline_ns=soon_ns())
        await simulator.tell(event="ended", call=call)
    assert [(ring.phase, ring.call) for ring in recorder.rings] == [
        (CallPhase.RINGING, call),
        (CallPhase.OPENED, call),
        (CallPhase.ENDED, call),
    ]
    assert recorder.rings[0].number == "12"
    assert recorder.rings[0].still is not None
    assert simulator.opened == [0, 1]
    assert pulsed.confirmed


async def test_a_call_is_refused_and_the_panel_tells_its_end(journal: Journal) -> None:
    async with talking(journal) as (simulator, panel, recorder):
        call = await simulator.ring("12")
        await panel.hang_up(call)
        await recorder.until(lambda: len(recorder.rings) == 2)
    assert [(ring.phase, ring.call) for ring in recorder.rings] == [
        (CallPhase.RINGING, call),
        (CallPhase.ENDED, call),
    ]
    assert simulator.hung_up == [call]


async def test_a_panel_that_cannot_be_told_to_hang_up_says_so(journal: Journal) -> None:
    async with talking(journal, refuses_calls=False) as (simulator, panel, _):
        call = await simulator.ring("12")
        with pytest.raises(UnsupportedError, match="cannot refuse a call"):
            await panel.hang_up(call)


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.SILENT, SilentError), (Fault.REFUSE, RefusedError), (Fault.BROKEN, SilentError)],
)
async def test_a_refusal_that_goes_wrong_is_told(
    journal: Journal, fault: Fault, error: type[DeviceError]
) -> None:
    async with talking(journal, timeout_ms=1500) as (simulator, panel, recorder):
        call = await simulator.ring("12")
        simulator.fault = fault
        with pytest.raises(error):
            await panel.hang_up(call)
    assert [ring.phase for ring in recorder.rings] == [CallPhase.RINGING]


async def test_codes_and_cards_are_reads(journal: Journal) -> None:
    async with talking(journal, reverse=True) as (simulator, panel, recorder):
        await simulator.tell(event="code", code="480913", firmware="1.2")
        await simulator.tell(event="card", uid="c3b2a104")
        await panel.signal(Verdict.GRANTED)
    code, card = recorder.reads
    assert (code.code, code.raw) == ("480913", "480913")
    assert (card.raw, card.credentials[0].uid_hex) == ("C3B2A104", "04A1B2C3")


async def test_whom_it_lets_in_is_told_and_changed(journal: Journal) -> None:
    one, other = Grant(GrantKind.CARD, "04A1B2C3"), Grant(GrantKind.CODE, "480913")
    async with talking(journal) as (simulator, panel, _):
        await panel.change_grants(frozenset({one, other}), frozenset())
        await panel.change_grants(frozenset({one}), frozenset({other}))
        await panel.change_grants(frozenset({one}), frozenset({other}))
        assert await panel.grants() == frozenset({one})
    assert simulator.grants == {("card", "04A1B2C3")}


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.SILENT, SilentError), (Fault.REFUSE, RefusedError), (Fault.BROKEN, SilentError)],
)
async def test_what_it_does_not_do_is_told(journal: Journal, fault: Fault, error: type[DeviceError]) -> None:
    async with talking(journal, timeout_ms=1500) as (simulator, panel, recorder):
        simulator.fault = fault
        with pytest.raises(error):
            await panel.pulse(0, 700, deadline_ns=soon_ns())
        await recorder.until(lambda: len(recorder.statuses) >= 2)
        simulator.fault = Fault.NONE
        await recorder.until_status(READER, DeviceStatus.ONLINE)
    assert recorder.reasons[1][0] in {DeviceReason.NO_ANSWER, DeviceReason.HTTP_STATUS}
    assert simulator.opened == [0, 0]


async def test_garbage_is_no_list(journal: Journal) -> None:
    async with talking(journal) as (simulator, panel, _):
        simulator.fault = Fault.GARBAGE
        with pytest.raises(DeviceError, match="grants"):
            await panel.grants()


async def test_nothing_is_sent_too_late_or_to_a_door_that_is_not_there(journal: Journal) -> None:
    async with talking(journal) as (simulator, panel, _):
        with pytest.raises(UnavailableError, match="too late"):
            await panel.pulse(0, 700, deadline_ns=time.monotonic_ns())
        with pytest.raises(ConfigError, match="no output 2, the last is 1"):
            panel.check(2, 700)
        for never in (panel.check_held, panel.check_input):
            with pytest.raises(ConfigError):
                never(0)
    assert simulator.opened == [0, 0]


async def test_a_panel_that_asks_for_a_password(journal: Journal) -> None:
    simulator = Panel("door", journal=journal, user="box", password="k9")
    await simulator.served.start()
    try:
        right = driver(simulator.url, free_port(), user="box", password="k9")
        await right.pulse(0, 700, deadline_ns=soon_ns())
        wrong = driver(simulator.url, free_port(), user="box", password="k8")
        with pytest.raises(RefusedError, match="401"):
            await wrong.pulse(0, 700, deadline_ns=soon_ns())
    finally:
        await simulator.served.stop()
    assert simulator.opened == [1]
    with pytest.raises(UnavailableError):
        await right.pulse(0, 700, deadline_ns=soon_ns())


async def test_a_port_in_use_is_a_fault_however_well_the_panel_answers(journal: Journal) -> None:
    simulator = Panel("door", journal=journal)
    await simulator.served.start()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with running(driver(simulator.url, taken.getsockname()[1], probe_s=0.1)) as recorder:
            await recorder.until_status(READER, DeviceStatus.FAULT)
            await asyncio.sleep(0.5)
            assert recorder.of(READER) == [DeviceStatus.FAULT]
            taken.close()
            await recorder.until_status(READER, DeviceStatus.FAULT, DeviceStatus.ONLINE)
    await simulator.served.stop()


async def test_a_push_with_another_token_is_refused(journal: Journal) -> None:
    async with talking(journal) as (simulator, _, recorder):
        simulator.push_url += "x"
        with pytest.raises(PushError, match="404"):
            await simulator.ring("12")
    assert recorder.rings == []


async def test_the_recorded_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_panel, "BODY_WITHIN_S", 1.5)
    port, told = free_port(), 0
    panel = driver(f"http://127.0.0.1:{free_port()}/", port, recognises=True)
    async with running(panel) as recorder:
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for sign, text in steps("http_panel.txt"):
            match sign:
                case ">":
                    writer.write(data_of(text))
                case "<":
                    assert (await answer(reader)).startswith(data_of(text)), text
                case "!":
                    writer.close()
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                case "=" if text:
                    told += 1
                    words = [f"{ring.phase} {ring.call} {ring.number}".strip() for ring in recorder.rings]
                    words += [f"read {read.raw}" for read in recorder.reads]
                    assert text in words
            assert len(recorder.rings) + len(recorder.reads) == told or sign != "="
        writer.close()


@pytest.mark.parametrize("name", ["http_panel_asked.txt", "http_panel_faces.txt"])
async def test_what_a_box_asks_and_how_a_panel_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_panel, "PICTURE_WITHIN_S", 10.0)
    talk = Spoken(name, ONE=ONE)
    async with talk.listening() as port:
        while asked := talk.asked:
            patience = 10_000 if talk.will_answer else 500
            panel = driver(f"http://127.0.0.1:{port}/api", free_port(), timeout_ms=patience)
            talk.check(await told_of(panel, asked))
        await eventually(lambda: talk.open == 0)


async def told_of(panel: HttpPanel, asked: str) -> str:
    face, card, code = b"\xff\xd8one", Grant(GrantKind.CARD, "04A1B2C3"), Grant(GrantKind.CODE, "480913")
    try:
        match asked.strip('"').split()[:2]:
            case ["PUT", _]:
                await panel.put_face(ONE, face)
            case ["DELETE", _]:
                await panel.drop_face(ONE)
            case ["GET", "/api/faces"]:
                return " ".join(["faces", *(f"{face}:{has}" for face, has in (await panel.faces()).items())])
            case ["GET", _]:
                found = sorted(f"{grant.kind.value}:{grant.value}" for grant in await panel.grants())
                return " ".join(["grants", *found])
            case ["POST", "/api/grants"]:
                await panel.change_grants(frozenset({card}), frozenset({code}))
            case ["POST", "/api/calls/end"]:
                await panel.hang_up("17")
            case _:
                await panel.open_door(0, deadline_ns=soon_ns(60))
    except DeviceError as error:
        return type(error).__name__
    return "done"


async def test_a_face_is_a_read_of_a_panel_that_recognises_and_of_no_other(journal: Journal) -> None:
    async with talking(journal, recognises=True) as (simulator, _, recorder):
        await simulator.recognise(face_id(ONE))
        await simulator.recognise("17")
    ours, others = recorder.reads
    assert (ours.face, ours.raw, ours.confidence) == (ONE, f"face {ONE[-8:]}", 0.97)
    assert (others.face, others.raw) == ("", "face of another's")
    async with talking(journal) as (simulator, _, recorder):
        with pytest.raises(PushError, match="422"):
            await simulator.recognise(face_id(ONE))
    assert recorder.reads == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"event":"open"}', b'{"event":"code"}', b'{"event":"card","uid":"04"}', b"\xff" * 9],
)
async def test_what_is_no_event_is_refused(journal: Journal, body: bytes) -> None:
    async with talking(journal) as (simulator, _, recorder), httpx.AsyncClient() as client:
        told = await client.post(
            simulator.push_url, content=body, headers={"content-type": "application/json"}
        )
        assert (told.status_code, told.json()["status"]) == (422, 422)
    assert recorder.reads == recorder.rings == []


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_bytes_break_the_decoders(data: bytes) -> None:
    for decode in (event, faces, grants):
        with contextlib.suppress(PanelPushError):
            decode(data)
