"""Makes a panel's memory what it should be, again and again, whatever became of it meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from edge.drivers.base import DeviceError, Grant, Panel
from edge.drivers.presence import Backoff
from edge.panels.wanted import batches, difference

log = logging.getLogger(__name__)
BATCH = 200
LOOK_S = 60.0  # what was changed at the panel by hand is undone within this

Wanted = Callable[[], Awaitable[frozenset[Grant]]]


class Keeper:
    """One panel. `report`: how many it should hold and holds, and what went wrong last."""

    def __init__(self, name: str, panel: Panel, wanted: Wanted, random: Callable[[], float]) -> None:
        self._name = name
        self._panel = panel
        self._wanted = wanted
        self._random = random
        self._woken = asyncio.Event()
        self.report: dict[str, int | str] = {}

    def wake(self) -> None:
        """What is held by the box has changed."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        backoff = Backoff(self._random, first_s=1.0, cap_s=LOOK_S)
        while True:
            self._woken.clear()
            try:
                await self.keep()
            except DeviceError as error:
                self.report["fault"] = str(error)
                await backoff.wait()
                continue
            backoff.reset()
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def keep(self) -> None:
        """Once. What is done stays done when the rest fails. Raises DeviceError."""
        desired, held = await self._wanted(), await self._panel.grants()
        change = difference(desired, held)
        for piece in batches(change, BATCH):
            await self._panel.change_grants(piece.add, piece.remove)
        if change:
            log.info("panel %s: %s added, %s removed", self._name, len(change.add), len(change.remove))
            held = await self._panel.grants()
        left = difference(desired, held)
        self.report = {"desired": len(desired), "held": len(held)}
        if left:
            raise DeviceError(
                f"{self._name}: it says that it did, and {len(left.add)} are missing, {len(left.remove)} are too many"
            )
