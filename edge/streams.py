"""The box's two streams in SQLite: append, read a batch, take an acknowledgement, fork, forget what is old.

Every function runs inside the caller's transaction (see `edge.store`). Sequences have no gaps; the hash of a
record covers the hash before it and its bytes as first written (`protocols.chain`).

A fork closes a stream where box and cloud last agreed. A cloud that has nothing of the next one, as after a restore
from a dump of before the fork, may lack the closed one's end, too. So whenever an acknowledgement says that the cloud
has nothing of a stream, or has begun it, the one before is doubted: its last record is sent once more, and the answer
tells from where on the rest is wanted.
"""

import logging
import sqlite3
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from protocols import chain
from protocols.messages import BATCH_MAX_BYTES, BATCH_MAX_RECORDS, Stream

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a stream stands. A closed one ends where its successor began."""

    n: int
    id: UUID
    kind: Stream
    last: int
    head: bytes
    acked: int
    closed: bool = False

    @property
    def spare(self) -> int:
        """Up to here records may go once they are old: by the last one of a closed stream a gap before it is told."""
        return self.last - 1 if self.closed else self.last


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

    FOREIGN = "foreign"  # of no stream of ours: harmless
    COMMITTED = "committed"
    REWOUND = "rewound"  # the cloud has less than it had said: it came back from a backup
    FORKED = "forked"  # another history of this stream exists: this box came back from a copy
    DISOWNED = "disowned"  # another history of a closed stream: it cannot take what it lacks of ours


class Place(NamedTuple):
    """Of a record: its stream's number, and its sequence there. In the order in which records were written."""

    n: int
    sequence: int


BEGINNING = Place(0, 0)


class Written(NamedTuple):
    """A record as it is held."""

    place: Place
    body: bytes


def open_stream(connection: sqlite3.Connection, kind: Stream, stream: UUID) -> Head:
    """A new, empty stream; those of its kind before it are closed."""
    connection.execute(
        "UPDATE stream SET (last, head, closed) = (SELECT last, head, 1 FROM standing WHERE standing.n = stream.n)"
        " WHERE kind = ? AND NOT closed",
        (kind,),
    )
    connection.execute(
        "INSERT INTO stream (id, kind, head) VALUES (?, ?, ?)", (stream.bytes, kind, chain.genesis(stream))
    )
    return head(connection, kind)


def heads(connection: sqlite3.Connection, kind: Stream) -> list[Head]:
    """The streams of the kind, closed ones included, oldest first."""
    rows = connection.execute(
        "SELECT n, id, last, head, acked, closed FROM standing WHERE kind = ? ORDER BY n", (kind,)
    )
    return [
        Head(n=n, id=UUID(bytes=id_), kind=kind, last=last, head=head, acked=acked, closed=bool(closed))
        for n, id_, last, head, acked, closed in rows
    ]


def find_head(connection: sqlite3.Connection, kind: Stream) -> Head | None:
    """The open stream of the kind, if there is one."""
    return next((at for at in heads(connection, kind) if not at.closed), None)


def head(connection: sqlite3.Connection, kind: Stream) -> Head:
    """The open stream of the kind, which exists since the first start."""
    found = find_head(connection, kind)
    if found is None:
        raise LookupError(f"no open stream of {kind}")
    return found


def append(connection: sqlite3.Connection, kind: Stream, body: bytes, at_ms: int) -> tuple[UUID, int]:
    """Add a record. Returns its stream and sequence."""
    n, stream, last, before = connection.execute(
        "SELECT n, id, last, head FROM standing WHERE kind = ? AND NOT closed", (kind,)
    ).fetchone()
    sequence, digest = last + 1, chain.link(before, body)
    connection.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", (n, sequence, at_ms, digest, body))
    return UUID(bytes=stream), sequence


def after(connection: sqlite3.Connection, kind: Stream, place: Place, limit: int) -> list[Written]:
    """What was written beyond a place and is still held, at most so many, in order."""
    # Stream by stream: records of another kind, a meter's readings by the hundred thousand, are not walked over.
    found: list[Written] = []
    streams = connection.execute("SELECT n FROM stream WHERE kind = ? AND n >= ? ORDER BY n", (kind, place.n))
    for (n,) in streams.fetchall():
        beyond = place.sequence if n == place.n else -1
        rows = connection.execute(
            "SELECT sequence, body FROM record WHERE n = ? AND sequence > ? ORDER BY sequence LIMIT ?",
            (n, beyond, limit - len(found)),
        )
        found += [Written(Place(n, sequence), bytes(body)) for sequence, body in rows]
        if len(found) == limit:
            break
    return found


def next_run(connection: sqlite3.Connection, kind: Stream) -> Run | None:
    """What the cloud should get next, at most a batch's worth, of the oldest stream first; None: it has everything."""
    for at in heads(connection, kind):
        oldest = _oldest(connection, at)
        if oldest is not None and at.acked < at.last and (run := _run(connection, at, oldest)) is not None:
            return run
    return None


def _run(connection: sqlite3.Connection, at: Head, oldest: int) -> Run | None:
    """None: of what is not acknowledged, nothing is as it was written.

    A record that is not (a bit of the disk has flipped) is left out, or no signature would ever hold again and the
    cloud would take nothing more. The next one tells that it is missing, as it does where a full disk gave records up.
    """
    first = max(at.acked + 1, oldest)
    before = head = hash_at(connection, at, first - 1)
    if before is None or head is None:
        raise LookupError(f"{at.kind}: the hash before {first} is not held")
    records: list[bytes] = []
    size = 0
    for sequence, digest, body in connection.execute(
        "SELECT sequence, hash, body FROM record WHERE n = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
        (at.n, first, BATCH_MAX_RECORDS),
    ):
        is_sound = chain.link(head, body) == digest
        size += len(body) + 1
        if records and (size > BATCH_MAX_BYTES or not is_sound):
            break
        head = digest
        if is_sound:
            records.append(bytes(body))
        else:
            log.error("%s %s: record %s is not what was written", at.kind, at.id, sequence)
            first = oldest = sequence + 1
            before, size = digest, 0
    if not records:
        return None
    return Run(stream=at.id, first=first, before=before, records=records, head=head, oldest=oldest)


