"""The 64-bit frame of EM-Marine cards (EM4100, EM4102): what the card itself repeats endlessly at 125 kHz."""

from dataclasses import replace

from protocols.cards.credential import CardError, Credential, from_em_number

_FRAME_BITS = 64
_HEADER = "1" * 9
_ROWS = 10


def from_em4100_frame(frame: int) -> Credential:
    """The card of a frame that may begin at any of its bits. Raises CardError unless exactly one card fits."""
    if not 0 <= frame < 1 << _FRAME_BITS:
        raise CardError(f"EM4100: {frame:#x} does not fit 64 bits")
    text = f"{frame:064b}"
    found: dict[int, str] = {}
    for turn in range(_FRAME_BITS):
        turned = text[turn:] + text[:turn]
        whole = _number(turned)
        if whole is not None:
            found[whole] = turned
    if len(found) != 1:
        raise CardError(f"EM4100: {frame:#018x}: {len(found)} rotations hold header, parities and stop bit")
    ((whole, bits),) = found.items()
    return replace(from_em_number(whole & 0xFFFFFFFF, whole >> 32), bits=bits)


def em4100_frame(version: int, number: int) -> int:
    """The frame from its header on. Raises CardError when the parts do not fit."""
    card = from_em_number(number, version)
    rows = [int(digit, 16) for digit in card.uid_hex or ""]
    columns = 0
    for row in rows:
        columns ^= row
    body = "".join(f"{row:04b}{row.bit_count() & 1}" for row in rows)
    return int(f"{_HEADER}{body}{columns:04b}0", 2)


def _number(text: str) -> int | None:
    """Version and number (40 bits) of a frame that begins with its header; None when a check fails."""
    if not text.startswith(_HEADER) or text[-1] != "0":
        return None
    body = text[len(_HEADER) : -1]
    rows = [body[start : start + 5] for start in range(0, 5 * _ROWS, 5)]
    if any(row.count("1") & 1 for row in rows):
        return None
    columns = (*(row[:4] for row in rows), body[5 * _ROWS :])
    if any(sum(line[place] == "1" for line in columns) & 1 for place in range(4)):
        return None
    return int("".join(row[:4] for row in rows), 2)
