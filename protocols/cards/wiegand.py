"""Wiegand frames, first transmitted bit first, to credentials and back, by the formats' published layouts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from protocols.cards.credential import CardError, CardFormat, Credential, from_em_number, from_uid


@dataclass(frozen=True, slots=True)
class _Parity:
    """The bit at `position` makes the ones of itself and of `covers` odd or even in number."""

    position: int
    odd: bool
    covers: tuple[int, ...]

    def bit(self, bits: list[int]) -> int:
        return sum(bits[place] for place in self.covers) & 1 ^ self.odd


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where facility and number stand, and the parities in the order in which an encoder computes them."""

    length: int
    facility: range
    number: range
    parities: tuple[_Parity, ...]

    def encode(self, facility: int, number: int) -> str:
        bits = [0] * self.length
        _put(bits, self.facility, facility)
        _put(bits, self.number, number)
        for parity in self.parities:
            bits[parity.position] = parity.bit(bits)
        return "".join(map(str, bits))

    def holds(self, text: str) -> bool:
        bits = [int(bit) for bit in text]
        return all(parity.bit(bits) == bits[parity.position] for parity in self.parities)


def _put(bits: list[int], places: range, value: int) -> None:
    for place in reversed(places):
        bits[place] = value & 1
        value >>= 1


def _take(text: str, places: range) -> int:
    return int(text[places.start : places.stop] or "0", 2)


def _halves(length: int, facility_bits: int, covered: int) -> _Layout:
    """First bit even over the `covered` bits after it, last bit odd over the `covered` bits before it."""
    return _Layout(
        length=length,
        facility=range(1, 1 + facility_bits),
        number=range(1 + facility_bits, length - 1),
        parities=(
            _Parity(0, False, tuple(range(1, 1 + covered))),
            _Parity(length - 1, True, tuple(range(length - 1 - covered, length - 1))),
        ),
    )


def _corporate(length: int, facility_bits: int, *, even_skips: int, odd_skips: int) -> _Layout:
    """Corporate 1000: the inner parities skip every third bit (by remainder of three), the outer covers all."""
    last = length - 1
    return _Layout(
        length=length,
        facility=range(2, 2 + facility_bits),
        number=range(2 + facility_bits, last),
        parities=(
            _Parity(1, False, tuple(place for place in range(2, last) if place % 3 != even_skips)),
            _Parity(last, True, tuple(place for place in range(1, last) if place % 3 != odd_skips)),
            _Parity(0, True, tuple(range(1, length))),
        ),
    )


_LAYOUTS = {
    CardFormat.H10301: _halves(26, 8, 12),
    CardFormat.W34: _halves(34, 16, 16),
    CardFormat.C1K35: _corporate(35, 12, even_skips=1, odd_skips=0),
    CardFormat.H10304: _halves(37, 16, 18),  # bit 18 is under both parities
    CardFormat.H10302: _halves(37, 0, 18),
    CardFormat.C1K48: _corporate(48, 22, even_skips=2, odd_skips=1),
}
# Frames that carry a card's own bytes between two parities; makers differ in the halves, these are usual.
_PAYLOAD_LAYOUTS = {
    26: _halves(26, 0, 12),
    34: _halves(34, 0, 16),
    42: _halves(42, 0, 20),
    58: _halves(58, 0, 28),
}
_LONGEST = 256


def from_wiegand(bits: str | int, length: int | None = None, reverse: bool = False) -> list[Credential]:
    """Every reading that fits the frame's length and parities; one RAW when none does, with the bits kept.

    `bits`: a string, first transmitted bit first, or the same as an integer with its `length`. `reverse`: this
    reader gives a UID's or EM number's last byte first. Raises CardError when it is no bit string at all.
    """
    text = _bit_text(bits, length)
    readings = [
        Credential(
            format=card_format,
            facility=_take(text, layout.facility) if layout.facility else None,
            number=_take(text, layout.number),
            bits=text,
        )
        for card_format, layout in _LAYOUTS.items()
        if layout.length == len(text) and layout.holds(text)
    ]
    readings += _payload_readings(text, reverse)
    return readings or [Credential(format=CardFormat.RAW, bits=text)]


def bit_string(data: bytes, length: int) -> str:
    """The bits of a frame that a reader hands over packed from the left, as OSDP does. Raises CardError."""
    if not 0 < length <= 8 * len(data):
        raise CardError(f"{length} bits are not in {len(data)} bytes")
    return f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}"[:length]


def to_wiegand(card: Credential, length: int | None = None, reverse: bool = False) -> str:
    """The frame in which a reader would send the card.

    Its own, or for EM4100 and UIDs that of `length` bits (EM4100: 26, 34, 42; UID4: 26, 34; UID7: 58).
    `reverse`: as a reader that turns the bytes round. Raises CardError.
    """
    if card.format is CardFormat.RAW and card.bits:
        return card.bits
    own = _LAYOUTS.get(card.format)
    if own is not None:
        return own.encode(card.facility or 0, card.number or 0)
    frame_bits = length or {CardFormat.EM4100: 26, CardFormat.UID4: 34, CardFormat.UID7: 58}.get(
        card.format, 0
    )
    layout = _PAYLOAD_LAYOUTS.get(frame_bits)
    payload = _payload(card, (frame_bits - 2) // 8, reverse)
    if layout is None or payload is None:
        raise CardError(f"{card.format}: no Wiegand frame of {frame_bits} bits")
    return layout.encode(0, int.from_bytes(payload, "big"))


def _bit_text(bits: str | int, length: int | None) -> str:
    if isinstance(bits, int):
        if length is None or bits < 0 or bits >> length:
            raise CardError(f"Wiegand: {bits:#x} does not fit {length} bits")
        text = f"{bits:0{length}b}"
    else:
        text = bits
    if not 0 < len(text) <= _LONGEST or set(text) - {"0", "1"}:
        raise CardError(f"Wiegand: not 1…{_LONGEST} bits of 0 and 1: {text[:_LONGEST]!r}")
    if length is not None and len(text) != length:
        raise CardError(f"Wiegand: {len(text)} bits given, {length} announced")
    return text


def _payload_readings(text: str, reverse: bool) -> Iterable[Credential]:
    """A card's own bytes in frames of 34 (EM number or UID), 42 (EM with version) and 58 bits (UID)."""
    layout = _PAYLOAD_LAYOUTS.get(len(text))
    if layout is None or len(text) == 26 or not layout.holds(text):
        return
    data = _take(text, layout.number).to_bytes((len(text) - 2) // 8, "big")
    if len(text) != 42:
        yield replace(from_uid(data, reverse), bits=text)
    if len(text) != 58:
        ordered = data[::-1] if reverse else data
        version = ordered[0] if len(ordered) == 5 else None
        card = from_em_number(int.from_bytes(ordered[-4:], "big"), version)
        yield replace(card, bits=text, reverse=reverse)


def _payload(card: Credential, size: int, reverse: bool) -> bytes | None:
    """The card's bytes as a frame for `size` bytes carries them; None when it carries no such card."""
    data = card.uid_bytes
    if card.format is CardFormat.EM4100:
        return data[-size:] if 3 <= size <= len(data) else None
    if card.format is CardFormat.UID4 and size == 3:
        return data[::-1][1:] if reverse else data[:3]
    if size != len(data):
        return None
    return data[::-1] if reverse else data
