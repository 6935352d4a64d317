"""Identifiers of the box: UUIDv7 (RFC 9562), increasing within a process even when the clock stands still."""

from collections.abc import Callable
from uuid import UUID

from edge.clock import Clock

_COUNTER_BITS = 12


class Ids:
    """Makes identifiers from the clock port and a source of random bytes."""

    def __init__(self, clock: Clock, random_bytes: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self._last = 0  # ms and counter in one number

    def new(self) -> UUID:
        """48 bits of Unix ms, 12 of a counter, 62 random."""
        fresh = self._clock.now().unix_ms << _COUNTER_BITS
        self._last = fresh if fresh > self._last else self._last + 1
        random = int.from_bytes(self._random_bytes(8), "big") & (2**62 - 1)
        ms, counter = self._last >> _COUNTER_BITS, self._last & (2**_COUNTER_BITS - 1)
        return UUID(int=ms << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random)
