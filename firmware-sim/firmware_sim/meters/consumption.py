"""How much a household has used by a moment: a recorded file or a daily shape, repeated for ever.

Between two hours use is spread evenly, so the running total is piecewise linear and never falls.
"""

import csv
import gzip
import io
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

NS_PER_HOUR = 3_600_000_000_000

# kWh in each hour of a day of a small flat, 8.4 kWh in all: asleep, breakfast, away, supper, television.
ELECTRICITY_DAY = (
    0.16, 0.14, 0.13, 0.13, 0.14, 0.20, 0.38, 0.52, 0.44, 0.28, 0.24, 0.25,
    0.30, 0.28, 0.26, 0.28, 0.36, 0.52, 0.70, 0.78, 0.74, 0.60, 0.36, 0.21,
)  # fmt: skip
# Cubic metres of cold water in each hour of a day of the same flat, 0.24 in all.
WATER_DAY = (
    0.000, 0.000, 0.000, 0.000, 0.001, 0.006, 0.022, 0.028, 0.016, 0.008, 0.006, 0.006,
    0.009, 0.008, 0.005, 0.006, 0.008, 0.014, 0.024, 0.026, 0.022, 0.016, 0.007, 0.002,
)  # fmt: skip
SHAPES = {"electricity": ELECTRICITY_DAY, "water": WATER_DAY}


class Use(NamedTuple):
    """The total at a moment and the rate then, in the file's unit and unit per hour."""

    total: float
    per_hour: float


@dataclass(frozen=True)
class Consumption:
    """`ends_ns`: where each interval ends, from 0; `totals`: the sum up to there. Both begin with 0."""

    ends_ns: tuple[int, ...]
    totals: tuple[float, ...]

    def at(self, elapsed_ns: int) -> Use:
        """Use since the beginning; after the last interval the record begins again."""
        rounds, within_ns = divmod(max(elapsed_ns, 0), self.ends_ns[-1])
        index = bisect_right(self.ends_ns, within_ns)
        from_ns, to_ns = self.ends_ns[index - 1], self.ends_ns[index]
        used = self.totals[index] - self.totals[index - 1]
        total = (
            rounds * self.totals[-1]
            + self.totals[index - 1]
            + used * (within_ns - from_ns) / (to_ns - from_ns)
        )
        return Use(total, used * NS_PER_HOUR / (to_ns - from_ns))


def daily(shape: tuple[float, ...]) -> Consumption:
    """A day of hourly values."""
    return _consumption([NS_PER_HOUR] * len(shape), list(shape))


def load(path: Path, factor: float = 1.0) -> Consumption:
    """A CSV or CSV.GZ with the columns `start` (ISO 8601) and `value` (use in the interval).

    Raises ValueError naming file and line. An interval lasts until the next begins; the last as long as the one before.
    """
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    try:
        starts = [datetime.fromisoformat(row["start"]) for row in rows]
        used = [_used(row["value"]) * factor for row in rows]
    except KeyError as error:
        raise ValueError(f"{path}: no column {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if len(rows) < 2:
        raise ValueError(f"{path}: {len(rows)} rows, fewer than two")
    lengths = [_length_ns(later - earlier) for earlier, later in pairwise(starts)]
    for index, length in enumerate(lengths):
        if -NS_PER_HOUR <= length <= 0 and index:  # local times, and the clocks went back
            lengths[index] = lengths[index - 1]
        elif length <= 0:
            raise ValueError(f"{path}, line {index + 3}: begins before the line above")
    return _consumption([*lengths, lengths[-1]], used)


def _length_ns(length: timedelta) -> int:
    return round(length.total_seconds()) * 1_000_000_000


def _used(text: str) -> float:
    value = float(text) if text else 0.0  # an hour that was not recorded counts as nothing used
    if not 0 <= value < 1e6:
        raise ValueError(f"value {text!r} is not a use")
    return value


def _consumption(lengths_ns: list[int], used: list[float]) -> Consumption:
    return Consumption((0, *accumulate(lengths_ns)), (0.0, *accumulate(used)))
