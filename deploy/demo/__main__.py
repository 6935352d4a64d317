"""`python -m deploy.demo [reset]`: what `make demo` and `make demo-reset` run."""

import argparse
import signal
import sys
import time
from pathlib import Path

from deploy.demo.api import Refused
from deploy.demo.layout import ROOT, Layout
from deploy.demo.servers.processes import ServerError
from deploy.demo.world import Demo

FOLDER = ROOT / ".demo"


def main() -> int:
    """Run what is asked for; 1 with one clear error when it cannot be done."""
    parser = argparse.ArgumentParser(prog="deploy.demo", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["run", "reset"], default="run")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the demo keeps its data")
    options = parser.parse_args()
    layout = Layout(options.folder.resolve())
    if options.what == "reset":
        layout.remove()
        print(f"{layout.folder} is gone / данные удалены")
        return 0
    return run(layout)


def run(layout: Layout) -> int:
    """Start everything, seed what is not there, watch until asked to stop."""
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)

    demo = Demo(layout, say)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, demo.stack.supervisor.ask_to_stop)
    try:
        demo.start()
        say(demo.describe())
        demo.stack.supervisor.watch()
    except (ServerError, Refused) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        say("Stopping / остановка")
        demo.stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
