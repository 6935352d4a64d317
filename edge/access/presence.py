"""Who is where: the zones of a site, and by what each pass entered and left them.

A place is kept of each carrier of a pass: each of its plates, and "" for whoever came on foot by its card or code. So
a family's second car does not count as the first one again. Whom the box has never seen is nowhere: nothing is held
against them. All here is pure but for the functions that read and write at the end.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from protocols.config import Zone
from protocols.fields import Direction

ON_FOOT = ""


class Place(NamedTuple):
    """Where a carrier was last. `zone` None: outside; `since_ms`: Unix ms. `household`: whose vehicle it is."""

    carrier: str
    zone: UUID | None
    since_ms: int
    household: UUID | None = None


class Move(NamedTuple):
    """A place and the one before it (None: nowhere), for a passage that surely did not happen after all."""

    pass_id: UUID
    before: Place | None
    after: Place


class Standing(NamedTuple):
    """How a pass stands before a point. `violates`: already inside, or not inside though it wants out.

    `left_carrier`: it leaves by something else than that by which it came in, named here.
    """

    violates: bool = False
    left_carrier: str | None = None


FREE = Standing()


@dataclass(frozen=True)
class Zones:
    """The zones of one applied configuration."""

    by_id: Mapping[UUID, Zone] = field(default_factory=dict)

    def within(self, place: UUID | None, zone: UUID) -> bool:
        """Whether a place is the zone, or lies in it."""
        while place is not None:
            if place == zone:
                return True
            found = self.by_id.get(place)
            place = found.parent if found else None
        return False

    def behind(self, zone: Zone, direction: Direction) -> UUID | None:
        """Where who passes the zone's point in this direction is then."""
        return zone.id if direction is Direction.IN else zone.parent

    def faults(self) -> Iterator[str]:
        """What is wrong with them: numbers that stand twice, parents that are not there or lie within."""
        numbers: set[int] = set()
        for zone in self.by_id.values():
            if zone.number in numbers:
                yield f"zone {zone.name!r}: the number {zone.number} stands twice"
            numbers.add(zone.number)
            if zone.parent is not None and zone.parent not in self.by_id:
                yield f"zone {zone.name!r}: no zone {zone.parent} to lie in"
            elif self._is_circle(zone):
                yield f"zone {zone.name!r}: it lies within itself"

    def _is_circle(self, zone: Zone) -> bool:
        seen, at = {zone.id}, zone.parent
        while at is not None and at in self.by_id:
            if at in seen:
                return True
            seen.add(at)
            at = self.by_id[at].parent
        return False


