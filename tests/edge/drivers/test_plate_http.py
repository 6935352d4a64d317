"""Pushed plates: what cameras send, what they get wrong, and the simulated camera's own push."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from firmware_sim import picture
from firmware_sim.camera import Camera
from firmware_sim.camera import PushError as CameraPushError
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal

from deploy.demo.servers.processes import free_port
from edge.drivers import http_connection
from edge.drivers.parts import Part
from edge.drivers.plate_http import driver as plate_http
from edge.drivers.plate_http.decode import PlatePushError, Seen, seen
from edge.drivers.table import build
from protocols.records import DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, running

TOKEN = "a-long-enough-token"


@contextlib.asynccontextmanager
async def source(**more: Any) -> AsyncIterator[tuple[str, Recorder]]:
    port = free_port()
    devices = build([device("plate_http", {"port": port, "token": TOKEN} | more)], PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        yield f"http://127.0.0.1:{port}/plates/{TOKEN}", recorder


async def push(url: str, **event: Any) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(url, json=event)


async def test_the_simulated_camera_pushes_plate_and_still(journal: Journal) -> None:
    async with source() as (url, recorder):
        camera = Camera("lane", push_url=url, journal=journal, clock=SystemClock())
        answer = await camera.arrive("Х711ТТ90", read_as="X711TT 90", confidence=0.93)
    assert answer["status"] == 204
    [read] = recorder.reads
    assert (read.plate, read.raw, read.confidence) == ("X711TT90", "X711TT 90", 0.93)
    assert read.at_ns >= answer["mono_ns"]
    assert read.still is not None
    assert read.still.data.startswith(b"\xff\xd8\xff")
    assert len(read.still.data) > 10_000


@pytest.mark.parametrize("slow", ["head", "body"])
async def test_a_push_is_as_old_as_its_first_byte(slow: str) -> None:
    async with source() as (url, recorder):
        address = httpx.URL(url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        with contextlib.closing(writer):
            for plate in ("X711TT90", "A123BC72"):  # the second on the same connection, after a rest
                body = json.dumps({"plate": plate}).encode()
                names = f"Host: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
                head = f"POST {address.path} HTTP/1.1\r\n{names}\r\n\r\n".encode()
                cut = 20 if slow == "head" else len(head) + 5
                writer.write((head + body)[:cut])
                await asyncio.sleep(0.5)
                half_ns = PORTS.monotonic_ns()
                writer.write((head + body)[cut:])
                assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
                assert half_ns - 1_500_000_000 < recorder.reads[-1].at_ns < half_ns - 300_000_000
                await asyncio.sleep(1.2)


@pytest.mark.parametrize("held", ["part of its head", "its head"])
async def test_a_push_that_began_before_the_last_ones_answer_is_as_old_as_its_first_byte(held: str) -> None:
    async with source() as (url, recorder):
        address = httpx.URL(url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        with contextlib.closing(writer):
            messages = []
            for plate in ("X711TT90", "A123BC72"):
                body = json.dumps({"plate": plate}).encode()
                names = f"Host: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
                messages.append(f"POST {address.path} HTTP/1.1\r\n{names}\r\n\r\n".encode() + body)
            first, second = messages
            cut = 20 if held == "part of its head" else second.index(b"{")
            writer.write(first + second[:cut])
            assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
            begun_ns = PORTS.monotonic_ns()
            await asyncio.sleep(0.5)
            writer.write(second[cut:])
            assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
    assert [read.plate for read in recorder.reads] == ["X711TT90", "A123BC72"]
    assert recorder.reads[-1].at_ns < begun_ns


async def test_plain_json_and_makers_own_fields_are_taken() -> None:
    async with source() as (url, recorder):
        answer = await push(url, plate="а 123 вс 72", vendor={"lane": 2}, confidence=1)
    assert answer.status_code == 204
    assert [(read.plate, read.still) for read in recorder.reads] == [("A123BC72", None)]


async def test_an_unread_or_unsure_plate_is_a_read_without_plate() -> None:
    async with source(min_confidence=0.8) as (url, recorder):
        await push(url, plate="")
        await push(url, plate="X711TT90", confidence=0.5)
        await push(url, plate="X711TT90", confidence=0.8)
    assert [read.plate for read in recorder.reads] == [None, None, "X711TT90"]
    assert recorder.reads[1].raw == "X711TT90"


async def test_the_same_car_pushed_again_is_one_visit() -> None:
    async with source(repeat_ms=60_000) as (url, recorder):
        for plate in ("X711TT90", "x711tt90", "A123BC72", "X711TT90"):
            assert (await push(url, plate=plate)).status_code == 204
    assert [read.plate for read in recorder.reads] == ["X711TT90", "A123BC72"]


async def test_bad_pushes_are_answered_and_change_nothing() -> None:
    async with source() as (url, recorder), httpx.AsyncClient() as client:
        still = ("still.jpg", b"GIF89a", "image/jpeg")
        answers = [
            (404, await client.post(url + "x", json={"plate": "X711TT90"})),
            (405, await client.get(url)),
            (422, await client.post(url, content=b"{", headers={"content-type": "application/json"})),
            (422, await client.post(url, json={"plate": 5})),
            (422, await client.post(url, json={"plate": "X711TT90", "confidence": 7})),
            (422, await client.post(url, json=["X711TT90"])),
            (422, await client.post(url, content=b"plate=X711TT90", headers={"content-type": "text/plain"})),
            (422, await client.post(url, files={"still": still})),
            (422, await client.post(url, data={"event": '{"plate": "X711TT90"}'}, files={"still": still})),
            (
                413,
                await client.post(
                    url, content=b"x" * 9_000_000, headers={"content-type": "application/json"}
                ),
            ),
        ]
        broken = {"content-type": "multipart/form-data"}
        answers.append((422, await client.post(url, content=b"--x", headers=broken)))
        assert [answer.status_code for _, answer in answers] == [status for status, _ in answers]
        assert "$.plate" in answers[3][1].text
        assert "not a JPEG" in answers[8][1].text
        assert recorder.reads == []
        assert (await client.post(url, json={"plate": "X711TT90"})).status_code == 204
    assert len(recorder.reads) == 1


async def hold(idle: contextlib.AsyncExitStack, url: str, address: str, count: int) -> None:
    """Connections from an address that ask nothing, every other one a head that never ends."""
    place = httpx.URL(url)
    for number in range(count):
        _, writer = await asyncio.open_connection(place.host, place.port, local_addr=(address, 0))
        idle.callback(writer.close)
        if number % 2:
            writer.write(b"POST /plates/ HTTP/1.1\r\nX: ")


async def test_one_address_keeps_no_camera_out() -> None:
    async with source() as (url, recorder), contextlib.AsyncExitStack() as idle:
        await hold(idle, url, "127.0.0.2", 200)
        assert (await push(url, plate="X711TT90")).status_code == 204
    assert len(recorder.reads) == 1


async def test_connections_that_ask_nothing_deafen_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "REQUEST_WITHIN_S", 5.0)
    async with source() as (url, recorder), contextlib.AsyncExitStack() as idle:
        for last in range(2, 7):
            await hold(idle, url, f"127.0.0.{last}", 14)
        assert (await push(url, plate="X711TT90")).status_code == 503
        async with asyncio.timeout(30):
            while (answered := (await push(url, plate="X711TT90")).status_code) == 503:  # noqa: ASYNC110 - polled
                await asyncio.sleep(0.2)
        assert answered == 204
    assert len(recorder.reads) == 1


async def test_a_connection_that_is_kept_is_given_the_time_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "REQUEST_WITHIN_S", 1.0)
    async with source() as (url, _), httpx.AsyncClient() as client:
        for _ in range(3):
            assert (await client.post(url, json={"plate": "X711TT90"})).status_code == 204
            await asyncio.sleep(1.5)
        half = httpx.URL(url)
        reader, writer = await asyncio.open_connection(half.host, half.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: box\r\n\r\n")
        assert b"404" in await reader.readline()
        writer.write(b"POST ")  # a second head that never ends
        async with asyncio.timeout(30):
            while await reader.read(4096):
                pass
        writer.close()


async def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plate_http, "BODY_WITHIN_S", 1.0)
    async with source() as (url, recorder):
        place = httpx.URL(url)
        reader, writer = await asyncio.open_connection(place.host, place.port)
        head = f"POST {place.path} HTTP/1.1\r\nHost: box\r\nContent-Type: application/json\r\n"
        head += "Content-Length: 50\r\n\r\n"
        writer.write(head.encode() + b"{")
        async with asyncio.timeout(30):
            assert b"408" in await reader.readline()
        writer.close()
    assert recorder.reads == []


async def test_a_port_in_use_is_a_fault_until_it_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        devices = build([device("plate_http", {"port": port, "token": TOKEN})], PORTS)
        async with running(*devices.all.values()) as recorder:
            await recorder.until_status(READER, DeviceStatus.FAULT)
            assert str(port) in recorder.statuses[0][2]
            taken.close()
            await recorder.until_status(READER, DeviceStatus.FAULT, DeviceStatus.ONLINE)


async def test_a_camera_whose_box_is_away_says_so(journal: Journal) -> None:
    camera = Camera("lane", push_url=f"http://127.0.0.1:{free_port()}/", journal=journal, clock=SystemClock())
    with pytest.raises(CameraPushError, match=r"camera lane: .*refused"):
        await camera.arrive("X711TT90", read_as="X711TT90", confidence=1.0)


def generic(data: bytes) -> Seen:
    what = seen("generic", [Part("", "", "application/json", data)], min_confidence=0.0)
    assert what is not None
    return what


@pytest.mark.parametrize("text", ["X711TT90", "", "???", "-", "0" * 64])
def test_no_text_of_a_plate_breaks_the_decoder(text: str) -> None:
    assert generic(json.dumps({"plate": text}).encode()).raw == text


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(PlatePushError, match="event"):
        generic(b'{"x":' + b"[" * 200_000)


def test_a_plate_beyond_any_length_is_refused() -> None:
    with pytest.raises(PlatePushError, match=r"\$\.plate"):
        generic(json.dumps({"plate": "X" * 65}).encode())


def test_the_picture_is_a_jpeg_that_differs_by_plate() -> None:
    one, other = (picture.take(camera="lane", plate=plate, caption="") for plate in ("X711TT90", "A123BC72"))
    assert one[:3] == other[:3] == b"\xff\xd8\xff"
    assert one != other
