"""What happens when the disk fills: video goes first, then stills, then readings are thinned, then the oldest go.

Events never go: a reserve file is given up for them at the very end. Whatever is given up is reported.
"""

import asyncio
import logging
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import Protocol

from edge import streams
from edge.access.unwritten import Unwritten
from edge.settings import DiskSettings
from edge.store import Store, StoreError
from protocols.messages import Stream

log = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024
THIN_EVERY = 10
GIVE_UP_AT_ONCE = 200
RELIEF_BYTES = 128 * 1024  # free in the store's file, for some hundred events
RELIEF_STEPS = 10
RELIEF_AT_ONCE = 5  # records in the first step, twice as many in each next: a deletion writes too
ROOM_ABOVE = 1.25  # of the limit: stills go until so much is free, else each new one would cost another

Report = Callable[[str, int, str], Awaitable[None]]
"""Kind, count and detail of a Shortage."""
TakeLost = Callable[[], int]
"""How many chunks found no room since it was last asked."""


class Droppable(Protocol):
    """What can be dropped first. Both drop the oldest first and return how many went."""

    async def drop_until(self, quota_bytes: int) -> int:
        """Until no more bytes than these are left."""

    async def drop_bytes(self, size: int) -> int:
        """At least so many bytes."""


class _Nothing:
    """There is no video."""

    async def drop_until(self, quota_bytes: int) -> int:  # noqa: ARG002
        """See `Droppable`."""
        return 0

    async def drop_bytes(self, size: int) -> int:  # noqa: ARG002
        """See `Droppable`."""
        return 0


class Level(IntEnum):
    """How short the disk is."""

    FINE = 0
    LOW = 1
    CRITICAL = 2


def level_of(free_bytes: int, low_mb: int) -> Level:
    """Pure. Critical is a quarter of low."""
    if free_bytes < low_mb * MEGABYTE // 4:
        return Level.CRITICAL
    return Level.LOW if free_bytes < low_mb * MEGABYTE else Level.FINE


