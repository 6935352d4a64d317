"""Child processes of the demo: what a signal does while one is being started."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from deploy.demo.servers.processes import ChildProcess

number = signal.Signals[sys.argv[1]]
if number is not signal.SIGINT:
    signal.signal(number, signal.default_int_handler)
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), number))
child = ChildProcess("sleeper", sys.argv[3:], log=Path(sys.argv[2]))
try:
    child.start()
except KeyboardInterrupt:
    print("heard", child.is_running())
finally:
    child.stop()
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize(
    ("command", "told"), [(["sleep", "60"], "heard True\n"), (["/nonexistent"], "heard False\n")]
)
def test_whoever_interrupts_in_the_middle_of_a_fork_is_heard(
    number: str, command: list[str], told: str, tmp_path: Path
) -> None:
    """Whether or not anything comes of the fork."""
    answer = subprocess.run(
        [
            "env",
            "--default-signal=INT",
            sys.executable,
            "-c",
            INTERRUPTED,
            number,
            tmp_path / "log",
            *command,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout == told, answer.stderr
    assert answer.stderr == ""
