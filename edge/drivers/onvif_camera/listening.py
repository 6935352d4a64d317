"""A camera's events, for as long as it is there: asked for in a thread of their own, since each answer is kept back."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from edge.drivers.base import DeviceError
from edge.drivers.onvif.pull_point import PullPoint
from edge.drivers.onvif_camera.events import Change, Eye
from edge.drivers.presence import Backoff

_log = logging.getLogger(__name__)
PACE_S = 1.0  # between two answers: motion, or a camera that keeps none back, must not keep the box busy
NO_EVENTS_S = 600.0  # until a camera that has none is asked again: it may have been replaced, or taught


class Listening:
    """`run` until cancelled; what changes is told in the event loop. Gone is logged once, and back once."""

    def __init__(
        self, name: str, point: PullPoint, tell: Callable[[Change], None], random: Callable[[], float]
    ) -> None:
        self._name = name
        self._point = point
        self._tell = tell
        self._backoff = Backoff(random, cap_s=60.0)
        self._eye = Eye()
        self._hears: bool | None = None

    async def run(self) -> None:
        """Listen until cancelled. The thread ends after the answer that it waits for, and gives the subscription up."""
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"events of {self._name}")
        try:
            while True:
                await self._listen(thread)
        finally:
            thread.submit(self._end)
            thread.shutdown(wait=False)

    async def _listen(self, thread: ThreadPoolExecutor) -> None:
        """One subscription, until it is lost."""
        within = asyncio.get_running_loop().run_in_executor
        try:
            if not await within(thread, self._point.subscribe):
                self._note(hears=False, why="it has no event service")
                self._tell_all(self._eye.nothing())
                await asyncio.sleep(NO_EVENTS_S)
                return
            self._eye.subscribed()
            while True:
                self._tell_all(self._eye.take(await within(thread, self._point.pull)))
                self._note(hears=True)
                self._backoff.reset()
                await asyncio.sleep(PACE_S)
        except DeviceError as error:
            self._note(hears=False, why=str(error))
        await within(thread, self._end)
        await self._backoff.wait()

    def _tell_all(self, changes: list[Change]) -> None:
        for change in changes:
            self._tell(change)

    def _note(self, *, hears: bool, why: str = "") -> None:
        if self._hears is not hears:
            self._hears = hears
            _log.info("%s: %s", self._name, "its events are heard" if hears else f"no events: {why}")

    def _end(self) -> None:
        """In the thread. A camera that forgot the subscription, or is not there, has given it up already."""
        try:
            self._point.end()
        except DeviceError as error:
            _log.debug("%s: its events were not given up: %s", self._name, error)
