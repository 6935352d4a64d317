"""What keeps the readings fit, as their owner: partitions ahead, retention, fresh aggregates, leftovers cleared.

With TimescaleDB chunks come by themselves and it remembers which hours changed; without, both are done here. Aggregates
are refreshed in the same rhythm either way, so that charts show the same.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import sql

from cloud.telemetry.journal import Cause

ACCEPTED_PAST = timedelta(days=400)  # how old a reading may arrive; see cloud.ingest.measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what is kept. Readings longer than they may arrive late, hours longer than readings, days for good."""

    readings: timedelta = timedelta(days=460)
    hours: timedelta = timedelta(days=5 * 365)
    journal: timedelta = timedelta(days=3 * 365)
    quarantine: timedelta = timedelta(days=90)
    uncompressed: timedelta = timedelta(days=14)
    ahead: timedelta = timedelta(days=28)

    def __post_init__(self) -> None:
        if self.readings < ACCEPTED_PAST + timedelta(days=7):
            raise ValueError(
                f"readings are accepted {ACCEPTED_PAST.days} days late and must be kept a week longer"
            )
        if self.hours < self.readings:
            raise ValueError("hours must be kept at least as long as readings")


Connection = psycopg.Connection[tuple[object, ...]]


def is_timescale(connection: Connection) -> bool:
    """Which of the two the schema was made for."""
    return _one(connection, "SELECT telemetry.backend()") == "timescale"


def ready_until(connection: Connection, now: datetime) -> datetime | None:
    """Up to when readings have a place from now on, without a hole; None: without end."""
    return _moment(_one(connection, "SELECT nullif(telemetry.ready_until(%s), 'infinity')", [now]))


def prepare(connection: Connection, now: datetime, retention: Retention) -> int:
    """Partitions for all that may arrive from now until well ahead; how many were made."""
    if is_timescale(connection):
        return 0
    made = _one(
        connection,
        "SELECT telemetry.make_partitions(%s, %s)",
        [now - ACCEPTED_PAST, now + retention.ahead],
    )
    return int(str(made))


def refresh(connection: Connection, now: datetime, retention: Retention) -> int:
    """Bring the aggregates up to what changed; how many hours that were (0 where TimescaleDB does not tell).

    Never behind what is kept of the readings: an aggregate computed anew from dropped readings would lose.
    """
    since = _kept_since(now, retention)
    if is_timescale(connection):
        until = _floor(now, timedelta(days=1)) + timedelta(days=2)
        for aggregate in ("telemetry.hour", "telemetry.day"):
            _run(
                connection,
                "CALL refresh_continuous_aggregate(%s::regclass, %s, %s)",
                [aggregate, since, until],
            )
        return 0
    with connection.transaction():
        return _refresh_touched(connection, since)


def drop_old(connection: Connection, now: datetime, retention: Retention) -> int:
    """Drop readings and hours whose time is over; how many partitions or chunks that were."""
    if is_timescale(connection):
        return _drop_chunks(connection, now, retention)
    dropped = 0
    cutoff = _floor(now - retention.readings, timedelta(days=1))
    for name, starts in _rows(connection, "SELECT name, starts FROM telemetry.partitions()"):
        begin = _moment(starts)
        assert begin is not None  # noqa: S101  # the column is computed from the name
        if begin + timedelta(days=7) <= cutoff:
            statement = sql.SQL("DROP TABLE telemetry.{}").format(sql.Identifier(str(name)))
            connection.execute(statement)
            dropped += 1
    _run(connection, "DELETE FROM telemetry.hour WHERE bucket < %s", [now - retention.hours])
    return dropped


