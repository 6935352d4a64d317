"""Charts against the same figures computed in Python, on both kinds of database; retention, late data, compression."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from cloud.ingest.unit import Intake, Message
from cloud.kernel.database import Scope
from cloud.maintain import Keeper
from cloud.telemetry import charts
from cloud.telemetry import service as telemetry
from cloud.telemetry.errors import RangeInvalid, SeriesNotFound
from cloud.telemetry.rules import Bucket, fold_days
from cloud.telemetry.service import Retention
from cloud.telemetry.types import Resolution, SeriesKind
from protocols.records import Quality, Reading
from tests.cloud.ingest.boxes import NOW, Place, at_ms, make_other_place, make_place, make_series
from tests.cloud.sites.building import House

MOSCOW = ZoneInfo("Europe/Moscow")
Taken = list[tuple[datetime, float]]


@dataclass
class Meter:
    """A box with a series, and the two processes that work on what it sends."""

    house: House
    intake: Intake
    place: Place
    series: int

    def read(self, taken: Taken, quality: Quality = Quality.GOOD) -> None:
        """The box sends these readings (raw = value × 100)."""
        stream = self.place.stream()
        for start in range(0, len(taken), 500):
            chunk = taken[start : start + 500]
            begin = at_ms(chunk[0][0])
            stream.readings(
                *(
                    Reading(self.series, at_ms(at) - begin, round(value * 100), value, quality)
                    for at, value in chunk
                ),
                at=begin,
            )
        self.intake.take([Message(*stream.batch())])

    def maintain(self, retention: Retention | None = None) -> None:
        assert self.house.clock is not None
        Keeper(self.house.real.owner_url, self.house.clock, retention or Retention()).work()

    def chart(
        self, begin: datetime, end: datetime, resolution: Resolution | None = None, place: Place | None = None
    ) -> charts.Chart:
        organisation = (place or self.place).organisation_id
        with self.house.database().transaction(Scope.organisation(organisation)) as session:
            return charts.chart(session, self.series, begin, end, resolution)


@pytest.fixture
def counter(house: House, intake: Intake) -> Meter:
    return _meter(house, intake, SeriesKind.COUNTER)


@pytest.fixture
def gauge(house: House, intake: Intake) -> Meter:
    return _meter(house, intake, SeriesKind.GAUGE)


def _meter(house: House, intake: Intake, kind: SeriesKind) -> Meter:
    place = make_place(house)
    [series] = make_series(house, place, kind=kind)
    return Meter(house, intake, place, series)


def household(seed: int, *, days: int = 3) -> Taken:
    """A counter as meters have it: irregular, with silences, replaced now and then."""
    rng = random.Random(seed)
    at, value, taken = NOW - timedelta(days=days), 100.0, []
    while at < NOW - timedelta(minutes=5):
        taken.append((at, round(value, 2)))
        at += timedelta(seconds=rng.choice([60, 60, 61, 300, 7000]), milliseconds=rng.randrange(1000))
        value = rng.uniform(0, 5) if rng.random() < 0.01 else value + rng.uniform(0, 3)
    return taken


def counted(taken: Taken, begin: datetime) -> float:
    """What a counter counted from the last reading before `begin` on."""
    total, before = 0.0, None
    for at, value in taken:
        if before is not None and at >= begin:
            total += value - before if value >= before else value
        before = value
    return total


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("resolution", [Resolution.HOUR, Resolution.DAY])
def test_what_a_counter_consumed(counter: Meter, seed: int, resolution: Resolution) -> None:
    print("seed", seed)
    taken = household(seed)
    counter.read(taken)
    counter.maintain()
    begin = NOW - timedelta(days=2)
    chart = counter.chart(begin, NOW, resolution)
    assert sum(item.consumption for item in chart.consumed) == pytest.approx(counted(taken, chart.begin))
    size = timedelta(hours=1) if resolution is Resolution.HOUR else timedelta(days=1)
    for item in chart.consumed:
        at = item.bucket.at
        inside = [(moment, value) for moment, value in taken if moment < at + size]
        assert item.consumption == pytest.approx(counted(inside, at))
        assert item.bucket.n == sum(1 for moment, _ in inside if moment >= at)


@pytest.mark.parametrize("resolution", [Resolution.HOUR, Resolution.DAY])
def test_what_a_gauge_showed(gauge: Meter, resolution: Resolution) -> None:
    rng = random.Random(7)
    taken = [(NOW - timedelta(minutes=7 * n), rng.uniform(-40, 40)) for n in range(600, 0, -1)]
    gauge.read(taken)
    gauge.read([(NOW - timedelta(minutes=11), 1e9)], Quality.CLOCK_UNKNOWN)  # kept, not counted
    gauge.maintain()
    chart = gauge.chart(NOW - timedelta(days=4), NOW, resolution)
    assert sum(bucket.n for bucket in chart.buckets) == len(taken)
    size = timedelta(hours=1) if resolution is Resolution.HOUR else timedelta(days=1)
    for bucket in chart.buckets:
        values = [value for at, value in taken if bucket.at <= at < bucket.at + size]
        assert bucket.total / bucket.n == pytest.approx(sum(values) / len(values))
        assert (bucket.minimum, bucket.maximum) == (min(values), max(values))
        assert (bucket.first, bucket.last) == (values[0], values[-1])


def test_utc_days_as_kept_equal_utc_days_folded_from_hours(counter: Meter) -> None:
    counter.read(household(5, days=5))
    counter.maintain()
    columns = "n, total, minimum, maximum, first_value, last_value, dropped, resets"
    with counter.house.work() as session:
        query = f"SELECT bucket, {columns} FROM reading_%s WHERE series_id = {counter.series} ORDER BY bucket"
        days = session.connection().exec_driver_sql(query % "day").all()
        hours = session.connection().exec_driver_sql(query % "hour").all()
    names = ["at", "n", "total", "minimum", "maximum", "first", "last", "dropped", "resets"]
    folded = list(fold_days((Bucket(**dict(zip(names, row, strict=True))) for row in hours), ZoneInfo("UTC")))
    kept = [Bucket(**dict(zip(names, row, strict=True))) for row in days]
    assert len(kept) >= 5
    for one, other in zip(kept, folded, strict=True):
        assert (one.at, one.n, one.first, one.last, one.resets) == (
            other.at,
            other.n,
            other.first,
            other.last,
            other.resets,
        )
        assert (one.total, one.dropped) == pytest.approx((other.total, other.dropped))


def test_raw_readings_are_as_they_were_taken(counter: Meter) -> None:
    taken = household(1, days=1)
    counter.read(taken)
    chart = counter.chart(NOW - timedelta(hours=6), NOW)
    assert chart.resolution is Resolution.RAW
    expected = [(at, value) for at, value in taken if at >= NOW - timedelta(hours=6)]
    assert [(point.at, point.value) for point in chart.points] == [
        (at.replace(microsecond=at.microsecond // 1000 * 1000), value) for at, value in expected
    ]
    assert [point.raw for point in chart.points] == [round(value * 100) for _, value in expected]


def test_late_readings_change_the_hours_they_belong_to(counter: Meter) -> None:
    old = NOW - timedelta(days=200)
    counter.read([(old, 1.0), (old + timedelta(minutes=50), 2.0)])
    counter.maintain()
    counter.read([(old + timedelta(minutes=55), 5.0)])
    counter.maintain()
    chart = counter.chart(old - timedelta(hours=1), old + timedelta(hours=2), Resolution.HOUR)
    assert [(item.consumption, item.bucket.n) for item in chart.consumed] == [(4.0, 3)]


def test_aggregates_outlive_their_readings(counter: Meter) -> None:
    old = NOW - timedelta(days=395)
    counter.read([(old, 1.0), (old + timedelta(minutes=30), 4.0)])
    counter.maintain()
    before = counter.chart(old - timedelta(hours=1), old + timedelta(hours=2), Resolution.HOUR)
    assert [item.consumption for item in before.consumed] == [3.0]
    assert counter.house.clock is not None
    counter.house.clock.advance(timedelta(days=80))  # the readings are 475 days old now
    counter.maintain()
    assert counter.chart(old, old + timedelta(hours=1), Resolution.RAW).points == []
    if not _is_timescale(counter):  # a mark that came late must not empty what can no longer be computed
        with psycopg.connect(counter.house.real.owner_url) as owner:
            owner.execute("SELECT telemetry.touch(ARRAY[%s::timestamptz])", [old.replace(minute=0)])
    counter.maintain()
    after = counter.chart(old - timedelta(hours=1), old + timedelta(hours=2), Resolution.HOUR)
    assert [item.consumption for item in after.consumed] == [3.0]


def test_room_ahead_has_no_hole(counter: Meter) -> None:
    if _is_timescale(counter):
        pytest.skip("TimescaleDB makes its chunks itself")
    counter.maintain()
    house = counter.house
    assert house.clock is not None
    keeper = Keeper(house.real.owner_url, house.clock, Retention())
    with psycopg.connect(house.real.owner_url) as owner:
        rows = owner.execute("SELECT name, starts FROM telemetry.partitions()").fetchall()
        for name, starts in rows:
            if timedelta() < starts - house.clock.now() < timedelta(days=8):
                owner.execute(f"DROP TABLE telemetry.{name}")  # type: ignore[arg-type]
    assert not keeper.is_ready()
    with house.work() as session:
        assert "domovoy maintain" in (telemetry.what_is_missing(session) or "")
    counter.maintain()
    assert keeper.is_ready()


def test_there_is_room_ahead_or_the_process_says_so(counter: Meter) -> None:
    house = counter.house
    assert house.clock is not None
    counter.maintain()
    keeper = Keeper(house.real.owner_url, house.clock, Retention())
    assert keeper.is_ready()
    with house.work() as session:
        assert telemetry.what_is_missing(session) is None
    century = timedelta(days=36_500)
    house.clock.advance(century)  # far beyond the room that the migration made ahead of today
    if not _is_timescale(counter):
        assert not keeper.is_ready()
        with house.work() as session:
            assert "domovoy maintain" in (telemetry.what_is_missing(session) or "")
    counter.maintain(Retention(readings=2 * century, hours=2 * century))  # the other tests' readings stay
    assert keeper.is_ready()


def test_two_keepers_do_not_get_in_each_others_way(counter: Meter) -> None:
    with psycopg.connect(counter.house.real.owner_url) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [0x6D61696E])
        counter.read([(NOW, 1.0)])
        counter.maintain()
        day = timedelta(days=1)
        assert counter.chart(NOW - day, NOW + day, Resolution.HOUR).consumed == []
        other.execute("SELECT pg_advisory_unlock(%s)", [0x6D61696E])  # the server hears of a closing later
    counter.maintain()
    assert len(counter.chart(NOW - day, NOW + day, Resolution.HOUR).consumed) == 1


def test_compressed_readings_stay_readable_and_take_late_ones(counter: Meter) -> None:
    if not _is_timescale(counter):
        pytest.skip("only TimescaleDB compresses")
    old = NOW - timedelta(days=30)
    counter.read([(old + timedelta(minutes=n), float(n)) for n in range(50)])
    counter.maintain()
    with psycopg.connect(counter.house.real.owner_url) as owner:
        compressed = (
            "SELECT count(*) FROM timescaledb_information.chunks"
            " WHERE is_compressed AND hypertable_name = 'reading'"
        )
        assert owner.execute(compressed).fetchone() != (0,)
    counter.read([(old + timedelta(minutes=55), 60.0)])
    counter.maintain()
    span = (old - timedelta(hours=1), old + timedelta(hours=2))
    assert len(counter.chart(*span, Resolution.RAW).points) == 51
    assert [item.consumption for item in counter.chart(*span, Resolution.HOUR).consumed] == [60.0]


def test_a_span_that_makes_no_chart_is_refused(counter: Meter) -> None:
    with pytest.raises(RangeInvalid):
        counter.chart(NOW, NOW)
    with pytest.raises(RangeInvalid):
        counter.chart(NOW - timedelta(days=3650), NOW, Resolution.HOUR)


def test_too_many_readings_become_hours_unless_raw_was_asked_for(counter: Meter) -> None:
    second = timedelta(seconds=1)
    begin = NOW - timedelta(hours=3)
    counter.read([(begin + n * second, n / 100) for n in range(10_001)])
    counter.maintain()
    assert counter.chart(begin, NOW).resolution is Resolution.HOUR
    with pytest.raises(RangeInvalid):
        counter.chart(begin, NOW, Resolution.RAW)


def test_another_companys_series_is_not_there(counter: Meter) -> None:
    counter.read([(NOW, 1.0)])
    with pytest.raises(SeriesNotFound):
        counter.chart(NOW, NOW + timedelta(hours=1), place=make_other_place(counter.house))


def test_the_newest_reading_of_each_series(counter: Meter) -> None:
    counter.read([(NOW - timedelta(days=2), 1.0), (NOW - timedelta(days=1), 2.0)])
    [silent] = make_series(counter.house, counter.place)
    with counter.house.work() as session:
        found = telemetry.latest(session, [counter.series, silent], NOW)
    assert {series: point.value for series, point in found.items()} == {counter.series: 2.0}


def _is_timescale(meter: Meter) -> bool:
    with psycopg.connect(meter.house.real.owner_url) as owner:
        return owner.execute("SELECT telemetry.backend()").fetchone() == ("timescale",)


def test_days_are_days_of_the_site(counter: Meter) -> None:
    evening = datetime(2026, 11, 18, 20, 30, tzinfo=UTC)  # 23:30 in Moscow
    counter.read([(evening, 1.0), (evening + timedelta(minutes=45), 3.0)])
    counter.maintain()
    chart = counter.chart(evening - timedelta(days=2), evening + timedelta(days=1), Resolution.DAY)
    assert [(item.bucket.at.astimezone(MOSCOW).day, item.consumption) for item in chart.consumed] == [
        (18, 0),
        (19, 2),
    ]
