"""Connections of the HTTP server inside the agent: who may stay, and since when a request is on its way."""

import asyncio
import fcntl
import logging
import socket
import struct
import termios
import time
from typing import Any

import h11
from starlette.requests import Request
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol

from edge.drivers.descriptors import keep_alive
from edge.drivers.hearing import Hearing

log = logging.getLogger(__name__)
CONNECTIONS_MAX = 64
OF_ONE_ADDRESS = CONNECTIONS_MAX // 4  # so that whoever opens them without end keeps no camera out
REQUEST_WITHIN_S = 10.0  # from the connection, or from the first byte of a further request, to its head
_BEGUN = "begun_ns"
_LINE_ENDS = b"\r\n"


class _Lenient(h11.Connection):
    """Passes over empty lines before a request, as RFC 9112 (2.2) asks; h11 would answer 400 to the request."""

    def next_event(self) -> Any:
        held = self.trailing_data[0]
        blank = len(held) - len(held.lstrip(_LINE_ENDS)) if self.their_state is h11.IDLE else 0
        if blank:
            self._receive_buffer.maybe_extract_at_most(blank)
        return super().next_event()


class _Flow(FlowControl):
    """Remembers the bytes that came while nobody read: the kernel holds them, and does not tell since when."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__(transport)
        self._paused_ns = 0
        self._unread = 0

    def pause_reading(self) -> None:
        if not self.read_paused:
            self._paused_ns = time.monotonic_ns()
        super().pause_reading()

    def resume_reading(self) -> None:
        if self.read_paused:
            self._unread = _unread(self._transport.get_extra_info("socket"))
        super().resume_reading()

    def since_ns(self, size: int) -> int:
        """Since when `size` bytes that were read now may have been there."""
        is_of_before = self._unread > 0
        self._unread = max(0, self._unread - size)
        return self._paused_ns if is_of_before else time.monotonic_ns()


class Connection(H11Protocol):
    """uvicorn bounds the pause between two requests only: whoever asks nothing would keep a place for ever."""

    _due: asyncio.TimerHandle | None = None
    _came_ns = 0  # the newest bytes
    _begun_ns: int | None = None  # the first byte of a request whose head is not whole, or not looked at yet

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.conn = _Lenient(h11.SERVER)
        self._watch()

    def data_received(self, data: bytes) -> None:
        self._came_ns = self._since_ns(len(data))
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
        is_between = self.conn.their_state in {h11.IDLE, h11.DONE}
        return is_between and bool(self.conn.trailing_data[0].strip(_LINE_ENDS))

    def _since_ns(self, _size: int) -> int:
        """Since when so many bytes that come now may have been on their way."""
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


class DeviceConnection(Connection):
    """Whoever holds too many connections is given no further one; a device keeps one or two.

    On a connection that lasts, what is pushed after a silence may be as old as the silence: see `hearing`.
    """

    flow: _Flow
    _hearing: Hearing | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        host = self.client[0] if self.client else None
        others = [each.client for each in self.connections if isinstance(each, DeviceConnection)]
        if sum(client is not None and client[0] == host for client in others) > OF_ONE_ADDRESS:
            log.info("%s holds %d connections already", host, OF_ONE_ADDRESS)
            transport.abort()
            return
        connection = transport.get_extra_info("socket")
        keep_alive(connection)
        self.flow = _Flow(transport)
        self._hearing = Hearing(connection, time.monotonic_ns)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._hearing is not None:
            self._hearing.close()
        super().connection_lost(exc)

    def _since_ns(self, size: int) -> int:
        if self._hearing is None:
            return super()._since_ns(size)
        return min(self._hearing.since_ns(), self.flow.since_ns(size))


def _unread(connection: socket.socket) -> int:
    """Bytes that the kernel holds for us (FIONREAD)."""
    count = fcntl.ioctl(connection.fileno(), termios.FIONREAD, bytes(4))
    return int(struct.unpack("i", count)[0])


def age_ns(request: Request) -> int:
    """Since the first byte of the request, or the silence before it."""
    begun_ns = getattr(request.state, _BEGUN, None)
    return 0 if begun_ns is None else time.monotonic_ns() - begun_ns
