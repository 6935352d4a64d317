"""A small HTTP server inside the agent, for devices that push."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import NamedTuple

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp

from edge.drivers.base import Why
from edge.drivers.http_connection import CONNECTIONS_MAX, Connection, DeviceConnection
from edge.drivers.presence import Backoff, Presence
from protocols.records import DeviceReason

BACKLOG = 32
LEAVE_S = 2


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the agent decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Place(NamedTuple):
    """Where a device listens. `name`: the device's, for messages."""

    name: str
    host: str
    port: int


class BodyError(ValueError):
    """The body is too long or comes too slowly."""

    def __init__(self, message: str, status: HTTPStatus) -> None:
        super().__init__(message)
        self.status = status


async def keep_serving(app: ASGIApp, place: Place, presence: Presence, backoff: Backoff) -> None:
    """Serve until cancelled; a port that cannot be listened on is a fault, and tried again."""
    while True:
        try:
            listener = listen(place.host, place.port)
        except OSError as error:
            detail = f"{place.name}: cannot listen on {place.host}:{place.port}: {error}"
            presence.fault(Why(detail, DeviceReason.CANNOT_LISTEN, place.port))
        else:
            with listener:
                presence.online()
                backoff.reset()
                await serve(app, listener, protocol=DeviceConnection)
        await backoff.wait()


async def whole_body(request: Request, *, most_bytes: int, within_s: float) -> bytes:
    """Raises BodyError as soon as the body is too long, whatever its header says, or late."""
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    raise BodyError(
                        f"body: more than {most_bytes} bytes", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
                    )
    except TimeoutError as error:
        raise BodyError(f"body: not whole within {within_s:.0f} s", HTTPStatus.REQUEST_TIMEOUT) from error
    return bytes(body)


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    *,
    most_connections: int = CONNECTIONS_MAX,
    protocol: type[Connection] = Connection,
    tls: ssl.SSLContext | None = None,
    ending: Callable[[], None] = lambda: None,
) -> None:
    """Serve until cancelled, then let requests under way end; `ending` is called before that."""
    settings = uvicorn.Config(
        app,
        http=protocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        limit_concurrency=most_connections,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=LEAVE_S,
        server_header=False,
    )
    settings.load()
    settings.ssl = tls  # a context of ours can be given the next certificate while it serves
    server = _Server(settings)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="http server")
    try:
        await asyncio.shield(serving)
    finally:
        ending()
        server.should_exit = True
        await asyncio.wait([serving], timeout=LEAVE_S + 1)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)
