"""Numbers printed on cards or typed by hand: every reading that the text allows, the likeliest first.

| text | readings |
|---|---|
| `018,23011`, `018/23011`, `018 23011` | the 3.5 form: H10301 alone, where it fits |
| `18,23011`, `1234,56789`: any other pair | facility and number of each format that holds them, H10301 first |
| `0001202659` | EM-Marine, decimal; also hex with version when the text does not begin with 00 |
| `0001202659 018,23011`, `0001202659-018,23011` | one EM-Marine card in two notations, which must agree |
| `01823011` | 3.5 without its comma; EM-Marine decimal; EM-Marine hex; UID |
| `77705923`, `3283263748` | EM-Marine, decimal; UID in decimal, either end first; H10302; what the digits are in hex |
| `1303689068602870`: 15 to 17 digits | UID of 7 bytes in decimal |
| `001259E3` | EM-Marine hex; UID, either end first |
| `06001259E3` | EM-Marine hex with version |
| 11 to 13 digits | EM-Marine with version, the whole 40 bits in decimal; H10302 |
| `04:A1:B2:C3`, `04 A1 B2 C3`, `04-A1-…` | UID in card order |
| 14 or 20 hex digits | UID, either end first; in card order alone when it begins with 04, as NXP's do |
| up to 7 digits | a number without its facility (weak); EM-Marine decimal without its zeros; H10302 |
| 26 or more of 0 and 1 | Wiegand bits |
| `0x2F764DD` | the bits of a frame of that many digits whose parities hold; EM-Marine hex without its zeros |
| `W37:1234:56789`, `UID:04A1B2C3`, `EM:001259E3` | that card and no other: its match key |

`№`, `No.` or `#` before the text is no part of it. `0x` before it leaves the hex readings alone. Cyrillic А В С Е М
are taken for the Latin letters. What is left out, and why: docs/decisions/0021-what-a-typed-card-number-may-mean.md.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from protocols.cards.credential import CardError, CardFormat, Credential, from_em_number, from_uid
from protocols.cards.wiegand import from_wiegand

_NUMBER_SIGN = re.compile(r"(?:№|N[°º]|NO\.|NO(?=\s)|#)\s*")
_TWO_NOTATIONS = re.compile(r"([0-9]{10})\s*[ /;(–—-]\s*([0-9]{3})[,/]([0-9]{5})\)?")
_SHORT_FORM = re.compile(r"([0-9]{3})(?:\s*[,/]\s*|[ .-])([0-9]{5})")
_PAIR = re.compile(r"([0-9]{1,8})\s*[,/]\s*([0-9]{1,8})|([0-9]{3})[ .-]([0-9]{5})")
_KEY = re.compile(r"([A-Z][A-Z0-9]{0,2}):([0-9A-F]+)(?::([0-9]+))?")
_SEPARATED_BYTES = re.compile(r"[0-9A-F]{2}(?:([ :-])[0-9A-F]{2})(?:\1[0-9A-F]{2})*")
_BITS = re.compile(r"[01]{26,}")
_DECIMAL = re.compile(r"[0-9]+")
_HEX = re.compile(r"[0-9A-F]+")
_LOOKALIKES = str.maketrans("АВСЕМ", "ABCEM")
_LONGEST_TEXT = 300
# The widest number that leaves its facility out: Corporate 1000, 48 bit. H10302 has none, and is a reading of its own.
_NUMBER_ONLY_MAX = 2**23 - 1
_PAIR_FORMATS = (
    CardFormat.H10301,
    CardFormat.W34,
    CardFormat.H10304,
    CardFormat.C1K35,
    CardFormat.C1K48,
)
_FORMAT_OF_CLASS = {
    "W26": CardFormat.H10301,
    "W34": CardFormat.W34,
    "W37": CardFormat.H10304,
    "C35": CardFormat.C1K35,
    "C48": CardFormat.C1K48,
}
_UID_DIGITS = {8, 14, 20}
_CLASSIC_BYTES = 4  # of a UID that may begin with anything
_NXP = 0x04  # how the UIDs of its cards of 7 and 10 bytes begin
# By the hexadecimal digits that a frame's bits are written with.
_FRAME_BITS = {7: (26,), 9: (34, 35), 10: (37,), 12: (48,)}
_EM_DIGITS = 8
_ACCEPTED = (
    "10 digits, 3 digits comma 5 digits, both together, 8 or 10 hex digits, a UID of 4, 7 or 10 bytes, "
    "26 or more bits of 0 and 1, or a frame's bits as 0x and hex digits"
)


def parse_printed(text: str) -> list[Credential]:
    """All readings of the text; more than one means: ask. Raises CardError when there is none."""
    if len(text) > _LONGEST_TEXT:
        raise CardError(f"card number of {len(text)} characters")
    typed = text.strip()
    text = " ".join(typed.upper().translate(_LOOKALIKES).split())
    readings = _readings(_NUMBER_SIGN.sub("", text, count=1) if _NUMBER_SIGN.match(text) else text)
    if not readings:
        raise CardError(f"card number {typed!r}: not {_ACCEPTED}")
    return [replace(reading, printed=typed) for reading in dict.fromkeys(readings)]


def unambiguous(reading: Credential) -> str:
    """What to type so that it is read so and not otherwise: as it is printed where that will do, else its match key."""
    if reading.format is CardFormat.H10301:
        return f"{reading.facility:03},{reading.number:05}"
    if reading.format is CardFormat.EM4100 and (digits := f"{reading.number:010}").startswith("00"):
        return digits
    if reading.format is CardFormat.RAW and reading.bits:
        return reading.bits
    if reading.format is not CardFormat.EM4100 and reading.uid_hex:
        return reading.uid_bytes.hex(":").upper()
    return reading.keys()[0]


def _readings(text: str) -> list[Credential]:
    if _BITS.fullmatch(text):
        return from_wiegand(text)
    if match := _TWO_NOTATIONS.fullmatch(text):
        return [_two_notations(int(match[1]), int(match[2]), int(match[3]))]
    if match := _KEY.fullmatch(text):
        return list(_key(match[1], match[2], match[3]))
    if match := _PAIR.fullmatch(text):
        is_short = _SHORT_FORM.fullmatch(text) is not None
        return _pair(int(match[1] or match[3]), int(match[2] or match[4]), is_short=is_short)
    if match := _SEPARATED_BYTES.fullmatch(text):
        return list(_hex(text.replace(match[1], ""), separated=True))
    return list(_digits(text))


def _digits(text: str) -> Iterator[Credential]:
    if text.startswith("0X"):
        yield from _marked_hex(text.removeprefix("0X"))
    else:
        yield from _decimal(text) if _DECIMAL.fullmatch(text) else _hex(text)


def _two_notations(number: int, facility: int, low: int) -> Credential:
    short = (number >> 16 & 0xFF, number & 0xFFFF)
    if short != (facility, low):
        raise CardError(
            f"card number {number:010d} is {short[0]:03d},{short[1]:05d}, not {facility:03d},{low:05d}"
        )
    return from_em_number(number)


def _key(key_class: str, first: str, second: str | None) -> Iterator[Credential]:
    """A match key, as readings are named; what does not fit its class is no reading."""
    if key_class == "EM" and second is None and len(first) == 8:
        yield from _em(int(first, 16))
    elif key_class == "UID" and second is None and len(first) in _UID_DIGITS:
        yield from_uid(bytes.fromhex(first))
    elif not first.isdecimal():
        return
    elif key_class == "N" and second is None and int(first) <= _NUMBER_ONLY_MAX:
        yield Credential(format=CardFormat.RAW, number=int(first))
    elif key_class == "W37" and second is None:
        yield from _numbered(CardFormat.H10302, None, int(first))
    elif key_class in _FORMAT_OF_CLASS and second is not None:
        yield from _numbered(_FORMAT_OF_CLASS[key_class], int(first), int(second))


def _pair(facility: int, number: int, *, is_short: bool) -> list[Credential]:
    """The 3.5 form is H10301's where it fits: wider formats hold such pairs too, but nobody prints them so."""
    found = [card for each in _PAIR_FORMATS for card in _numbered(each, facility, number)]
    return found[:1] if is_short and found and found[0].format is CardFormat.H10301 else found


