"""A TCP proxy on loopback whose line can be cut, for showing and testing what a network does."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from enum import StrEnum
from typing import Any

_CHUNK = 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # struct linger: on, 0 s


class Line(StrEnum):
    """What happens to bytes on their way."""

    OPEN = "open"
    CUT = "cut"
    """Connections are reset, new ones refused at once."""
    BLACK_HOLE = "black_hole"
    """Connections stay, new ones are accepted, nothing passes either way."""
    HALF_OPEN = "half_open"
    """What the client sends arrives; answers do not."""


class Proxy:
    """Forwards 127.0.0.1:port to a target port; runs in a thread of its own between `start` and `stop`."""

    def __init__(self, target_port: int, *, port: int = 0) -> None:
        self.port = port
        self._target_port = target_port
        self._line = Line.OPEN
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listen; `port` is then known."""
        self._thread.start()
        self._call(self._listen())

    def stop(self) -> None:
        """Close every connection and end the thread."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    def set_line(self, line: Line) -> None:
        """Change what happens to bytes; returns when it is in force."""
        self._call(self._switch(line))

    def _call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server:
            self._server.close()
        await self._reset()

    async def _switch(self, line: Line) -> None:
        self._line = line
        if line is Line.CUT:
            await self._reset()

    async def _reset(self) -> None:
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a stream's callback runs as a task
        self._connections.add(task)
        try:
            if self._line is not Line.CUT:
                await self._forward(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # a broken line is what this proxy is for
        finally:
            self._connections.discard(task)
            _reset(writer)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target_reader, target_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, target_writer, stopped_by={Line.BLACK_HOLE}))
                both.create_task(
                    self._pump(target_reader, writer, stopped_by={Line.BLACK_HOLE, Line.HALF_OPEN})
                )
        except* OSError:
            pass
        finally:
            _reset(target_writer)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, stopped_by: set[Line]
    ) -> None:
        """Forward until either side ends; what arrives while the line is stopped is lost, as on a real one."""
        while chunk := await reader.read(_CHUNK):
            if self._line in stopped_by:
                continue
            writer.write(chunk)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close at once; the other side gets a reset, unless all was sent and ended before."""
    if not writer.is_closing():
        with contextlib.suppress(OSError):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
