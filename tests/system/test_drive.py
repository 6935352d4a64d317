"""The whole house tells its story: `make drive` as a test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENEROUS_MS = 5_000
"""No measure of quality, only of sanity: tests run beside others on small machines."""


@pytest.mark.system
@pytest.mark.timeout(600)
def test_the_story_is_told_to_its_end(tmp_path: Path) -> None:
    figures = tmp_path / "drive.json"
    answer = subprocess.run(
        [sys.executable, "-m", "deploy.demo.drive", "--json", figures],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    print(answer.stdout)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    told = json.loads(figures.read_text())
    assert told["passed"]
    assert len(told["steps"]) >= 18
    assert {name for name, figure in told["figures"].items() if figure["p50_ms"] > GENEROUS_MS} == set()
