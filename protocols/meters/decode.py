"""Registers to values. Pure.

`raw` is the register's integer: signed for s types, the bits for floats, the number itself for BCD
(a BCD with a digit above 9: the complement of its bits, which is negative).
"""

import math
import struct
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from protocols.meters.plan import Request
from protocols.meters.profile import Channel, Order, Type
from protocols.records import Quality

_SIGNED = {Type.S16, Type.S32, Type.S64}
_FLOATS = {Type.FLOAT32: (">I", ">f"), Type.FLOAT64: (">Q", ">d")}
_BCD = {Type.BCD16, Type.BCD32, Type.BCD64}


class Measured(NamedTuple):
    """One channel's value. `value` is None unless the quality is good."""

    channel: str
    raw: int
    value: float | None
    quality: Quality


def decode(request: Request, registers: Sequence[int]) -> list[Measured]:
    """The values of all channels that the request serves. Raises ValueError when the answer has another length."""
    if len(registers) != request.count:
        raise ValueError(f"{len(registers)} values for {request.count} asked at {request.address:#06x}")
    return [_measured(channel, registers, request.address) for channel in request.channels]


def exact(channel: Channel, raw: int) -> Decimal | None:
    """raw × scale without loss, for money; None where the raw is no number."""
    if raw == channel.not_measured:
        return None
    if channel.type in _FLOATS:
        number = _float(channel.type, raw)
        return Decimal(number) * channel.scale if math.isfinite(number) else None
    if channel.type in _BCD:
        return None if raw < 0 else raw * channel.scale
    return raw * channel.scale


def _measured(channel: Channel, registers: Sequence[int], start: int) -> Measured:
    offset = channel.address - start
    whole = _join(channel, registers[offset : offset + channel.type.size])
    raw, is_number = _raw(channel.type, whole)
    value = exact(channel, raw) if is_number else None
    if value is None:
        return Measured(channel.name, raw, None, Quality.NOT_A_NUMBER)
    scaled = float(value)
    if not math.isfinite(scaled):  # the register's number is one; scaled it is beyond what a float holds
        return Measured(channel.name, raw, None, Quality.OUT_OF_RANGE)
    return Measured(channel.name, raw, scaled, Quality.GOOD)


def _join(channel: Channel, words: Sequence[int]) -> int:
    """The words as one unsigned integer, most significant first."""
    ordered = words if channel.word_order is Order.BIG else words[::-1]
    whole = 0
    for word in ordered:
        if not 0 <= word <= 0xFFFF:
            raise ValueError(f"channel {channel.name}: register {word} is not 16 bits wide")
        big = word if channel.byte_order is Order.BIG else (word & 0xFF) << 8 | word >> 8
        whole = whole << 16 | big
    return whole


def _raw(value_type: Type, whole: int) -> tuple[int, bool]:
    """The raw integer, and whether it is a number at all: BCD with a digit above 9 is kept as ~bits, so negative."""
    if value_type in _SIGNED:
        half = 1 << 16 * value_type.size - 1
        return (whole ^ half) - half, True
    if value_type in _BCD:
        digits = f"{whole:x}"
        return (int(digits), True) if digits.isdecimal() else (~whole, False)
    return whole, True


def _float(value_type: Type, raw: int) -> float:
    integer, number = _FLOATS[value_type]
    result: float = struct.unpack(number, struct.pack(integer, raw))[0]
    return result
