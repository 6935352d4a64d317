"""A real store per test."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import upkeep
from edge.access.journal import Stamp
from edge.ids import Ids
from edge.store import Store
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
