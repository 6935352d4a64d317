"""From records of a readings stream to rows for COPY, and to what must be set aside. Pure but for its cache."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from cloud.telemetry.service import QuarantineReason, RegisterError, Rows, stored_time, unix_ms
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
    """Which series are at a site. A series never moves, so what was found once holds; what was not is asked again."""

    def __init__(self) -> None:
        self._known: defaultdict[UUID, set[int]] = defaultdict(set)
        self._count = 0

    def at(self, site: UUID) -> set[int]:
        """The series that are known to be there."""
        return self._known[site]

    def learn(self, wanted: set[int], ask: Callable[[set[int]], Mapping[UUID, Collection[int]]]) -> None:
        """Ask at which sites these series are."""
        if self._count > _MOST_SERIES_KNOWN:
            self._known.clear()
            self._count = 0
        for site, series in ask(wanted).items():
            known = self._known[site]
            self._count -= len(known)
            known.update(series)
            self._count += len(known)


@dataclass(slots=True)
class Appended:
    """What a micro-batch is going to append, and the hours (Unix time in hours) it touches."""

    rows: Rows = field(default_factory=Rows)
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


def take_plain(chunks: Sequence[Readings], here: set[int], now_ms: int, appended: Appended) -> bool:
    """Append the readings of all chunks by the column; when anything about one is unusual, False, and none is."""
    readings = [reading for chunk in chunks for reading in chunk.values]
    if not readings:
        return True
    times = [
        base + reading.offset_ms * 1000
        for chunk in chunks
        for base in (stored_time(chunk.at_ms),)
        for reading in chunk.values
    ]
    first_ms, last_ms = unix_ms(min(times)), unix_ms(max(times))
    if not now_ms - OLDEST_MS <= first_ms <= last_ms <= now_ms + NEWEST_MS:
        return False
    series = [reading.series for reading in readings]
    if not here.issuperset(series) or not appended.rows.add_plain(times, series, readings):
        return False
    if first_ms // _HOUR_MS == last_ms // _HOUR_MS:
        appended.hours.add(first_ms // _HOUR_MS)
    else:
        appended.hours.update({unix_ms(time) // _HOUR_MS for time in times})
    return True


def take(chunk: Readings, here: set[int], now_ms: int, appended: Appended) -> list[Rejected]:
    """Append the chunk's good readings, one by one; the others come back, grouped by reason."""
    refused: defaultdict[QuarantineReason, list[Reading]] = defaultdict(list)
    for reading in chunk.values:
        moment = chunk.at_ms + reading.offset_ms
        if not now_ms - OLDEST_MS <= moment <= now_ms + NEWEST_MS:
            refused[QuarantineReason.TIME_OUT_OF_RANGE].append(reading)
        elif reading.series not in here:
            refused[QuarantineReason.FOREIGN_SERIES].append(reading)
        else:
            try:
                appended.rows.add(moment, reading)
            except RegisterError:
                refused[QuarantineReason.MALFORMED].append(reading)
            else:
                appended.hours.add(moment // _HOUR_MS)
    return [_rejected(reason, readings, chunk.at_ms) for reason, readings in refused.items()]


def _rejected(reason: QuarantineReason, readings: list[Reading], at_ms: int) -> Rejected:
    series = sorted({reading.series for reading in readings})
    detail = f"{len(readings)} readings of series {', '.join(map(str, series[:20]))}"
    return Rejected(reason, detail, records.encode(Readings(at_ms=at_ms, values=readings)))
