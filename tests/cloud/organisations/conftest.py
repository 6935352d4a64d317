"""The api on a database of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud.serving import Served, served
from tests.support.passwords import cheap_passwords
from tests.support.postgres import Database

__all__ = ["cheap_passwords"]


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path) as running:
        yield running
