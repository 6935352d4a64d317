"""A network that is cut in the middle of an opening: what was written must not arrive when it heals."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
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


@pytest.mark.skipif(bool(missing()), reason=missing() or "runs")
def test_an_on_that_the_cut_held_back_never_arrives(tmp_path: Path) -> None:
    command = ["unshare", "--net", "--fork", "--kill-child", "sh", "-c", IN_NAMESPACE, "sh"]
    command += [sys.executable, "-m", "tests.edge.drivers.cut_scenario", str(tmp_path / "devices.jsonl")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=40, check=False
    )
    if done.returncode == 77:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [0, True] not in told["coils"]
    assert told["outcome"] == "SilentError"
    assert not told["left_on"]
