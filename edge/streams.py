"""The box's two streams in SQLite: append, read a batch, take an acknowledgement, fork, forget what is old.

Every function runs inside the caller's transaction (see `edge.store`). Sequences have no gaps; the hash of a
record covers the hash before it and its bytes as first written (`protocols.chain`).
"""

import sqlite3
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from protocols import chain
from protocols.messages import BATCH_MAX_BYTES, BATCH_MAX_RECORDS, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where an open stream stands."""

    n: int
    id: UUID
    kind: Stream
    last: int
    head: bytes
    acked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Records without a gap, as a batch carries them. `before`: the hash before `first`; `head`: after the last."""

    stream: UUID
    first: int
    before: bytes
    records: list[bytes]
    head: bytes
    oldest: int

    @property
    def last(self) -> int:
        """Sequence of the last record."""
        return self.first + len(self.records) - 1


class Standing(Enum):
    """What an acknowledgement says about a stream."""

    FOREIGN = "foreign"  # of a stream that is not open: late, harmless
    COMMITTED = "committed"
    REWOUND = "rewound"  # the cloud has less than it had said: it came back from a backup
    FORKED = "forked"  # another history of this stream exists: this box came back from a copy


def open_stream(connection: sqlite3.Connection, kind: Stream, stream: UUID) -> Head:
    """A new, empty stream; those of its kind before it are closed."""
    connection.execute("UPDATE stream SET closed = 1 WHERE kind = ?", (kind,))
    connection.execute(
        "INSERT INTO stream (id, kind, head) VALUES (?, ?, ?)", (stream.bytes, kind, chain.genesis(stream))
    )
    return head(connection, kind)


def find_head(connection: sqlite3.Connection, kind: Stream) -> Head | None:
    """The open stream of the kind, if there is one."""
    row = connection.execute(
        "SELECT n, id, last, head, acked FROM stream WHERE kind = ? AND NOT closed", (kind,)
    ).fetchone()
    if row is None:
        return None
    return Head(n=row[0], id=UUID(bytes=row[1]), kind=kind, last=row[2], head=row[3], acked=row[4])


def head(connection: sqlite3.Connection, kind: Stream) -> Head:
    """The open stream of the kind, which exists since the first start."""
    found = find_head(connection, kind)
    if found is None:
        raise LookupError(f"no open stream of {kind}")
    return found


def append(connection: sqlite3.Connection, kind: Stream, body: bytes, at_ms: int) -> tuple[UUID, int]:
    """Add a record. Returns its stream and sequence."""
    at = head(connection, kind)
    sequence, digest = at.last + 1, chain.link(at.head, body)
    connection.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", (at.n, sequence, at_ms, digest, body))
    connection.execute("UPDATE stream SET last = ?, head = ? WHERE n = ?", (sequence, digest, at.n))
    return at.id, sequence


def next_run(connection: sqlite3.Connection, kind: Stream) -> Run | None:
    """What the cloud should get next, at most a batch's worth; None when it has everything."""
    at = head(connection, kind)
    oldest = _oldest(connection, at)
    if oldest is None or at.acked >= at.last:
        return None
    first = max(at.acked + 1, oldest)
    rows = connection.execute(
        "SELECT hash, body FROM record WHERE n = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
        (at.n, first, BATCH_MAX_RECORDS),
    ).fetchall()
    records: list[bytes] = []
    size = 0
    for _, body in rows:
        size += len(body) + 1
        if records and size > BATCH_MAX_BYTES:
            break
        records.append(bytes(body))
    before = hash_at(connection, at, first - 1)
    if before is None:
        raise LookupError(f"{kind}: the hash before {first} is not held")
    return Run(
        stream=at.id,
        first=first,
        before=before,
        records=records,
        head=rows[len(records) - 1][0],
        oldest=oldest,
    )


def take_ack(
    connection: sqlite3.Connection, kind: Stream, stream: UUID, sequence: int, cloud_hash: bytes
) -> Standing:
    """Compare the cloud's watermark with what is held, and move ours, forward or back."""
    at = head(connection, kind)
    if at.id != stream:
        return Standing.FOREIGN
    if sequence > at.last:
        return Standing.FORKED
    ours = hash_at(connection, at, sequence)
    if sequence and ours is not None and ours != cloud_hash:
        return Standing.FORKED
    connection.execute("UPDATE stream SET acked = ? WHERE n = ?", (sequence, at.n))
    return Standing.REWOUND if sequence < at.acked else Standing.COMMITTED


