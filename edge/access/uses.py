"""Entries counted on passes, and exits by guests' codes: in memory, those included that are yet to be written."""

from collections.abc import Iterable
from uuid import UUID

from protocols.fields import Direction


class Uses:
    """Keyed by pass and direction. Exits are counted for guests' codes alone."""

    def __init__(self, counted: Iterable[tuple[bytes, int, int]] = ()) -> None:
        """`counted`: pass id, entries, exits."""
        self._counted: dict[Direction, dict[bytes, int]] = {Direction.IN: {}, Direction.OUT: {}}
        for pass_key, entries, exits in counted:
            if entries:
                self._counted[Direction.IN][pass_key] = entries
            if exits:
                self._counted[Direction.OUT][pass_key] = exits

    def of(self, pass_key: bytes, direction: Direction = Direction.IN) -> int:
        """Counted or reserved."""
        return self._counted[direction].get(pass_key, 0)

    def reserve(self, pass_id: UUID, direction: Direction = Direction.IN) -> int:
        """Take one before it is written: a second lane, milliseconds later, must see it. Returns its number."""
        number = self.of(pass_id.bytes, direction) + 1
        self._counted[direction][pass_id.bytes] = number
        return number

    def give_back(self, pass_id: UUID, direction: Direction = Direction.IN) -> None:
        """The write failed, or surely nothing opened."""
        self._counted[direction][pass_id.bytes] = max(self.of(pass_id.bytes, direction) - 1, 0)

    def at_least(self, pass_id: UUID, entries: int, exits: int = 0) -> None:
        """What the cloud knows of a replaced box's counts."""
        for direction, count in ((Direction.IN, entries), (Direction.OUT, exits)):
            if count > self.of(pass_id.bytes, direction):
                self._counted[direction][pass_id.bytes] = count
