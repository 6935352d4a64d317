"""`python -m deploy.demo [reset]`: what `make demo` and `make demo-reset` run."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.demo.api import Refused
from deploy.demo.layout import ROOT, Layout
from deploy.demo.servers.processes import ServerError
from deploy.demo.world import Demo

FOLDER = ROOT / ".demo"


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal while things are being started."""


def main() -> int:
    """Run what is asked for; 1 with one clear error when it cannot be done."""
    parser = argparse.ArgumentParser(prog="deploy.demo", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["run", "reset"], default="run")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the demo keeps its data")
    options = parser.parse_args()
    layout = Layout(options.folder.resolve())
    try:
        with layout.taken():
            if options.what == "run":
                run(layout)
            else:
                layout.remove()
                print(f"{layout.folder} is gone / данные удалены")
    except (ServerError, Refused) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"\n{error.filename} belongs to another user (root, after sudo?): run it as that one, or remove it / "
            "принадлежит другому пользователю (root, после sudo?): запустите от его имени или удалите",
            file=sys.stderr,
        )
        return 1
    return 0


def run(layout: Layout) -> None:
    """Start everything, seed what is not there, watch until asked to stop."""
    began = time.monotonic()

    def say(text: str) -> None:
        try:
            print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)
        except OSError:  # the terminal was closed, or what read this has ended
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    if layout.is_half_seeded:
        say("The last start ended while the demo was being filled: starting over / начинаем заново")
        layout.remove()
    layout.check_ports()
    demo = Demo(layout, say)
    try:
        _on_stop(_raise_stopped)
        demo.start()
        say(demo.describe())
        _on_stop(demo.stack.supervisor.ask_to_stop)
        demo.stack.supervisor.watch()
    except Stopped:
        pass
    finally:
        _on_stop(signal.SIG_IGN)  # impatient ones may follow: what is being stopped is stopped to the end
        say("Stopping / остановка")
        demo.stop()


def _on_stop(handler: Callable[..., None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` means what it says
        signal.signal(signal.SIGHUP, handler)


def _raise_stopped(*_signal: object) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
