"""The canonical credential and the match keys by which passes hold it and readers ask for it.

Grammar of a key: `[~]CLASS:fields`, printable ASCII. Classes, by the card's format:

    EM:001259E3          EM-Marine, the 32-bit number, 8 hex digits (cards are printed without their version byte)
    UID:04A1B2C3D4E5F6   ISO 14443A UID in card order, 8, 14 or 20 hex digits
    W26:18:23011         H10301, facility and number          W34:4660:22136   34 bit, the same
    W37:1234:56789       H10304                               W37:12345        H10302: no facility
    C35:1234:567890      Corporate 1000, 35 bit               C48:…            48 bit
    RAW:26:0246824       raw bits: how many, and their value in hex
    N:23011              a number whose facility nobody knows

`PIN:`, `CODE:` (`protocols.codes`) and `FACE:` (`protocols.faces`) stand beside them in passes.

A reader may drop part of what a card says: a 26-bit reader shows the EM-Marine card 001259E3 as W26:18:23011, as it
does 255 other cards. `~` marks what a fuller credential looks like to such a reader, so that two fuller credentials
which differ never meet through what they have in common. A pass therefore holds `keys()`, and a reader asks for
`lookups()`: they are not the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class CardError(ValueError):
    """Not a card number, frame or UID; the text names what does not fit."""


class CardFormat(StrEnum):
    """How a card numbers itself."""

    H10301 = "H10301"
    H10304 = "H10304"
    H10302 = "H10302"
    C1K35 = "C1K35"
    C1K48 = "C1K48"
    W34 = "W34"
    EM4100 = "EM4100"
    UID4 = "UID4"
    UID7 = "UID7"
    UID10 = "UID10"
    RAW = "RAW"


class Lookup(NamedTuple):
    """A key to look for among held passes. `weak`: a hit says less than the whole card, and is recorded as such."""

    key: str
    weak: bool


class _Limits(NamedTuple):
    key_class: str
    facility: int | None  # the highest, None: the format has no facility
    number: int  # the highest


_NUMBERED = {
    CardFormat.H10301: _Limits("W26", 2**8 - 1, 2**16 - 1),
    CardFormat.W34: _Limits("W34", 2**16 - 1, 2**16 - 1),
    CardFormat.H10304: _Limits("W37", 2**16 - 1, 2**19 - 1),
    CardFormat.H10302: _Limits("W37", None, 2**35 - 1),
    CardFormat.C1K35: _Limits("C35", 2**12 - 1, 2**20 - 1),
    CardFormat.C1K48: _Limits("C48", 2**22 - 1, 2**23 - 1),
    CardFormat.EM4100: _Limits("EM", None, 2**32 - 1),
}
_UID_BYTES = {CardFormat.UID4: 4, CardFormat.UID7: 7, CardFormat.UID10: 10}
_UID_FORMATS = {length: card_format for card_format, length in _UID_BYTES.items()}
_WHAT_LOSSY_READERS_SHOW = ("W26:", "N:")
_WHOLE_OR_NOTHING = (CardFormat.UID7, CardFormat.UID10)  # no set: the hash of an Enum's member is slow
_CASCADE_TAG = 0x88
_RANDOM_UID = 0x08


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One card, whatever reader or hand gave it. Raises CardError when its parts do not fit its format.

    `uid_hex`: upper case, in card order; for EM4100 the number's 8 digits, after the version's 2 where known.
    `bits`: the frame as it came, first transmitted first. `printed`: what was typed. `reverse`: the reader turned
    the bytes round.
    """

    format: CardFormat
    facility: int | None = None
    number: int | None = None
    uid_hex: str | None = None
    bits: str | None = None
    printed: str | None = None
    reverse: bool = False

    def __post_init__(self) -> None:
        if self.format in _NUMBERED:
            _check_numbers(self, _NUMBERED[self.format])
        elif self.format in _UID_BYTES:
            _check_uid(self, _UID_BYTES[self.format])
        elif not self.bits and self.number is None:
            raise CardError("RAW: neither bits nor a number")

    @property
    def random_uid(self) -> bool:
        """The card makes a new UID at each reading (ISO 14443-3: first byte 08): never enrol it."""
        return self.format is CardFormat.UID4 and self.uid_bytes[0] == _RANDOM_UID

    @property
    def uid_bytes(self) -> bytes:
        """The UID in card order; empty for what has none."""
        return bytes.fromhex(self.uid_hex or "")

    def keys(self) -> tuple[str, ...]:
        """What a pass for this card holds, strongest first."""
        return (_own_key(self), *("~" + key for key in _lossy_keys(self)))

    def lookups(self) -> tuple[Lookup, ...]:
        """What a reader that read this asks for, strongest first.

        The card itself, fuller cards that look so to this reader, then passes whose issuer knew less than the reader.
        """
        own = _own_key(self)
        if self.format in _WHOLE_OR_NOTHING:
            return (Lookup(own, False),)
        found = [Lookup(own, own.startswith("N:"))]
        if own.startswith(_WHAT_LOSSY_READERS_SHOW):
            found.append(Lookup("~" + own, weak=True))
        found += [Lookup(key, weak=True) for key in _lossy_keys(self)]
        return tuple(found)


