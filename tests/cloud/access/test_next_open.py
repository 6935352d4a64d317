"""When a weekly schedule is open next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.access.hours import next_open
from edge.access.decision import in_schedule
from protocols.held import Window

MOSCOW = ZoneInfo("Europe/Moscow")
WEEKDAYS = {"days": [1, 2, 3, 4, 5], "from_minute": 480, "until_minute": 1200}
NIGHT = {"days": [6], "from_minute": 1320, "until_minute": 360}
ALWAYS = {"days": [1, 2, 3, 4, 5, 6, 7], "from_minute": 0, "until_minute": 1440}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("schedule", "at", "begins", "ends"),
    [
        ([WEEKDAYS], "2026-11-30 07:00", "2026-11-30 08:00", "2026-11-30 20:00"),
        ([WEEKDAYS], "2026-11-30 12:00", "2026-11-30 08:00", "2026-11-30 20:00"),
        ([WEEKDAYS], "2026-12-04 20:00", "2026-12-07 08:00", "2026-12-07 20:00"),
        ([WEEKDAYS, NIGHT], "2026-12-04 20:00", "2026-12-05 22:00", "2026-12-06 06:00"),
        ([NIGHT], "2026-12-06 05:59", "2026-12-05 22:00", "2026-12-06 06:00"),
        ([NIGHT], "2026-12-06 06:00", "2026-12-12 22:00", "2026-12-13 06:00"),
    ],
)
def test_the_stretch_that_is_open_or_opens_next(
    schedule: list[dict[str, object]], at: str, begins: str, ends: str
) -> None:
    assert next_open(schedule, local(at), MOSCOW) == (local(begins), local(ends))


def test_windows_that_touch_are_one_stretch() -> None:
    found = next_open([ALWAYS], local("2026-11-30 12:00"), MOSCOW)
    assert found is not None
    assert found[1] - found[0] > timedelta(days=7)
    assert next_open([], local("2026-11-30 12:00"), MOSCOW) is None


windows = st.builds(
    lambda days, first, last: {"days": sorted(days), "from_minute": first, "until_minute": last},
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(0, 1439),
    st.integers(1, 1440),
)


@given(st.lists(windows, min_size=1, max_size=3), st.integers(0, 7 * 1440))
def test_a_box_agrees(schedule: list[dict[str, object]], minute: int) -> None:
    at = datetime(2026, 11, 30, tzinfo=UTC) + timedelta(minutes=minute)
    held = [Window(**each) for each in schedule]  # type: ignore[arg-type]
    found = next_open(schedule, at, MOSCOW)
    assert found is not None
    begins, ends = found
    assert (begins <= at) == in_schedule(held, at.astimezone(MOSCOW))
    assert in_schedule(held, begins.astimezone(MOSCOW))
    assert in_schedule(held, (ends - timedelta(minutes=1)).astimezone(MOSCOW))
