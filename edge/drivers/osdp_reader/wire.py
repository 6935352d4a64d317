"""The bytes under OSDP: a descriptor that never blocks, opened over TCP or on a serial line."""

import contextlib
import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from osdp import Channel

from edge.drivers.base import MonotonicNs
from edge.drivers.descriptors import connected, serial_line
from edge.drivers.osdp_reader.config import Settings
from edge.drivers.osdp_reader.talk import Talk, asked_of


class Wire(Channel):  # type: ignore[misc]
    """What the library reads from and writes to. `lost`: the connection is gone.

    `muted`: addresses that nothing is sent to. The library would ask nine times before it lets a reader go.
    """

    def __init__(self, descriptor: int, now_ns: MonotonicNs) -> None:
        super().__init__()
        self.lost = False
        self.muted: set[int] = set()
        self.talk = Talk()
        self._now_ns = now_ns
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
        self.talk.came(data, self._now_ns())
        return data

    def write(self, buf: bytes) -> int:
        """How many bytes were taken; -1 ends the library's exchange."""
        if asked_of(buf) in self.muted:
            return -1
        self.talk.sent(buf, self._now_ns())
        try:
            return os.write(self._descriptor, buf)
        except OSError as error:
            self.lost = self.lost or error.errno != errno.EAGAIN
            return 0

    def flush(self) -> None:
        """Nothing is kept back."""


@asynccontextmanager
async def opened(settings: Settings, now_ns: MonotonicNs) -> AsyncIterator[Wire]:
    """The reader's line. Raises OSError (TimeoutError is one)."""
    if settings.tcp is not None:
        with contextlib.closing(await connected(settings.tcp.host, settings.tcp.port)) as connection:
            yield Wire(connection.fileno(), now_ns)
    elif settings.serial is not None:
        with serial_line(settings.serial.port, settings.serial.baud) as line:
            yield Wire(line.fileno(), now_ns)
