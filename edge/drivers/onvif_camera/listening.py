"""A camera's events, for as long as it is there: asked for in a thread of their own, since each answer is kept back."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from edge.drivers.base import DeviceError
from edge.drivers.onvif.pull_point import PullPoint
from edge.drivers.onvif_camera.events import Change, Eye
from edge.drivers.own_thread import OwnThread
from edge.drivers.presence import Backoff

_log = logging.getLogger(__name__)
PACE_S = 1.0  # between two answers: motion, or a camera that keeps none back, must not keep the box busy
NO_EVENTS_S = 600.0  # until a camera that has none is asked again: it may have been replaced, or taught
BARREN_MANY = 2
"""Of so many subscriptions in a row nothing was heard: a lost one is another matter, and with some cameras the rule."""


class Listening:
    """`run` until cancelled; what changes is told in the event loop.

    `note` is told after each try why nothing can be heard; "": it is heard.
    """

    def __init__(
        self,
        name: str,
        point: PullPoint,
        *,
        tell: Callable[[Change], None],
        note: Callable[[str], None],
        random: Callable[[], float],
    ) -> None:
        self._name = name
        self._point = point
        self._tell = tell
        self._note = note
        self._backoff = Backoff(random, cap_s=60.0, sleep=self._rest)
        self._again = asyncio.Event()
        self._eye = Eye()
        self._hears: bool | None = None
        self._barren = 0

    async def run(self) -> None:
        """Listen until cancelled: what is asked for then ends at once, and the thread gives the subscription up."""
        thread = OwnThread(f"events of {self._name}")
        try:
            while True:
                await self._listen(thread)
        finally:
            self._point.interrupt()
            thread.end(self._end)

    def wake(self) -> None:
        """The camera is there again: whoever waits for it need not."""
        self._again.set()

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._again.wait()

    async def _listen(self, thread: OwnThread) -> None:
        """One subscription, until it is lost."""
        self._again.clear()
        self._barren += 1
        try:
            if not await thread.do(self._point.subscribe):
                self._told("it has no event service")
                self._tell_all(self._eye.nothing())
                await self._rest(NO_EVENTS_S)
                return
            self._eye.subscribed()
            while True:
                self._tell_all(self._eye.take(await thread.do(self._point.pull)))
                self._barren = 0
                self._told("")
                self._backoff.reset()
                await asyncio.sleep(PACE_S)
        except DeviceError as error:
            if self._barren >= BARREN_MANY:
                self._told(str(error))
        await thread.do(self._end)
        await self._backoff.wait()

    def _tell_all(self, changes: list[Change]) -> None:
        for change in changes:
            self._tell(change)

    def _told(self, why: str) -> None:
        """Gone is logged once, and back once."""
        self._note(why)
        if self._hears is not (not why):
            self._hears = not why
            _log.info("%s: %s", self._name, f"no events: {why}" if why else "its events are heard")

    def _end(self) -> None:
        """In the thread. A camera that forgot the subscription, or is not there, has given it up already."""
        try:
            self._point.end()
        except DeviceError as error:
            _log.debug("%s: its events were not given up: %s", self._name, error)
