"""A company in a database of the test's own."""

from collections.abc import Iterator

import pytest

from tests.cloud.sites.building import House
from tests.support.postgres import Database


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database)
    yield house
    house.close()
