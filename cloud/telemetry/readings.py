"""Readings on their way into the database: rows in PostgreSQL's binary COPY format, built without the driver's help.

A row is 2 + 5 × 4 bytes of frame and 34 of data; packing it in one go costs a third of what a general adapter does.
Nearly all rows are plain: nothing is missing, odd or large. Those are packed by the column, many in one call.
"""

import math
import struct
from collections.abc import Sequence
from struct import Struct
from typing import cast

import psycopg
from sqlalchemy.orm import Session

from cloud.telemetry.types import ReadingQuality
from protocols.records import Quality, Reading

COPY_STATEMENT = "COPY telemetry.reading (ts, series, raw, value, quality) FROM STDIN (FORMAT BINARY)"
UNSIGNED = 256  # bit of `quality`: the register is raw + 2^64

_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_FULL = Struct(">hiqiqiqidih").pack
_NO_VALUE = Struct(">hiqiqiqiih").pack
_NO_RAW = Struct(">hiqiqiidih").pack
_NEITHER = Struct(">hiqiqiiih").pack
_EMPTY = _FULL(5, 8, 0, 8, 0, 8, 0, 8, 0.0, 2, 0)  # of a plain row, what all plain rows share
_FRAME = [(at, byte) for at, byte in enumerate(_EMPTY) if byte]
_LADDER = [(rows, Struct(">" + "6xq4xq4xq4xd6x" * rows).pack) for rows in (256, 32, 4, 1)]
_EPOCH_2000_MS = 946_684_800_000  # PostgreSQL counts microseconds from 2000-01-01
_TWO_63, _TWO_64 = 2**63, 2**64
_GOOD = Quality.GOOD

_QUALITY = {
    Quality.GOOD: ReadingQuality.GOOD.value,
    Quality.NOT_A_NUMBER: ReadingQuality.NOT_A_NUMBER.value,
    Quality.DEVICE_ERROR: ReadingQuality.DEVICE_ERROR.value,
    Quality.OUT_OF_RANGE: ReadingQuality.OUT_OF_RANGE.value,
    Quality.CLOCK_UNKNOWN: ReadingQuality.CLOCK_UNKNOWN.value,
}


def stored_time(at_ms: int) -> int:
    """A moment (Unix ms) as PostgreSQL has it: µs from 2000."""
    return (at_ms - _EPOCH_2000_MS) * 1000


def unix_ms(time_us: int) -> int:
    """The moment of a `stored_time`."""
    return time_us // 1000 + _EPOCH_2000_MS


class RegisterError(ValueError):
    """A raw register that no 64-bit register can hold."""


class Rows:
    """Rows for one COPY."""

    def __init__(self) -> None:
        self._plain: list[bytes] = []  # whole but for their frames
        self._others: list[bytes] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, at_ms: int, reading: Reading) -> None:
        """One row of whatever kind. `at_ms`: the reading's own time, Unix milliseconds. Raises RegisterError."""
        self._others.append(row(at_ms, reading))
        self._count += 1

    def add_plain(self, times: Sequence[int], series: Sequence[int], readings: Sequence[Reading]) -> bool:
        """Rows of plain readings; when one of them is not plain, False, and none is added.

        `times`: the readings' own, as `stored_time` has them; `series`: their series, as the caller has them at hand.
        """
        if [reading.quality for reading in readings].count(_GOOD) < len(readings):
            return False
        fields: list[float | str | None] = [None] * (4 * len(readings))
        fields[0::4] = times
        fields[1::4] = series
        fields[2::4] = [reading.raw for reading in readings]
        fields[3::4] = values = [reading.value for reading in readings]
        try:
            packed = _packed(fields)
        except struct.error:  # nothing there, digits as text, more than 63 bits
            return False
        total = sum(cast("list[float]", values))
        if total - total != 0:
            return (
                False  # an infinity among them, or a NaN; a sum that is too large only costs the longer way
            )
        self._plain += packed
        self._count += len(readings)
        return True

    def copy(self, session: Session) -> None:
        """Append the rows within the session's transaction, on its own connection. Raises psycopg's errors."""
        connection = session.connection().connection.driver_connection
        assert isinstance(connection, psycopg.Connection)  # noqa: S101  # the engine is psycopg's
        with connection.cursor() as cursor, cursor.copy(COPY_STATEMENT) as copy:
            copy.write(self.packed())

    def packed(self) -> bytes:
        """All that COPY reads, header and trailer included."""
        plain = bytearray(b"".join(self._plain))
        for at, byte in _FRAME:
            plain[at :: len(_EMPTY)] = bytes([byte]) * (len(plain) // len(_EMPTY))
        return b"".join([_HEADER, plain, *self._others, _TRAILER])


def _packed(fields: Sequence[object]) -> list[bytes]:
    """Rows without frames, of four fields each. Raises struct.error."""
    packed, at = [], 0
    for rows, pack in _LADDER:
        step = 4 * rows
        while len(fields) - at >= step:
            packed.append(pack(*fields[at : at + step]))
            at += step
    return packed


def row(at_ms: int, reading: Reading) -> bytes:
    """One row. `at_ms`: the reading's own time, Unix milliseconds. Raises RegisterError."""
    series, raw, value = reading.series, reading.raw, reading.value
    ts = stored_time(at_ms)
    quality = _QUALITY[reading.quality]
    if value is not None and not math.isfinite(value):
        value = None
        quality = quality or ReadingQuality.NOT_A_NUMBER.value
    if raw is not None:
        number, quality = _stored(int(raw), quality)
        if value is not None:
            return _FULL(5, 8, ts, 8, series, 8, number, 8, value, 2, quality)
        return _NO_VALUE(5, 8, ts, 8, series, 8, number, -1, 2, quality)
    if value is not None:
        return _NO_RAW(5, 8, ts, 8, series, -1, 8, value, 2, quality)
    return _NEITHER(5, 8, ts, 8, series, -1, -1, 2, quality)


def _stored(number: int, quality: int) -> tuple[int, int]:
    """A register; from 2^63 up as the signed number with the same bits and a mark."""
    if -_TWO_63 <= number < _TWO_63:
        return number, quality
    if not _TWO_63 <= number < _TWO_64:
        raise RegisterError(f"register {number} does not fit 64 bits")
    return number - _TWO_64, quality | UNSIGNED
