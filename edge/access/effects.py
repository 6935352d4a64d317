"""What follows when somebody is let through: an entry (or exit) that is counted, and where everybody is then.

In memory before it is written, so that a second lane sees it at once; taken back, there and on the disk, when surely
nothing opened.
"""

import sqlite3
from typing import NamedTuple
from uuid import UUID

from edge.access import holdings, presence
from edge.access.holdings import Holdings
from edge.access.presence import Move
from protocols.fields import Direction


class Effects(NamedTuple):
    """`counted`: the pass on which an entry, or an exit by a guest's code, was reserved; None: on none."""

    direction: Direction
    counted: UUID | None = None
    moves: tuple[Move, ...] = ()

    def __bool__(self) -> bool:
        return self.counted is not None or bool(self.moves)

    def write(self, connection: sqlite3.Connection, at_ms: int) -> None:
        """In the transaction of the decision."""
        if self.counted is not None:
            holdings.count_use(connection, self.counted, self.direction, at_ms)
        for move in self.moves:
            presence.write(connection, move.pass_id, move.after)

    def give_back(self, held: Holdings) -> "Effects":
        """In memory. Returns what is to be undone on the disk, too: the moves that nothing has overtaken."""
        if self.counted is not None:
            held.uses.give_back(self.counted, self.direction)
        return self._replace(moves=tuple(move for move in self.moves if held.presence.take_back(move)))

    def undo(self, connection: sqlite3.Connection) -> None:
        """In the transaction of the record that surely nothing opened."""
        if self.counted is not None:
            holdings.return_use(connection, self.counted, self.direction)
        for move in self.moves:
            if move.before is None:
                presence.erase(connection, move.pass_id, move.after.carrier)
            else:
                presence.write(connection, move.pass_id, move.before)
