"""The fire alarm's contacts: what they name is opened and held open, whatever the rules say.

It opens first and is written down after: a box that cannot write opens all the same.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from edge.barrier.driver import BarrierDriver
from edge.drivers.base import DeviceError, MonotonicNs, Relay
from protocols.config import FireInput
from protocols.records import BarrierCause

log = logging.getLogger(__name__)
LOOK_S = 0.2
READ_TIMEOUT_S = 1.0
BACK_NS = 5_000_000_000  # the contact must have been back for so long
SURE_LOOKS = 2  # in a row: a single one may be the lightning


class FireTold(NamedTuple):
    """A fire alarm came or went."""

    device: UUID
    input: int
    raised: bool
    points: tuple[UUID, ...]


class Alert(NamedTuple):
    """What is known of one contact. `looks`: in a row that found it active; `back_ns`: since when it is not."""

    is_burning: bool = False
    looks: int = 0
    back_ns: int | None = None


def judge(alert: Alert, is_active: bool | None, now_ns: int) -> Alert:
    """After a look; None: it could not be read, so that nothing ends. Pure."""
    if is_active is None:
        return alert._replace(looks=0, back_ns=None)
    if is_active:
        looks = alert.looks + 1
        return Alert(alert.is_burning or looks >= SURE_LOOKS, looks, None)
    back_ns = alert.back_ns if alert.back_ns is not None else now_ns
    return Alert(alert.is_burning and now_ns - back_ns < BACK_NS, 0, back_ns)


class FireWatch:
    """Looks at the contacts and holds the barriers open. One per configuration."""

    def __init__(
        self,
        inputs: Sequence[FireInput],
        relays: Mapping[UUID, Relay],
        barriers: Mapping[UUID, BarrierDriver],
        *,
        now_ns: MonotonicNs,
        tell: Callable[[FireTold], None],
    ) -> None:
        self._inputs = inputs
        self._relays = relays
        self._barriers = barriers
        self._now_ns = now_ns
        self._tell = tell
        self._alerts: dict[tuple[UUID, int], Alert] = {}
        self._told: dict[tuple[UUID, int], bool] = {}

    async def run(self) -> None:
        """Look until cancelled; a barrier that is held stays so for the watch that follows."""
        for fire in self._inputs:
            self._relays[fire.device].watch({fire.input})
        while True:
            for device in dict.fromkeys(fire.device for fire in self._inputs):
                self._take(device, await self._read(device))
            self._open_and_let_go()
            for fire in self._inputs:
                self._tell_change(fire)
            await asyncio.sleep(LOOK_S)

    async def _read(self, device: UUID) -> tuple[bool, ...] | None:
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                return await self._relays[device].inputs()
        except (DeviceError, TimeoutError):
            return None

    def _take(self, device: UUID, read: tuple[bool, ...] | None) -> None:
        for fire in self._inputs:
            if fire.device == device:
                is_active = None if read is None else read[fire.input] != fire.normally_closed
                place = (device, fire.input)
                self._alerts[place] = judge(self._begun(fire), is_active, self._now_ns())

    def _begun(self, fire: FireInput) -> Alert:
        """What the watch before held open burns on until its contact has been back for long enough."""
        held = any(BarrierCause.FIRE in self._barriers[point].state.holds for point in self._points(fire))
        return self._alerts.get((fire.device, fire.input), Alert(is_burning=held))

    def _open_and_let_go(self) -> None:
        burning = {
            point
            for fire in self._inputs
            if self._alerts.get((fire.device, fire.input), Alert()).is_burning
            for point in self._points(fire)
        }
        is_known = len(self._alerts) == len({(fire.device, fire.input) for fire in self._inputs})
        for point, barrier in self._barriers.items():
            if point in burning:
                barrier.hold(BarrierCause.FIRE)
            elif is_known:
                barrier.release(BarrierCause.FIRE)

    def _tell_change(self, fire: FireInput) -> None:
        place = (fire.device, fire.input)
        alert = self._alerts.get(place)
        if alert is None or self._told.get(place) is alert.is_burning:
            return
        if not alert.is_burning and alert.back_ns is None:
            return  # nothing has been read yet
        self._told[place] = alert.is_burning
        self._tell(FireTold(*place, alert.is_burning, self._points(fire)))

    def _points(self, fire: FireInput) -> tuple[UUID, ...]:
        return tuple(point for point in fire.points or self._barriers if point in self._barriers)
