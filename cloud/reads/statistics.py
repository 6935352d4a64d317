"""What went on at the gates in a period, counted: by time, by reason, by premises, and how fast it was decided."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.access.models import Pass, PassageRow
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.reads.let_through import Within, openings, went_through
from cloud.sites import service as sites
from cloud.sites.models import Site
from protocols.fields import Direction
from protocols.held import PassKind
from protocols.records import Outcome

LONGEST = timedelta(days=370)
HOURLY_UP_TO = timedelta(days=3)  # beyond that a point of the curve is a day
PREMISES_MOST = 100
_SHARES = (0.5, 0.95, 0.99)
_BOUNDS_US = (*(step * 10**power for power in range(2, 6) for step in (1, 2, 5)), 1_000_000)

_BACKWARDS = Text("Окончание раньше начала.", "It ends before it begins.")
_TOO_LONG = Text("Не больше года за один раз.", "At most a year at once.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """[since, until), at one site, at those of a complex, or at all."""

    since: datetime
    until: datetime
    site_id: UUID | None = None
    complex_id: UUID | None = None

    @property
    def step(self) -> timedelta:
        """Of the curve."""
        return timedelta(hours=1) if self.until - self.since <= HOURLY_UP_TO else timedelta(days=1)


def check(period: Period) -> None:
    """Raises FixInput."""
    if period.until <= period.since:
        raise FixInput.at("until", "ends_before", _BACKWARDS)
    if period.until - period.since > LONGEST:
        raise FixInput.at("until", "too_long", _TOO_LONG)


def statistics(session: Session, period: Period, *, is_whole: bool = False) -> dict[str, Any]:
    """`StatisticsOut`; `is_whole`: every premises. Raises FixInput for a period that ends before it begins, or is
    too long.
    """
    check(period)
    zone = _zone(session, period)
    within = _within(session, period)
    went = went_through(within, period.since, period.until)
    return {
        "since": period.since,
        "until": period.until,
        "time_zone": zone,
        "step_s": int(period.step.total_seconds()),
        "series": _series(session, period, zone, went),
        "by_hour": _by_hour(session, zone, went),
        "denials": _denials(session, went),
        "openings": openings(session, within),
        "speed": _speed(session, within(PassageRow.site_id, PassageRow.at)),
        "premises": _premises(session, went, None if is_whole else PREMISES_MOST),
    }


def _within(session: Session, period: Period) -> Within:
    of_complex = sites.sites_of_complex(session, period.complex_id) if period.complex_id else None

    def conditions(
        site: InstrumentedAttribute[UUID], at: InstrumentedAttribute[datetime]
    ) -> list[ColumnElement[bool]]:
        found = [at >= period.since, at < period.until]
        if period.site_id:
            found.append(site == period.site_id)
        if of_complex is not None:
            found.append(site.in_(of_complex))
        return found

    return conditions


def _zone(session: Session, period: Period) -> str:
    """The site's, or that of most of the sites."""
    if period.site_id:
        return sites.find_site(session, period.site_id).time_zone
    zones = select(Site.time_zone).group_by(Site.time_zone).order_by(func.count().desc(), Site.time_zone)
    if period.complex_id:
        zones = zones.where(Site.complex_id == period.complex_id)
    return session.scalar(zones.limit(1)) or "UTC"


def _counts(went: Subquery) -> tuple[ColumnElement[int], ...]:
    granted = went.c.outcome == Outcome.GRANTED.value
    return (
        func.count().filter(granted, went.c.direction == Direction.IN.value).label("entered"),
        func.count().filter(granted, went.c.direction == Direction.OUT.value).label("left"),
        func.count().filter(went.c.outcome == Outcome.DENIED.value).label("denied"),
    )


def _series(session: Session, period: Period, zone: str, went: Subquery) -> list[dict[str, Any]]:
    """A point for each hour or day, those without a passage, too."""
    unit = "hour" if period.step < timedelta(days=1) else "day"
    local = func.timezone(zone, went.c.at)
    begins = func.timezone(zone, func.date_trunc(unit, local)).label("at")
    rows = session.execute(select(begins, *_counts(went)).group_by(begins))
    found = {row.at: row for row in rows}
    nothing = {"entered": 0, "left": 0, "denied": 0}
    return [
        {"at": at, **(_shown(found[at]) if at in found else nothing)} for at in _steps(period, ZoneInfo(zone))
    ]


