"""Entries counted on passes, and exits by guests' codes: in memory, those included that are yet to be written."""

from collections.abc import Iterable
from uuid import UUID

from protocols.fields import Direction


class Uses:
    """Keyed by pass and direction. Exits are counted for guests' codes alone."""

    def __init__(self, counted: Iterable[tuple[bytes, int, int]] = ()) -> None:
        """`counted`: pass id, entries, exits."""
        self.entries: dict[bytes, int] = {}  # read at every decision
        self._exits: dict[bytes, int] = {}
        for pass_key, entries, exits in counted:
            if entries:
                self.entries[pass_key] = entries
            if exits:
                self._exits[pass_key] = exits

    def of(self, pass_key: bytes, direction: Direction = Direction.IN) -> int:
        """Counted or reserved."""
        return self._that_way(direction).get(pass_key, 0)

    def reserve(self, pass_id: UUID, direction: Direction = Direction.IN) -> int:
        """Take one before it is written: a second lane, milliseconds later, must see it. Returns its number."""
        counted = self._that_way(direction)
        number = counted[pass_id.bytes] = counted.get(pass_id.bytes, 0) + 1
        return number

    def give_back(self, pass_id: UUID, direction: Direction = Direction.IN) -> None:
        """The write failed, or surely nothing opened."""
        counted = self._that_way(direction)
        counted[pass_id.bytes] = max(counted.get(pass_id.bytes, 0) - 1, 0)

    def at_least(self, pass_id: UUID, entries: int, exits: int = 0) -> None:
        """What the cloud knows of a replaced box's counts."""
        for counted, count in ((self.entries, entries), (self._exits, exits)):
            if count > counted.get(pass_id.bytes, 0):
                counted[pass_id.bytes] = count

    def _that_way(self, direction: Direction) -> dict[bytes, int]:
        return self.entries if direction is Direction.IN else self._exits
