"""What charts and tables of one series show. Reads the walled views; which database is beneath is not seen here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, TextClause, select, text
from sqlalchemy.orm import Session

from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.sites import service as sites
from cloud.telemetry import rules
from cloud.telemetry.errors import RangeInvalid
from cloud.telemetry.models import Series
from cloud.telemetry.rules import Bucket, Consumed
from cloud.telemetry.series import find_series
from cloud.telemetry.types import ReadingQuality, Resolution, SeriesKind

_UTC = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT"})
_LOOK_BACK = {Resolution.HOUR: timedelta(days=40), Resolution.DAY: timedelta(days=400)}
_RAW = text(
    "SELECT ts, raw, value, quality FROM reading_point"
    " WHERE series_id = :series AND ts >= :begin AND ts < :end ORDER BY ts, value LIMIT :limit"
)
_LATEST = text(
    "SELECT s.id AS series_id, r.ts, r.raw, r.value, r.quality FROM unnest(CAST(:series AS bigint[])) AS s (id)"
    " CROSS JOIN LATERAL (SELECT ts, raw, value, quality FROM reading_point WHERE series_id = s.id"
    " AND ts >= :since AND ts <= :until ORDER BY ts DESC LIMIT 1) AS r"
)
_COLUMNS = "bucket, n, total, minimum, maximum, first_value, last_value, dropped, resets"


def _buckets_statement(view: str) -> TextClause:
    return text(
        f"SELECT {_COLUMNS} FROM {view} WHERE series_id = :series AND bucket >= :begin AND bucket < :end"  # noqa: S608  # one of two names
        " ORDER BY bucket"
    )


_BUCKETS = {
    Resolution.HOUR: _buckets_statement("reading_hour"),
    Resolution.DAY: _buckets_statement("reading_day"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A reading as it was taken. `raw`: the register's integer; `value` is None unless the quality is good."""

    at: datetime
    raw: int | None
    value: float | None
    quality: ReadingQuality


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One series over [begin, end): points when raw, counted buckets for counters, plain buckets for gauges."""

    series: Series
    zone: str
    resolution: Resolution
    begin: datetime
    end: datetime
    points: Sequence[Point] = ()
    buckets: Sequence[Bucket] = ()
    consumed: Sequence[Consumed] = ()


def chart(
    session: Session, series_id: int, begin: datetime, end: datetime, wanted: Resolution | None
) -> Chart:
    """A series over a span, at the wanted resolution or the finest that fits.

    Raises SeriesNotFound; RangeInvalid for a span that is empty or holds more than MOST_POINTS.
    """
    if begin >= end:
        raise RangeInvalid(limit=rules.MOST_POINTS)
    series = find_series(session, series_id)
    zone = _zone_of(session, series.site_id)
    resolution = wanted or rules.resolution_for(begin, end)
    if resolution is Resolution.RAW:
        points = _points(session, series_id, begin, end)
        if len(points) <= rules.MOST_POINTS:
            return Chart(series=series, zone=zone, resolution=resolution, begin=begin, end=end, points=points)
        if wanted is not None:
            raise RangeInvalid(limit=rules.MOST_POINTS)
        resolution = Resolution.HOUR
    return _bucketed(session, series, zone, resolution, begin, end)


def latest(
    session: Session, series_ids: Collection[int], at: datetime, within: timedelta = timedelta(days=31)
) -> dict[int, Point]:
    """The newest reading of each series at a moment; those that were silent for longer are missing."""
    found = session.execute(_LATEST, {"series": list(series_ids), "since": at - within, "until": at})
    return {row.series_id: _point(row) for row in found}


def list_series(
    session: Session,
    query: ListQuery,
    *,
    site_id: UUID | None,
    meter_id: UUID | None,
    kind: SeriesKind | None,
) -> dict[str, Any]:
    """Page of series; archived ones are left out."""
    names = (
        "id",
        "organisation_id",
        "site_id",
        "box_id",
        "meter_id",
        "channel",
        "name",
        "unit",
        "kind",
        "scale",
    )
    statement = select(*(getattr(Series, name) for name in names)).where(Series.archived_at.is_(None))
    wanted = {Series.site_id: site_id, Series.meter_id: meter_id, Series.kind: kind}
    statement = statement.where(*(column == value for column, value in wanted.items() if value is not None))
    sortable = {"id": Series.id, "name": Series.sort_name, "channel": Series.channel}
    found = matches(Series.search_name, query.q)
    return fetch_page(
        session, statement, query, sortable=sortable, default_sort="name", tie=Series.id, found=found
    )


def _zone_of(session: Session, site_id: UUID) -> str:
    [place] = sites.site_places(session, [site_id])
    return place.time_zone


def _points(session: Session, series_id: int, begin: datetime, end: datetime) -> list[Point]:
    arguments = {"series": series_id, "begin": begin, "end": end, "limit": rules.MOST_POINTS + 1}
    return [_point(row) for row in session.execute(_RAW, arguments)]


def _point(row: Row[Any]) -> Point:
    raw: Decimal | None = row.raw
    return Point(
        at=row.ts,
        raw=None if raw is None else int(raw),
        value=row.value,
        quality=ReadingQuality(row.quality),
    )


def _bucketed(
    session: Session, series: Series, zone_name: str, resolution: Resolution, begin: datetime, end: datetime
) -> Chart:
    zone = ZoneInfo(zone_name)
    step = rules.HOUR if resolution is Resolution.HOUR else rules.DAY
    if (end - begin) / step > rules.MOST_POINTS:
        raise RangeInvalid(limit=rules.MOST_POINTS)
    begin = begin.replace(minute=0, second=0, microsecond=0)
    if resolution is Resolution.DAY:
        begin = rules.day_begin(begin, zone)
    # What a counter showed before the span is looked for a while back, and cut off again.
    buckets = _buckets(session, series.id, resolution, zone_name, begin - _LOOK_BACK[resolution], end)
    inside = [bucket for bucket in buckets if bucket.at >= begin]
    earlier = next((bucket for bucket in reversed(buckets) if bucket.at < begin), None)
    consumed: list[Consumed] = []
    if series.kind == SeriesKind.COUNTER:
        modulus = None if series.modulus is None else float(series.modulus)
        consumed = list(rules.consumption(inside, earlier, modulus, zone, step))
    return Chart(
        series=series,
        zone=zone_name,
        resolution=resolution,
        begin=begin,
        end=end,
        buckets=inside,
        consumed=consumed,
    )


def _buckets(
    session: Session, series_id: int, resolution: Resolution, zone: str, begin: datetime, end: datetime
) -> list[Bucket]:
    """Days of UTC are kept as such; days of any other zone are folded from hours."""
    is_folded = resolution is Resolution.DAY and zone not in _UTC
    statement = _BUCKETS[Resolution.HOUR if is_folded else resolution]
    rows = session.execute(statement, {"series": series_id, "begin": begin, "end": end})
    buckets = (
        Bucket(
            at=row.bucket,
            n=row.n,
            total=row.total,
            minimum=row.minimum,
            maximum=row.maximum,
            first=row.first_value,
            last=row.last_value,
            dropped=row.dropped,
            resets=row.resets,
        )
        for row in rows
    )
    return list(rules.fold_days(buckets, ZoneInfo(zone)) if is_folded else buckets)
