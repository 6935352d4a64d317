"""Lasting alarms of this box: raised and cleared under one id, which outlives a restart."""

import sqlite3
from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple
from uuid import UUID

from edge.access.journal import Journal
from protocols import records
from protocols.records import BarrierAlarm, Severity

_BARRIERS = frozenset(BarrierAlarm)


class Place(NamedTuple):
    """What an alarm is about. `part`: of a device, the input."""

    source: UUID
    kind: str
    part: int = 0


class Alarms:
    """Those that last now. Loaded once; each change is one transaction with its record."""

    def __init__(self, connection: sqlite3.Connection, journal: Journal) -> None:
        rows = connection.execute("SELECT source, kind, part, id FROM alarm").fetchall()
        self._open = {
            Place(UUID(bytes=source), kind, part): UUID(bytes=alarm) for source, kind, part, alarm in rows
        }
        self._journal = journal

    def of(self, source: UUID) -> frozenset[BarrierAlarm]:
        """What lasts at a point's barrier."""
        return frozenset(BarrierAlarm(kind) for kind in self.kinds(source) if kind in _BARRIERS)

    def kinds(self, *sources: UUID) -> frozenset[str]:
        """Whatever lasts at any of these points and devices."""
        return frozenset(place.kind for place in self._open if place.source in sources)

    async def settle(self, source: UUID, wanted: Mapping[str, Severity], detail: str) -> None:
        """These kinds last at a point's barrier now, and no others. Raises StoreError, and then nothing happened."""
        for place in [Place(source, kind) for kind in self.of(source) if kind not in wanted]:
            await self.clear(place, detail)
        for kind, severity in wanted.items():
            await self.raise_(Place(source, kind), severity, detail)

    async def raise_(self, place: Place, severity: Severity, detail: str) -> None:
        """Raised once, however often it is said."""
        if place in self._open:
            return
        stamp = self._journal.stamp()
        event = self._event(stamp["id"], place, raised=True, severity=severity, detail=detail)
        await self._journal.insist(event, partial(_keep, place, stamp["id"]))
        self._open[place] = stamp["id"]

    async def clear(self, place: Place, detail: str = "") -> None:
        """One that does not last is none."""
        alarm = self._open.get(place)
        if alarm is None:
            return
        event = self._event(alarm, place, raised=False, severity=Severity.NOTICE, detail=detail)
        await self._journal.insist(event, partial(_drop, place))
        del self._open[place]

    async def forget(self, places: Collection[UUID], detail: str) -> None:
        """What is no more at this box has no alarms. `places`: points and devices that are."""
        for place in [each for each in self._open if each.source not in places]:
            await self.clear(place, detail)

    def _event(
        self, alarm: UUID, place: Place, *, raised: bool, severity: Severity, detail: str
    ) -> records.Alarm:
        return records.Alarm(
            **self._journal.stamp(),
            alarm=alarm,
            kind=place.kind,
            raised=raised,
            severity=severity,
            source=place.source,
            detail=detail[:500],
        )


def _keep(place: Place, alarm: UUID, connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO alarm (source, kind, part, id) VALUES (?, ?, ?, ?)",
        (place.source.bytes, place.kind, place.part, alarm.bytes),
    )


def _drop(place: Place, connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM alarm WHERE source = ? AND kind = ? AND part = ?",
        (place.source.bytes, place.kind, place.part),
    )
