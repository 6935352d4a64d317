"""A checkpoint whose box reaches the broker by a line that can be cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.proxy import Proxy
from tests.support.postgres import Database
from tests.system.gate.settlement import Settlement


@pytest.fixture
def link(broker: MosquittoServer) -> Iterator[Proxy]:
    """Between box and broker."""
    proxy = Proxy(broker.port)
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture
def settlement(
    database: Database, tmp_path: Path, broker: MosquittoServer, link: Proxy
) -> Iterator[Settlement]:
    """A company's, in a database of its own."""
    made = Settlement(database, tmp_path, broker.port, link.port)
    yield made
    made.close()
