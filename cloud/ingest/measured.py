"""From records of a readings stream to rows for COPY, and to what must be set aside. Pure but for its cache."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from cloud.telemetry.service import QuarantineReason, ReadingRow, RegisterError, reading_row
from protocols import records
from protocols.records import Reading, Readings

OLDEST_MS = 400 * 86_400_000
NEWEST_MS = 86_400_000
_HOUR_MS = 3_600_000
_MOST_SERIES_KNOWN = 1_000_000
_TYPE_PLACE = "`$.type`"


@dataclass(frozen=True, slots=True)
class Rejected:
    """Readings of one record that are set aside; `content` holds those and no others."""

    reason: QuarantineReason
    detail: str
    content: bytes


class SeriesSites:
    """At which site a series is. It never moves, so what was found once holds; what was not is asked again.

    `known` holds sites as integers: a UUID compares and hashes in Python, which a reading cannot afford.
    """

    def __init__(self) -> None:
        self.known: dict[int, int] = {}

    def learn(self, wanted: set[int], ask: Callable[[set[int]], Mapping[int, UUID]]) -> None:
        """Ask for those that are not known yet."""
        missing = wanted - self.known.keys()
        if not missing:
            return
        if len(self.known) > _MOST_SERIES_KNOWN:
            self.known.clear()
            missing = wanted
        self.known.update({series: site.int for series, site in ask(missing).items()})


@dataclass(slots=True)
class Rows:
    """What a micro-batch is going to append, and the hours (Unix time in hours) it touches."""

    packed: list[ReadingRow] = field(default_factory=list)
    hours: set[int] = field(default_factory=set)


def decode(record: bytes) -> Readings | Rejected:
    """The chunk, or why it is none."""
    try:
        return records.decode_readings(record)
    except msgspec.DecodeError as error:
        unknown = "Invalid value" in str(error) and str(error).endswith(_TYPE_PLACE)
        reason = QuarantineReason.UNKNOWN_TYPE if unknown else QuarantineReason.MALFORMED
        return Rejected(reason, str(error), record)


def moments(chunk: Readings) -> Iterator[tuple[int, int]]:
    """What is measured, and when: (series, Unix ms)."""
    return ((reading.series, chunk.at_ms + reading.offset_ms) for reading in chunk.values)


def without(chunk: Readings, copies: Collection[tuple[int, int]]) -> Readings:
    """The chunk without the readings of these moments; perhaps nothing is left."""
    left = [each for each, moment in zip(chunk.values, moments(chunk), strict=True) if moment not in copies]
    return Readings(at_ms=chunk.at_ms, values=left)


def take(chunk: Readings, site: UUID, sites: SeriesSites, now_ms: int, rows: Rows) -> list[Rejected]:
    """Pack the chunk's good readings into `rows`; the others come back, grouped by reason."""
    at_ms, oldest, newest = chunk.at_ms, now_ms - OLDEST_MS, now_ms + NEWEST_MS
    refused: dict[QuarantineReason, list[Reading]] = {}
    pack, known, here = rows.packed.append, sites.known, site.int
    last_hour = None
    for reading in chunk.values:
        moment = at_ms + reading.offset_ms
        if not oldest <= moment <= newest:
            refused.setdefault(QuarantineReason.TIME_OUT_OF_RANGE, []).append(reading)
        elif known.get(reading.series) != here:
            refused.setdefault(QuarantineReason.FOREIGN_SERIES, []).append(reading)
        else:
            try:
                pack(reading_row(moment, reading))
            except RegisterError:
                refused.setdefault(QuarantineReason.MALFORMED, []).append(reading)
            else:
                if (hour := moment // _HOUR_MS) != last_hour:
                    rows.hours.add(hour)
                    last_hour = hour
    return [_rejected(reason, readings, at_ms) for reason, readings in refused.items()]


def _rejected(reason: QuarantineReason, readings: list[Reading], at_ms: int) -> Rejected:
    series = sorted({reading.series for reading in readings})
    detail = f"{len(readings)} readings of series {', '.join(map(str, series[:20]))}"
    return Rejected(reason, detail, records.encode(Readings(at_ms=at_ms, values=readings)))
