"""The beginning of a telephone number with the national 8, as people type it into a search: pure."""

import re
from typing import NamedTuple

_BETWEEN = r"[\s()./‐-―-]{1,3}"
_BEGUN = re.compile(
    rf"(?<![\w+])8(?:{_BETWEEN})?[34789](?:(?:{_BETWEEN})?\d){{2,8}}(?!\w|{_BETWEEN}\d)", re.ASCII
)
_NO_DIGIT = re.compile(r"\D+")


class Begun(NamedTuple):
    """What was typed, and how a number that begins so is kept: with the country's +7."""

    begin: int
    end: int
    kept: str


def begun(text: str) -> list[Begun]:
    """Where from four to ten digits stand together that may be such a beginning: «8 912», «8 (912) 345-67-0»."""
    return [
        Begun(each.start(), each.end(), f"+7{_NO_DIGIT.sub('', each[0])[1:]}")
        for each in _BEGUN.finditer(text)
    ]