def hash_at(connection: sqlite3.Connection, at: Head, sequence: int) -> bytes | None:
    """Our hash at a sequence; None when that record is no longer held."""
    if sequence == 0:
        return chain.genesis(at.id)
    if sequence == at.last:
        return at.head
    row = connection.execute(
        "SELECT hash FROM record WHERE n = ? AND sequence = ?", (at.n, sequence)
    ).fetchone()
    if row is None:
        row = connection.execute(
            "SELECT hash FROM dropped WHERE n = ? AND sequence = ?", (at.n, sequence)
        ).fetchone()
    return None if row is None else bytes(row[0])


def fork(
    connection: sqlite3.Connection, kind: Stream, stream: UUID, opening: bytes | None, at_ms: int
) -> Head:
    """Go on in a new stream that begins with `opening`; what the cloud has not acknowledged moves into it."""
    old = head(connection, kind)
    open_stream(connection, kind, stream)
    if opening is not None:
        append(connection, kind, opening, at_ms)
    rows = connection.execute(
        "SELECT at_ms, body FROM record WHERE n = ? AND sequence > ? ORDER BY sequence", (old.n, old.acked)
    )
    for row_at_ms, body in rows.fetchall():
        append(connection, kind, bytes(body), row_at_ms)
    return head(connection, kind)


def waiting(connection: sqlite3.Connection, kind: Stream) -> tuple[int, int | None]:
    """How many records the cloud has not acknowledged, and the Unix ms of the oldest of them."""
    at = head(connection, kind)
    row = connection.execute(
        "SELECT sequence, at_ms FROM record WHERE n = ? AND sequence > ? ORDER BY sequence LIMIT 1",
        (at.n, at.acked),
    ).fetchone()
    return (0, None) if row is None else (at.last - row[0] + 1, row[1])


def oldest_held(connection: sqlite3.Connection, kind: Stream) -> int | None:
    """Unix ms of the oldest record that the open stream could send again, acknowledged or not."""
    row = connection.execute(
        "SELECT at_ms FROM record WHERE n = ? ORDER BY sequence LIMIT 1", (head(connection, kind).n,)
    ).fetchone()
    return None if row is None else int(row[0])


def forget_before(connection: sqlite3.Connection, kind: Stream, at_ms: int, limit: int) -> int:
    """Drop up to `limit` acknowledged records older than `at_ms`, oldest first. Returns how many went."""
    dropped = 0
    for n, upto in connection.execute(
        "SELECT n, CASE closed WHEN 1 THEN last ELSE acked END FROM stream WHERE kind = ? ORDER BY n", (kind,)
    ).fetchall():
        row = connection.execute(
            "SELECT max(sequence), count(*) FROM (SELECT sequence FROM record"
            " WHERE n = ? AND sequence <= ? AND at_ms < ? ORDER BY sequence LIMIT ?)",
            (n, upto, at_ms, limit - dropped),
        ).fetchone()
        if row[0] is not None:
            dropped += _drop_to(connection, n, row[0])
    return dropped


def give_up_oldest(connection: sqlite3.Connection, kind: Stream, count: int) -> int:
    """The disk is full: drop the oldest records, acknowledged or not. Returns how many unacknowledged went."""
    at = head(connection, kind)
    row = connection.execute(
        "SELECT max(sequence) FROM (SELECT sequence FROM record WHERE n = ? ORDER BY sequence LIMIT ?)",
        (at.n, count),
    ).fetchone()
    if row[0] is None:
        return 0
    unacked = connection.execute(
        "SELECT count(*) FROM record WHERE n = ? AND sequence > ? AND sequence <= ?", (at.n, at.acked, row[0])
    ).fetchone()[0]
    _drop_to(connection, at.n, row[0])
    return int(unacked)


def _drop_to(connection: sqlite3.Connection, n: int, sequence: int) -> int:
    """Drop records up to a sequence; the hash of the last one stays, since the next one is chained to it."""
    last = connection.execute(
        "SELECT hash FROM record WHERE n = ? AND sequence = ?", (n, sequence)
    ).fetchone()
    connection.execute("INSERT OR REPLACE INTO dropped VALUES (?, ?, ?)", (n, sequence, last[0]))
    return connection.execute("DELETE FROM record WHERE n = ? AND sequence <= ?", (n, sequence)).rowcount


def _oldest(connection: sqlite3.Connection, at: Head) -> int | None:
    row = connection.execute("SELECT min(sequence) FROM record WHERE n = ?", (at.n,)).fetchone()
    return None if row[0] is None else int(row[0])
