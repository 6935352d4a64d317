"""Tells the story; exit 1 if a step fails."""

import argparse
import json
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from httpx import TransportError

from deploy.demo.api import Refused
from deploy.demo.drive.story import story
from deploy.demo.drive.timeline import StepFailed, Timeline
from deploy.demo.drive.world import World, throwaway_world
from deploy.demo.servers.processes import ServerError

EXPECTED = (StepFailed, Refused, ServerError, TimeoutError, ConnectionError, TransportError)
"""How a step fails; anything else is a mistake of the drive itself and shows its traceback."""


def main() -> int:
    """Bring a throw-away demo up, tell the story, take it down."""
    parser = argparse.ArgumentParser(prog="deploy.demo.drive", description=main.__doc__)
    parser.add_argument("--json", type=Path, help="write steps and figures here, too")
    parser.add_argument("--replay", type=Path, help="CSV of a recorded household for the electricity meter")
    options = parser.parse_args()
    if options.json and not options.json.absolute().parent.is_dir():
        parser.error(f"--json: there is no folder {options.json.absolute().parent}")
    if options.replay and not options.replay.is_file():
        parser.error(f"--replay: there is no file {options.replay}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` means what it says
            signal.signal(number, signal.default_int_handler)
    timeline = Timeline()
    try:
        failure = timeline.failure = tell(timeline, options.replay and options.replay.resolve())
    except KeyboardInterrupt:
        print("\nInterrupted, everything is stopped / прервано, всё остановлено", file=sys.stderr)
        return 128 + signal.SIGINT
    print(f"\n{timeline.report()}")
    print(f"\n{failure or 'The house stands / дом стоит'}")
    if options.json:
        options.json.write_text(json.dumps(timeline.as_json(), ensure_ascii=False, indent=1) + "\n")
    return 1 if failure else 0


def tell(timeline: Timeline, replay: Path | None) -> str | None:
    """What went wrong, or None."""
    try:
        with ExitStack() as stack:
            with timeline.step("Servers and the cloud's processes start"):
                world = stack.enter_context(throwaway_world(timeline, replay))
            return _tell_in(world, timeline)
    except EXPECTED as error:
        return str(error)


def _tell_in(world: World, timeline: Timeline) -> str | None:
    for title, act in story():
        try:
            with timeline.step(title) as step:
                act(world, step)
        except EXPECTED as error:
            return f"Failed at «{title}»: {error}\n\n{world.last_words()}"
    world.stack.supervisor.look()
    if world.faults:
        return "Processes died meanwhile:\n" + "\n".join(world.faults)
    return None


if __name__ == "__main__":
    sys.exit(main())
