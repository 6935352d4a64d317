"""The small benches of `test_codecs.py`, run by pytest-benchmark and taken into the report."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.measure import Plan
from bench.report import Figure, Result, Spread

_FILE = Path(__file__).with_name("test_codecs.py")


def run(plan: Plan) -> Result:
    """pytest in a process of its own."""
    found = plan.folder / "benchmark.json"
    command = [sys.executable, "-m", "pytest", "-q", str(_FILE), f"--benchmark-json={found}"]
    command += ["-p", "no:randomly", "--benchmark-warmup=on"]
    command += ["--benchmark-max-time=0.05", "--benchmark-min-rounds=5"] if plan.quick else []
    answer = subprocess.run(command, cwd=_FILE.parents[1], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"the small benches failed:\n{answer.stdout[-2000:]}{answer.stderr[-2000:]}")
    return Result(
        bench="small",
        title="Codecs",
        how="What happens at every reading, record and message, by pytest-benchmark: the median call, the quartiles.",
        figures=[_figure(each) for each in json.loads(found.read_text())["benchmarks"]],
    )


def _figure(found: dict[str, Any]) -> Figure:
    stats = {name: found["stats"][name] * 1e6 for name in ("median", "q1", "q3")}
    value = Spread(stats["median"], stats["q1"], stats["q3"], (stats["median"],))
    return Figure(name=found["params"]["name"], unit="µs", value=value)
