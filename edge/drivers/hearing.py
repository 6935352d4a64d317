"""Since when what comes over a TCP connection may have been on its way.

A cut network loses nothing: the other side's kernel sends again what nobody acknowledged, until it arrives, and the
next time may be as long after the cut as the cut was. So a connection is asked every second whether anybody is there
(keep-alive), and the kernel knows when it heard the other side last; bytes that come after a silence may be as old as
the silence. Whoever merely has nothing to say answers every second, and is not silent.
"""

import asyncio
import socket
import struct

from edge.clock import NS_PER_S
from edge.drivers.base import MonotonicNs

SILENCE_NS = 2_500_000_000  # one answer that was lost, of those that come every second, is no silence
FIRST_AGAIN_NS = NS_PER_S  # a kernel waits so long, or less, before it sends again for the first time
STALE_NS = 300_000_000  # what was under way before a silence comes together
LOOK_S = 0.25
_AGES = struct.Struct(
    "=52x2I"
)  # of struct tcp_info: milliseconds since data came last, and since any answer did


class Silences:
    """What is known of one connection: when the other side was heard, and when it was not. Pure."""

    def __init__(self, now_ns: int) -> None:
        self._heard_ns = now_ns
        self._silent_ns: int | None = None  # since then, while what waited may still be on its way
        self._until_ns = now_ns  # it is, at the latest
        self._first_ns: int | None = None  # when the first of it came

    def heard(self, at_ns: int) -> None:
        """The other side was there."""
        if at_ns - self._heard_ns > SILENCE_NS:
            if self._silent_ns is None or self._heard_ns > self._until_ns:
                self._silent_ns = self._heard_ns
            self._first_ns = None
            self._until_ns = at_ns + (at_ns - self._silent_ns) + FIRST_AGAIN_NS
        self._heard_ns = max(self._heard_ns, at_ns)

    def since_ns(self, now_ns: int) -> int:
        """Bytes came to hand now: since when they may have been on their way."""
        self.heard(now_ns)
        if self._silent_ns is None:
            return now_ns
        self._first_ns = self._first_ns or now_ns
        if now_ns <= self._until_ns and now_ns - self._first_ns < STALE_NS:
            return self._silent_ns
        self._silent_ns = None
        return now_ns


class Hearing:
    """Looks at a connection a few times a second, from its making until `close`. Only within an event loop."""

    def __init__(self, connection: socket.socket, now_ns: MonotonicNs) -> None:
        self._connection = connection
        self._now_ns = now_ns
        self._silences = Silences(now_ns())
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.call_later(LOOK_S, self._look)

    def since_ns(self) -> int:
        """See `Silences`."""
        return self._silences.since_ns(self._now_ns())

    def close(self) -> None:
        """Look no more; before the connection is closed."""
        self._next.cancel()

    def _look(self) -> None:
        self._silences.heard(self._now_ns() - unheard_ns(self._connection))
        self._next = self._loop.call_later(LOOK_S, self._look)


def unheard_ns(connection: socket.socket) -> int:
    """How long ago the other side was heard, by the kernel: an answer or data. Raises OSError."""
    known = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _AGES.size)
    data_ms, answer_ms = _AGES.unpack(known)
    return int(min(data_ms, answer_ms)) * 1_000_000
