"""From what the box holds to what a panel at a point should hold."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from edge.access.decision import GatePass
from edge.access.holdings import Holdings
from edge.access.points import Site
from edge.clock import Clock, Moment
from edge.drivers.base import Grant
from edge.panels.wanted import faces_of, grants_of
from protocols.cards import Lookup
from protocols.config import AntiPassback, Point
from protocols.fields import ClockState

AT_ONCE = 500  # passes between two looks of the event loop at other things


class Supply:
    """What panels should hold; asked again whenever the passes have changed, and now and then."""

    def __init__(self, held: Holdings, clock: Clock) -> None:
        self._held = held
        self._clock = clock

    async def wanted(self, point: Point, site: Site) -> frozenset[Grant]:
        """Nobody while the time is not known, and where somebody is counted: the box decides there."""
        moment = self._clock.now()
        zone = site.zones.by_id.get(point.zone) if point.zone else None
        if moment.state is ClockState.UNKNOWN or (
            zone is not None and (zone.anti_passback is not AntiPassback.OFF or zone.capacity is not None)
        ):
            return frozenset()
        grants: set[Grant] = set()
        async for item in self._every():
            found = set(grants_of(item, point.id, moment.utc))
            if found and not self._is_blocked(item, moment):
                grants |= found
        return frozenset(grants)

    async def faces(self, point: Point, site: Site) -> frozenset[str]:  # noqa: ARG002  # as `wanted`
        """The pictures of those who may come through the point: about each of them the panel asks the box."""
        moment = self._clock.now()
        faces: set[str] = set()
        async for item in self._every():
            found = set(faces_of(item, point.id, moment.utc))
            if found and not self._is_blocked(item, moment):
                faces |= found
        return frozenset(faces)

    async def _every(self) -> AsyncIterator[GatePass]:
        for count, item in enumerate(self._held.passes.every()):
            if not count % AT_ONCE:
                await asyncio.sleep(0)
            yield item

    def _is_blocked(self, item: GatePass, moment: Moment) -> bool:
        lookups = [Lookup(key, False) for key in item.keys]
        return self._held.passes.names_card_or_pass(lookups, item.id, moment.utc)


def point_of(device: UUID, site: Site) -> Point | None:
    """At which point a panel stands: the one at which it reads, or that it opens."""
    lane = site.lanes.get(device)
    if lane is not None:
        return lane.point
    opened = (point for point in site.points.values() if point.barrier and point.barrier.device == device)
    return next(opened, None)
