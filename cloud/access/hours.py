"""Hours of the day laid over a pass's week, and when a week's windows are open next: pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cloud.access.types import WindowDraft

DAY = 1440
_WEEK = 7
_EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def within(schedule: Sequence[WindowDraft], from_minute: int, until_minute: int) -> list[WindowDraft]:
    """The part of a schedule (empty: the whole week) that lies within the hours of each day; empty: they never meet.

    Hours that end before they begin run over midnight; hours that begin and end alike are the whole day.
    """
    if not schedule:
        return [WindowDraft(days=_EVERY_DAY, from_minute=from_minute, until_minute=until_minute)]
    return [piece for window in schedule for piece in _pieces(window, from_minute, until_minute)]


def _pieces(window: WindowDraft, from_minute: int, until_minute: int) -> Iterator[WindowDraft]:
    """Minutes are counted from the midnight with which each of the window's days begins."""
    begins, ends = window.from_minute, _after(window.from_minute, window.until_minute)
    for day in (-DAY, 0, DAY):
        start = max(begins, from_minute + day)
        end = min(ends, _after(from_minute, until_minute) + day)
        if start < end:
            later, start_of_day = divmod(start, DAY)
            days = sorted((each - 1 + later) % 7 + 1 for each in window.days)
            length = end - start
            until = start_of_day + length
            yield WindowDraft(
                days=days, from_minute=start_of_day, until_minute=until if until <= DAY else until - DAY
            )


def _after(from_minute: int, until_minute: int) -> int:
    """The end, over midnight where it is not after the beginning."""
    return until_minute if until_minute > from_minute else until_minute + DAY


def next_open(
    schedule: Sequence[Mapping[str, Any]], at: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """The stretch that holds `at`, or the next one, begin and end; None: there is none within a week.

    schedule: ISO days and minutes of the day, local, as a pass keeps them; one that does not end after it begins goes
    on past midnight. Windows that touch are one stretch. At most a week long.
    """
    today = at.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(-1, _WEEK + 1)]
    spans = sorted(
        _stretch(day, window, zone)
        for day in days
        for window in schedule
        if day.isoweekday() in window["days"]
    )
    found: tuple[datetime, datetime] | None = None
    for begins, ends in spans:
        if found is None or found[1] < begins:
            if found is not None and found[1] > at:
                break
            found = begins, ends
        else:
            found = found[0], max(found[1], ends)
    return found if found is not None and found[1] > at else None


def _stretch(day: date, window: Mapping[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime]:
    first, last = window["from_minute"], window["until_minute"]
    return _moment(day, first, zone), _moment(day, last if last > first else last + DAY, zone)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """By the clock on the wall, which a change of summer time turns."""
    ahead, rest = divmod(minute, DAY)
    return datetime.combine(day + timedelta(days=ahead), time(*divmod(rest, 60)), zone).astimezone(UTC)
