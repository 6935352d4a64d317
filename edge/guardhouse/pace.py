"""How often a station may ask: more than any page asks for, less than would keep the gate's loop busy."""

from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from edge.guardhouse.problems import Trouble

PER_S = 100  # on the average
AT_ONCE = 500
STATIONS_MAX = 1000
_NS = 1_000_000_000


class Pace:
    """A bucket for each station, which fills again; the stations that were quiet longest are forgotten."""

    def __init__(self, now_ns: Callable[[], int]) -> None:
        self._now_ns = now_ns
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, station: str) -> None:
        """One request more. Raises Trouble."""
        now_ns = self._now_ns()
        left, at_ns = self._buckets.pop(station, (float(AT_ONCE), now_ns))
        left = min(left + (now_ns - at_ns) * PER_S / _NS, AT_ONCE)
        self._buckets[station] = (max(left - 1, 0.0), now_ns)
        while len(self._buckets) > STATIONS_MAX:
            self._buckets.popitem(last=False)
        if left < 1:
            raise Trouble(HTTPStatus.TOO_MANY_REQUESTS, "too_many", retry_after_s=1)