def take_ack(
    connection: sqlite3.Connection, kind: Stream, stream: UUID, sequence: int, cloud_hash: bytes
) -> Standing:
    """Compare the cloud's watermark with what is held, and move ours, forward or back."""
    at = next((each for each in heads(connection, kind) if each.id == stream), None)
    if at is None:
        return Standing.FOREIGN
    standing = _compare(connection, at, sequence, cloud_hash)
    if standing is Standing.FORKED:
        return standing
    if standing is Standing.DISOWNED:
        sequence = at.last  # asking again would never end
    connection.execute("UPDATE stream SET acked = ? WHERE n = ?", (min(sequence, at.last), at.n))
    if (sequence == 0) != (at.acked == 0):
        _doubt_before(connection, at)
    return standing


def _compare(connection: sqlite3.Connection, at: Head, sequence: int, cloud_hash: bytes) -> Standing:
    if at.closed and sequence >= at.last:
        return Standing.COMMITTED  # beyond its end the cloud has another history: that was the fork
    ours = hash_at(connection, at, sequence)
    if sequence > at.last or (sequence and ours is not None and ours != cloud_hash):
        return Standing.DISOWNED if at.closed else Standing.FORKED
    return Standing.REWOUND if sequence < at.acked else Standing.COMMITTED


def _doubt_before(connection: sqlite3.Connection, at: Head) -> None:
    """Ask the cloud, by the last record of the stream before this one, how much of that it has."""
    connection.execute(
        "UPDATE stream SET acked = min(acked, last - 1)"
        " WHERE n = (SELECT max(n) FROM stream WHERE kind = ? AND n < ? AND last > 0)",
        (at.kind, at.n),
    )


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
    agreed = hash_at(connection, old, old.acked)
    open_stream(connection, kind, stream)
    if opening is not None:
        append(connection, kind, opening, at_ms)
    moved = (old.n, old.acked)
    rows = connection.execute(
        "SELECT at_ms, body FROM record WHERE n = ? AND sequence > ? ORDER BY sequence", moved
    )
    for row_at_ms, body in rows.fetchall():
        append(connection, kind, bytes(body), row_at_ms)
    connection.execute("DELETE FROM record WHERE n = ? AND sequence > ?", moved)
    connection.execute(
        "UPDATE stream SET last = acked, head = ? WHERE n = ?", (b"" if agreed is None else agreed, old.n)
    )
    return head(connection, kind)


def waiting(connection: sqlite3.Connection, kind: Stream) -> tuple[int, int | None]:
    """How many records the cloud has not acknowledged, and the Unix ms of the oldest of them."""
    count, oldest_ms = 0, None
    for at in heads(connection, kind):
        row = connection.execute(
            "SELECT sequence, at_ms FROM record WHERE n = ? AND sequence > ? ORDER BY sequence LIMIT 1",
            (at.n, at.acked),
        ).fetchone()
        if row is not None:
            count += at.last - row[0] + 1
            oldest_ms = row[1] if oldest_ms is None else oldest_ms
    return count, oldest_ms


def oldest_held(connection: sqlite3.Connection, kind: Stream) -> int | None:
    """Unix ms of the oldest record from which on all could be sent again, acknowledged or not."""
    for at in heads(connection, kind):
        row = connection.execute(
            "SELECT at_ms FROM record WHERE n = ? AND sequence <= ? ORDER BY sequence LIMIT 1",
            (at.n, at.spare),
        ).fetchone()
        if row is not None:
            return int(row[0])
    return None


def forget_before(connection: sqlite3.Connection, kind: Stream, at_ms: int, limit: int) -> int:
    """Drop up to `limit` acknowledged records older than `at_ms`, oldest first. Returns how many went."""
    dropped = 0
    for at in heads(connection, kind):
        row = connection.execute(
            "SELECT max(sequence), count(*) FROM (SELECT sequence FROM record"
            " WHERE n = ? AND sequence <= ? AND at_ms < ? ORDER BY sequence LIMIT ?)",
            (at.n, min(at.acked, at.spare), at_ms, limit - dropped),
        ).fetchone()
        if row[0] is not None:
            dropped += _drop_to(connection, at.n, row[0])
    return dropped


def forget_ends(connection: sqlite3.Connection, at_ms: int) -> None:
    """Drop the last records of closed streams that are older than `at_ms`: no dump is as old as that."""
    connection.execute(
        "DELETE FROM record WHERE at_ms < ?"
        " AND (n, sequence) IN (SELECT n, last FROM stream WHERE closed AND acked = last)",
        (at_ms,),
    )


def give_up_oldest(connection: sqlite3.Connection, kind: Stream, count: int) -> int:
    """The disk is full: drop the oldest records, acknowledged or not. Returns how many unacknowledged went."""
    unacked = 0
    for at in heads(connection, kind):
        rows = connection.execute(
            "SELECT sequence FROM record WHERE n = ? AND sequence <= ? ORDER BY sequence LIMIT ?",
            (at.n, at.spare, count),
        ).fetchall()
        if rows:
            unacked += sum(sequence > at.acked for (sequence,) in rows)
            count -= _drop_to(connection, at.n, rows[-1][0])
    return unacked


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
