"""The cloud under measurement: PostgreSQL that keeps its promises, redis, and whichever processes a bench asks for."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

import psycopg

from cloud.kernel.secrets import write_new_key
from cloud.kernel.tenancy import Role
from deploy.demo.api import Api
from deploy.demo.servers.postgres import DURABLE, PostgresServer
from deploy.demo.servers.processes import ChildProcess, free_port
from deploy.demo.servers.redis import RedisServer
from deploy.demo.stack import answers
from tests.support.postgres import Cluster, Database

EMAIL, PASSWORD = "admin@bench.example", "shirokaya-doroga-42"
_PROGRAM = Path(sys.executable).with_name("domovoy")
_ADMIN = {
    "email": EMAIL,
    "name": "Воронов Алексей Дмитриевич",
    "company": "Управляющая компания «Афины»",
    "time-zone": "Asia/Yekaterinburg",
}

_MAKE_SITES = """
    WITH made AS (
        INSERT INTO site (id, organisation_id, name, sort_name, search_name, time_zone, stale, pass_epoch,
            pass_version, pass_digest, created_at)
        SELECT gen_random_uuid(), %(company)s, n, n, n, 'Asia/Yekaterinburg', '{}', gen_random_uuid(), 0,
            decode(repeat('00', 32), 'hex'), now()
        FROM generate_series(1, %(boxes)s) AS n RETURNING id
    ), boxes AS (
        INSERT INTO box (id, organisation_id, site_id, name, sort_name, search_name, created_at, enrolled_at,
            journal_key, config_version, meters, fire)
        SELECT gen_random_uuid(), %(company)s, id, '', '', '', now(), now(), decode(repeat('00', 32), 'hex'), 0,
            '[]', '[]'
        FROM made RETURNING id, site_id
    )
    INSERT INTO series (organisation_id, site_id, box_id, channel, name, unit, kind, scale, created_at)
    SELECT %(company)s, site_id, boxes.id, n, n, 'kWh', 'counter', 0.001, now()
    FROM boxes, generate_series(1, %(series)s) AS n
"""


@dataclass(frozen=True)
class MadeSite:
    """A site with one enrolled box and the series of its meters."""

    site: UUID
    box: UUID
    series: Sequence[int]


class Cloud:
    """Servers and processes in a folder, from `with` to its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http_port = free_port()
        self._stack = ExitStack()
        self._more: dict[str, str] = {}
        self.database: Database

    def __enter__(self) -> Self:
        try:
            self._start_servers()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """Where the api listens."""
        return f"http://127.0.0.1:{self.http_port}"

    def tell(self, **settings: str | Path) -> None:
        """Settings (without DOMOVOY_, lower case) for processes that start from now on."""
        self._more |= {f"DOMOVOY_{name.upper()}": str(value) for name, value in settings.items()}

    def start(self, name: str, *command: str | Path, role: Role, **settings: str | Path) -> ChildProcess:
        """Start a process; `command`: without one, `domovoy <name>`."""
        process = ChildProcess(
            name,
            command or (_PROGRAM, name.partition("-")[0]),
            log=self.folder / f"{name}.log",
            env=self.environment(role, **settings),
            cwd=Path(__file__).parents[1],
        )
        process.start()
        self._stack.callback(process.stop)
        return process

    def start_api(self, *command: str | Path) -> ChildProcess:
        """The api, answering."""
        process = self.start("api", *command, role=Role.API)
        process.wait_ready(lambda: answers(f"{self.url}/api/ready"))
        return process

    def environment(self, role: Role, **settings: str | Path) -> Mapping[str, str]:
        """What a process of this role is told."""
        told = {
            "DATABASE_URL": self.database.url(role),
            "OWNER_DATABASE_URL": self.database.owner_url,
            "REDIS_URL": self._redis.url,
            "SECRETS_KEY_FILE": str(self.folder / "secrets.key"),
            "FILES_DIR": str(self.folder / "files"),
            "PUBLIC_URL": self.url,
            "HTTP_PORT": str(self.http_port),
            "LOG_LEVEL": "WARNING",
        }
        more = {f"DOMOVOY_{name.upper()}": str(value) for name, value in settings.items()}
        return {
            **os.environ,
            **{f"DOMOVOY_{name}": value for name, value in told.items()},
            **self._more,
            **more,
        }

    def administrator(self) -> tuple[Api, str]:
        """The first administrator, signed in and at work in a new company; the company's id."""
        words = [part for name, value in _ADMIN.items() for part in (f"--{name}", value)]
        subprocess.run(
            [_PROGRAM, "create-admin", *words],
            env={**self.environment(Role.API), "DOMOVOY_ADMIN_PASSWORD": PASSWORD},
            check=True,
            timeout=60,
        )
        api = Api(self.url)
        self._stack.callback(api.close)
        api.post("/api/session", {"email": EMAIL, "password": PASSWORD})
        with self.admin() as connection:
            [[company]] = connection.execute("SELECT id::text FROM organisation").fetchall()
        api.work_in(company)
        return api, company

    def make_sites(self, company: UUID, count: int, *, series: int) -> list[MadeSite]:
        """So many sites of a company, each with an enrolled box and so many series."""
        with self.admin() as connection:
            connection.execute(_MAKE_SITES, {"company": company, "boxes": count, "series": series})
            rows = connection.execute(
                "SELECT site_id, box_id, array_agg(id ORDER BY id) FROM series GROUP BY 1, 2 ORDER BY box_id"
            ).fetchall()
        return [MadeSite(*row) for row in rows]

    def admin(self) -> psycopg.Connection:
        """As the database's superuser, who sees over every wall: to lay out, and to look."""
        return psycopg.connect(self.database.admin_url)

    def _start_servers(self) -> None:
        server = PostgresServer(self.folder / "postgres", settings=DURABLE)
        server.initialise()
        self._stack.callback(server.stop)
        server.start()
        self.postgres = server
        cluster = Cluster(server.url(), server=server)
        self.database = self._stack.enter_context(cluster.migrated_database())
        self._redis = RedisServer(self.folder / "redis")
        (self.folder / "redis").mkdir()
        self._stack.callback(self._redis.stop)
        self._redis.start()
        write_new_key(self.folder / "secrets.key")
        (self.folder / "files").mkdir()
