"""Each test runs against every server of the guard's API: they are named in `SERVERS`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from deploy.demo.servers.mosquitto import MosquittoServer
from tests.contract.guard import box, cloud
from tests.contract.guard.server import Browser, GuardServer, Serve, browser_of
from tests.support.postgres import Database as RealDatabase

Make = Callable[[pytest.FixtureRequest], Serve]


def _box(request: pytest.FixtureRequest) -> Serve:
    broker: MosquittoServer = request.getfixturevalue("broker")
    folder: Path = request.getfixturevalue("tmp_path")
    return lambda: box.serve(folder, broker.port)


def _cloud(request: pytest.FixtureRequest) -> Serve:
    database: RealDatabase = request.getfixturevalue("database")
    folder: Path = request.getfixturevalue("tmp_path")
    return lambda: cloud.serve(database, folder)


def _post(request: pytest.FixtureRequest) -> Serve:
    database: RealDatabase = request.getfixturevalue("database")
    folder: Path = request.getfixturevalue("tmp_path")
    return lambda: cloud.serve(database, folder, cloud.PostServer)


SERVERS: dict[str, Make] = {"box": _box, "cloud": _cloud, "post": _post}
"""By name: what makes one, of the fixtures that it asks for."""


@pytest.fixture(params=list(SERVERS))
async def server(request: pytest.FixtureRequest) -> AsyncIterator[GuardServer]:
    """A running server."""
    serving: AbstractAsyncContextManager[GuardServer] = SERVERS[request.param](request)()
    async with serving as made:
        yield made


@pytest.fixture
async def page(server: GuardServer) -> AsyncIterator[Browser]:
    """A browser at the gate; nobody is signed in."""
    async with browser_of(server.url) as client:
        yield Browser(server, client)


@pytest.fixture
async def other(server: GuardServer) -> AsyncIterator[Browser]:
    """A second one."""
    async with browser_of(server.url) as client:
        yield Browser(server, client)
