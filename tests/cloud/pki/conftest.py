"""A company and an edge-api over TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud.pki.serving import EdgeServer, running_edge_api
from tests.cloud.sites.building import House
from tests.support.postgres import Database


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database, at=None)
    yield house
    house.close()


@pytest.fixture
def server(house: House, tmp_path: Path) -> Iterator[EdgeServer]:
    with running_edge_api(house, tmp_path / "pki") as server:
        yield server
