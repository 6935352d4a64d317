"""A person says that somebody has left unseen: their place goes, nothing opens, and nothing counts as a passage.

A missed exit (two cars behind each other, the fire alarm, a barrier held open) would otherwise stand for ever.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from uuid import UUID

from edge.access import presence
from edge.access.holdings import Holdings
from edge.access.journal import Journal
from edge.access.presence import Place
from protocols.records import PlaceMarked


class Said(NamedTuple):
    """By whom and why. A guard at the box's page, or a person by an order of the cloud."""

    why: str
    guard: UUID | None = None
    shift: UUID | None = None
    command: UUID | None = None
    person: str = ""


class Marking:
    """`told` hears of each pass whose place has gone."""

    def __init__(self, held: Holdings, journal: Journal) -> None:
        self._held = held
        self._journal = journal
        self.told: Callable[[UUID], None] = lambda _pass_id: None

    def inside(self, pass_id: UUID) -> list[str]:
        """By what the pass is inside."""
        return sorted(place.carrier for place in self._held.presence.of(pass_id).values() if place.zone)

    async def left(self, pass_id: UUID, carrier: str | None, said: Said) -> int:
        """Whoever is inside by this carrier, or by any (None), has left. Returns how many. Raises StoreError."""
        gone = [each for each in self.inside(pass_id) if carrier in (None, each)]
        for each in gone:
            await self._mark(pass_id, each, said)
        return len(gone)

    async def deny(self, pass_id: UUID, carrier: str, said: Said) -> None:
        """The cloud has somebody inside who is not inside here: it is told so. Raises StoreError."""
        await self._journal.add(self._record(pass_id, carrier, None, said))

    async def _mark(self, pass_id: UUID, carrier: str, said: Said) -> None:
        before = self._held.presence.of(pass_id)[carrier]
        event = self._record(pass_id, carrier, before.zone, said)
        after = Place(carrier, None, int(event.at.timestamp() * 1000), before.household)
        move = self._held.presence.move(pass_id, after)
        try:
            await self._journal.add(event, partial(presence.write, pass_id=pass_id, place=after))
        except BaseException:
            self._held.presence.take_back(move)
            raise
        self.told(pass_id)

    def _record(self, pass_id: UUID, carrier: str, zone: UUID | None, said: Said) -> PlaceMarked:
        return PlaceMarked(
            **self._journal.stamp(), pass_id=pass_id, carrier=carrier, zone=zone, **said._asdict()
        )
