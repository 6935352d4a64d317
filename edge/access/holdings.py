"""The held set on the disk and in memory: loading, changes, the snapshot's swap, counted uses, who is where.

A snapshot is written piece by piece as a new generation of rows beside the one in force; the swap is one small
transaction, so the gate never waits for it and a power cut leaves either the old set or the new one.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from edge.access import presence
from edge.access.passes import Passes, Row, Standing
from edge.access.presence import Place, Presence
from edge.access.uses import Uses
from edge.store import get_meta, set_meta, wiping
from protocols import chain
from protocols.fields import Direction
from protocols.messages import Uses as Counted
from protocols.messages import Whereabouts

_CLEAN_AT_ONCE = 2000


class _Kept(msgspec.Struct, frozen=True):
    """What stands under `standing` in the store's small values."""

    generation: int
    epoch: UUID | None
    version: int
    digest: str


@dataclass(kw_only=True)
class Holdings:
    """What the gate decides from. `passes` is replaced as a whole by a snapshot.

    `confirmed_ms`: when the cloud last said that this is its list (Unix ms); 0: never.
    """

    passes: Passes = field(default_factory=Passes)
    uses: Uses = field(default_factory=Uses)
    presence: Presence = field(default_factory=Presence)
    standing: Standing = field(default_factory=Standing)
    generation: int = 0
    confirmed_ms: int = 0

    def age_s(self, now_ms: int) -> int:
        """How old the list is. A clock that was set back makes it new, not older."""
        return max(now_ms - self.confirmed_ms, 0) // 1000


def load(connection: sqlite3.Connection) -> Holdings:
    """All that is held, from the disk, at start."""
    kept = _kept(connection)
    holdings = Holdings(
        generation=kept.generation,
        uses=Uses(connection.execute("SELECT pass, entries, exits FROM uses")),
        presence=presence.load(connection),
        confirmed_ms=int(get_meta(connection, "confirmed_ms") or b"0"),
    )
    for kind, item_id, version, body in connection.execute(
        "SELECT kind, id, version, body FROM held WHERE generation = ?", (kept.generation,)
    ):
        holdings.passes.put(Row(kind, UUID(bytes=item_id), version, body))
    holdings.standing = Standing(kept.epoch, kept.version, holdings.passes.digest % chain.DIGEST_MODULUS)
    return holdings


def write_changes(
    connection: sqlite3.Connection,
    generation: int,
    puts: Sequence[Row | tuple[str, UUID]],
    standing: Standing,
    at_ms: int,
) -> None:
    """Changes of the log in their order, and how far the log is followed now."""
    with wiping(connection):
        for change in puts:
            if isinstance(change, Row):
                _insert(connection, generation, [change])
            else:
                kind, item_id = change
                connection.execute(
                    "DELETE FROM held WHERE generation = ? AND kind = ? AND id = ?",
                    (generation, kind, item_id.bytes),
                )
    _keep(connection, generation, standing)
    confirm(connection, at_ms)


def write_piece(
    connection: sqlite3.Connection,
    generation: int,
    rows: Sequence[Row],
    uses: Iterable[Counted],
    places: Iterable[Whereabouts],
    at_ms: int,
) -> None:
    """A piece of a snapshot, into a generation that is not in force. Counts and places only add to what is known."""
    _insert(connection, generation, rows)
    connection.executemany(
        "INSERT INTO uses (pass, entries, exits, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT (pass) DO UPDATE"
        " SET entries = max(entries, excluded.entries), exits = max(exits, excluded.exits)",
        [(counted.pass_id.bytes, counted.entries, counted.exits, at_ms) for counted in uses],
    )
    for where in places:
        presence.write_if_unknown(connection, where.pass_id, place_of(where))


def place_of(where: Whereabouts) -> Place:
    """What the cloud tells of somebody's place."""
    return Place(where.carrier, where.zone, int(where.since.timestamp() * 1000), where.household)


