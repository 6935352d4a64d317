"""Makes a panel's memory what it should be, again and again, whatever became of it meanwhile."""

import logging
from collections.abc import Awaitable, Callable

from edge.drivers.base import DeviceError, Grant, Panel
from edge.panels.rounds import Rounds
from edge.panels.wanted import batches, difference

log = logging.getLogger(__name__)
BATCH = 200

Wanted = Callable[[], Awaitable[frozenset[Grant]]]


class Keeper(Rounds):
    def __init__(self, name: str, panel: Panel, wanted: Wanted, random: Callable[[], float]) -> None:
        super().__init__(name, random)
        self._panel = panel
        self._wanted = wanted

    async def keep(self) -> None:
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