def _decimal(text: str) -> Iterator[Credential]:
    value, is_padded = int(text), text.startswith("0")  # zeros in front are EM-Marine's; readers give none
    if len(text) <= 7 and value <= _NUMBER_ONLY_MAX:
        yield Credential(format=CardFormat.RAW, number=value)
    if len(text) == 8:
        yield from _numbered(CardFormat.H10301, int(text[:3]), int(text[3:]))
    if len(text) <= 10:
        yield from _em(value)
    elif len(text) <= 13:
        yield from _em(value & 0xFFFFFFFF, value >> 32)
    if not is_padded:
        yield from _decimal_uid(len(text), value)
    # Ten digits that begin with 00 are decimal: as hex they would mean version 00 and, by chance, no letter.
    if len(text) != 10 or not text.startswith("00"):
        yield from _hex(text)
    if not is_padded:
        yield from _numbered(CardFormat.H10302, None, value)


def _decimal_uid(digits: int, value: int) -> Iterator[Credential]:
    """A UID as desk readers write it: without zeros in front, its first or its last byte first."""
    for size, fewest, most in ((4, 8, 10), (7, 15, 17)):
        if fewest <= digits <= most and value < 1 << 8 * size:
            yield from _uid(value.to_bytes(size, "big"))


def _hex(text: str, *, separated: bool = False) -> Iterator[Credential]:
    if not _HEX.fullmatch(text):
        return
    if len(text) == 10:
        yield from_em_number(int(text[2:], 16), int(text[:2], 16))
    if len(text) == 8 and not separated:
        yield from_em_number(int(text, 16))
    if len(text) in _UID_DIGITS:
        data = bytes.fromhex(text)
        yield from [from_uid(data)] if separated else _uid(data)


def _marked_hex(text: str) -> Iterator[Credential]:
    """After `0x`: a number, as a program writes it, so zeros in front may be missing."""
    if not _HEX.fullmatch(text):
        return
    value = int(text, 16)
    for length in _FRAME_BITS.get(len(text), ()):
        if not value >> length:
            yield from (card for card in from_wiegand(value, length) if card.format is not CardFormat.RAW)
    if len(text) < _EM_DIGITS:
        yield from _em(value)
    yield from _hex(text)


def _uid(data: bytes) -> Iterator[Credential]:
    """In card order and turned round, the likelier first. A long one that begins with 04 is NXP's, in card order."""
    orders = [data, data[::-1]]
    if len(data) > _CLASSIC_BYTES:
        orders.sort(key=lambda uid: uid[0] != _NXP)
        if data[0] == _NXP != data[-1]:
            orders = [data]
    yield from map(from_uid, orders)


def _numbered(card_format: CardFormat, facility: int | None, number: int) -> Iterator[Credential]:
    try:
        yield Credential(format=card_format, facility=facility, number=number)
    except CardError:
        return  # not a reading in this format


def _em(number: int, version: int | None = None) -> Iterator[Credential]:
    try:
        yield from_em_number(number, version)
    except CardError:
        return  # wider than the card's number
