"""The site's day, also where its clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from protocols.site_day import day_of

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "zone", "begin", "hours"),
    [
        ("2026-11-30T20:59:59", MOSCOW, "2026-11-29T21:00:00", 24),
        ("2026-11-30T21:00:00", MOSCOW, "2026-11-30T21:00:00", 24),
        ("2026-03-29T10:00:00", BERLIN, "2026-03-28T23:00:00", 23),
        ("2026-10-25T10:00:00", BERLIN, "2026-10-24T22:00:00", 25),
    ],
)
def test_it_goes_from_midnight_to_midnight(at: str, zone: ZoneInfo, begin: str, hours: int) -> None:
    first, end = day_of(datetime.fromisoformat(at).replace(tzinfo=UTC), zone)
    assert first == datetime.fromisoformat(begin).replace(tzinfo=UTC)
    assert end.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=hours)
