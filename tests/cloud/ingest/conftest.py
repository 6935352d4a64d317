"""A company in a database of the test's own, and what takes boxes' messages in."""

from collections.abc import Iterator

import pytest

from cloud.ingest.handlers import HANDLERS
from cloud.ingest.unit import Intake
from cloud.kernel.tenancy import Role
from tests.cloud.ingest.boxes import NOW
from tests.cloud.sites.building import House
from tests.support.postgres import Cluster


@pytest.fixture(params=["native", pytest.param("timescale", marks=pytest.mark.timescale)])
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """Every test runs on plain PostgreSQL and, where a server is named, on TimescaleDB."""
    fixture = "postgres" if request.param == "native" else "timescale"
    found = request.getfixturevalue(fixture)
    assert isinstance(found, Cluster)
    return found


@pytest.fixture
def house(cluster: Cluster) -> Iterator[House]:
    with cluster.migrated_database() as database:
        house = House(database, NOW)
        yield house
        house.close()


@pytest.fixture
def intake(house: House) -> Intake:
    return Intake(house.database(Role.INGEST), HANDLERS)
