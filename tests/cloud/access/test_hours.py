"""Hours laid over a week: a minute is open when the pass and the hours both have it open."""

from hypothesis import given
from hypothesis import strategies as st

from cloud.access.hours import DAY, within
from cloud.access.types import WindowDraft

WEEK = 7 * DAY
minutes = st.integers(0, DAY)
windows = st.builds(
    WindowDraft,
    days=st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True),
    from_minute=minutes,
    until_minute=minutes,
)
hours = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY))


def opened(schedule: list[WindowDraft]) -> set[int]:
    """The minutes of the week in which it is open, written without the code under test."""
    found: set[int] = set()
    for window in schedule:
        length = window.until_minute - window.from_minute
        if length <= 0:
            length += DAY
        for day in window.days:
            start = (day - 1) * DAY + window.from_minute
            found |= {minute % WEEK for minute in range(start, start + length)}
    return found


def daily(of: tuple[int, int]) -> set[int]:
    every = WindowDraft(days=[1, 2, 3, 4, 5, 6, 7], from_minute=of[0], until_minute=of[1])
    return opened([every])


@given(st.lists(windows, min_size=1, max_size=4), hours)
def test_open_is_what_both_have_open(schedule: list[WindowDraft], of: tuple[int, int]) -> None:
    assert opened(within(schedule, *of)) == opened(schedule) & daily(of)


@given(st.lists(windows, max_size=3), hours, hours)
def test_whose_hours_come_first_does_not_matter(
    schedule: list[WindowDraft], one: tuple[int, int], other: tuple[int, int]
) -> None:
    first = within(schedule, *one)
    second = within(schedule, *other)
    assert bool(first) == bool(opened(first))
    both = opened(within(first, *other)) if first else set()
    assert both == (opened(within(second, *one)) if second else set())


@given(windows, hours)
def test_a_window_becomes_two_at_most(window: WindowDraft, of: tuple[int, int]) -> None:
    assert len(within([window], *of)) <= 2


def test_a_week_without_windows_takes_the_hours_as_they_are() -> None:
    [window] = within([], 22 * 60, 6 * 60)
    assert (window.days, window.from_minute, window.until_minute) == ([1, 2, 3, 4, 5, 6, 7], 1320, 360)


def test_a_night_keeps_its_day() -> None:
    friday_night = WindowDraft(days=[5], from_minute=20 * 60, until_minute=4 * 60)
    pieces = within([friday_night], 0, 6 * 60)
    assert [(piece.days, piece.from_minute, piece.until_minute) for piece in pieces] == [([6], 0, 240)]