def lookups(readings: Sequence[Credential]) -> tuple[Lookup, ...]:
    """What to ask for when one card has several readings: strong before weak, each key once."""
    if len(readings) == 1:
        return readings[0].lookups()  # strong before weak, each once, already
    every = [lookup for reading in readings for lookup in reading.lookups()]
    strong = {lookup.key: lookup for lookup in every if not lookup.weak}
    weak = {lookup.key: lookup for lookup in every if lookup.weak and lookup.key not in strong}
    return (*strong.values(), *weak.values())


def from_uid(uid: bytes, reverse: bool = False, printed: str | None = None) -> Credential:
    """A UID as the reader gave it; `reverse`: this reader gives the last byte first. Raises CardError."""
    card_format = _UID_FORMATS.get(len(uid))
    if card_format is None:
        raise CardError(f"UID of {len(uid)} bytes: a UID has 4, 7 or 10")
    ordered = uid[::-1] if reverse else uid
    return Credential(format=card_format, uid_hex=ordered.hex().upper(), reverse=reverse, printed=printed)


def from_em_number(number: int, version: int | None = None, printed: str | None = None) -> Credential:
    """An EM-Marine card by its 32-bit number and, where known, its version byte. Raises CardError."""
    if version is not None and not 0 <= version <= 0xFF:
        raise CardError(f"EM4100: version {version} does not fit a byte")
    prefix = "" if version is None else f"{version:02X}"
    uid_hex = f"{prefix}{number:08X}"
    return Credential(format=CardFormat.EM4100, number=number, uid_hex=uid_hex, printed=printed)


def from_frame(frame: bytes, reverse: bool = False) -> Credential:
    """A UID from the 5, 10 or 15 anticollision bytes, with cascade tags and check bytes. Raises CardError."""
    levels = [frame[start : start + 5] for start in range(0, len(frame), 5)]
    if len(levels) not in {1, 2, 3} or len(levels[-1]) != 5:
        raise CardError(f"anticollision frame of {len(frame)} bytes: 5, 10 or 15 expected")
    uid = b""
    for place, level in enumerate(levels, 1):
        check = level[0] ^ level[1] ^ level[2] ^ level[3]
        if check != level[4]:
            raise CardError(f"cascade level {place}: check byte {level[4]:02X}, computed {check:02X}")
        if place < len(levels) and level[0] != _CASCADE_TAG:
            raise CardError(f"cascade level {place}: begins with {level[0]:02X}, not with the cascade tag 88")
        uid += level[:4] if place == len(levels) else level[1:4]
    return from_uid(uid[::-1] if reverse else uid, reverse)


def _check_numbers(card: Credential, limits: _Limits) -> None:
    if card.number is None or not 0 <= card.number <= limits.number:
        raise CardError(f"{card.format}: number {card.number} is not in 0…{limits.number}")
    if limits.facility is None:
        if card.facility is not None:
            raise CardError(f"{card.format}: has no facility, {card.facility} given")
    elif card.facility is None or not 0 <= card.facility <= limits.facility:
        raise CardError(f"{card.format}: facility {card.facility} is not in 0…{limits.facility}")


def _check_uid(card: Credential, length: int) -> None:
    digits = card.uid_hex or ""
    if len(digits) != 2 * length or not set(digits) <= set("0123456789ABCDEF"):
        raise CardError(f"{card.format}: UID {digits!r} is not {2 * length} upper-case hex digits")


def _own_key(card: Credential) -> str:
    if card.format is CardFormat.EM4100:
        return f"EM:{card.number:08X}"
    if card.uid_hex is not None:
        return "UID:" + card.uid_hex
    if card.format in _NUMBERED:
        key_class = _NUMBERED[card.format].key_class
        numbers = str(card.number) if card.facility is None else f"{card.facility}:{card.number}"
        return f"{key_class}:{numbers}"
    if card.bits:
        digits = (len(card.bits) + 3) // 4
        return f"RAW:{len(card.bits)}:{int(card.bits, 2):0{digits}X}"
    return f"N:{card.number}"


def _lossy_keys(card: Credential) -> tuple[str, ...]:
    """What is left of the card on readers that pass on 26 bits, or a number alone."""
    if card.format in _WHOLE_OR_NOTHING:
        return ()
    if card.format is CardFormat.EM4100:
        number = card.number or 0
        low = number & 0xFFFF
        return (f"W26:{number >> 16 & 0xFF}:{low}", f"N:{low}")
    if card.format is CardFormat.UID4:
        uid = card.uid_bytes  # makers differ: the first three bytes, or the last three of the reversed UID
        head = f"W26:{uid[0]}:{int.from_bytes(uid[1:3], 'big')}"
        tail = f"W26:{uid[2]}:{int.from_bytes(uid[1::-1], 'big')}"
        return tuple(dict.fromkeys((head, tail)))
    if card.facility is not None or card.format is CardFormat.H10302:
        return (f"N:{card.number}",)
    return ()
