"""A small HTTP server inside the agent, for devices that push."""

import asyncio
import contextlib
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import NamedTuple

import h11
import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from edge.drivers.base import Why
from edge.drivers.descriptors import keep_alive
from edge.drivers.hearing import Hearing
from edge.drivers.presence import Backoff, Presence
from protocols.records import DeviceReason

log = logging.getLogger(__name__)
BACKLOG = 32
CONNECTIONS_MAX = 64
OF_ONE_ADDRESS = CONNECTIONS_MAX // 4  # so that whoever opens them without end keeps no camera out
REQUEST_WITHIN_S = 10.0  # from the connection, or from the first byte of a further request, to its head
LEAVE_S = 2
_BEGUN = "begun_ns"


class _Protocol(H11Protocol):
    """uvicorn bounds the pause between two requests only: whoever asks nothing would keep a place for ever."""

    _due: asyncio.TimerHandle | None = None
    _came_ns = 0  # the newest bytes
    _begun_ns: int | None = None  # the first byte of a request whose head is not whole, or not looked at yet

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        self._came_ns = self._since_ns()
        super().data_received(data)
        self._watch()

    def handle_events(self) -> None:
        """Called when bytes came, and when an answer is out: a further request may have waited for that."""
        before = self.scope
        super().handle_events()
        if self.scope is not before:  # the head is whole; the application has not begun yet
            begun_ns = self._came_ns if self._begun_ns is None else self._begun_ns
            self.scope.setdefault("state", {})[_BEGUN] = begun_ns
            self._begun_ns = None
        if self._begun_ns is None and self._holds_more():
            self._begun_ns = self._came_ns

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def _is_under_way(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _holds_more(self) -> bool:
        """Bytes of a request that has not begun for the application."""
        return self.conn.their_state in {h11.IDLE, h11.DONE} and bool(self.conn.trailing_data[0])

    def _since_ns(self) -> int:
        """Since when bytes that come now may have been on their way."""
        return time.monotonic_ns()

    def _watch(self) -> None:
        if self._is_under_way():
            self._rest()
        elif self._due is None:
            self._due = self.loop.call_later(REQUEST_WITHIN_S, self.transport.close)

    def _rest(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None


class _DeviceProtocol(_Protocol):
    """Whoever holds too many connections is given no further one; a device keeps one or two.

    On a connection that lasts, what is pushed after a silence may be as old as the silence: see `hearing`.
    """

    _hearing: Hearing | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        host = self.client[0] if self.client else None
        others = [each.client for each in self.connections if isinstance(each, _DeviceProtocol)]
        if sum(client is not None and client[0] == host for client in others) > OF_ONE_ADDRESS:
            log.info("%s holds %d connections already", host, OF_ONE_ADDRESS)
            transport.abort()
            return
        connection = transport.get_extra_info("socket")
        keep_alive(connection)
        self._hearing = Hearing(connection, time.monotonic_ns)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._hearing is not None:
            self._hearing.close()
        super().connection_lost(exc)

    def _since_ns(self) -> int:
        return super()._since_ns() if self._hearing is None else self._hearing.since_ns()


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
                await serve(app, listener, protocol=_DeviceProtocol)
        await backoff.wait()


def age_ns(request: Request) -> int:
    """Since the first byte of the request, or the silence before it."""
    begun_ns = getattr(request.state, _BEGUN, None)
    return 0 if begun_ns is None else time.monotonic_ns() - begun_ns


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
    protocol: type[_Protocol] = _Protocol,
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
