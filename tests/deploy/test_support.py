"""The servers that the tests stand on do what the tests rely on."""

import os
import pwd
import signal
import smtplib
import socket
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from cloud.kernel.tenancy import Role
from deploy.demo.layout import claim
from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.postgres import DURABLE, FAST, PostgresServer, Source
from deploy.demo.servers.processes import ServerError, children_of, free_port, wait_until
from deploy.demo.servers.redis import RedisServer
from tests.support.broker import StartBroker
from tests.support.mail import Mailbox
from tests.support.postgres import Cluster, Database, throwaway_folder, with_database
from tests.support.processes import RunProcess


def test_a_cloned_database_has_what_its_template_has_and_is_its_own(postgres: Cluster) -> None:
    with postgres.database() as template:
        postgres.execute("CREATE TABLE t AS SELECT 7 AS n", database=template)
        with postgres.database(template) as one, postgres.database(template) as other:
            postgres.execute("DROP TABLE t", database=one)
            with psycopg.connect(with_database(postgres.admin_url, other)) as connection:
                assert connection.execute("SELECT n FROM t").fetchone() == (7,)


def test_a_service_role_reads_a_migrated_database_and_owns_nothing(database: Database) -> None:
    owned = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
    with psycopg.connect(database.url(Role.API)) as connection:
        assert connection.execute(owned).fetchone() == (0,)
    with psycopg.connect(database.owner_url) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM alembic_version").fetchone() == (True,)


def test_a_database_is_dropped_with_its_connections(postgres: Cluster) -> None:
    with postgres.database() as name:
        left_open = psycopg.connect(with_database(postgres.admin_url, name))
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_a_wrong_password_is_refused(postgres: Cluster) -> None:
    assert postgres.server
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.server.url(password="wrong"))


def test_a_cluster_is_made_under_the_strictest_umask() -> None:
    before = os.umask(0o077)
    try:
        with throwaway_folder() as folder:
            server = PostgresServer(folder / "postgres", settings=FAST)
            server.initialise()
            server.start()
            server.stop()
    finally:
        os.umask(before)


def test_what_was_committed_survives_a_killed_server() -> None:
    with throwaway_folder() as folder:
        server = PostgresServer(folder, settings=DURABLE)
        server.initialise()
        server.start()
        try:
            with psycopg.connect(server.url()) as connection:
                connection.execute("CREATE TABLE t AS SELECT 7 AS n")
            server.kill()
            server.restart()
            with psycopg.connect(server.url()) as connection:
                assert connection.execute("SELECT n FROM t").fetchone() == (7,)
        finally:
            server.stop()
        assert server.process.returncode == 0


@pytest.mark.parametrize("source", ["wheel", "any"])
def test_a_cluster_goes_on_with_the_server_that_made_it(source: Source) -> None:
    """Who has a demo on the wheel and installs Debian's server, as `make test` does, keeps the demo."""
    with throwaway_folder() as folder:
        maker = PostgresServer(folder, settings=FAST, source=source)
        maker.initialise()
        later = PostgresServer(folder, settings=FAST)
        assert later.binaries == maker.binaries
        later.initialise()


def test_a_cluster_goes_on_as_the_user_whose_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's server brings the user `postgres`; what root started before runs as `nobody`."""
    known = pwd.getpwnam

    def before(name: str) -> pwd.struct_passwd:
        if name == "postgres":
            raise KeyError(name)
        return known(name)

    with throwaway_folder() as folder:
        with monkeypatch.context() as patched:
            patched.setattr(pwd, "getpwnam", before)
            claim(folder / "postgres")
            PostgresServer(folder / "postgres", settings=FAST).initialise()
        claim(folder / "postgres")
        server = PostgresServer(folder / "postgres", settings=FAST)
        server.initialise()
        server.start()
        server.stop()
        assert server.process.returncode == 0


def test_a_cluster_whose_server_is_gone_is_refused_with_the_way_out() -> None:
    with throwaway_folder() as folder:
        server = PostgresServer(folder, settings=FAST)
        server.initialise()
        (folder / "data/PG_VERSION").write_text("14\n")
        with pytest.raises(ServerError, match=r"made by PostgreSQL 14.*make demo-reset"):
            PostgresServer(folder, settings=FAST).initialise()


def test_a_second_server_on_the_same_cluster_says_why_it_cannot_start() -> None:
    with throwaway_folder() as folder:
        server = PostgresServer(folder)
        server.initialise()
        server.start()
        try:
            with pytest.raises(ServerError, match=r"postmaster\.pid"):
                PostgresServer(folder).start()
        finally:
            server.stop()


def test_a_broker_with_a_bad_configuration_shows_its_own_words(start_broker: StartBroker) -> None:
    with pytest.raises(ServerError, match="Unknown configuration variable"):
        start_broker("listener {port} 127.0.0.1\nno_such_word 1\n")


def test_the_broker_listens_on_loopback_and_reloads(broker: MosquittoServer) -> None:
    broker.reload()
    with socket.create_connection(("127.0.0.1", broker.port), timeout=1):
        pass
    assert broker.process.is_running()


def test_redis_wants_its_password(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.ping()
    with redis.Redis(port=redis_server.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_a_letter_arrives_as_it_was_sent(mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", int(mailbox.url.rpartition(":")[2])) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: Приглашение\n\nтекст".encode())
    letter = mailbox.receive()
    assert letter["Subject"] == "Приглашение"
    assert mailbox.is_empty()


def test_no_port_is_given_twice_nor_one_that_the_kernel_gives_to_somebody_else() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert max(ports) < first


def test_a_process_that_ends_at_once_is_reported_with_its_log(run_process: RunProcess) -> None:
    process = run_process("short", "sh", "-c", "echo broken >&2; exit 3")
    with pytest.raises(ServerError, match=r"(?s)ended with 3:.*broken"):
        process.wait_ready(lambda: False)


def test_stopping_a_process_leaves_no_grandchildren(run_process: RunProcess, tmp_path: Path) -> None:
    process = run_process("family", "sh", "-c", "sleep 60 & sleep 60")
    assert wait_until(lambda: len(children_of(process.pid)) == 2, timeout_s=60)
    children = children_of(process.pid)
    process.stop()
    assert wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), timeout_s=60)


def test_a_process_ends_with_the_one_that_started_it(run_process: RunProcess) -> None:
    script = (
        "import time; from pathlib import Path\n"
        "from deploy.demo.servers.processes import ChildProcess\n"
        "ChildProcess('x', ['sleep', '60'], log=Path('/dev/null')).start()\n"
        "time.sleep(60)\n"
    )
    parent = run_process("parent", sys.executable, "-c", script, cwd=Path(__file__).parents[2])
    assert wait_until(lambda: len(children_of(parent.pid)) == 1, timeout_s=60)
    child = children_of(parent.pid)[0]
    parent.signal(signal.SIGKILL)
    assert wait_until(lambda: not Path(f"/proc/{child}").exists(), timeout_s=60)
