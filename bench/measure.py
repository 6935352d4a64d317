"""Timing: percentiles, the timer's own cost, rounds in which everything takes its turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from time import perf_counter_ns

from bench.report import Figure, Spread

ROUNDS = 5
QUICK_ROUNDS = 2


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much to measure and where to put files. `quick`: only to see that the bench works."""

    quick: bool
    folder: Path

    @property
    def rounds(self) -> int:
        """How often everything is measured in turn."""
        return QUICK_ROUNDS if self.quick else ROUNDS

    def size(self, full: int, quick: int) -> int:
        """One of two sizes."""
        return quick if self.quick else full


def percentile(samples: Sequence[float], percent: float) -> float:
    """Nearest rank: a value that was really seen. Raises ValueError without samples."""
    if not samples:
        raise ValueError("no samples")
    ordered = sorted(samples)
    return ordered[max(ceil(len(ordered) * percent / 100), 1) - 1]


def timer_cost_ns(repeats: int = 20_000) -> float:
    """What two looks at the clock cost by themselves, p50."""
    samples = []
    for _ in range(repeats):
        begun = perf_counter_ns()
        samples.append(perf_counter_ns() - begun)
    return percentile(samples, 50)


def in_turn(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Measure each contender once a round, so that the machine's moods meet all of them alike.

    Every second round goes backwards: nobody is always the one after.
    """
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name in list(contenders)[:: 1 if number % 2 == 0 else -1]:
            found[name].append(contenders[name]())
    return found


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round."""
    return [over / under for over, under in zip(above, below, strict=True)]


def figure(name: str, unit: str, rounds: Sequence[float]) -> Figure:
    """A figure of these rounds."""
    return Figure(name=name, unit=unit, value=Spread.of(rounds))
