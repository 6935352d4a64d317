"""Rows for COPY against what the driver itself writes."""

import math
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer

from cloud.telemetry import readings
from cloud.telemetry.readings import RegisterError, Rows
from protocols.records import Quality, Reading

_PLAIN = st.builds(
    Reading,
    st.integers(1, 2**53),
    st.just(0),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(-1e300, 1e300),
)


@given(
    st.integers(0, 4_102_444_800_000),
    st.integers(-86_400_000, 86_400_000),
    st.integers(1, 2**53),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_row_is_what_the_driver_would_send(
    at_ms: int, offset_ms: int, series: int, raw: int | None, value: float | None
) -> None:
    packed = readings.row(at_ms + offset_ms, Reading(series, offset_ms, raw, value))
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms + offset_ms)
    fields = [
        moment,
        psycopg.types.numeric.Int8(series),
        None if raw is None else psycopg.types.numeric.Int8(raw),
        value,
        psycopg.types.numeric.Int2(0),
    ]
    dumped = Transformer().dump_sequence(fields, [PyFormat.BINARY] * len(fields))
    expected = len(fields).to_bytes(2)
    for field in dumped:
        expected += (-1).to_bytes(4, signed=True) if field is None else len(field).to_bytes(4) + bytes(field)
    assert packed == expected


@pytest.mark.parametrize("raw", [-(2**63) - 1, 2**64, 10**19 * 5])
def test_a_register_of_more_than_64_bits_is_refused(raw: int) -> None:
    with pytest.raises(RegisterError):
        readings.row(0, Reading(1, 0, str(raw), 1.0))


@pytest.mark.parametrize("raw", [2**63, str(2**63)])
def test_an_unsigned_register_keeps_its_bits_and_a_mark(raw: int | str) -> None:
    packed = readings.row(0, Reading(1, 0, raw, 1.0))
    assert packed[30:38] == (2**63).to_bytes(8)
    assert packed[-2:] == (256).to_bytes(2)


@given(st.lists(st.tuples(st.integers(0, 4_102_444_800_000), _PLAIN), max_size=600))
def test_plain_rows_by_the_column_are_the_same_rows(taken: list[tuple[int, Reading]]) -> None:
    by_column, one_by_one = Rows(), Rows()
    times, read = [readings.stored_time(at_ms) for at_ms, _ in taken], [reading for _, reading in taken]
    assert by_column.add_plain(times, [reading.series for reading in read], read)
    for at_ms, reading in taken:
        one_by_one.add(at_ms, reading)
    assert by_column.packed() == one_by_one.packed()
    assert len(by_column) == len(one_by_one) == len(taken)


@pytest.mark.parametrize(
    "odd",
    [
        Reading(1, 0, None, 1.0),
        Reading(1, 0, 1, None),
        Reading(1, 0, str(2**53 + 1), 1.0),
        Reading(1, 0, 2**63, 1.0),
        Reading(1, 0, 1, math.inf),
        Reading(1, 0, 1, math.nan),
        Reading(1, 0, 1, 1.0, Quality.CLOCK_UNKNOWN),
    ],
)
@pytest.mark.parametrize("place", [0, 70, 139])
def test_one_odd_reading_keeps_the_others_out_too(odd: Reading, place: int) -> None:
    readings_ = [Reading(1, 0, 1, 1.0)] * 140
    readings_[place] = odd
    rows = Rows()
    assert not rows.add_plain([0] * 140, [reading.series for reading in readings_], readings_)
    assert rows.packed() == Rows().packed()
    assert len(rows) == 0


def test_every_quality_of_the_wire_has_a_code() -> None:
    codes = {quality: readings.row(0, Reading(1, 0, 1, None, quality))[-2:] for quality in Quality}
    assert len(set(codes.values())) == len(Quality)
