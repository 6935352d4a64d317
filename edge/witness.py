"""What barriers, the fire alarm and devices tell that is wrong, written down in the order in which it was told."""

import asyncio
import logging
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from edge.access.journal import Journal
from edge.alarms import Alarms, Place
from edge.barrier.driver import ButtonTold, Told
from edge.barrier.fire import FireTold
from protocols import records
from protocols.records import BarrierAlarm, BarrierPosition, DeviceAlarm, Severity

log = logging.getLogger(__name__)
WAITING_MAX = 1000
_DETAILS = {
    BarrierAlarm.FORCED: "opened without a decision: a key, a hand crank, force",
    BarrierAlarm.HELD_OPEN: "open for too long",
    BarrierAlarm.STUCK: "it did not reach its end",
}


class AlarmTold(NamedTuple):
    """Something lasting is wrong at a device or a point, or is not. `detail`: why it is told."""

    source: UUID
    alarm: DeviceAlarm
    active: bool
    detail: str


Word = Told | FireTold | AlarmTold | frozenset[UUID]


class Witness:
    """`tell` never waits; `run` writes."""

    def __init__(self, journal: Journal, alarms: Alarms) -> None:
        self._journal = journal
        self._alarms = alarms
        self._waiting: asyncio.Queue[Word] = asyncio.Queue(WAITING_MAX)
        self._positions: dict[UUID, BarrierPosition] = {}
        self.positions: dict[str, str] = {}

    def tell(self, told: Told | ButtonTold | FireTold) -> None:
        """Called by a barrier, in the loop. A barrier tells all that is wrong with it each time, so one may be lost."""
        if isinstance(told, Told):
            self.positions[str(told.point)] = told.position.value
        if isinstance(told, ButtonTold):
            detail = told.wrong or "at rest again, or there is none"
            self.alarm(told.point, DeviceAlarm.EXIT_BUTTON, bool(told.wrong), detail)
        else:
            self._put(told)

    def alarm(self, source: UUID, alarm: DeviceAlarm, active: bool, detail: str) -> None:
        """See drivers.base.Sink; `source` may be a point, too."""
        self._put(AlarmTold(source, alarm, active, detail))

    def forget(self, places: Collection[UUID]) -> None:
        """Another configuration: what it does not name has neither position nor alarm."""
        self.positions = {point: at for point, at in self.positions.items() if UUID(point) in places}
        self._put(frozenset(places))

    def _put(self, told: Word) -> None:
        try:
            self._waiting.put_nowait(told)
        except asyncio.QueueFull:
            log.warning("more than %s changes of barriers and devices wait to be written", WAITING_MAX)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            told = await self._waiting.get()
            if isinstance(told, FireTold):
                await self._write_fire(told)
            elif isinstance(told, Told):
                await self._write(told)
            elif isinstance(told, AlarmTold):
                await self._write_alarm(told)
            else:
                self._positions = {point: at for point, at in self._positions.items() if point in told}
                await self._alarms.forget(told, "no longer at this box")

    async def _write(self, told: Told) -> None:
        if self._positions.get(told.point) is not told.position:
            await self._journal.insist(
                records.BarrierState(
                    **self._journal.stamp(), point=told.point, position=told.position, cause=told.cause
                )
            )
            self._positions[told.point] = told.position
        wrong = {alarm.value: Severity.WARNING for alarm in sorted(told.alarms)}
        detail = "; ".join(_DETAILS[alarm] for alarm in sorted(told.alarms)) or told.position
        await self._alarms.settle(told.point, wrong, detail)

    async def _write_fire(self, told: FireTold) -> None:
        place = Place(told.device, BarrierAlarm.FIRE, told.input)
        if told.raised:
            detail = f"input {told.input}: {len(told.points)} points are opened and held open"
            await self._alarms.raise_(place, Severity.CRITICAL, detail)
        else:
            await self._alarms.clear(place, f"input {told.input} is back")

    async def _write_alarm(self, told: AlarmTold) -> None:
        place = Place(told.source, told.alarm)
        if told.active:
            await self._alarms.raise_(place, Severity.WARNING, told.detail)
        else:
            await self._alarms.clear(place, told.detail)
