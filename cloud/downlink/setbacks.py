"""What fails for one box's own sake: values that the database refuses, secrets that cannot be read, our mistakes.

That part of that box's work is left out; it is tried again when the box reports, asks, or is found by the sweep.
"""

import logging
from collections.abc import Callable
from uuid import UUID

from prometheus_client import Counter

LOG_AGAIN_AFTER_S = 3600.0
_MOST_KNOWN = 10_000
_log = logging.getLogger(__name__)
SETBACKS = Counter(
    "domovoy_downlink_setbacks_total", "Work for one box that failed for its own sake", ["part"]
)


class Setbacks:
    """Counts each, logs the same one once an hour. Used within one event loop; `time`: monotonic seconds."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._logged: dict[tuple[UUID, str, str], float] = {}

    def note(self, box_id: UUID, part: str, error: Exception) -> None:
        """A part of the work for a box failed."""
        SETBACKS.labels(part).inc()
        what, now = (box_id, part, f"{type(error).__name__}: {error}"), self._time()
        if now - self._logged.get(what, -LOG_AGAIN_AFTER_S) < LOG_AGAIN_AFTER_S:
            return
        if len(self._logged) >= _MOST_KNOWN:
            self._logged.pop(next(iter(self._logged)))
        self._logged[what] = now
        _log.error("%s of a box failed", part, exc_info=error, extra={"box": str(box_id)})
