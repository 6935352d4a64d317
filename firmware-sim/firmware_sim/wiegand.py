"""Bits of cards by the makers' published layouts. Pure; positions count from 0, first transmitted first."""


def h10301(facility: int, number: int) -> str:
    """26 bit: even parity over bits 1-12, facility 8, number 16, odd parity over bits 13-24. Raises ValueError."""
    if not 0 <= facility <= 255 or not 0 <= number <= 65535:
        raise ValueError(f"26 bit: facility {facility}, number {number}: at most 255 and 65535")
    body = f"{facility:08b}{number:016b}"
    return f"{_even(body[:12])}{body}{_odd(body[12:])}"


def w34(value: int) -> str:
    """34 bit of a 32-bit number: even parity over the first 16, odd over the last 16. Raises ValueError."""
    if not 0 <= value < 1 << 32:
        raise ValueError(f"34 bit: {value} does not fit 32 bits")
    body = f"{value:032b}"
    return f"{_even(body[:16])}{body}{_odd(body[16:])}"


def _even(bits: str) -> int:
    return bits.count("1") % 2


def _odd(bits: str) -> int:
    return 1 - _even(bits)
