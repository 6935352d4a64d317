"""A box with the guard's page, the cloud it speaks to, a module and a camera at its gate."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import free_port
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import with_page


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
    """A relay module, WB-MR6C v2, at unit 1."""
    port = free_port()
    relay = SimDevice(
        id=1,
        simdata=(
            [SimData(0, count=200, values=False, datatype=DataType.BITS)],
            [SimData(0, count=200, values=False, datatype=DataType.BITS)],
            [SimData(0, count=2000, values=0, datatype=DataType.REGISTERS)],
            [SimData(0, count=2000, values=0, datatype=DataType.REGISTERS)],
        ),
    )
    server = ModbusTcpServer([relay], address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    yield port
    await server.shutdown()