class Presence:
    """Places in memory. Changed before they are written, like entries: a second lane must see them at once."""

    def __init__(self, places: Iterable[tuple[UUID, Place]] = ()) -> None:
        self._places: dict[UUID, dict[str, Place]] = {}
        self._inside: dict[UUID, set[tuple[UUID, str]]] = {}
        self._vehicles: dict[UUID, set[tuple[UUID, str]]] = {}
        self._by_plate: dict[str, set[UUID]] = {}
        for pass_id, place in places:
            self._put(pass_id, place)

    def of(self, pass_id: UUID) -> Mapping[str, Place]:
        """The places of a pass, by carrier."""
        return self._places.get(pass_id, {})

    def everyone(self) -> Iterator[tuple[UUID, Place]]:
        """All who are inside any zone."""
        for who in self._inside.values():
            for pass_id, carrier in who:
                yield pass_id, self._places[pass_id][carrier]

    def inside(self, zones: Zones, zone: Zone) -> int:
        """How many are in the zone and in what lies in it; vehicles alone where those alone are counted."""
        return sum(
            sum(carrier != ON_FOOT for _, carrier in who) if zone.vehicles_only else len(who)
            for place, who in self._inside.items()
            if zones.within(place, zone.id)
        )

    def vehicles(self, household: UUID, *, but: str) -> int:
        """How many vehicles of a household are inside, another than this one."""
        return sum(plate != but for _, plate in self._vehicles.get(household, ()))

    def holder(self, plate: str) -> UUID | None:
        """The pass by which the vehicle came in, if it is inside."""
        for pass_id in self._by_plate.get(plate, ()):
            if self._places[pass_id][plate].zone is not None:
                return pass_id
        return None

    def standing(
        self, zones: Zones, zone: Zone, pass_id: UUID, carrier: str, direction: Direction, since_ms: int
    ) -> Standing:
        """How the pass stands before a point of the zone. `since_ms`: what was before is forgiven."""
        places = {each.carrier: each for each in self.of(pass_id).values() if each.since_ms >= since_ms}
        mine = places.get(carrier)
        is_in = mine is not None and zones.within(mine.zone, zone.id)
        if direction is Direction.IN:
            return Standing(violates=is_in)
        if is_in or not places:
            return FREE
        others = [each for each in places.values() if zones.within(each.zone, zone.id)]
        if others:
            oldest = min(others, key=lambda each: each.since_ms)
            return Standing(left_carrier=oldest.carrier)
        return Standing(violates=mine is not None)

    def move(self, pass_id: UUID, after: Place) -> Move:
        """Note where the carrier is from now on."""
        before = self.of(pass_id).get(after.carrier)
        self._put(pass_id, after)
        return Move(pass_id, before, after)

    def take_back(self, move: Move) -> bool:
        """It did not happen: as before, unless it has moved on since. Whether anything was changed."""
        if self.of(move.pass_id).get(move.after.carrier) != move.after:
            return False
        if move.before is None:
            self._drop(move.pass_id, move.after.carrier)
        else:
            self._put(move.pass_id, move.before)
        return True

    def learn(self, pass_id: UUID, place: Place) -> None:
        """What the cloud knows; a box that has been here since knows better."""
        if place.carrier not in self.of(pass_id):
            self._put(pass_id, place)

    def forget(self, pass_id: UUID, carrier: str) -> None:
        """Its pass is gone: where it was, nobody can tell any more."""
        self._drop(pass_id, carrier)

    def _put(self, pass_id: UUID, place: Place) -> None:
        self._drop(pass_id, place.carrier)
        self._places.setdefault(pass_id, {})[place.carrier] = place
        who = pass_id, place.carrier
        if place.carrier != ON_FOOT:
            self._by_plate.setdefault(place.carrier, set()).add(pass_id)
        if place.zone is not None:
            self._inside.setdefault(place.zone, set()).add(who)
            if place.household is not None and place.carrier != ON_FOOT:
                self._vehicles.setdefault(place.household, set()).add(who)

    def _drop(self, pass_id: UUID, carrier: str) -> None:
        place = self._places.get(pass_id, {}).pop(carrier, None)
        if place is None:
            return
        if not self._places[pass_id]:
            del self._places[pass_id]
        _discard(self._by_plate, carrier, pass_id)
        if place.zone is not None:
            _discard(self._inside, place.zone, (pass_id, carrier))
        if place.household is not None:
            _discard(self._vehicles, place.household, (pass_id, carrier))


def _discard(sets: dict, key: object, member: object) -> None:  # type: ignore[type-arg]  # of any key and member
    found = sets.get(key)
    if found is not None:
        found.discard(member)
        if not found:
            del sets[key]


def last_amnesty_ms(zone: Zone, at: datetime, local: tzinfo) -> int:
    """When anti-passback last forgot where everyone was (Unix ms); 0: never."""
    if zone.amnesty_minute is None:
        return 0
    here = at.astimezone(local)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    last = midnight + timedelta(minutes=zone.amnesty_minute)
    if last > here:
        last -= timedelta(days=1)
    return int(last.timestamp() * 1000)


def load(connection: sqlite3.Connection) -> Presence:
    """From the disk, at start."""
    rows = connection.execute("SELECT pass, carrier, zone, since_ms, household FROM place")
    return Presence(
        (UUID(bytes=pass_id), Place(carrier, _id(zone), since_ms, _id(household)))
        for pass_id, carrier, zone, since_ms, household in rows
    )


def write(connection: sqlite3.Connection, pass_id: UUID, place: Place) -> None:
    """In the transaction of what moved it."""
    connection.execute(
        "INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?, ?)",
        (pass_id.bytes, place.carrier, _bytes(place.zone), place.since_ms, _bytes(place.household)),
    )


def write_if_unknown(connection: sqlite3.Connection, pass_id: UUID, place: Place) -> None:
    """What the cloud knows; a box that has been here since knows better."""
    connection.execute(
        "INSERT OR IGNORE INTO place VALUES (?, ?, ?, ?, ?)",
        (pass_id.bytes, place.carrier, _bytes(place.zone), place.since_ms, _bytes(place.household)),
    )


def erase(connection: sqlite3.Connection, pass_id: UUID, carrier: str) -> None:
    """It was nowhere before."""
    connection.execute("DELETE FROM place WHERE pass = ? AND carrier = ?", (pass_id.bytes, carrier))


def _id(data: bytes | None) -> UUID | None:
    return None if data is None else UUID(bytes=data)


def _bytes(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes
