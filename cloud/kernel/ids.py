"""The ids port: UUIDv7 (RFC 9562) made from the clock port, in growing order within a process."""

import os
import threading
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from cloud.kernel.clock import Clock

_COUNTER_BITS = 12
_RANDOM_BITS = 62


class Ids(Protocol):
    """Where new identifiers come from."""

    def new(self) -> UUID:
        """An identifier that nobody has yet."""


def compose(timestamp_ms: int, counter: int, random: int) -> UUID:
    """Lay out a UUIDv7: 48 bits of Unix milliseconds, a 12 bit counter, 62 random bits."""
    value = (timestamp_ms & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= (counter & (1 << _COUNTER_BITS) - 1) << 64
    value |= 0b10 << 62
    value |= random & (1 << _RANDOM_BITS) - 1
    return UUID(int=value)


class Uuid7Ids:
    """UUIDv7 that never go back, also when the clock does; safe to share between threads."""

    def __init__(self, clock: Clock, randbytes: Callable[[int], bytes] = os.urandom) -> None:
        self._clock = clock
        self._randbytes = randbytes
        self._lock = threading.Lock()
        self._last_ms = 0
        self._counter = 0

    def new(self) -> UUID:
        now_ms = int(self._clock.now().timestamp() * 1000)
        random = int.from_bytes(self._randbytes(8))
        with self._lock:
            self._advance(now_ms)
            return compose(self._last_ms, self._counter, random)

    def _advance(self, now_ms: int) -> None:
        if now_ms > self._last_ms:
            self._last_ms, self._counter = now_ms, 0
            return
        self._counter += 1
        if self._counter >> _COUNTER_BITS:  # more than 4096 in one millisecond: borrow from the next
            self._last_ms, self._counter = self._last_ms + 1, 0
