"""A box with the guard's page, the cloud it speaks to, a module and a camera at its gate."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.demo.servers.mosquitto import MosquittoServer
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import relay_module, with_page


@pytest.fixture
def box(tmp_path: Path, broker: MosquittoServer) -> Box:
    made = Box(tmp_path / "box", "127.0.0.1", broker.port)
    with_page(made)
    return made


@pytest.fixture
async def cloud(box: Box) -> AsyncIterator[CloudPeer]:
    async with serving(box.peer(), box.host, box.port) as peer:
        yield peer


@pytest.fixture
async def modbus() -> AsyncIterator[int]:
    """The port of a relay module."""
    async with relay_module() as port:
        yield port
