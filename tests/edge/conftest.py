"""A real store per test, and the lines of the log."""

import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge import upkeep
from edge.access.journal import Stamp
from edge.ids import Ids
from edge.store import Store
from protocols.logs import JsonFormatter
from tests.edge.world import NOON, HandClock


def open_store(file: Path, **ports: object) -> Store:
    """A store with both streams open, its writer not started."""
    store = Store(file, **ports)  # type: ignore[arg-type]
    clock = HandClock()
    ids = Ids(clock, random.Random(7).randbytes)
    upkeep.open_streams(
        store.connection,
        lambda: Stamp(id=ids.new(), at=NOON, clock=clock.state),
        ids.new,
        clock.now().unix_ms,
    )
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "store.sqlite")
    store.start()
    yield store
    store.close()


class Lines(logging.Handler):
    """What would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter("edge"))
        self.written: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(json.loads(self.format(record)))

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.written if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, logger = Lines(), logging.getLogger("edge")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(before)