def compress(connection: Connection, now: datetime, retention: Retention) -> int:
    """Compress chunks that hardly change any more (TimescaleDB only); how many."""
    if not is_timescale(connection):
        return 0
    chunks = _rows(
        connection,
        "SELECT format('%%I.%%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks"
        " WHERE hypertable_schema = 'telemetry' AND hypertable_name = 'reading'"
        " AND NOT is_compressed AND range_end < %s ORDER BY range_end",
        [now - retention.uncompressed],
    )
    for (chunk,) in chunks:
        _run(connection, "SELECT compress_chunk(%s::regclass, if_not_compressed => true)", [chunk])
    return len(chunks)


def clear_leftovers(connection: Connection, now: datetime, retention: Retention) -> None:
    """Forget quarantined bytes and journal records whose time is over, in every company."""
    with connection.transaction():
        _run(
            connection, "SET LOCAL ROLE domovoy_migrator"
        )  # these tables are walled off, even from their owner
        for table in ("quarantine", "unknown_type"):
            statement = sql.SQL("DELETE FROM {} WHERE last_at < %s").format(sql.Identifier(table))
            connection.execute(statement, [now - retention.quarantine])
        _forget_journal(connection, now, now - retention.journal)


def _forget_journal(connection: Connection, now: datetime, before: datetime) -> None:
    """Of each stream the hash at its last forgotten record stays, so that the rest can be proved."""
    connection.execute(
        """
        WITH gone AS (
            DELETE FROM box_event WHERE received_at < %(before)s
            RETURNING box_id, stream_id, sequence, organisation_id, hash
        )
        INSERT INTO journal_anchor (box_id, stream_id, sequence, organisation_id, hash, cause, noted_at)
        SELECT DISTINCT ON (box_id, stream_id) box_id, stream_id, sequence, organisation_id, hash, %(cause)s, %(now)s
        FROM gone WHERE hash IS NOT NULL ORDER BY box_id, stream_id, sequence DESC
        ON CONFLICT DO NOTHING
        """,
        {"before": before, "cause": Cause.RETENTION.value, "now": now},
    )
    connection.execute("DELETE FROM event_proof WHERE received_at < %s", [before])


def _refresh_touched(connection: Connection, since: datetime) -> int:
    """Take the marks, then compute: what commits meanwhile leaves a mark of its own for the next time."""
    marked = _rows(connection, "DELETE FROM telemetry.touched_hour RETURNING bucket")
    hours = sorted({bucket for (bucket,) in marked if isinstance(bucket, datetime) and bucket >= since})
    for hour in hours:
        _run(connection, "SELECT telemetry.refresh_hour(%s)", [hour])
    for day in sorted({_floor(hour, timedelta(days=1)) for hour in hours}):
        _run(connection, "SELECT telemetry.refresh_day(%s)", [day])
    return len(hours)


def _drop_chunks(connection: Connection, now: datetime, retention: Retention) -> int:
    dropped = _rows(
        connection,
        "SELECT drop_chunks('telemetry.reading', older_than => %s)",
        [_floor(now - retention.readings, timedelta(days=1))],
    )
    _rows(connection, "SELECT drop_chunks('telemetry.hour', older_than => %s)", [now - retention.hours])
    return len(dropped)


def _kept_since(now: datetime, retention: Retention) -> datetime:
    """The first whole day of which every reading is kept: partitions and chunks go later, never earlier."""
    return _floor(now - retention.readings, timedelta(days=1)) + timedelta(days=1)


def _floor(moment: datetime, step: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // step * step


def _moment(value: object) -> datetime | None:
    assert value is None or isinstance(value, datetime)  # noqa: S101  # the column is a timestamptz
    return value


def _rows(
    connection: Connection, statement: str, arguments: list[object] | None = None
) -> list[tuple[object, ...]]:
    return connection.execute(statement.encode(), arguments).fetchall()


def _one(connection: Connection, statement: str, arguments: list[object] | None = None) -> object:
    return _rows(connection, statement, arguments)[0][0]


def _run(connection: Connection, statement: str, arguments: list[object] | None = None) -> None:
    connection.execute(statement.encode(), arguments)
