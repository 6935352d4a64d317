"""A week in words."""

import pytest

from cloud.access.week_text import week_lines
from cloud.kernel.language import Language


def window(days: list[int], from_minute: int, until_minute: int) -> dict[str, object]:
    return {"days": days, "from_minute": from_minute, "until_minute": until_minute}


@pytest.mark.parametrize(
    ("days", "begins", "ends", "told"),
    [
        ([1, 2, 3, 4, 5], 540, 1080, "пн–пт 09:00–18:00"),
        ([5, 1, 2, 4], 540, 1080, "пн, вт, чт, пт 09:00–18:00"),
        ([6], 600, 840, "сб 10:00–14:00"),
        ([1, 2, 3, 4, 5, 6, 7], 0, 1440, "каждый день весь день"),
        ([6, 7], 1320, 360, "сб, вс 22:00–06:00 следующего дня"),
        ([6], 1320, 0, "сб 22:00–24:00"),
    ],
)
def test_days_in_a_row_are_told_as_one(days: list[int], begins: int, ends: int, told: str) -> None:
    assert week_lines([window(days, begins, ends)], Language.RU) == [told]


def test_each_window_has_its_line() -> None:
    week = [window([1, 2, 3], 540, 1080), window([6], 600, 120)]
    assert week_lines(week, Language.EN) == ["Mon–Wed 09:00–18:00", "Sat 10:00–02:00 the next day"]


def test_no_window_is_any_time() -> None:
    assert week_lines([], Language.RU) == []