def confirm(connection: sqlite3.Connection, at_ms: int) -> None:
    """The cloud has said that what is held is its list."""
    set_meta(connection, "confirmed_ms", str(at_ms).encode())


def swap(connection: sqlite3.Connection, generation: int, standing: Standing, at_ms: int) -> None:
    """The snapshot's generation comes into force."""
    _keep(connection, generation, standing)
    confirm(connection, at_ms)


def clean(connection: sqlite3.Connection) -> int:
    """Wipe some rows of generations that are not in force; 0 when there are none left."""
    kept = _kept(connection)
    with wiping(connection):
        return connection.execute(
            "DELETE FROM held WHERE (generation, kind, id) IN"
            " (SELECT generation, kind, id FROM held WHERE generation <> ? LIMIT ?)",
            (kept.generation, _CLEAN_AT_ONCE),
        ).rowcount


def count_use(connection: sqlite3.Connection, pass_id: UUID, direction: Direction, at_ms: int) -> None:
    """One more entry, or exit, on a pass."""
    entries, exits = (1, 0) if direction is Direction.IN else (0, 1)
    connection.execute(
        "INSERT INTO uses (pass, entries, exits, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT (pass) DO UPDATE"
        " SET entries = entries + excluded.entries, exits = exits + excluded.exits, at_ms = excluded.at_ms",
        (pass_id.bytes, entries, exits, at_ms),
    )


def return_use(connection: sqlite3.Connection, pass_id: UUID, direction: Direction) -> None:
    """One that surely did not happen."""
    column = "entries" if direction is Direction.IN else "exits"
    connection.execute(
        f"UPDATE uses SET {column} = max({column} - 1, 0) WHERE pass = ?",  # noqa: S608  # one of two names
        (pass_id.bytes,),
    )


def forget_places(connection: sqlite3.Connection, before_ms: int) -> list[tuple[UUID, str]]:
    """Drop places, inside zones too, of passes that are held no more and were last seen before. Returns whose.

    Nobody could ever move such a place: its pass lets nobody out. Passes that only the gate knows yet are held beside
    the list. While a snapshot is being written, or wiped, nothing goes: it brings places before their passes.
    """
    generation = _kept(connection).generation
    others = (
        "SELECT 1 FROM held WHERE generation < ? UNION ALL SELECT 1 FROM held WHERE generation > ? LIMIT 1"
    )
    if connection.execute(others, (generation, generation)).fetchone() is not None:
        return []
    gone = connection.execute(
        "DELETE FROM place WHERE since_ms < ?"
        " AND NOT EXISTS (SELECT 1 FROM held WHERE generation = ? AND kind = 'pass' AND id = pass)"
        " AND NOT EXISTS (SELECT 1 FROM draft WHERE id = pass AND NOT taken) RETURNING pass, carrier",
        (before_ms, generation),
    )
    return [(UUID(bytes=pass_id), carrier) for pass_id, carrier in gone.fetchall()]


def forget_uses(connection: sqlite3.Connection, generation: int, before_ms: int) -> int:
    """Drop counts of passes that are long gone from the log."""
    return connection.execute(
        "DELETE FROM uses WHERE at_ms < ? AND NOT EXISTS"
        " (SELECT 1 FROM held WHERE generation = ? AND kind = 'pass' AND id = pass)",
        (before_ms, generation),
    ).rowcount


def _insert(connection: sqlite3.Connection, generation: int, rows: Sequence[Row]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?)",
        [(generation, row.kind, row.id.bytes, row.version, row.body) for row in rows],
    )


def _kept(connection: sqlite3.Connection) -> _Kept:
    data = get_meta(connection, "standing")
    return _Kept(0, None, 0, "") if data is None else msgspec.json.decode(data, type=_Kept)


def _keep(connection: sqlite3.Connection, generation: int, standing: Standing) -> None:
    kept = _Kept(generation, standing.epoch, standing.version, standing.digest_hex)
    set_meta(connection, "standing", msgspec.json.encode(kept))
