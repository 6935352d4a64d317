"""Charts' arithmetic on values that can be checked by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.telemetry.rules import DAY, HOUR, Bucket, consumption, day_begin, fold_days, resolution_for
from cloud.telemetry.types import Resolution

T0 = datetime(2026, 11, 20, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
MOSCOW = ZoneInfo("Europe/Moscow")


def bucket(hour: int, first: float, last: float, *, dropped: float = 0, resets: int = 0) -> Bucket:
    return Bucket(
        at=T0 + timedelta(hours=hour),
        n=2,
        total=first + last,
        minimum=min(first, last),
        maximum=max(first, last),
        first=first,
        last=last,
        dropped=dropped,
        resets=resets,
    )


def consumed(*buckets: Bucket, before: Bucket | None = None, modulus: float | None = None) -> list[float]:
    return [item.consumption for item in consumption(buckets, before, modulus, ZONE, HOUR)]


def test_consumption_runs_from_bucket_to_bucket() -> None:
    assert consumed(bucket(0, 10, 12), bucket(1, 13, 15), bucket(2, 15, 15)) == [2, 3, 0]
    assert consumed(bucket(1, 13, 15), before=bucket(0, 10, 12)) == [3]


def test_a_replaced_counter_begins_anew() -> None:
    assert consumed(bucket(0, 90, 100), bucket(1, 2, 5)) == [10, 5]
    assert consumed(bucket(0, 90, 5, dropped=100, resets=1)) == [15]  # 90 → 100, then 0 → 5


def test_a_wrapped_register_goes_on() -> None:
    assert consumed(bucket(0, 60_000, 65_000), bucket(1, 464, 500), modulus=65_536) == [5_000, 1_036]
    assert consumed(bucket(0, 100, 200), bucket(1, 3, 5), modulus=65_536) == [
        100,
        5,
    ]  # not from up there: a restart


def test_a_gap_is_shown() -> None:
    shown = list(consumption([bucket(0, 1, 2), bucket(1, 2, 3), bucket(3, 4, 5)], None, None, ZONE, HOUR))
    assert [item.has_gap for item in shown] == [False, False, True]


def test_days_are_the_zones_days() -> None:
    hours = [bucket(hour, hour, hour + 1) for hour in range(48)]
    days = list(fold_days(hours, MOSCOW))
    assert [day.at.isoformat() for day in days] == [
        "2026-11-20T00:00:00+03:00",
        "2026-11-21T00:00:00+03:00",
        "2026-11-22T00:00:00+03:00",
    ]
    assert [(day.first, day.last, day.n) for day in days] == [(0, 21, 42), (21, 45, 48), (45, 48, 6)]


def test_a_day_of_25_hours_is_no_gap() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    autumn = datetime(2026, 10, 24, tzinfo=berlin).astimezone(UTC)
    hours = [
        Bucket(at=autumn + timedelta(hours=n), n=1, total=n, minimum=n, maximum=n, first=n, last=n)
        for n in range(72)
    ]
    shown = list(consumption(list(fold_days(hours, berlin)), None, None, berlin, DAY))
    assert [item.bucket.n for item in shown] == [24, 25, 23]
    assert [item.has_gap for item in shown] == [False, False, False]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=100))
def test_folding_hours_loses_nothing_of_what_was_counted(values: list[float]) -> None:
    """What is counted by days equals what is counted by hours, drops included."""
    hours = [bucket(number, value, value) for number, value in enumerate(values)]
    by_hours = sum(consumed(*hours))
    folded = list(fold_days(hours, MOSCOW))
    by_days = sum(item.consumption for item in consumption(folded, None, None, MOSCOW, DAY))
    assert by_days == pytest.approx(by_hours, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("span", "resolution"),
    [
        (timedelta(hours=1), Resolution.RAW),
        (timedelta(days=2), Resolution.RAW),
        (timedelta(days=31), Resolution.HOUR),
        (timedelta(days=365), Resolution.DAY),
    ],
)
def test_the_finest_resolution_that_fits(span: timedelta, resolution: Resolution) -> None:
    assert resolution_for(T0, T0 + span) is resolution


def test_the_day_begins_at_the_zones_midnight() -> None:
    assert day_begin(T0, MOSCOW).isoformat() == "2026-11-20T00:00:00+03:00"
    assert day_begin(T0 + timedelta(hours=21), MOSCOW).isoformat() == "2026-11-21T00:00:00+03:00"
