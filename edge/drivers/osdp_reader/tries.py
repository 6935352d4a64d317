"""Who is asked on a line of readers: those that answer, always; the silent ones by turns.

A question that nobody answers costs the line 200 ms, and the library asks nine times, a second apart, before it gives a
reader up. So no more than a few silent readers are in the line at once, and those that answer are polled often.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from edge.drivers.base import Why
from edge.drivers.osdp_reader.config import Settings
from edge.drivers.osdp_reader.wire import Wire
from protocols.records import DeviceReason

ANSWER_WITHIN_NS = 6_000_000_000  # of a fresh try; a refused key shows as silence, too
CROWDED_NS = 3_000_000_000  # the same for one that says nothing while others wait for their try
TRIED_AT_ONCE = 2
LOST = 2  # answers in a row; from more readers than are tried at once it is a cable that is cut
REST_NS = 200_000_000  # out of the line before the next try


class Station(Protocol):
    """A reader as its line sees it."""

    @property
    def settings(self) -> Settings:
        """Address and key."""

    @property
    def installing(self) -> bool:
        """It may be given its key over the default one."""

    def came(self, panel: Any, index: int, *, settled: bool) -> None:
        """It answers, over the secure channel where there is a key. Told at every refresh.

        `settled`: whatever it held from before has been told.
        """

    def gone(self, why: Why) -> None:
        """It does not. Told as often as it is tried."""

    def seen(self, event: dict[str, Any], at_ns: int) -> None:
        """An event of the library. `at_ns`: now, or since when the reader may have had it."""


@dataclass
class _Watch:
    """How one reader of the panel fares. `rests_from_ns`: it is out of the line since."""

    station: Station
    tried_ns: int
    up: bool = False
    rests_from_ns: int | None = None

    @property
    def address(self) -> int:
        return self.station.settings.address


class Tries:
    """The readers of one panel on one wire."""

    def __init__(self, panel: Any, wire: Wire, stations: Sequence[Station], now_ns: int) -> None:
        self._panel = panel
        self._wire = wire
        self._watches = [_Watch(station, now_ns) for station in stations]
        self.round_ns = CROWDED_NS * len(stations) // TRIED_AT_ONCE  # each is tried within
        for index in range(TRIED_AT_ONCE, len(stations)):
            self._take_out(index, now_ns)

    def judge(self, secure: int, plain: int, now_ns: int) -> bool:
        """Tell each reader how it fares by the library's masks, and whose turn it is. Whether any answers."""
        lost = self._lost()
        for index, watch in enumerate(self._watches):
            up = bool((secure if watch.station.settings.key else plain) >> index & 1)
            if watch.rests_from_ns is None:
                self._judge(index, up=up and index not in lost, now_ns=now_ns)
        self._put_back(now_ns)
        return any(watch.up for watch in self._watches)

    def _judge(self, index: int, *, up: bool, now_ns: int) -> None:
        watch = self._watches[index]
        if up:
            watch.station.came(self._panel, index, settled=self._wire.talk.settled(watch.address, now_ns))
        elif watch.up:
            watch.station.gone(Why("no answer any more", DeviceReason.NO_ANSWER))
            self._take_out(index, now_ns)
        elif now_ns - watch.tried_ns > self._answer_within_ns(watch, now_ns):
            watch.station.gone(_silence(watch.station))
            self._take_out(index, now_ns)
        watch.up = up

    def _lost(self) -> set[int]:
        """Those that fell silent together: the library would hold the line up with them for half a minute."""
        lost = {
            index
            for index, watch in enumerate(self._watches)
            if watch.up and self._wire.talk.unanswered(watch.address) >= LOST
        }
        return lost if len(lost) > TRIED_AT_ONCE else set()

    def _answer_within_ns(self, watch: _Watch, now_ns: int) -> int:
        others_wait = any(other.rests_from_ns is not None for other in self._watches)
        says_nothing = not self._wire.talk.answers(watch.address, now_ns)
        return CROWDED_NS if others_wait and says_nothing else ANSWER_WITHIN_NS

    def _take_out(self, index: int, now_ns: int) -> None:
        watch = self._watches[index]
        self._panel.disable_pd(index)
        self._wire.muted.add(watch.address)
        watch.rests_from_ns = now_ns

    def _put_back(self, now_ns: int) -> None:
        """Who is out of the line for longest is tried first, if the library has let it go."""
        free = TRIED_AT_ONCE - sum(not each.up and each.rests_from_ns is None for each in self._watches)
        resting = sorted(
            (watch.rests_from_ns, index)
            for index, watch in enumerate(self._watches)
            if watch.rests_from_ns is not None and now_ns - watch.rests_from_ns > REST_NS
        )
        for _, index in resting:
            if free > 0 and self._panel.enable_pd(index):
                watch = self._watches[index]
                self._wire.muted.discard(watch.address)
                watch.rests_from_ns, watch.tried_ns = None, now_ns
                free -= 1


def _silence(station: Station) -> Why:
    if station.settings.key is None:
        return Why("no answer", DeviceReason.NO_ANSWER)
    return Why("no answer, or the key is refused", DeviceReason.NO_ANSWER_OR_KEY)