def _shown(row: Any) -> dict[str, int]:
    return {"entered": row.entered, "left": row.left, "denied": row.denied}


def _steps(period: Period, zone: ZoneInfo) -> Iterator[datetime]:
    """Where the hours or days of the zone begin; a day of a clock change has its own length."""
    local = period.since.astimezone(zone)
    if period.step < timedelta(days=1):
        at = period.since.replace(minute=0, second=0, microsecond=0)
        while at < period.until:
            yield at
            at += period.step
        return
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    while (at := day.replace(tzinfo=zone)) < period.until:
        yield at
        day += timedelta(days=1)


def _by_hour(session: Session, zone: str, went: Subquery) -> list[dict[str, int]]:
    """By hour of the day, 0 to 23."""
    hour = func.extract("hour", func.timezone(zone, went.c.at)).label("hour")
    rows = session.execute(select(hour, *_counts(went)).group_by(hour))
    found: dict[int, dict[str, int]] = defaultdict(lambda: {"entered": 0, "left": 0, "denied": 0})
    for row in rows:
        found[int(row.hour)] = _shown(row)
    return [{"hour": each, **found[each]} for each in range(24)]


def _denials(session: Session, went: Subquery) -> list[dict[str, Any]]:
    count = func.count().label("count")
    rows = session.execute(
        select(went.c.reason, count)
        .where(went.c.outcome == Outcome.DENIED.value)
        .group_by(went.c.reason)
        .order_by(count.desc(), went.c.reason)
    )
    return [{"reason": row.reason, "count": row.count} for row in rows]


def _speed(session: Session, here: list[ColumnElement[bool]]) -> dict[str, Any]:
    """Of decisions, and of openings: from the bytes in hand to the coil written."""
    found = {}
    for name, column in (("decision_us", PassageRow.decision_us), ("opening_us", PassageRow.latency_us)):
        shares = [func.percentile_cont(share).within_group(column) for share in _SHARES]
        statement: Select[Any] = select(func.count(column), *shares).where(*here)
        count, *values = session.execute(statement).one()
        p50, p95, p99 = (None if value is None else round(value) for value in values)
        spread = _spread(session, column, here)
        found[name] = {"count": count, "p50": p50, "p95": p95, "p99": p99, "spread": spread}
    return found


def _spread(
    session: Session, column: InstrumentedAttribute[Any], here: list[ColumnElement[bool]]
) -> list[dict[str, int | None]]:
    """How many took so long at most, and longer than the bound before; from the shortest to the longest."""
    # A bucket of PostgreSQL's begins with its bound, ours ends with it: microseconds are whole.
    above = [bound + 1 for bound in _BOUNDS_US]
    bucket = func.width_bucket(column, above).label("bucket")
    measured = select(bucket, func.count()).where(column.is_not(None), *here).group_by(bucket)
    found = {row[0]: row[1] for row in session.execute(measured)}
    bounds = (*_BOUNDS_US, None)
    return [
        {"up_to_us": bounds[each], "count": found.get(each, 0)}
        for each in (range(min(found), max(found) + 1) if found else ())
    ]


def _premises(session: Session, went: Subquery, most: int | None) -> list[dict[str, Any]]:
    """Who has the most guests: entries by guests' passes, by address."""
    entries = func.count().label("entries")
    guests = func.count(Pass.id.distinct()).label("passes")
    rows = session.execute(
        select(Pass.premises_id, func.max(Pass.address).label("address"), entries, guests)
        .select_from(went)
        .join(Pass, Pass.id == went.c.pass_id)
        .where(
            Pass.organisation_id == went.c.organisation_id,
            Pass.kind == literal(PassKind.GUEST.value),
            Pass.premises_id.is_not(None),
            went.c.outcome == Outcome.GRANTED.value,
            went.c.direction == Direction.IN.value,
        )
        .group_by(Pass.premises_id)
        .order_by(entries.desc(), func.max(Pass.address))
        .limit(most)
    )
    return [dict(row._mapping) for row in rows]
