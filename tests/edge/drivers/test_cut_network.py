"""A network that is cut: what was written must not arrive when it heals, and what arrives is old."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.edge.drivers.held_scenario import CUT_S

ROOT = Path(__file__).parents[3]
FRESH_S = 2.0  # less than any silence that counts
IN_NAMESPACE = """
ip link set lo up || exit 77
exec "$@"
"""


def missing() -> str:
    """Why the scenario cannot run here."""
    if os.geteuid() != 0:
        return "needs root for namespaces"
    absent = [program for program in ("unshare", "ip") if shutil.which(program) is None]
    return f"{absent[0]} is not installed" if absent else ""


def told_by(scenario: str, log: Path) -> Any:
    """What the scenario prints, from a network namespace of its own."""
    command = ["unshare", "--net", "--fork", "--kill-child", "sh", "-c", IN_NAMESPACE, "sh"]
    command += [sys.executable, "-m", f"tests.edge.drivers.{scenario}", str(log)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode == 77:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(bool(missing()), reason=missing() or "runs")
def test_an_on_that_the_cut_held_back_never_arrives(tmp_path: Path) -> None:
    told = told_by("cut_scenario", tmp_path / "devices.jsonl")
    assert [0, True] not in told["coils"]
    assert told["outcome"] == "SilentError"
    assert not told["left_on"]


@pytest.mark.skipif(bool(missing()), reason=missing() or "runs")
def test_what_the_cut_held_back_is_as_old_as_the_cut_and_nothing_else_is(tmp_path: Path) -> None:
    told = told_by("held_scenario", tmp_path / "devices.jsonl")
    assert all(age >= CUT_S for age in told["held"])
    assert all(age < FRESH_S for when in ("first", "quiet", "after") for age in told[when])
