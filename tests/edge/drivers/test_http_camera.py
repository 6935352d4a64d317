"""Snapshots over HTTP from a small camera that asks for a password, lies or is slow."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from firmware_sim import picture
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.drivers.base import DeviceError, RefusedError, SilentError, UnavailableError
from edge.drivers.http_server import listen, serve
from edge.drivers.table import build
from protocols.records import DeviceStatus
from tests.edge.drivers.support import PORTS, READER, device, eventually, running
from tests.edge.drivers.transcripts import Spoken

JPEG = picture.take(camera="lane", plate="X711TT90", caption="")


@contextlib.asynccontextmanager
async def camera_on(answer: Any) -> AsyncIterator[str]:
    async def snapshot(request: Request) -> Response:
        response: Response = await answer(request)
        return response

    with listen("127.0.0.1", 0) as listener:
        app = Starlette(routes=[Route("/snap.jpg", snapshot)])
        serving = asyncio.create_task(serve(app, listener))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/snap.jpg"
        serving.cancel()
        await asyncio.wait([serving])


def driver(url: str, **more: Any) -> Any:
    return build([device("http_camera", {"url": url, "timeout_ms": 10_000} | more)], PORTS).cameras[READER]


async def test_a_still_is_fetched_and_the_camera_is_online() -> None:
    async def answer(_request: Request) -> Response:
        return Response(JPEG, media_type="image/jpeg")

    async with camera_on(answer) as url, running(camera := driver(url)) as recorder:
        assert (await camera.still()).data == JPEG
        await recorder.until_status(READER, DeviceStatus.ONLINE)


async def test_the_recorded_talk() -> None:
    talk = Spoken("http_camera.txt")
    async with talk.listening() as port:
        while talk.asked:
            patience = 10_000 if talk.will_answer else 500
            url = f"http://127.0.0.1:{port}/snap.jpg"
            camera = driver(url, user="box", password="p", timeout_ms=patience)
            try:
                said = f"picture of {len((await camera.still()).data)}"
            except DeviceError as error:
                said = type(error).__name__
            talk.check(said)
        await eventually(lambda: talk.open == 0)


async def test_basic_and_digest_passwords() -> None:
    seen: list[str] = []

    async def answer(request: Request) -> Response:
        header = request.headers.get("authorization", "")
        seen.append(header.partition(" ")[0])
        if not header:
            challenge = 'Digest realm="cam", nonce="abc", qop="auth"'
            return Response(status_code=401, headers={"WWW-Authenticate": challenge})
        return Response(JPEG)

    async with camera_on(answer) as url:
        await driver(url, user="admin", password="p").still()
        await driver(url, user="admin", password="p", auth="basic").still()
        with pytest.raises(RefusedError, match="401"):
            await driver(url).still()
    assert seen == ["", "Digest", "Basic", ""]


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (200, b"<html>", "not a JPEG"),
        (200, b"", "not a JPEG"),
        (503, b"", "503"),
        (200, b"\xff\xd8\xff" * 2_000_000, "more"),
    ],
)
async def test_what_is_no_picture_is_refused(status: int, body: bytes, message: str) -> None:
    async def answer(_request: Request) -> Response:
        return Response(body, status_code=status)

    async with camera_on(answer) as url, running(camera := driver(url)) as recorder:
        with pytest.raises(RefusedError, match=message):
            await camera.still()
        await recorder.until_status(READER, DeviceStatus.FAULT)


async def test_a_slow_or_absent_camera() -> None:
    async def answer(_request: Request) -> Response:
        await asyncio.sleep(1.0)
        return Response(JPEG)

    async with camera_on(answer) as url:
        with pytest.raises(SilentError, match="no picture in 400 ms"):
            await driver(url, timeout_ms=400).still()
    with pytest.raises(UnavailableError):
        await driver(url).still()
