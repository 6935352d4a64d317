"""Whether a camera's video is kept as it should be: what people are told, not what each run came to. Pure."""

from collections import deque
from typing import NamedTuple

LATE_STALLS = 3
"""A stream that stalls is begun anew: only after so many times that nobody may say any more that it is being tried."""
BREAKS_MANY = 5
BREAKS_WITHIN_S = 600.0
YOUNG_MS = 600_000


class Trouble(NamedTuple):
    """Recording has stopped, or has not. `detail`: why it is told."""

    is_lost: bool
    detail: str


class Recording:
    """Of one camera. Times: monotonic, s. `late_s`: a camera that is recorded gives a segment more often than that."""

    def __init__(self, *, begun_s: float, late_s: float) -> None:
        self._late_s = late_s
        self._kept_s = begun_s
        self._has_kept = False
        self._words = ""
        self._breaks: deque[float] = deque(maxlen=BREAKS_MANY)
        self._breaks_off = False

    def kept(self, now_s: float) -> None:
        """A segment has its place in the archive."""
        self._kept_s, self._has_kept = now_s, True

    def failed(self, now_s: float, words: str, *, broke_off: bool) -> None:
        """A run has ended. `broke_off`: it had kept something before."""
        self._words = words
        if broke_off:
            self._breaks.append(now_s)

    def trouble(self, now_s: float) -> Trouble | None:
        """None: nothing is known yet, so what was told before stays."""
        recent = sum(now_s - at <= BREAKS_WITHIN_S for at in self._breaks)
        self._breaks_off = recent == BREAKS_MANY or (self._breaks_off and recent > 1)
        if now_s - self._kept_s > self._late_s:
            return Trouble(True, f"nothing was kept for {now_s - self._kept_s:.0f} s: {self._why}")
        if self._breaks_off:
            return Trouble(True, f"it breaks off again and again: {self._why}")
        return Trouble(False, "it is recorded") if self._has_kept else None

    @property
    def _why(self) -> str:
        return self._words or "no segment came"


def is_squeezed(*, room_bytes: int, segment_bytes: int, oldest_ms: int | None, now_ms: int) -> bool:
    """Whether what is kept has to go again within minutes: the quota is full, and of nothing that is older.

    `room_bytes`: what the quota has left; `segment_bytes`: of a large new one; `oldest_ms` None: there is none.
    """
    is_full = room_bytes < 2 * segment_bytes
    return is_full and (oldest_ms is None or now_ms - oldest_ms < YOUNG_MS)
