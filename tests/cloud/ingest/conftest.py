"""A company in a real database, and what takes boxes' messages in."""

from collections.abc import Iterator

import pytest

from cloud.ingest.handlers import HANDLERS
from cloud.ingest.unit import Intake
from cloud.kernel.tenancy import Role
from tests.cloud.ingest.boxes import NOW
from tests.cloud.sites.building import House
from tests.support.postgres import Cluster, Database


@pytest.fixture(scope="module", params=["native", pytest.param("timescale", marks=pytest.mark.timescale)])
def migrated(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Every test runs on plain PostgreSQL and, where a server is named, on TimescaleDB."""
    cluster = request.getfixturevalue("postgres" if request.param == "native" else "timescale")
    assert isinstance(cluster, Cluster)
    with cluster.migrated_database() as database:
        yield database


@pytest.fixture
def house(migrated: Database) -> Iterator[House]:
    """A company of the test's own in the module's database."""
    house = House(migrated, NOW)
    yield house
    house.close()


@pytest.fixture
def intake(house: House) -> Intake:
    return Intake(house.database(Role.INGEST), HANDLERS)
