"""A line of units on a TCP port or a serial port, and the faults that a test can put on it."""

import asyncio
import contextlib
import os
import random
import termios
import tty
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from firmware_sim.modbus.frames import Request, take_rtu, take_tcp, wrap_rtu, wrap_tcp
from firmware_sim.modbus.unit import Unit, answer

GATEWAY_NO_RESPONSE = 11


class Fault(StrEnum):
    """How a line or unit misbehaves."""

    NONE = "none"
    SILENT = "silent"  # takes requests, carries nothing out, answers nothing: also a half-open connection
    MUTE = "mute"  # carries requests out, and the answer is lost
    GARBAGE = "garbage"  # answers with noise
    REFUSE = "refuse"  # answers with exception `code`
    CLOSED = "closed"  # TCP: connections are cut and refused


@dataclass
class Trouble:
    """What is wrong with the line, and for whom (`unit` None: for all)."""

    fault: Fault = Fault.NONE
    code: int = 4
    unit: int | None = None
    delay_ms: int = 0


class Line:
    """Units by address; answers frames."""

    def __init__(self, name: str, units: dict[int, Unit], *, seed: int = 1) -> None:
        self.name = name
        self.units = units
        self.trouble = Trouble()
        self._noise = random.Random(seed)  # noqa: S311 - noise for tests, repeatable

    def reply(self, request: Request, wrap: Callable[[Request, bytes], bytes], *, gateway: bool) -> bytes:
        """The bytes that go back, if any."""
        trouble = self.trouble
        fault = trouble.fault if trouble.unit in (None, request.unit) else Fault.NONE
        if fault is Fault.SILENT:
            return b""
        if fault is Fault.GARBAGE:
            return self._noise.randbytes(self._noise.randint(3, 24))
        if fault is Fault.REFUSE:
            return wrap(request, bytes([request.pdu[0] | 0x80, trouble.code]))
        unit = self.units.get(request.unit)
        if unit is None:
            return wrap(request, bytes([request.pdu[0] | 0x80, GATEWAY_NO_RESPONSE])) if gateway else b""
        frame = wrap(request, answer(unit, request.pdu))
        return b"" if fault is Fault.MUTE else frame


class TcpServer:
    """A line behind a TCP port of the loopback."""

    def __init__(self, line: Line, port: int = 0) -> None:
        self.line = line
        self.port = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen; a port of 0 is replaced by the one given."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def set_trouble(self, trouble: Trouble) -> None:
        """Put a fault on the line, or take it off."""
        self.line.trouble = trouble
        if trouble.fault is Fault.CLOSED:
            await self.stop()
        elif self._server is None:
            await self.start()

    async def stop(self) -> None:
        """Cut every connection and stop listening."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        buffer = bytearray()
        try:
            while data := await reader.read(4096):
                buffer += data
                while request := take_tcp(buffer):
                    await asyncio.sleep(self.line.trouble.delay_ms / 1000)
                    writer.write(self.line.reply(request, wrap_tcp, gateway=True))
                    await writer.drain()
        except (ConnectionError, ValueError):
            pass  # a client that leaves, or speaks something else, is cut; the others go on
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


class SerialServer:
    """A line behind a serial port (or a pty)."""

    def __init__(self, line: Line, path: str) -> None:
        self.line = line
        self.path = path
        self._file = -1
        self._buffer = bytearray()

    async def start(self) -> None:
        """Open the port, raw."""
        self._file = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._file, termios.TCSANOW)
        asyncio.get_running_loop().add_reader(self._file, self._readable)

    async def set_trouble(self, trouble: Trouble) -> None:
        """Put a fault on the line, or take it off."""
        self.line.trouble = trouble

    async def stop(self) -> None:
        """Close the port."""
        if self._file >= 0:
            asyncio.get_running_loop().remove_reader(self._file)
            os.close(self._file)
            self._file = -1

    def _readable(self) -> None:
        try:
            data = os.read(self._file, 4096)
        except BlockingIOError:
            return
        self._buffer += data
        while request := take_rtu(self._buffer):
            reply = self.line.reply(request, wrap_rtu, gateway=False)
            asyncio.get_running_loop().call_later(self.line.trouble.delay_ms / 1000, self._send, reply)

    def _send(self, reply: bytes) -> None:
        if reply and self._file >= 0:
            os.write(self._file, reply)
