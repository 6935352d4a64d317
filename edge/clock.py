"""The box's time: monotone, anchored to what can be trusted, and honest about when nothing can.

Between anchors time runs by the monotonic clock, so a step of the system clock moves nothing. No decision
uses a time earlier than the highest trusted one, which is kept on disk: an old battery or a stranger with a
keyboard cannot bring back an expired pass.
"""

import ctypes
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple, Protocol

from protocols.fields import EARLIEST, LATEST, ClockState

NS_PER_S = 1_000_000_000
LEAP_MAX_NS = 400 * 86_400 * NS_PER_S  # a longer outage than this is no outage: the battery clock is wrong
EARLIEST_NS = 1_767_225_600 * NS_PER_S  # 2026-01-01: no box of this software ran before
DISAGREEMENT_NS = 120 * NS_PER_S
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(NamedTuple):
    """A time and how far it can be trusted."""

    utc: datetime
    state: ClockState

    @property
    def unix_ms(self) -> int:
        """Unix time, ms."""
        return (self.utc - _EPOCH) // timedelta(milliseconds=1)


class Source(IntEnum):
    """Where the anchor came from; a higher one overrides a lower one both ways."""

    NONE = 0
    BATTERY = 1
    SYNCHRONISED = 2
    CLOUD = 3


class Clock(Protocol):
    """The port by which everything on the box learns the time."""

    def now(self) -> Moment:
        """The time of this moment; never earlier than an answer before."""

    def monotonic_ns(self) -> int:
        """For durations; unrelated to the time of day."""


class BoxClock:
    """The clock of a running box. `highest_ns`: the highest trusted Unix time known from disk."""

    def __init__(
        self,
        *,
        highest_ns: int,
        has_battery: bool,
        wall_ns: Callable[[], int] = time.time_ns,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        synchronised: Callable[[], bool],
    ) -> None:
        self._wall_ns = wall_ns
        self._monotonic_ns = monotonic_ns
        self._synchronised = synchronised
        self._highest_ns = highest_ns
        self._source = Source.NONE
        self._disagrees = False
        self._anchor(max(highest_ns, 0), Source.NONE)
        wall, known = wall_ns(), max(highest_ns, EARLIEST_NS)
        if has_battery and known <= wall <= known + LEAP_MAX_NS:
            self._anchor(wall, Source.BATTERY)
        self.look_at_system()

    @property
    def source(self) -> Source:
        """What the time stands on."""
        return self._source

    @property
    def highest_trusted_ns(self) -> int:
        """What to keep on disk: Unix time, ns. A battery's word alone does not raise it."""
        if self._source >= Source.SYNCHRONISED and not self._disagrees:
            self._highest_ns = max(self._highest_ns, self._estimate_ns())
        return self._highest_ns

    def now(self) -> Moment:
        """See Clock."""
        known = self._source > Source.NONE and not self._disagrees
        utc = _EPOCH + timedelta(microseconds=self._estimate_ns() // 1000)
        return Moment(utc, ClockState.TRUSTED if known else ClockState.UNKNOWN)

    def monotonic_ns(self) -> int:
        """See Clock."""
        return self._monotonic_ns()

    @property
    def system_agrees(self) -> bool:
        """The system's clock, by which TLS judges certificates, is right as far as the box knows."""
        known = self._source >= Source.SYNCHRONISED and not self._disagrees
        return known and abs(self._wall_ns() - self._estimate_ns()) < 3600 * NS_PER_S

    def learn(self, cloud: datetime) -> None:
        """The cloud's time, just received; it may have been under way for a while, so it is a lower bound.

        What is no time at all of this software is not believed: kept on the disk, it would outlive its mistake.
        A little earlier than ours confirms ours, later moves ours, much earlier leaves neither trusted.
        """
        if not EARLIEST <= cloud < LATEST:
            return
        cloud_ns = (cloud - _EPOCH) // timedelta(microseconds=1) * 1000
        estimate = self._estimate_ns()
        ahead_ns = estimate - cloud_ns
        if self._source < Source.SYNCHRONISED and cloud_ns >= self._highest_ns - DISAGREEMENT_NS:
            confirmed = self._source is Source.BATTERY and 0 <= ahead_ns <= DISAGREEMENT_NS
            self._anchor(estimate if confirmed else max(cloud_ns, self._highest_ns), Source.CLOUD)
            return
        self._disagrees = ahead_ns > DISAGREEMENT_NS
        if ahead_ns <= 0:
            self._anchor(cloud_ns, Source.CLOUD)
        elif not self._disagrees:
            self._anchor(estimate, Source.CLOUD)

    def look_at_system(self) -> None:
        """Take the system's time when the kernel says that it is synchronised and the cloud has told nothing."""
        if self._source >= Source.CLOUD or not self._synchronised():
            return
        wall = self._wall_ns()
        if wall >= max(self._highest_ns, EARLIEST_NS):
            self._anchor(wall, Source.SYNCHRONISED)

    def _estimate_ns(self) -> int:
        return max(self._anchor_ns + self._monotonic_ns() - self._anchored_at_ns, self._highest_ns)

    def _anchor(self, utc_ns: int, source: Source) -> None:
        self._anchor_ns = utc_ns
        self._anchored_at_ns = self._monotonic_ns()
        self._source = source
        if source >= Source.SYNCHRONISED:
            self._disagrees = False


class _Timex(ctypes.Structure):
    """`struct timex` of Linux; only its size matters here, adjtimex(2)."""

    _fields_ = [("modes", ctypes.c_uint), ("rest", ctypes.c_byte * 252)]


_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised to a reliable server


def kernel_synchronised() -> bool:
    """What the kernel's NTP discipline says; where it cannot be asked, no."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "adjtimex"):
        return False
    state = int(libc.adjtimex(ctypes.byref(_Timex())))
    return 0 <= state < _TIME_ERROR
