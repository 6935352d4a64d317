"""Replayed and shaped households: a register that is the cumulative sum, never falls and can be recomputed."""

import gzip
import itertools
from pathlib import Path

import pytest
from firmware_sim.meters.consumption import ELECTRICITY_DAY, NS_PER_HOUR, SHAPES, daily, load
from firmware_sim.meters.unit import Channel
from hypothesis import given
from hypothesis import strategies as st

HOUSEHOLDS = Path(__file__).parents[3] / "shared" / "data" / "meters"


def test_a_file_becomes_a_running_total(tmp_path: Path) -> None:
    path = tmp_path / "use.csv"
    path.write_text("start,value\n2020-01-01T00:00:00,1.0\n2020-01-01T01:00:00,3.0\n2020-01-01T02:00:00,\n")
    use = load(path)
    assert [use.at(hour * NS_PER_HOUR).total for hour in range(4)] == [0.0, 1.0, 4.0, 4.0]
    assert use.at(NS_PER_HOUR * 3 // 2) == (2.5, 3.0)
    assert use.at(4 * NS_PER_HOUR).total == 5.0  # the record begins again


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("start,value\n2020-01-01T00:00:00,1\n", "fewer than two"),
        ("start,kwh\n2020-01-01T00:00:00,1\n2020-01-01T01:00:00,1\n", "no column 'value'"),
        ("start,value\n2020-01-01T03:00:00,1\n2020-01-01T01:00:00,1\n", "line 3: begins before"),
        ("start,value\n2020-01-01T00:00:00,-1\n2020-01-01T01:00:00,1\n", "'-1' is not a use"),
        ("start,value\n2020-01-01T00:00:00,nan\n2020-01-01T01:00:00,1\n", "'nan' is not a use"),
        ("start,value\nyesterday,1\n2020-01-01T01:00:00,1\n", "yesterday"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "use.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(ValueError, match=message) as error:
        load(path)
    assert str(path) in str(error.value)


def test_the_hour_that_local_time_repeats_counts_twice(tmp_path: Path) -> None:
    path = tmp_path / "use.csv"
    starts = ("00:00", "00:30", "01:00", "01:30", "01:00", "01:30", "02:00")
    path.write_text("start,value\n" + "".join(f"2012-10-28 {start}:00,1\n" for start in starts))
    use = load(path)
    assert use.totals[-1] == 7.0
    assert use.ends_ns[-1] == 7 * NS_PER_HOUR // 2


@given(st.lists(st.integers(0, 10**17), min_size=2, max_size=20), st.sampled_from(sorted(SHAPES)))
def test_a_counter_never_falls(moments: list[int], shape: str) -> None:
    channel = Channel(consumption=daily(SHAPES[shape]), start=100.0, speed=7.0, skip_ns=5 * NS_PER_HOUR)
    totals = [channel.at(moment).total for moment in sorted(moments)]
    assert totals[0] >= 100.0
    assert all(earlier <= later + 1e-6 for earlier, later in itertools.pairwise(totals))


def test_a_day_sums_to_what_is_documented() -> None:
    assert sum(ELECTRICITY_DAY) == pytest.approx(8.4)
    assert sum(SHAPES["water"]) == pytest.approx(0.24)
    assert len(ELECTRICITY_DAY) == len(SHAPES["water"]) == 24


@pytest.mark.skipif(not HOUSEHOLDS.is_dir(), reason="the recorded households are not in this checkout")
def test_every_recorded_household_replays() -> None:
    files = [path for path in sorted(HOUSEHOLDS.glob("*.csv.gz")) if "temp" not in path.name]
    assert files
    for path in files:
        use = load(path)
        with gzip.open(path, "rt") as file:
            values = [float(line.rsplit(",", 1)[1] or 0) for line in file.readlines()[1:]]
        assert use.totals[-1] == pytest.approx(sum(values)), path.name
        assert use.at(use.ends_ns[100]).total == pytest.approx(sum(values[:100]))
