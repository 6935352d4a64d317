"""How one card may stand printed on itself, on its box or in a list: every number by which people know it."""

from collections.abc import Iterator

from protocols.cards.credential import CardError, CardFormat, Credential
from protocols.cards.printed import parse_printed

_CLASSIC_BYTES = 4
_LEAST_UID = 10_000_000  # what has fewer digits is taken for a number of another kind


def spellings(card: Credential) -> list[str]:
    """The commonest first, each once. Typed into a search each finds the card; some are other cards' numbers, too."""
    return list(dict.fromkeys(_spellings(card)))


def spellings_of_key(key: str) -> list[str]:
    """As `spellings`, by a strongest match key; empty for what is no card: a PIN, a code."""
    try:
        [card] = parse_printed(key)
    except CardError:
        return []
    return spellings(card)


def _spellings(card: Credential) -> Iterator[str]:
    if card.format is CardFormat.EM4100:
        number = card.number or 0
        yield f"{number:010}"
        yield f"{number >> 16 & 0xFF:03},{number & 0xFFFF:05}"
        yield f"{number:08X}"
    elif card.uid_hex is not None:
        yield from _of_uid(card.uid_bytes)
    elif card.format is CardFormat.H10301:
        yield f"{card.facility:03},{card.number:05}"
        yield f"{card.facility:03}{card.number:05}"
    elif card.facility is not None:
        yield f"{card.facility},{card.number}"
    elif card.number is not None:
        yield str(card.number)


def _of_uid(uid: bytes) -> Iterator[str]:
    """In card order; the short ones turned round, too, and as desk readers write them: in decimal, without zeros."""
    yield uid.hex(":").upper()
    orders = (uid, uid[::-1]) if len(uid) == _CLASSIC_BYTES else (uid,)
    yield from (each.hex().upper() for each in orders)
    if len(uid) == _CLASSIC_BYTES:
        decimals = (int.from_bytes(each, "big") for each in orders)
        yield from (str(number) for number in decimals if number >= _LEAST_UID)