class DiskGuard:
    """Looks at the free space and gives up what may be given up."""

    def __init__(
        self,
        folder: Path,
        settings: DiskSettings,
        *,
        store: Store,
        stills: Droppable,
        report: Report,
        video: Droppable | None = None,
        take_lost: TakeLost = lambda: 0,
        unwritten: Unwritten | None = None,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._store = store
        self._stills = stills
        self._video = video or _Nothing()
        self._report = report
        self._take_lost = take_lost
        self._unwritten = unwritten
        self._free_bytes = free_bytes
        self._reserve = folder / "reserve"
        self._relieving = asyncio.Lock()
        self._reliefs = 0
        self.thin_every = 1
        self._told_thinning = False
        self._told = 0  # how often something was said to be given up
        self._told_over = 0  # as often as when it was said to be over
        self._owed: Counter[str] = Counter()  # kind of what was given up → how many are not yet reported

    @property
    def free_mb(self) -> int:
        """Free space, MB."""
        return self._free_bytes(self._folder) // MEGABYTE

    def level(self) -> Level:
        """How short the disk is now."""
        return level_of(self._free_bytes(self._folder), self._settings.low_mb)

    def refuses(self, held_bytes: int) -> bool:
        """Whether nothing more may be put there: not even all that is held of its kind would make room enough."""
        return self.level() >= Level.LOW and self._missing_bytes() >= held_bytes

    async def look(self) -> None:
        """Once in a while: keep the stills' quota, and act on the level. It is over when nothing more had to go."""
        told_before = self._told
        await self._drop_files()
        level = self.level()
        if level is Level.FINE:
            await self._report_unwritten()
        if level >= Level.LOW:
            self.thin_every = THIN_EVERY
        if self.thin_every != 1 and not self._told_thinning:  # perhaps a relief has begun it
            await self._say("readings_thinned", THIN_EVERY)
            self._told_thinning = True
        if level is Level.CRITICAL:
            await self._give_up_readings()
        self._owe("readings_dropped", self._take_lost())
        await self._tell("readings_dropped")
        if level is Level.FINE:
            if self._told == told_before != self._told_over:
                await self._say_over()
            self._lay_reserve()

    async def relieve(self) -> None:
        """A write of an event found no room: make some, at any price but events. Many may ask at once."""
        asked = self._reliefs
        async with self._relieving:
            if self._reliefs != asked:
                return  # somebody else's relief came after this one's failure
            is_measured, missing = self.level() >= Level.LOW, self._missing_bytes()
            self._reserve.unlink(missing_ok=True)
            self.thin_every = THIN_EVERY
            try:
                if is_measured:
                    self._owe("video_dropped", await self._video.drop_bytes(missing))
                    self._owe("stills_dropped", await self._stills.drop_bytes(self._missing_bytes()))
                else:  # something else than free space is short
                    self._owe("video_dropped", await self._video.drop_until(0))
                    self._owe("stills_dropped", await self._stills.drop_until(0))
                await self._make_room()
            except StoreError as error:
                log.warning("no room could be made: %s", error)
            self._reliefs += 1

    async def _drop_files(self) -> None:
        if self.level() >= Level.LOW:
            self._owe("video_dropped", await self._video.drop_bytes(self._missing_bytes()))
        await self._tell("video_dropped")
        self._owe("stills_dropped", await self._stills.drop_until(self._settings.stills_mb * MEGABYTE))
        if self.level() >= Level.LOW:
            self._owe("stills_dropped", await self._stills.drop_bytes(self._missing_bytes()))
        await self._tell("stills_dropped")

    def _owe(self, kind: str, gone: int) -> None:
        """To be reported. Whoever calls has awaited the number already: two tasks count here."""
        self._owed[kind] += gone

    async def _tell(self, kind: str) -> None:
        """Report what has gone so far; a report that fails is owed still."""
        if gone := self._owed[kind]:
            await self._say(kind, gone)
            self._owed[kind] -= gone

    async def _say(self, kind: str, count: int, detail: str = "") -> None:
        await self._report(kind, count, detail or f"{self.free_mb} MB free")
        self._told += 1

    async def _say_over(self) -> None:
        self.thin_every, self._told_thinning = 1, False  # a relief may set it anew meanwhile
        over = self._told
        await self._report("over", 0, f"{self.free_mb} MB free")
        self._told_over = over

    def _missing_bytes(self) -> int:
        """How much has to go until the free space is above its limit."""
        return int(self._settings.low_mb * MEGABYTE * ROOM_ABOVE) - self._free_bytes(self._folder)

    async def _make_room(self) -> None:
        """What is freed within the store's file serves the events to come. Readings go, the oldest first."""
        for step in range(RELIEF_STEPS):
            lost = await self._store.write(partial(_give_up_for_room, count=RELIEF_AT_ONCE << step))
            if lost is None:
                return
            self._owe("readings_dropped", lost)

    async def _give_up_readings(self) -> None:
        lost = await self._store.write(partial(_give_up, count=GIVE_UP_AT_ONCE))
        self._owe("readings_dropped", lost)

    async def _report_unwritten(self) -> None:
        """Whoever came was refused, and no record says so: told before the shortage is said to be over."""
        if self._unwritten is not None and (tally := self._unwritten.tally).many:
            await self._say("decisions_unwritten", tally.many, str(tally))
            self._unwritten.told(tally)

    def _lay_reserve(self) -> None:
        """Real blocks, not a hole: written out once."""
        if self._reserve.exists():
            return
        try:
            with self._reserve.open("wb") as stream:
                os.posix_fallocate(stream.fileno(), 0, self._settings.reserve_mb * MEGABYTE)
        except OSError as error:
            log.warning("no reserve for events: %s", error)
            self._reserve.unlink(missing_ok=True)


def _give_up(connection: sqlite3.Connection, count: int) -> int:
    """Drop the oldest readings: how many of them the cloud lacks."""
    return streams.give_up_oldest(connection, Stream.READINGS, count)


def _give_up_for_room(connection: sqlite3.Connection, count: int) -> int | None:
    """Likewise; None when there is room enough within the file, or no reading to be given up."""
    pages, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("freelist_count", "page_size")
    )
    if pages * size >= RELIEF_BYTES or streams.oldest_held(connection, Stream.READINGS) is None:
        return None
    return _give_up(connection, count)
