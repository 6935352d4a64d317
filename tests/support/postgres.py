"""A real PostgreSQL for tests: one cluster per test process, a database cloned from a migrated template.

`DOMOVOY_TEST_POSTGRES` chooses the server: `system`, `wheel`, or unset (the machine's own when there is one).
`DOMOVOY_TEST_TIMESCALE_DSN` is an administrator's URL of a running server that offers TimescaleDB.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString, cast, get_args
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from deploy.demo.servers.postgres import FAST, PostgresServer, Source

_numbers = itertools.count()


def with_database(url: str, name: str) -> str:
    """The same server's URL for another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


class Cluster:
    """A server on which databases come and go; reached by its administrator's URL."""

    def __init__(self, admin_url: str, *, server: PostgresServer | None = None) -> None:
        self.admin_url = admin_url
        self.server = server

    def execute(self, statement: sql.Composed | LiteralString, *, database: str | None = None) -> None:
        """Run one statement as the administrator, outside a transaction."""
        url = self.admin_url if database is None else with_database(self.admin_url, database)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """A new database, dropped at the end with whoever is still connected; yields its name."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        identifiers = sql.Identifier(name), sql.Identifier(template)
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*identifiers))
        try:
            yield name
        finally:
            self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifiers[0]))


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """A folder that the database's own user can enter (pytest's are closed to others), removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="domovoy-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def chosen_source() -> Source:
    """Which server binaries the tests run on."""
    chosen = os.environ.get("DOMOVOY_TEST_POSTGRES", "any")
    if chosen not in get_args(Source):
        raise pytest.UsageError(f"DOMOVOY_TEST_POSTGRES={chosen}: expected system or wheel")
    return cast("Source", chosen)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The session's cluster: fast, not durable."""
    with throwaway_folder() as folder:
        server = PostgresServer(folder, settings=FAST, source=chosen_source())
        server.initialise()
        server.start()
        try:
            yield Cluster(server.url(), server=server)
        finally:
            server.stop()


@pytest.fixture(scope="session")
def timescale() -> Cluster:
    """A server with TimescaleDB; the test is skipped when none is named."""
    url = os.environ.get("DOMOVOY_TEST_TIMESCALE_DSN")
    if not url:
        pytest.skip("DOMOVOY_TEST_TIMESCALE_DSN names no server with TimescaleDB")
    return Cluster(url)


@pytest.fixture
def empty_database(postgres: Cluster) -> Iterator[str]:
    """The administrator's URL of a database with nothing in it."""
    with postgres.database() as name:
        yield with_database(postgres.admin_url, name)
