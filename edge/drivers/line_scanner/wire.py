"""Where a scanner's bytes come from: a TCP connection, a serial port, or the keys that it presses as a keyboard."""

import contextlib
import fcntl
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from edge.drivers.base import MonotonicNs
from edge.drivers.descriptors import connected, keep_alive, serial_line
from edge.drivers.hearing import Hearing
from edge.drivers.line_scanner.config import Settings

EVIOCGRAB = 0x40044590  # _IOW('E', 0x90, int) of <linux/input.h>
READ_MAX_BYTES = 4096


class Wire(NamedTuple):
    """A descriptor that never blocks. `since_ns`: since when what it gives now may have been on its way."""

    descriptor: int
    since_ns: MonotonicNs


@asynccontextmanager
async def opened(settings: Settings, now_ns: MonotonicNs) -> AsyncIterator[Wire]:
    """The scanner's line. Raises OSError (TimeoutError is one)."""
    if settings.tcp is not None:
        with contextlib.closing(await connected(settings.tcp.host, settings.tcp.port)) as connection:
            keep_alive(connection)
            with contextlib.closing(Hearing(connection, now_ns)) as hearing:
                yield Wire(connection.fileno(), hearing.since_ns)
    elif settings.serial is not None:
        with serial_line(settings.serial.port, settings.serial.baud) as line:
            yield Wire(line.fileno(), now_ns)
    elif settings.hid is not None:
        descriptor = os.open(settings.hid.path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            _grab(descriptor)
            yield Wire(descriptor, now_ns)
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
