"""Whole processes under test, each killed with its children at the test's end."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.demo.servers.processes import ChildProcess

RunProcess = Callable[..., ChildProcess]
"""Call it with a name and a command; by name `env` (added to the test's own) and `cwd`."""


def installed(command: str) -> Path:
    """The console script of the virtual environment the tests run in."""
    return Path(sys.executable).with_name(command)


HEARING = ("env", "--default-signal=INT,HUP")
"""Before a command: it hears signals that the tests were started deaf to, as whatever runs in the background is."""


@pytest.fixture
def run_process(tmp_path: Path) -> Iterator[RunProcess]:
    """A function that starts a process; its output goes to `<tmp_path>/<name>.log`."""
    with ExitStack() as stack:

        def run(
            name: str,
            *command: str | Path,
            env: Mapping[str, str] | None = None,
            cwd: Path | None = None,
        ) -> ChildProcess:
            process = ChildProcess(
                name,
                command,
                log=tmp_path / f"{name}.log",
                env={**os.environ, **(env or {})},
                cwd=cwd,
            )
            stack.callback(process.stop)
            process.start()
            return process

        yield run
