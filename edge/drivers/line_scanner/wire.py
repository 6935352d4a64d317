"""Where a scanner's bytes come from: a TCP connection, a serial port, or the keys that it presses as a keyboard."""

import contextlib
import fcntl
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from edge.drivers.descriptors import connected, keep_alive, serial_line
from edge.drivers.line_scanner.config import Settings

EVIOCGRAB = 0x40044590  # _IOW('E', 0x90, int) of <linux/input.h>
READ_MAX_BYTES = 4096


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[int]:
    """A descriptor that never blocks. Raises OSError (TimeoutError is one)."""
    if settings.tcp is not None:
        with contextlib.closing(await connected(settings.tcp.host, settings.tcp.port)) as connection:
            keep_alive(connection)
            yield connection.fileno()
    elif settings.serial is not None:
        with serial_line(settings.serial.port, settings.serial.baud) as line:
            yield line.fileno()
    elif settings.hid is not None:
        descriptor = os.open(settings.hid.path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            _grab(descriptor)
            yield descriptor
        finally:
            os.close(descriptor)


def received(descriptor: int) -> bytes | None:
    """What has arrived; empty: nothing yet; None: the other side is gone."""
    try:
        return os.read(descriptor, READ_MAX_BYTES) or None
    except BlockingIOError:
        return b""
    except OSError:  # a port that was pulled out
        return None


def _grab(descriptor: int) -> None:
    """Nobody else gets the keys: what is scanned is not typed into the box's console. Raises OSError."""
    if stat.S_ISCHR(os.fstat(descriptor).st_mode):
        fcntl.ioctl(descriptor, EVIOCGRAB, 1)
