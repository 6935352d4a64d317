"""Requests on one connection: since when each is on its way, and empty lines between them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from edge.drivers.http_connection import DeviceConnection, age_ns
from edge.drivers.http_server import listen, serve

MS = 1_000_000
SLOW_S = 0.4
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def line() -> AsyncIterator[Line]:
    """A connection to a server that answers `/age` with the request's age, and `/slow` after a while."""

    async def age(request: Request) -> Response:
        told = age_ns(request)
        await request.body()
        return Response(str(told))

    async def slow(request: Request) -> Response:
        await asyncio.sleep(SLOW_S)
        return Response("0")

    async def refuse(request: Request) -> Response:
        return Response("0", 401)  # before the body, as who asks for a password does

    paths = {"/age": age, "/slow": slow, "/refuse": refuse}
    app = Starlette(routes=[Route(path, endpoint, methods=["POST"]) for path, endpoint in paths.items()])
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(serve(app, listener, protocol=DeviceConnection))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            with contextlib.closing(writer):
                yield reader, writer
        finally:
            serving.cancel()
            await asyncio.wait([serving])


def request(path: str, body: bytes = b"ab") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """The status and what the server said."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    return int(head.split()[1]), int(await reader.readexactly(length))


async def test_what_waits_while_another_is_answered_is_as_old_as_that() -> None:
    """The server reads no further while two wait, and the third lies in the kernel meanwhile."""
    async with line() as (reader, writer):
        writer.write(request("/slow"))
        await asyncio.sleep(0.05)
        writer.write(request("/age"))
        await asyncio.sleep(0.05)
        writer.write(request("/age") + request("/age"))
        _, first, *others = [(await answer(reader))[1] for _ in range(4)]
    assert first > 250 * MS
    assert all(each > 200 * MS for each in others)


async def test_what_comes_after_such_a_wait_is_fresh() -> None:
    async with line() as (reader, writer):
        writer.write(request("/slow"))
        await asyncio.sleep(0.05)
        writer.write(request("/age"))
        assert (await answer(reader))[0] == 200
        assert (await answer(reader))[0] == 200
        await asyncio.sleep(0.5)
        writer.write(request("/age"))
        assert (await answer(reader))[1] < 300 * MS


@pytest.mark.parametrize("blank", [b"\r\n", b"\n", b"\r\n\r\n"])
@pytest.mark.parametrize("path", ["/age", "/refuse"])
async def test_empty_lines_after_a_body_cost_the_next_request_nothing(path: str, blank: bytes) -> None:
    """RFC 9112, 2.2: who expects a request passes over an empty line."""
    async with line() as (reader, writer):
        writer.write(request(path) + blank)
        await answer(reader)
        await asyncio.sleep(0.5)
        writer.write(blank + request("/age"))
        status, age = await answer(reader)
    assert (status, age < 300 * MS) == (200, True)


async def test_half_of_an_empty_line_is_no_request() -> None:
    async with line() as (reader, writer):
        writer.write(request("/age") + b"\r")
        await answer(reader)
        await asyncio.sleep(0.5)
        writer.write(b"\n" + request("/age"))
        status, age = await answer(reader)
    assert (status, age < 300 * MS) == (200, True)


async def test_empty_lines_without_end_end_with_the_time_for_a_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.drivers.http_connection.REQUEST_WITHIN_S", 0.3)
    async with line() as (reader, writer):
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"\r\n" * 10_000)
                await writer.drain()
                await asyncio.sleep(0.01)
        assert await reader.read() == b""
