"""Charts' arithmetic: what a counter consumed, hours folded into a site's days, how fine a chart is. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cloud.telemetry.types import Resolution

MOST_POINTS = 10_000
_RAW_UP_TO = timedelta(days=2)
_HOUR_UP_TO = timedelta(days=62)
_WRAPS_FROM = 0.9  # a drop from the last tenth of the register's range is a wrap, any other a restart
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """An hour or a day of one series. `dropped`: sum of the values before each of the `resets` drops."""

    at: datetime
    n: int
    total: float
    minimum: float
    maximum: float
    first: float
    last: float
    dropped: float = 0.0
    resets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumed:
    """What a counter counted in a bucket, since the bucket before. `has_gap`: that one is not adjacent."""

    bucket: Bucket
    consumption: float
    resets: int
    has_gap: bool


def resolution_for(begin: datetime, end: datetime) -> Resolution:
    """The finest that a chart of this span can show."""
    span = end - begin
    if span <= _RAW_UP_TO:
        return Resolution.RAW
    return Resolution.HOUR if span <= _HOUR_UP_TO else Resolution.DAY


def consumption(
    buckets: Sequence[Bucket], before: Bucket | None, modulus: float | None, zone: ZoneInfo, step: timedelta
) -> Iterator[Consumed]:
    """What was counted in each bucket. Without a bucket `before` them, the first counts from its own first value."""
    for bucket in buckets:
        previous = bucket.first if before is None else before.last
        dropped, resets = bucket.dropped, bucket.resets
        if bucket.first < previous:
            dropped, resets = dropped + previous, resets + 1
        counted = bucket.last - previous + _made_up(dropped, resets, modulus)
        has_gap = before is not None and _next(before.at, step, zone) < bucket.at
        yield Consumed(bucket=bucket, consumption=counted, resets=resets, has_gap=has_gap)
        before = bucket


def fold_days(hours: Iterable[Bucket], zone: ZoneInfo) -> Iterator[Bucket]:
    """Hours, in order, as days of the zone; an hour belongs to the day in which it begins."""
    day: Bucket | None = None
    for hour in hours:
        midnight = day_begin(hour.at, zone)
        if day is None or day.at != midnight:
            if day is not None:
                yield day
            day = _moved(hour, midnight)
        else:
            day = _joined(day, hour)
    if day is not None:
        yield day


def day_begin(moment: datetime, zone: ZoneInfo) -> datetime:
    """Midnight of the zone before a moment."""
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _made_up(dropped: float, resets: int, modulus: float | None) -> float:
    """What must be added for the drops: the register's whole range where it wrapped, else the value before."""
    if modulus is not None and resets and dropped / resets >= _WRAPS_FROM * modulus:
        return resets * modulus
    return dropped


def _next(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    if step < DAY:
        return at + step
    local = at.astimezone(zone)
    return (local.replace(tzinfo=None) + step).replace(tzinfo=zone)  # a local day may have 23 or 25 hours


def _moved(bucket: Bucket, at: datetime) -> Bucket:
    return Bucket(
        at=at,
        n=bucket.n,
        total=bucket.total,
        minimum=bucket.minimum,
        maximum=bucket.maximum,
        first=bucket.first,
        last=bucket.last,
        dropped=bucket.dropped,
        resets=bucket.resets,
    )


def _joined(day: Bucket, hour: Bucket) -> Bucket:
    between = hour.first < day.last
    return Bucket(
        at=day.at,
        n=day.n + hour.n,
        total=day.total + hour.total,
        minimum=min(day.minimum, hour.minimum),
        maximum=max(day.maximum, hour.maximum),
        first=day.first,
        last=hour.last,
        dropped=day.dropped + hour.dropped + (day.last if between else 0.0),
        resets=day.resets + hour.resets + between,
    )
