"""Identifiers of the box: UUIDv7 (RFC 9562), increasing within a process even when the clock stands still."""

from collections.abc import Callable
from uuid import UUID

from edge.clock import Clock, Moment

_COUNTER_BITS = 12
_RANDOM_BYTES = 8  # of an identifier
_AT_ONCE = (
    64  # identifiers whose random bytes are asked for together: a call of the system each is dear at a gate
)


class Ids:
    """Makes identifiers from the clock port and a source of random bytes."""

    def __init__(self, clock: Clock, random_bytes: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self._random: list[bytes] = []
        self._last = 0  # ms and counter in one number

    def new(self, moment: Moment | None = None) -> UUID:
        """48 bits of Unix ms, 12 of a counter, 62 random. `moment`: the time now, where it is known."""
        fresh = (moment or self._clock.now()).unix_ms << _COUNTER_BITS
        self._last = fresh if fresh > self._last else self._last + 1
        random = int.from_bytes(self._take_random(), "big") & (2**62 - 1)
        ms, counter = self._last >> _COUNTER_BITS, self._last & (2**_COUNTER_BITS - 1)
        return UUID(int=ms << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random)

    def _take_random(self) -> bytes:
        if not self._random:
            pool = self._random_bytes(_RANDOM_BYTES * _AT_ONCE)
            self._random = [pool[at : at + _RANDOM_BYTES] for at in range(0, len(pool), _RANDOM_BYTES)]
        return self._random.pop()
