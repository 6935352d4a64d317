"""The agent's memory with 100 000 held passes, and how long it takes to start with them: the real process."""

import json
import signal
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench import enrolled
from bench.cpu import spent_s
from bench.held import make_row
from bench.measure import Plan, figure
from bench.report import Bound, Goal, Result
from deploy.demo.servers.processes import ChildProcess, free_port, wait_until
from protocols.config import Configuration

PASSES = 100_000
_QUICK_PASSES = 5_000
_SETTLE_S = 3.0
_START_TIMEOUT_S = 60.0


def run(plan: Plan) -> Result:
    """Start the agent with and without passes, in turn; the cloud is not there."""
    count = plan.size(PASSES, _QUICK_PASSES)
    full, empty = _lay_out(plan.folder / "full", count), _lay_out(plan.folder / "empty", 0)
    with_passes: list[_Seen] = []
    without: list[_Seen] = []
    for _ in range(plan.rounds):
        with_passes.append(_start(full, count))
        without.append(_start(empty, 0))
    memory, start = [seen.memory_mb for seen in with_passes], [seen.start_s for seen in with_passes]
    return Result(
        bench="box",
        title="The box's agent with its passes",
        how=(
            f"`domovoy-edge run` with {count:,} passes (a card, a car, a name each; {_size(count):.0f} bytes of JSON) "
            f"and with none. Start: from the call to the first answer of /health, when the gate decides already. "
            f"Memory: resident set {_SETTLE_S:.0f} s later; the peak is that of the start."
        ),
        figures=[
            figure(f"resident, {count:,} passes", "MB", memory),
            figure("resident, no passes", "MB", [seen.memory_mb for seen in without]),
            figure(f"peak, {count:,} passes", "MB", [seen.peak_mb for seen in with_passes]),
            figure(f"start, {count:,} passes", "s", start),
            figure(f"start, {count:,} passes, CPU", "s", [seen.start_cpu_s for seen in with_passes]),
            figure("start, no passes", "s", [seen.start_s for seen in without]),
        ],
        goals=[
            Goal.of(f"memory with {count:,} passes", memory, bound=Bound.AT_MOST, limit=150, unit="MB"),
            Goal.of(f"start with {count:,} passes", start, bound=Bound.AT_MOST, limit=3, unit="s"),
        ],
    )


@dataclass(frozen=True)
class _Seen:
    start_s: float
    start_cpu_s: float
    memory_mb: float
    peak_mb: float


def _lay_out(folder: Path, count: int) -> Path:
    now = enrolled.now()
    ca = enrolled.make_house(folder / "house", now)
    enrolled.write_box(ca, folder / "data", free_port(), now)
    enrolled.hold(folder / "data", (make_row(number) for number in range(count)))
    site = Configuration(site=enrolled.BOX, site_name="КПП", time_zone="Asia/Yekaterinburg")
    enrolled.configure(folder / "data", site)
    return folder


def _start(folder: Path, count: int) -> _Seen:
    (folder / "data/health.port").unlink(missing_ok=True)
    program = Path(sys.executable).with_name("domovoy-edge")
    agent = ChildProcess("agent", [program, "run", "--folder", folder], log=folder / "agent.log")
    begun = time.monotonic()
    agent.start()
    try:
        agent.wait_ready(lambda: _held(folder / "data") == count, timeout_s=_START_TIMEOUT_S)
        start_s, start_cpu_s = time.monotonic() - begun, spent_s(agent.pid)
        wait_until(lambda: False, _SETTLE_S)
        return _Seen(start_s, start_cpu_s, memory_mb(agent.pid, "VmRSS"), memory_mb(agent.pid, "VmHWM"))
    finally:
        agent.signal(signal.SIGTERM)
        agent.stop()


def _held(data: Path) -> int | None:
    """What the agent says that it holds; None while it says nothing."""
    try:
        port = int((data / "health.port").read_text())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return int(json.load(answer)["passes"]["held"])
    except (OSError, ValueError, urllib.error.URLError):
        return None


def memory_mb(pid: int, field: str) -> float:
    """A field of /proc/<pid>/status that is given in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"process {pid} has no {field}")


def _size(count: int) -> float:
    return sum(len(make_row(number).body) for number in range(min(count, 1000))) / min(count, 1000)
