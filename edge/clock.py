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
HOUR_NS = 3600 * NS_PER_S
CONFIRMED_AFTER_NS = 300 * NS_PER_S  # a leap of more than an hour is believed when it is told for so long
DOUBT_NS = 600 * NS_PER_S  # told of a leap once and never again: after so long the time stands as it stood
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
        """The time of this moment; earlier than an answer before only where a battery turns out to have run ahead."""

    def monotonic_ns(self) -> int:
        """For durations; unrelated to the time of day."""


class _Leap(NamedTuple):
    """A time far ahead of ours, as it was told: Unix less monotonic time, and the monotonic time of first and last."""

    offset_ns: int
    since_ns: int
    told_ns: int


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
        self._leap: _Leap | None = None
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
        if self._source >= Source.SYNCHRONISED and not self._doubtful:
            self._highest_ns = max(self._highest_ns, self._estimate_ns())
        return self._highest_ns

    def now(self) -> Moment:
        """See Clock."""
        known = self._source > Source.NONE and not self._doubtful
        utc = _EPOCH + timedelta(microseconds=self._estimate_ns() // 1000)
        return Moment(utc, ClockState.TRUSTED if known else ClockState.UNKNOWN)

    def monotonic_ns(self) -> int:
        """See Clock."""
        return self._monotonic_ns()

    @property
    def system_agrees(self) -> bool:
        """The system's clock, by which TLS judges certificates, is right as far as the box knows."""
        known = self._source >= Source.SYNCHRONISED and not self._doubtful
        return known and abs(self._wall_ns() - self._estimate_ns()) < HOUR_NS

    def learn(self, cloud: datetime) -> None:
        """The cloud's time, just received; it may have been under way for a while, so it is a lower bound.

        What is no time at all of this software is not believed: kept on the disk, it would outlive its mistake.
        A little earlier than ours confirms ours, later moves ours, much earlier leaves neither trusted, and so does
        more than an hour later, until it has been told for some minutes: one wrong message must not age every pass.
        """
        if not EARLIEST <= cloud < LATEST:
            return
        cloud_ns = (cloud - _EPOCH) // timedelta(microseconds=1) * 1000
        estimate = self._estimate_ns()
        ahead_ns = estimate - cloud_ns
        if self._source > Source.NONE and ahead_ns < -HOUR_NS and not self._confirm_leap(cloud_ns):
            return
        self._leap = None
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
        wall, floor = self._wall_ns(), self.highest_trusted_ns
        if wall >= max(
            floor - DISAGREEMENT_NS, EARLIEST_NS
        ):  # set back a little, it stands still for so long
            self._anchor(wall, Source.SYNCHRONISED)

    @property
    def _doubtful(self) -> bool:
        leap = self._leap
        return self._disagrees or (leap is not None and self._monotonic_ns() - leap.told_ns < DOUBT_NS)

    def _confirm_leap(self, cloud_ns: int) -> bool:
        """Somebody tells a time far ahead; whether it has been told for long enough."""
        now_ns = self._monotonic_ns()
        offset_ns, leap = cloud_ns - now_ns, self._leap
        if leap is None or abs(offset_ns - leap.offset_ns) > DISAGREEMENT_NS:
            leap = _Leap(offset_ns, now_ns, now_ns)
        self._leap = leap._replace(told_ns=now_ns)
        return now_ns - leap.since_ns >= CONFIRMED_AFTER_NS

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
