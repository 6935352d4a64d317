"""What a run of the benches found: figures and goals with every round kept, and the machine it ran on."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import Self

import msgspec

FORMAT = 1


class Bound(StrEnum):
    """Which side of its limit a goal wants."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"


class Spread(msgspec.Struct, frozen=True):
    """The middle of the rounds, the lowest and the highest, and the rounds themselves in their order."""

    median: float
    low: float
    high: float
    rounds: tuple[float, ...]

    @classmethod
    def of(cls, rounds: Sequence[float]) -> Self:
        """Raises ValueError when there are no rounds."""
        if not rounds:
            raise ValueError("a spread needs at least one round")
        return cls(median(rounds), min(rounds), max(rounds), tuple(rounds))


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Something measured, in `unit`."""

    name: str
    unit: str
    value: Spread


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that the median of the rounds must keep. A ratio's unit is ×."""

    name: str
    unit: str
    bound: Bound
    limit: float
    value: Spread
    met: bool

    @classmethod
    def of(cls, name: str, rounds: Sequence[float], *, bound: Bound, limit: float, unit: str = "×") -> Self:
        """Judge the rounds by their median."""
        value = Spread.of(rounds)
        met = value.median <= limit if bound is Bound.AT_MOST else value.median >= limit
        return cls(name=name, unit=unit, bound=bound, limit=limit, value=value, met=met)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One bench. `how`: what was done, in words for who reads the page.

    `at`, `busy`: when it began, and the machine's load average over the minute before. `revision`: of the checkout;
    "" where it is the report's.
    """

    bench: str
    title: str
    how: str
    figures: list[Figure] = []
    goals: list[Goal] = []
    notes: list[str] = []
    at: datetime | None = None
    busy: float = 0.0
    took_s: float = 0.0
    revision: str = ""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it ran."""

    cpu: str
    cores: int
    memory_gb: float
    kernel: str
    system: str
    file_system: str
    python: str
    versions: dict[str, str]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run. `failed`: benches that ended with an error, and its last words. `revision`: of the checkout."""

    format: int = FORMAT
    at: datetime
    revision: str
    quick: bool
    machine: Machine
    results: list[Result]
    failed: dict[str, str] = {}


def write(path: Path, content: Report | Result) -> None:
    """As indented JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


def merged(kept: Report, newer: Report) -> Report:
    """The kept run with the newer one's benches in place of its own; whatever else is the newer one's."""
    again = {result.bench for result in newer.results} | set(newer.failed)
    stay = [
        msgspec.structs.replace(result, revision=result.revision or kept.revision)
        for result in kept.results
        if result.bench not in again
    ]
    failed = {name: error for name, error in kept.failed.items() if name not in again}
    return msgspec.structs.replace(newer, results=stay + newer.results, failed=failed | newer.failed)


def read_report(path: Path) -> Report:
    """Raises msgspec.DecodeError naming the field."""
    return msgspec.json.decode(path.read_bytes(), type=Report)


def read_result(path: Path) -> Result:
    """Raises msgspec.DecodeError naming the field."""
    return msgspec.json.decode(path.read_bytes(), type=Result)
