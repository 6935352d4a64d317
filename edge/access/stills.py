"""Pictures of whoever comes: kept on the disk, and told by an event that follows what they are of."""

import asyncio
import logging
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from edge.access.journal import Journal
from edge.access.points import Site
from edge.drivers.base import DeviceError, Still
from protocols import records
from protocols.config import Point

log = logging.getLogger(__name__)
CAMERA_TIMEOUT_S = 5.0


class Stills(Protocol):
    """Where pictures go: kept on the disk, sent to the cloud later."""

    async def keep(self, still: Still, sha256_hex: str) -> None:
        """Raises StoreError or OSError."""


class Photographer:
    """Of decisions and calls, by their ids."""

    def __init__(self, journal: Journal, stills: Stills) -> None:
        self._journal = journal
        self._stills = stills

    async def keep_named(self, still: Still, sha256_hex: str) -> None:
        """One that its record names already. Raises StoreError or OSError."""
        await self._stills.keep(still, sha256_hex)

    async def keep(self, still: Still, subject: UUID) -> None:
        """Keep it and tell of it. Raises StoreError or OSError."""
        digest = sha256(still.data).hexdigest()
        await self._stills.keep(still, digest)
        await self._journal.add(
            records.Still(
                **self._journal.stamp(),
                passage=subject,
                sha256=digest,
                media_type=still.media_type,
                size=len(still.data),
            )
        )

    async def take(self, site: Site, point: Point, subject: UUID) -> None:
        """`keep` what the point's camera sees now, or tell that it gave nothing; nothing where there is no camera."""
        camera = site.cameras.get(point.camera) if point.camera else None
        if camera is None:
            return
        try:
            async with asyncio.timeout(CAMERA_TIMEOUT_S):
                still = await camera.still()
        except (DeviceError, TimeoutError) as error:
            why = str(error) or f"no picture in {CAMERA_TIMEOUT_S:.0f} s"
            log.info("camera %s gave no picture of %s: %s", camera.id, subject, why)
            missed = records.StillMissed(
                **self._journal.stamp(), passage=subject, source=camera.id, detail=why[:500]
            )
            await self._journal.add(missed)
            return
        await self.keep(still, subject)
