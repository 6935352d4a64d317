"""What a text may be that somebody typed into a search: a plate, a card, neither."""

from itertools import chain
from typing import NamedTuple

from protocols.cards import CardError, parse_printed
from protocols.plates import PlateError, parse_plate, plain


class MayBe(NamedTuple):
    """`plates`: canonical; `keys`: match keys of each reading as a card."""

    plates: list[str]
    keys: list[str]


_PART_MIN, _PART_DIGITS = 4, 3  # «А 123»: three digits alone are as well a region, or the number of a pass


def part_of_plate(text: str) -> str | None:
    """Canonical, when there is enough of it to tell a plate by; «А 123 ВС» for one whose region was not typed."""
    try:
        part = plain(text)
    except PlateError:
        return None
    return part if len(part) >= _PART_MIN and sum(map(str.isdecimal, part)) >= _PART_DIGITS else None


def may_be(text: str) -> MayBe:
    """Nothing is raised: most texts are neither."""
    try:
        plates = [parse_plate(text).canonical]
    except PlateError:
        plates = []
    try:
        cards = parse_printed(text)
    except CardError:
        cards = []
    return MayBe(plates, list(chain.from_iterable(card.keys() for card in cards)))
