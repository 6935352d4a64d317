"""The story as it is told: steps with their times, measurements with their percentiles."""

import os
import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class StepFailed(Exception):
    """The house did not do what the story says; the text tells what was seen instead."""


@dataclass
class Step:
    """One sentence of the story. Times in seconds; `at_s` from the story's beginning."""

    title: str
    at_s: float
    took_s: float = 0.0
    passed: bool = False
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add what was seen."""
        self.notes.append(text)


class Timeline:
    """Keeps and prints the story."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.failure: str | None = None
        """What went wrong, in a step or beside them."""
        self._began = time.monotonic()
        self._samples: dict[str, list[float]] = {}

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """A step passes when its block ends without an exception."""
        began = time.monotonic()
        step = Step(title, began - self._began)
        self.steps.append(step)
        try:
            yield step
            step.passed = True
        finally:
            step.took_s = time.monotonic() - began
            self._print(step)

    def measure(self, name: str, seconds: float) -> None:
        """Add a sample."""
        self._samples.setdefault(name, []).append(seconds)

    def report(self) -> str:
        """The measurements as a table, in milliseconds."""
        lines = [f"{'measured':<46}{'n':>5}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}"]
        for name, figure in self.figures().items():
            numbers = "".join(f"{figure[key]:>10.2f}" for key in ("p50_ms", "p99_ms", "max_ms"))
            lines.append(f"{name:<46}{figure['n']:>5}{numbers}")
        return "\n".join(lines)

    def figures(self) -> dict[str, dict[str, float]]:
        """Per measurement: how many, median, 99th percentile, greatest, in milliseconds."""
        return {
            name: {
                "n": len(samples),
                "p50_ms": percentile(samples, 50) * 1000,
                "p99_ms": percentile(samples, 99) * 1000,
                "max_ms": max(samples) * 1000,
            }
            for name, samples in self._samples.items()
        }

    def as_json(self) -> dict[str, Any]:
        """All of it, with a description of the machine."""
        return {
            "machine": {
                "system": platform.platform(),
                "processor": _processor(),
                "cores": os.cpu_count(),
                "python": platform.python_version(),
            },
            "passed": not self.failure and bool(self.steps) and all(step.passed for step in self.steps),
            "failure": self.failure,
            "steps": [vars(step) for step in self.steps],
            "figures": self.figures(),
        }

    def _print(self, step: Step) -> None:
        mark = "ok " if step.passed else "NO "
        print(f"{step.at_s:7.2f} s  {mark} {step.title}  ({step.took_s:.2f} s)", flush=True)
        for note in step.notes:
            print(f"{'':15}{note}", flush=True)


def percentile(samples: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: always a value that was measured."""
    ordered = sorted(samples)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()
