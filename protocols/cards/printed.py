"""Numbers printed on cards or typed by hand: every reading that the text allows, the likeliest first.

| text | readings |
|---|---|
| `018,23011`, `018/23011`, `018 23011` | facility and number: H10301, else each format that fits |
| `0001202659` | EM-Marine, decimal; also hex with version when the text does not begin with 00 |
| `0001202659 018,23011` | one EM-Marine card in two notations, which must agree |
| `01823011` | 3.5 without its comma; EM-Marine decimal; EM-Marine hex; UID |
| `001259E3` | EM-Marine hex; UID |
| `06001259E3` | EM-Marine hex with version |
| 11 to 13 digits | EM-Marine with version, the whole 40 bits in decimal |
| `04:A1:B2:C3`, `04 A1 B2 C3`, `04-A1-…`, 14 or 20 hex digits | UID in card order |
| up to 7 digits | a number without its facility (weak); EM-Marine decimal without its zeros |
| 26 or more of 0 and 1 | Wiegand bits |

`0x` before the text leaves the hex readings alone. Cyrillic А В С Е are taken for the Latin hex digits.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from protocols.cards.credential import CardError, CardFormat, Credential, from_em_number, from_uid
from protocols.cards.wiegand import from_wiegand

_TWO_NOTATIONS = re.compile(r"([0-9]{10})\s+([0-9]{3}),([0-9]{5})")
_PAIR = re.compile(r"([0-9]{1,8})\s*[,/]\s*([0-9]{1,8})|([0-9]{3})[ .-]([0-9]{5})")
_SEPARATED_BYTES = re.compile(r"[0-9A-F]{2}(?:([ :-])[0-9A-F]{2})(?:\1[0-9A-F]{2})*")
_BITS = re.compile(r"[01]{26,}")
_DECIMAL = re.compile(r"[0-9]+")
_HEX = re.compile(r"[0-9A-F]+")
_LOOKALIKES = str.maketrans("АВСЕ", "ABCE")
_LONGEST_TEXT = 300
_NUMBER_ONLY_MAX = 2**23 - 1  # the widest number that is printed without its facility: Corporate 1000, 48 bit
_PAIR_FORMATS = (CardFormat.H10304, CardFormat.C1K35, CardFormat.C1K48)
_ACCEPTED = "10 digits, 3 digits comma 5 digits, 8 or 10 hex digits, or a UID of 4, 7 or 10 bytes"


def parse_printed(text: str) -> list[Credential]:
    """All readings of the text; more than one means: ask. Raises CardError when there is none."""
    if len(text) > _LONGEST_TEXT:
        raise CardError(f"card number of {len(text)} characters")
    typed = text.strip()
    readings = _readings(" ".join(typed.upper().translate(_LOOKALIKES).split()))
    if not readings:
        raise CardError(f"card number {typed!r}: not {_ACCEPTED}")
    return [replace(reading, printed=typed) for reading in dict.fromkeys(readings)]


def _readings(text: str) -> list[Credential]:
    if _BITS.fullmatch(text):
        return from_wiegand(text)
    if match := _TWO_NOTATIONS.fullmatch(text):
        return [_two_notations(int(match[1]), int(match[2]), int(match[3]))]
    if match := _PAIR.fullmatch(text):
        return list(_pair(int(match[1] or match[3]), int(match[2] or match[4])))
    if match := _SEPARATED_BYTES.fullmatch(text):
        return list(_hex(text.replace(match[1], ""), separated=True))
    return list(_decimal(text) if _DECIMAL.fullmatch(text) else _hex(text.removeprefix("0X")))


def _two_notations(number: int, facility: int, low: int) -> Credential:
    short = (number >> 16 & 0xFF, number & 0xFFFF)
    if short != (facility, low):
        raise CardError(
            f"card number {number:010d} is {short[0]:03d},{short[1]:05d}, not {facility:03d},{low:05d}"
        )
    return from_em_number(number)


def _pair(facility: int, number: int) -> Iterator[Credential]:
    """H10301 when it fits: the wider formats hold every such pair too, but nobody prints them so."""
    narrow = list(_numbered(CardFormat.H10301, facility, number))
    yield from narrow
    if not narrow:
        for card_format in _PAIR_FORMATS:
            yield from _numbered(card_format, facility, number)


def _decimal(text: str) -> Iterator[Credential]:
    value = int(text)
    if len(text) <= 7 and value <= _NUMBER_ONLY_MAX:
        yield Credential(format=CardFormat.RAW, number=value)
    if len(text) == 8:
        yield from _numbered(CardFormat.H10301, int(text[:3]), int(text[3:]))
    if len(text) <= 10:
        yield from _em(value)
    elif len(text) <= 13:
        yield from _em(value & 0xFFFFFFFF, value >> 32)
    # Ten digits that begin with 00 are decimal: as hex they would mean version 00 and, by chance, no letter.
    if len(text) != 10 or not text.startswith("00"):
        yield from _hex(text)


def _hex(text: str, *, separated: bool = False) -> Iterator[Credential]:
    if not _HEX.fullmatch(text):
        return
    if len(text) == 10:
        yield from_em_number(int(text[2:], 16), int(text[:2], 16))
    if len(text) == 8 and not separated:
        yield from_em_number(int(text, 16))
    if len(text) in {8, 14, 20}:
        yield from_uid(bytes.fromhex(text))


def _numbered(card_format: CardFormat, facility: int, number: int) -> Iterator[Credential]:
    try:
        yield Credential(format=card_format, facility=facility, number=number)
    except CardError:
        return  # not a reading in this format


def _em(number: int, version: int | None = None) -> Iterator[Credential]:
    try:
        yield from_em_number(number, version)
    except CardError:
        return  # wider than the card's number
