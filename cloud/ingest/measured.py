"""From records of a readings stream to rows for COPY, and to what must be set aside. Pure but for its cache."""

from collections.abc import Callable, Iterable, Mapping
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
    """At which site a series is. It never moves, so what was found once holds; what was not is asked again."""

    def __init__(self) -> None:
        self._known: dict[int, UUID] = {}

    def learn(self, wanted: Iterable[int], ask: Callable[[list[int]], Mapping[int, UUID]]) -> None:
        """Ask for those that are not known yet."""
        missing = [series for series in wanted if series not in self._known]
        if not missing:
            return
        if len(self._known) > _MOST_SERIES_KNOWN:
            self._known.clear()
        self._known.update(ask(missing))

    def site_of(self, series: int) -> UUID | None:
        return self._known.get(series)


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


def take(chunk: Readings, site: UUID, sites: SeriesSites, now_ms: int, rows: Rows) -> list[Rejected]:
    """Pack the chunk's good readings into `rows`; the others come back, grouped by reason."""
    at_ms, oldest, newest = chunk.at_ms, now_ms - OLDEST_MS, now_ms + NEWEST_MS
    refused: dict[QuarantineReason, list[Reading]] = {}
    pack, hours = rows.packed.append, rows.hours
    for reading in chunk.values:
        moment = at_ms + reading.offset_ms
        if not oldest <= moment <= newest:
            refused.setdefault(QuarantineReason.TIME_OUT_OF_RANGE, []).append(reading)
        elif sites.site_of(reading.series) != site:
            refused.setdefault(QuarantineReason.FOREIGN_SERIES, []).append(reading)
        else:
            try:
                pack(reading_row(at_ms, reading))
            except RegisterError:
                refused.setdefault(QuarantineReason.MALFORMED, []).append(reading)
            else:
                hours.add(moment // _HOUR_MS)
    return [_rejected(reason, readings, at_ms) for reason, readings in refused.items()]


def _rejected(reason: QuarantineReason, readings: list[Reading], at_ms: int) -> Rejected:
    series = sorted({reading.series for reading in readings})
    detail = f"{len(readings)} readings of series {', '.join(map(str, series[:20]))}"
    return Rejected(reason, detail, records.encode(Readings(at_ms=at_ms, values=readings)))
