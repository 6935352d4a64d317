"""A pass's week, as people write it."""

from collections.abc import Mapping, Sequence
from typing import Any

from cloud.kernel.language import Language, Text

_DAYS = (
    Text("пн", "Mon"),
    Text("вт", "Tue"),
    Text("ср", "Wed"),
    Text("чт", "Thu"),
    Text("пт", "Fri"),
    Text("сб", "Sat"),
    Text("вс", "Sun"),
)
_EVERY_DAY = Text("каждый день", "every day")
_WHOLE_DAY = Text("весь день", "all day")
_NEXT_DAY = Text("{hours} следующего дня", "{hours} the next day")
_DAY = 1440


def week_lines(schedule: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
    """A line for each window: "пн–пт 09:00–18:00". None: at any time."""
    return [
        f"{_days(window['days'], language)} {_hours(window['from_minute'], window['until_minute'], language)}"
        for window in schedule
    ]


def _days(days: Sequence[int], language: Language) -> str:
    chosen = sorted(set(days))
    if len(chosen) == len(_DAYS):
        return _EVERY_DAY.in_language(language)
    runs: list[list[int]] = []
    for day in chosen:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run(run, language) for run in runs)


def _run(run: Sequence[int], language: Language) -> str:
    names = [_DAYS[day - 1].in_language(language) for day in run]
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)


def _hours(begins: int, ends: int, language: Language) -> str:
    """As `hours` reads them: an end that is not after the beginning is that of the next day."""
    if (begins, ends) in {(0, _DAY), (0, 0)}:
        return _WHOLE_DAY.in_language(language)
    if ends == 0:
        ends = _DAY
    hours = f"{_time(begins)}–{_time(ends)}"
    return hours if ends > begins else _NEXT_DAY.in_language(language, hours=hours)


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
