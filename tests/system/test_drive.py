"""The whole house tells its story: `make drive` as a test."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.demo.servers.processes import wait_until
from tests.support.postgres import throwaway_folder
from tests.support.processes import HEARING

ROOT = Path(__file__).parents[2]
GENEROUS_MS = 20_000
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


@pytest.mark.system
@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_interrupts_the_story_finds_everything_stopped_and_gone(number: signal.Signals) -> None:
    with throwaway_folder() as folder:
        drive = subprocess.Popen(
            [*HEARING, sys.executable, "-m", "deploy.demo.drive"],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder)},
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        try:
            assert wait_until(lambda: any(folder.glob("*/redis/redis.log")), timeout_s=60)
            postgres_log = next(folder.glob("*/postgres/postgres.log")).open()
            os.killpg(drive.pid, number)
            _, errors = drive.communicate(timeout=60)
        finally:
            drive.kill()
            drive.wait()
        assert drive.returncode == 130
        # A child that was hit between its fork and its program says so itself.
        assert "Traceback" not in errors.split("Exception ignored in")[0]
        assert "прервано" in errors
        assert "database system is shut down" in postgres_log.read()
        postgres_log.close()
        assert list(folder.iterdir()) == []
