"""`sh deploy/setup/run.sh [--tests] [--no-web]`: make the checkout ready; seconds when it is already."""

import argparse
import signal
import sys
from pathlib import Path

from deploy.setup import environment, system, web

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Do what is missing, say what is being done and why."""
    parser = argparse.ArgumentParser(prog="deploy.setup", description=main.__doc__)
    parser.add_argument("--tests", action="store_true", help="also what only the tests need")
    parser.add_argument("--no-web", action="store_true", help="leave the web app unbuilt")
    arguments = parser.parse_args()
    try:
        system.provide(system.needed(ROOT))
        if arguments.tests:
            system.provide_if_possible(system.wanted_by_tests())
        environment.provide(ROOT)
        if not arguments.no_web:
            web.provide(ROOT)
    except environment.SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the same command goes on / прервано: та же команда продолжит", file=sys.stderr)
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main())
