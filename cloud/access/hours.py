"""Hours of the day laid over a pass's week: pure."""

from collections.abc import Iterator, Sequence

from cloud.access.types import WindowDraft

DAY = 1440
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
