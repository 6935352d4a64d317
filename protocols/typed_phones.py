"""Telephone numbers among the words of a search, in whatever way they are typed: pure."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_GROUP = re.compile(r"(?<!\w)\+?\d+(?!\w)")
_BETWEEN = re.compile(r"[\s()./‐-―-]{1,3}")
_BESIDE = re.compile(r"\b(?:тел|телефон|моб|мобильный|т|tel|phone|mobile|mob)\b")
_NATIONAL = re.compile(r"8(\d{10})")
_WITHOUT_COUNTRY = re.compile(r"[3489]\d{9}")
_WITH_COUNTRY = re.compile(r"[78]\d{10}")
_MOST_DIGITS = 15
_LOCAL = ((3, 2, 2),)
_LOCAL_JOINED = ((3, 2, 2), (3, 4), (2, 2, 2))  # where nothing but a dash or a dot stands between the groups


class Typed(NamedTuple):
    """A number as it was typed, and its digits as they are stored: with the country's 7 for a national 8."""

    text: str
    digits: str


class _Group(NamedTuple):
    begin: int
    end: int
    digits: str


def lift(folded: str) -> tuple[list[Typed], str]:
    """The numbers in a folded query, and what is left of it: neither they nor a «тел.» that stands with them."""
    found: list[tuple[int, int, str]] = []
    for run in _runs(folded):
        found += _numbers(folded, run)
    if not found:
        return [], folded
    left, at = [], 0
    for begin, end, _ in sorted(found):
        left.append(folded[at:begin])
        at = end
    rest = " ".join([*left, folded[at:]])
    numbers = [
        Typed(folded[begin:end], _NATIONAL.sub(r"7\1", digits) if len(digits) == 11 else digits)
        for begin, end, digits in found
    ]
    return numbers, _BESIDE.sub(" ", rest)


def _runs(folded: str) -> Iterator[list[_Group]]:
    """Groups of digits that may belong together."""
    run: list[_Group] = []
    for each in _GROUP.finditer(folded):
        is_next = (
            run and not each[0].startswith("+") and _BETWEEN.fullmatch(folded, run[-1].end, each.start())
        )
        if run and not is_next:
            yield run
            run = []
        run.append(_Group(each.start(), each.end(), each[0]))
    if run:
        yield run


def _numbers(folded: str, run: list[_Group]) -> Iterator[tuple[int, int, str]]:
    """Where the numbers of a run are: the most certain first, then what stands before and after it."""
    for kind in (_international, _national, _short, _local):
        for first in range(len(run)):
            length = kind(folded, run[first:])
            if length:
                mine = run[first : first + length]
                yield mine[0].begin, mine[-1].end, _digits(mine)
                yield from _numbers(folded, run[:first])
                yield from _numbers(folded, run[first + length :])
                return


def _digits(groups: Sequence[_Group]) -> str:
    return "".join(group.digits for group in groups).removeprefix("+")


def _until(groups: Sequence[_Group], shape: re.Pattern[str]) -> int:
    """How many of the groups make up a number of this shape; 0: none do."""
    lengths = range(1, min(len(groups), _MOST_DIGITS) + 1)
    return next((length for length in lengths if shape.fullmatch(_digits(groups[:length]))), 0)


def _international(_folded: str, groups: Sequence[_Group]) -> int:
    if not groups[0].digits.startswith("+"):
        return 0
    if groups[0].digits.startswith("+7"):
        return _until(groups, _WITH_COUNTRY)
    return _until(groups, re.compile(rf"\d{{11,{_MOST_DIGITS}}}")) or _until(groups, re.compile(r"\d{10}"))


def _national(_folded: str, groups: Sequence[_Group]) -> int:
    return _until(groups, _WITH_COUNTRY)


def _short(_folded: str, groups: Sequence[_Group]) -> int:
    return _until(groups, _WITHOUT_COUNTRY)


def _local(folded: str, groups: Sequence[_Group]) -> int:
    shape = tuple(len(group.digits) for group in groups)
    spaced = any(" " in folded[a.end : b.begin] for a, b in itertools.pairwise(groups))
    return len(groups) if shape in (_LOCAL if spaced else _LOCAL_JOINED) else 0
