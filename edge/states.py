"""What becomes of devices goes on record: once when one is gone, once when it is back."""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

from edge.access.journal import Journal
from edge.drivers.base import Why
from protocols import records
from protocols.records import DeviceStatus

STATES_MAX = 1000
log = logging.getLogger(__name__)


class DeviceStates:
    """Told by the devices in the loop; written by a task. `tell`: whoever must know at once."""

    def __init__(self, journal: Journal, tell: Callable[[UUID, DeviceStatus], None]) -> None:
        self._journal = journal
        self._tell = tell
        self._waiting: asyncio.Queue[tuple[UUID, DeviceStatus, Why]] = asyncio.Queue(STATES_MAX)

    def told(self, device: UUID, status: DeviceStatus, why: Why) -> None:
        """A device's state is another now."""
        self._tell(device, status)
        try:
            self._waiting.put_nowait((device, status, why))
        except asyncio.QueueFull:
            log.warning("more than %s device states wait to be written", STATES_MAX)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            device, status, why = await self._waiting.get()
            await self._journal.insist(
                records.DeviceState(
                    **self._journal.stamp(),
                    device=device,
                    status=status,
                    detail=why.detail[:500],
                    reason=why.reason or "",
                    number=why.number,
                )
            )
