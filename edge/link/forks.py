"""What happens when two histories of one stream exist: nothing is dropped, a new stream names the old one."""

import sqlite3
from uuid import UUID

from edge import streams
from edge.access.journal import Stamp
from edge.streams import Head
from protocols import records
from protocols.messages import Stream

ALARM_KIND = "stream_forked"


def fork(
    connection: sqlite3.Connection, kind: Stream, stream: UUID, cloud_at: int, stamps: tuple[Stamp, Stamp]
) -> None:
    """Open `stream`, move into it what the cloud has not acknowledged, and raise the alarm; inside one transaction.

    Readings carry no events, so the opening of a new readings stream is told in the events stream.
    """
    old = streams.head(connection, kind)
    opening = _opening(connection, old, stamps[0])
    at_ms = int(stamps[0]["at"].timestamp() * 1000)
    if kind is Stream.EVENTS:
        streams.fork(connection, kind, stream, records.encode(opening), at_ms)
    else:
        streams.fork(connection, kind, stream, None, at_ms)
        streams.append(connection, Stream.EVENTS, records.encode(opening), at_ms)
    alarm = records.Alarm(
        **stamps[1],
        alarm=stamps[1]["id"],
        kind=ALARM_KIND,
        raised=True,
        severity=records.Severity.CRITICAL,
        detail=f"{kind} {old.id}: the cloud stands at {cloud_at}, this box at {old.last}, together up to {old.acked}",
    )
    streams.append(connection, Stream.EVENTS, records.encode(alarm), at_ms)


def _opening(connection: sqlite3.Connection, old: Head, stamp: Stamp) -> records.StreamOpened:
    agreed = streams.hash_at(connection, old, old.acked)
    return records.StreamOpened(
        **stamp,
        old_stream=old.id,
        old_sequence=old.acked,
        old_hash=None if agreed is None else agreed.hex(),
        cause="forked" if old.kind is Stream.EVENTS else "readings_forked",
    )
