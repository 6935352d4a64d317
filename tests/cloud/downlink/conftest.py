"""A company, a broker, and downlink processes of any number within the test's event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from cloud.downlink.answers import Signer
from cloud.downlink.process import Means, serve
from cloud.kernel.database import Database
from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings
from cloud.kernel.tenancy import Role
from cloud.sites.keyfiles import verify_key
from cloud.sites.models import Box
from deploy.demo.servers.mosquitto import MosquittoServer
from tests.cloud.sites.building import House
from tests.support.postgres import Database as RealDatabase
from tests.support.tasks import end_tasks

Run = Callable[[], Awaitable[asyncio.Task[None]]]


class Gate(House):
    """A company with one site and an enrolled box, and the keys that downlink has."""

    def __init__(self, database: RealDatabase) -> None:
        super().__init__(database, at=None)
        self.vault = SecretBox(bytes(32))
        self.command_key = Ed25519PrivateKey.generate()
        self.site = self.make_site()
        self.box = self.make_enrolled_box()

    @property
    def public_key(self) -> bytes:
        return self.command_key.public_key().public_bytes_raw()

    def make_enrolled_box(self) -> Box:
        """Without the ceremony, which has tests of its own."""
        box = self.make_box(self.site)
        with self.work() as session:
            session.execute(update(Box).where(Box.id == box.id).values(enrolled_at=box.created_at))
        return box


@pytest.fixture
def gate(database: RealDatabase) -> Iterator[Gate]:
    gate = Gate(database)
    yield gate
    gate.close()


@pytest.fixture
async def run_downlink(gate: Gate, broker: MosquittoServer) -> AsyncIterator[Run]:
    """Start one; its task is the test's to cancel, or the fixture's."""
    running: list[asyncio.Task[None]] = []
    databases: list[Database] = []

    async def run() -> asyncio.Task[None]:
        url = gate.real.url(Role.DOWNLINK)
        database = Database(url, pool_size=6)
        databases.append(database)
        signer = Signer(verify_key(gate.command_key.public_key()).id, gate.command_key)
        settings = Settings(database_url=url, mqtt_host="127.0.0.1", mqtt_port=broker.port)
        means = Means(settings, database, gate.vault, signer)
        task = asyncio.create_task(serve(means))
        running.append(task)
        await asyncio.wait_for(means.serving.wait(), 10)
        return task

    yield run
    await end_tasks(running)
    await asyncio.get_running_loop().shutdown_default_executor()  # threads within transactions
    for database in databases:
        database.close()
