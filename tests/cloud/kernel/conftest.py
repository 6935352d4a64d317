"""The api on a database of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.kernel.database import Database, Ports
from cloud.kernel.tenancy import Role
from tests.cloud.serving import Served, served
from tests.support.postgres import Database as RealDatabase


@pytest.fixture
def api(database: RealDatabase, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path) as running:
        yield running


@pytest.fixture
def worker_database(database: RealDatabase) -> Iterator[Database]:
    opened = Database(database.url(Role.WORKER), ports=Ports.system(), pool_size=4)
    yield opened
    opened.close()
