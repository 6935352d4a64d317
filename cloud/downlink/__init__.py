"""downlink: passes, configuration and commands from the database to the boxes; their state the other way."""

from collections.abc import Sequence

from cloud.kernel.settings import Settings


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """Serve until SIGTERM."""
    from cloud.downlink.process import main

    return main(settings, arguments)
