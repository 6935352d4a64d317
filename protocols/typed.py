"""What a text may be that somebody typed into a search: a plate, a card, neither."""

from itertools import chain
from typing import NamedTuple

from protocols.cards import CardError, parse_printed
from protocols.plates import PlateError, parse_plate


class MayBe(NamedTuple):
    """`plates`: canonical; `keys`: match keys of each reading as a card."""

    plates: list[str]
    keys: list[str]


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
