"""The three tellings of what happened: the simulators' log, the box's journal, the cloud's rows. Each is only read."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from protocols import records
from protocols.fields import Event
from protocols.messages import Stream
from protocols.records import Quality, Readings
from tests.system.faults.house import House

TOTAL_ENERGY = 0x0156  # Eastron SDM120, function 4: float32 in two registers, high word first


class Value(NamedTuple):
    """A reading. `at_ms`: Unix; `raw`: the register's bits; `dated`: the box knew the time."""

    series: int
    at_ms: int
    raw: int | None
    dated: bool


class Served(NamedTuple):
    """The total energy that a meter answered, as the bits of its two registers. `at_ns`: Unix."""

    unit: int
    at_ns: int
    raw: int


@dataclass
class Devices:
    """What the simulators wrote down. Times in Unix ns."""

    pulses: list[tuple[int, int]] = field(default_factory=list)  # output, when an on was written to it
    served: list[Served] = field(default_factory=list)


@dataclass
class BoxStream:
    """One stream of the box, the records in their order. `last`, `acked`: sequences."""

    id: UUID
    kind: Stream
    last: int
    acked: int
    closed: bool
    head: bytes
    records: dict[int, bytes] = field(default_factory=dict)


@dataclass
class Cloud:
    """The cloud's rows of the box, whatever walls stand around them."""

    streams: dict[UUID, tuple[str, int, bytes]]  # kind, watermark, hash there
    events: dict[UUID, dict[int, bytes]]
    passages: dict[UUID, bool | None]  # whether the barrier opened
    readings: list[Value]
    gaps: list[tuple[UUID, int, int]]
    forks: int
    quarantined: list[str]
    units: dict[int, int]  # series of total energy → unit on the line


def devices(house: House) -> Devices:
    """The simulators' log, from its first line."""
    told = Devices()
    with (house.files.folder / "devices" / "devices.jsonl").open("rb") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["kind"] == "coil" and entry["on"] and entry["by"] == "write":
                told.pulses.append((entry["output"], entry["wall_ns"]))
            elif entry["kind"] == "read" and (served := _served(entry)) is not None:
                told.served.append(served)
    return told


def _served(entry: dict[str, Any]) -> Served | None:
    offset = TOTAL_ENERGY - entry["address"]
    if entry["function"] != 4 or not 0 <= offset < len(entry["registers"]) - 1:
        return None
    high, low = entry["registers"][offset : offset + 2]
    return Served(entry["unit"], entry["wall_ns"], high << 16 | low)


def box(house: House) -> list[BoxStream]:
    """The box's streams, as of one moment, oldest first."""
    connection = sqlite3.connect(f"file:{house.data / 'store.sqlite'}?mode=ro", uri=True, timeout=30)
    try:
        connection.execute("BEGIN")
        streams = {
            row[0]: BoxStream(UUID(bytes=row[1]), Stream(row[2]), row[3], row[4], bool(row[5]), row[6])
            for row in connection.execute(
                "SELECT n, id, kind, last, acked, closed, head FROM standing ORDER BY n"
            )
        }
        for n, sequence, body in connection.execute("SELECT n, sequence, body FROM record ORDER BY 1, 2"):
            streams[n].records[sequence] = bytes(body)
        return list(streams.values())
    finally:
        connection.close()


def cloud(house: House) -> Cloud:
    """What the database holds of this box, as of one moment."""
    box_id = house.site.box
    with house.database() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

        def rows(query: LiteralString) -> list[Any]:
            return connection.execute(query, {"box": box_id}).fetchall()

        events: dict[UUID, dict[int, bytes]] = {}
        for stream, sequence, record in rows(
            "SELECT stream_id, sequence, record FROM box_event WHERE box_id = %(box)s ORDER BY 1, 2"
        ):
            events.setdefault(stream, {})[sequence] = bytes(record)
        return Cloud(
            streams={
                stream: (kind, sequence, bytes(head))
                for stream, kind, sequence, head in rows(
                    "SELECT stream_id, kind, sequence, head FROM box_stream WHERE box_id = %(box)s"
                )
            },
            events=events,
            passages=dict(rows("SELECT id, opened FROM passage WHERE box_id = %(box)s")),
            readings=[
                Value(*row)
                for row in rows(
                    "SELECT series, round(extract(epoch FROM ts) * 1000)::bigint, raw, quality <> 4"
                    " FROM telemetry.reading"
                )
            ],
            gaps=rows("SELECT stream_id, first, last FROM stream_gap WHERE box_id = %(box)s"),
            forks=len(rows("SELECT 1 FROM stream_fork WHERE box_id = %(box)s")),
            quarantined=[
                f"{reason}: {detail}" for reason, detail in rows("SELECT reason, detail FROM quarantine")
            ],
            units=_units(house, rows("SELECT id, meter_id FROM series WHERE channel = 'total_energy'")),
        )


def _units(house: House, series: list[Any]) -> dict[int, int]:
    meters = {UUID(meter): serial for serial, meter in house.site.meters.items()}
    return {number: int(meters[meter].rpartition("-")[2]) for number, meter in series}


def events(stream: BoxStream) -> Iterator[Event]:
    """The events of a stream; none of a stream of readings."""
    if stream.kind is Stream.EVENTS:
        for record in stream.records.values():
            yield records.decode_event(record)


def values(chunk: bytes) -> Iterator[Value]:
    """The readings of a chunk."""
    told: Readings = records.decode_readings(chunk)
    for reading in told.values:
        raw = None if reading.raw is None else int(reading.raw)
        dated = reading.quality is not Quality.CLOCK_UNKNOWN
        yield Value(reading.series, told.at_ms + reading.offset_ms, raw, dated)
