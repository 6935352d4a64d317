"""`domovoy-edge run` that kills itself at a stage: `python -m tests.system.faults.dying_box FOLDER STAGE TIMES`.

Stages are named where the agent passes them (`edge.store.Fault`); it dies when it passes one for the TIMES-th time.
"""

import os
import signal
import sys
from pathlib import Path

import uvloop

from edge import settings
from edge.cli import serve
from edge.identity import Files, load_membership
from edge.store import Fault


def power_cut(stage: str, times: int) -> Fault:
    """A fault that is SIGKILL: nothing is flushed, nobody is told."""
    left = times

    def passed(name: str) -> None:
        nonlocal left
        left -= name == stage
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return passed


def main() -> None:
    """Run until the stage."""
    folder, stage, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    loaded = settings.load(folder)
    data = folder / loaded.data
    uvloop.run(serve(data, loaded, load_membership(Files(data)), power_cut(stage, times)))


if __name__ == "__main__":
    main()
