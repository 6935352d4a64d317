"""The held set on the disk and in memory: loading, changes, the snapshot's swap, counted uses.

A snapshot is written piece by piece as a new generation of rows beside the one in force; the swap is one small
transaction, so the gate never waits for it and a power cut leaves either the old set or the new one.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from edge.access.passes import Passes, Row, Standing, Uses
from edge.store import get_meta, set_meta, wiping
from protocols import chain

_CLEAN_AT_ONCE = 2000


class _Kept(msgspec.Struct, frozen=True):
    """What stands under `standing` in the store's small values."""

    generation: int
    epoch: UUID | None
    version: int
    digest: str


@dataclass(kw_only=True)
class Holdings:
    """What the gate decides from. `passes` is replaced as a whole by a snapshot."""

    passes: Passes = field(default_factory=Passes)
    uses: Uses = field(default_factory=lambda: Uses({}))
    standing: Standing = field(default_factory=Standing)
    generation: int = 0


def load(connection: sqlite3.Connection) -> Holdings:
    """All that is held, from the disk, at start."""
    kept = _kept(connection)
    holdings = Holdings(
        generation=kept.generation, uses=Uses(dict(connection.execute("SELECT pass, entries FROM uses")))
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


def write_piece(
    connection: sqlite3.Connection,
    generation: int,
    rows: Sequence[Row],
    uses: Iterable[tuple[UUID, int]],
    at_ms: int,
) -> None:
    """A piece of a snapshot, into a generation that is not in force."""
    _insert(connection, generation, rows)
    connection.executemany(
        "INSERT INTO uses VALUES (?, ?, ?) ON CONFLICT (pass) DO UPDATE SET entries = max(entries, excluded.entries)",
        [(pass_id.bytes, entries, at_ms) for pass_id, entries in uses],
    )


def swap(connection: sqlite3.Connection, generation: int, standing: Standing) -> None:
    """The snapshot's generation comes into force."""
    _keep(connection, generation, standing)


def clean(connection: sqlite3.Connection) -> int:
    """Wipe some rows of generations that are not in force; 0 when there are none left."""
    kept = _kept(connection)
    with wiping(connection):
        return connection.execute(
            "DELETE FROM held WHERE (generation, kind, id) IN"
            " (SELECT generation, kind, id FROM held WHERE generation <> ? LIMIT ?)",
            (kept.generation, _CLEAN_AT_ONCE),
        ).rowcount


def count_use(connection: sqlite3.Connection, pass_id: UUID, at_ms: int) -> None:
    """One more entry on a pass."""
    connection.execute(
        "INSERT INTO uses VALUES (?, 1, ?)"
        " ON CONFLICT (pass) DO UPDATE SET entries = entries + 1, at_ms = excluded.at_ms",
        (pass_id.bytes, at_ms),
    )


def return_use(connection: sqlite3.Connection, pass_id: UUID) -> None:
    """An entry that surely did not happen."""
    connection.execute("UPDATE uses SET entries = max(entries - 1, 0) WHERE pass = ?", (pass_id.bytes,))


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
