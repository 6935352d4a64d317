"""A real PostgreSQL for tests: one cluster per test process, a database cloned from a migrated template.

`DOMOVOY_TEST_POSTGRES` chooses the server: `system`, `wheel`, or unset (the machine's own when there is one).
`DOMOVOY_TEST_TIMESCALE_DSN` is an administrator's URL of a running server that offers TimescaleDB; with
`DOMOVOY_TEST_POSTGRES=timescale` all tests run on it, but for those that stop their server.
"""

import hashlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, cast, get_args
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from cloud.kernel.bootstrap import LOGIN_ROLES, bootstrap
from cloud.kernel.migrating import migrate
from cloud.kernel.tenancy import OWNER, Role
from deploy.demo.servers.postgres import FAST, PostgresServer, Source
from tests.support.noon import NEWEST, OLDEST

_CHOICE = "DOMOVOY_TEST_POSTGRES"
_numbers = itertools.count()


def with_database(url: str, name: str) -> str:
    """The same server's URL for another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@dataclass(frozen=True)
class Database:
    """A database with the house's roles and schema: `url` for a service, `owner_url` to arrange."""

    name: str
    admin_url: str
    password: str

    @property
    def owner_url(self) -> str:
        """For the owner of every table."""
        return self._url(OWNER)

    def url(self, role: Role) -> str:
        """For one of the service roles."""
        return self._url(role.value)

    def waiting_for_locks(self) -> int:
        """How many sessions; asked anew, for within a transaction the server repeats its first answer."""
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        with psycopg.connect(self.admin_url) as connection:
            [count] = connection.execute(waiting, [self.name]).fetchone() or [0]
            return int(count)

    def _url(self, user: str) -> str:
        parts = urlsplit(self.admin_url)
        return urlunsplit(parts._replace(netloc=f"{user}:{self.password}@{parts.hostname}:{parts.port}"))


class Cluster:
    """A server on which databases come and go; reached by its administrator's URL."""

    def __init__(self, admin_url: str, *, server: PostgresServer | None = None) -> None:
        self.admin_url = admin_url
        self.server = server
        self._template: str | None = None

    def execute(self, statement: sql.Composed | LiteralString, *, database: str | None = None) -> None:
        """Run one statement as the administrator, outside a transaction."""
        url = self.admin_url if database is None else with_database(self.admin_url, database)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, template: str = "template0", *, owner: str | None = None) -> Iterator[str]:
        """A new database, dropped at the end with whoever is still connected; yields its name."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        names = [sql.Identifier(part) for part in (name, template)]
        clause = sql.SQL(" OWNER {}").format(sql.Identifier(owner)) if owner else sql.SQL("")
        # Not through the log, which is the default: it takes twice as long.
        copy = sql.SQL("CREATE DATABASE {} STRATEGY file_copy TEMPLATE {}").format(*names)
        self.execute(copy + clause)
        try:
            yield name
        finally:
            self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(names[0]))

    @contextmanager
    def migrated_database(self) -> Iterator[Database]:
        """A new database with roles and schema in place."""
        if self._template is None:
            self._template = self._make_template()
        with self.database(self._template, owner=OWNER) as name:
            yield self._described(name)

    def _described(self, name: str) -> Database:
        # Roles belong to the whole server, which several test runs may share: so must their password.
        password = hashlib.sha256(self.admin_url.encode()).hexdigest()[:32]
        return Database(name, with_database(self.admin_url, name), password)

    def _make_template(self) -> str:
        name = f"test_template_{os.getpid()}"
        template = self._described(name)
        bootstrap(self.admin_url, name, dict.fromkeys(LOGIN_ROLES, template.password))
        migrate(template.owner_url)
        _make_room_at_noon(template)
        # A template is copied only while nobody is connected, TimescaleDB's own workers included.
        identifier = sql.Identifier(name)
        self.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(identifier))
        self.execute(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(name)
        )
        return name

    def drop_template(self) -> None:
        """Drop what `migrated_database` copies; for a server that outlives the tests."""
        if self._template is not None:
            name = sql.Identifier(self._template)
            self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            self._template = None


def _make_room_at_noon(database: Database) -> None:
    """Migrating made partitions around the server's own day; with TimescaleDB there is nothing to make."""
    with psycopg.connect(database.owner_url) as connection:
        if connection.execute("SELECT telemetry.backend()").fetchone() == ("native",):
            connection.execute("SELECT telemetry.make_partitions(%s, %s)", [OLDEST, NEWEST])


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
    chosen = os.environ.get(_CHOICE, "any")
    if chosen not in get_args(Source):
        raise pytest.UsageError(f"{_CHOICE}={chosen}: expected system, wheel or timescale")
    return cast("Source", chosen)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The session's cluster: fast, not durable."""
    if os.environ.get(_CHOICE) == "timescale":
        yield request.getfixturevalue("timescale")
        return
    with throwaway_folder() as folder:
        server = PostgresServer(folder, settings=FAST, source=chosen_source())
        server.initialise()
        server.start()
        try:
            yield Cluster(server.url(), server=server)
        finally:
            server.stop()


@pytest.fixture(scope="session")
def timescale() -> Iterator[Cluster]:
    """A server with TimescaleDB; the test is skipped when none is named."""
    url = os.environ.get("DOMOVOY_TEST_TIMESCALE_DSN")
    if not url:
        pytest.skip("DOMOVOY_TEST_TIMESCALE_DSN names no server with TimescaleDB")
    cluster = Cluster(url)
    yield cluster
    cluster.drop_template()


@pytest.fixture
def empty_database(postgres: Cluster) -> Iterator[str]:
    """The administrator's URL of a database with nothing in it."""
    with postgres.database() as name:
        yield with_database(postgres.admin_url, name)


@pytest.fixture
def database(postgres: Cluster) -> Iterator[Database]:
    """A migrated database of the test's own."""
    with postgres.migrated_database() as database:
        yield database


@pytest.fixture(scope="module")
def module_database(postgres: Cluster) -> Iterator[Database]:
    """A migrated database that the tests of one module share."""
    with postgres.migrated_database() as database:
        yield database


@pytest.fixture
def timescale_database(timescale: Cluster) -> Iterator[Database]:
    """A migrated database on the server with TimescaleDB."""
    with timescale.migrated_database() as database:
        yield database
