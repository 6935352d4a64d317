"""The bytes under OSDP: a descriptor that never blocks, opened over TCP or on a serial line."""

import asyncio
import contextlib
import errno
import os
import socket
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from osdp import Channel
from serial import Serial

from edge.drivers.osdp_reader.config import Settings

CONNECT_S = 3.0


class Wire(Channel):  # type: ignore[misc]
    """What the library reads from and writes to. `lost`: the connection is gone."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.lost = False
        self._descriptor = descriptor

    def read(self, max_bytes: int) -> bytes:
        """What has arrived, maybe nothing."""
        try:
            data = os.read(self._descriptor, max_bytes)
        except BlockingIOError:
            return b""
        except OSError:
            self.lost = True
            return b""
        self.lost = self.lost or not data
        return data

    def write(self, buf: bytes) -> int:
        """How many bytes were taken."""
        try:
            return os.write(self._descriptor, buf)
        except OSError as error:
            self.lost = self.lost or error.errno != errno.EAGAIN
            return 0

    def flush(self) -> None:
        """Nothing is kept back."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Wire]:
    """The reader's line. Raises OSError (TimeoutError is one)."""
    if settings.tcp is not None:
        async with asyncio.timeout(CONNECT_S):
            connection = await _connect(settings.tcp.host, settings.tcp.port)
        with contextlib.closing(connection):
            yield Wire(connection.fileno())
    elif settings.serial is not None:
        with Serial(settings.serial.port, settings.serial.baud, timeout=0, exclusive=True) as line:
            _say_again_when_empty(line.fileno())
            yield Wire(line.fileno())


def _say_again_when_empty(descriptor: int) -> None:
    """pyserial sets VMIN to 0, so that an idle line reads as an ended one; with 1 a read says EAGAIN."""
    attributes = termios.tcgetattr(descriptor)
    attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


async def _connect(host: str, port: int) -> socket.socket:
    """A non-blocking socket to the first address that answers."""
    loop = asyncio.get_running_loop()
    refused = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(connection, address)
        except OSError as error:
            connection.close()
            refused = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise refused
