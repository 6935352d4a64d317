"""MQTT → rows: receives the boxes' streams and commits each record exactly once."""

from collections.abc import Sequence

from cloud.kernel.settings import Settings


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """`domovoy ingest`."""
    from cloud.ingest.process import main

    return main(settings, arguments)
