"""What the demo consists of: which processes, in which order, told what by their environment."""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.demo.layout import ROOT, Layout
from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.postgres import DURABLE, PostgresServer
from deploy.demo.servers.processes import ChildProcess, ServerError, accepts_connections
from deploy.demo.servers.redis import RedisServer
from deploy.demo.supervisor import Service, Supervisor

DATABASE = "domovoy"
ROLES = ("owner", "api", "worker", "ingest", "downlink")
_ROLE_OF = {
    "cli": "api",
    "api": "api",
    "edge-api": "api",
    "ingest": "ingest",
    "downlink": "downlink",
    "worker": "worker",
    "beat": "worker",
}
_MEASURED = ("edge-api", "ingest", "downlink", "worker", "maintain", "pki-sync")
"""They show what they count on a port of their own; api does on its one."""
INGESTS = 2
MQTT_CLIENTS = (*(f"ingest-{n}" for n in range(1, INGESTS + 1)), "downlink-1")
_BROKER_CONFIG = ROOT / "deploy/mosquitto/mosquitto.conf"
_WEB = ROOT / "cloud/web/dist"
_COMMAND_TIMEOUT_S = 120


class Stack:
    """One running demo: servers, the cloud's processes, and later the sites."""

    def __init__(self, layout: Layout, *, say: Callable[[str], None], report: Callable[[str], None]) -> None:
        """`say` is told what is being started, `report` what died."""
        self.layout = layout
        layout.prepare()
        self.box_ports = {name: layout.port(name) for name in ("mqtt", "edge")}
        """Where boxes are told to find the broker and edge-api: a proxy may stand before each."""
        self._say = say
        self.supervisor = Supervisor(report)
        self.postgres = PostgresServer(layout.postgres, settings=DURABLE, port=layout.port("postgres"))
        self.redis = RedisServer(layout.redis, port=layout.port("redis"))
        self.broker = MosquittoServer(
            layout.broker, config=_BROKER_CONFIG.read_text(), port=layout.port("mqtt")
        )

    @property
    def public_url(self) -> str:
        """Where people reach the web app and the API."""
        return f"http://127.0.0.1:{self.layout.port('http')}"

    @property
    def edge_url(self) -> str:
        """Where boxes enrol and put their files."""
        return f"https://127.0.0.1:{self.box_ports['edge']}"

    def start(self) -> None:
        """Start everything of the cloud, in order; whatever fails names its log."""
        self._say("PostgreSQL, redis")
        self._start_servers()
        self._say("Schema, keys / схема базы, ключи")
        self._prepare_database()
        self._prepare_keys()
        self._say("mosquitto, the cloud's processes / процессы облака")
        self._start_cloud()

    def stop(self) -> None:
        """Stop what runs, the servers last."""
        self.supervisor.stop()
        self.broker.stop()
        self.redis.stop()
        self.postgres.stop()

    def _start_servers(self) -> None:
        self.postgres.initialise()
        self.postgres.start()
        self.supervisor.adopt(self.postgres.process)
        self.redis.start()
        self.supervisor.adopt(self.redis.process)
        mail = self.layout.port("mail")
        command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{mail}"]
        command += ["-c", "aiosmtpd.handlers.Mailbox", str(self.layout.folder / "mail")]
        process = ChildProcess("mail", command, log=self.layout.logs / "mail.log")
        self.supervisor.start([Service(process, lambda: accepts_connections(mail))])

    def _prepare_database(self) -> None:
        passwords = {f"domovoy_{role}": self.layout.secret(role) for role in ROLES}
        with self.layout.private_file("passwords.json", json.dumps(passwords)) as file:
            options = [
                "--admin-url",
                self.postgres.admin_url,
                "--database",
                DATABASE,
                "--passwords-file",
                str(file),
            ]
            self.run("bootstrap", *options, env={"PGPASSWORD": self.postgres.admin_password})
        self.run("migrate")

    def _prepare_keys(self) -> None:
        """Every key and certificate that is not there yet."""
        keys, broker = self.layout.keys, self.layout.broker
        if not (keys / "secrets.key").exists():
            self.run("secrets-key", str(keys / "secrets.key"))
        self.run("pki", "init", "--name", "Domovoy demo")
        if not (keys / "command.key").exists():
            self.run("pki", "command-key", "--out", str(keys / "command.key"))
        if not (broker / "broker.key").exists():
            self.run("pki", "server-cert", "--name", "broker", "--host", "127.0.0.1", "--out", str(broker))
        for client in (*MQTT_CLIENTS, "pki-sync-1"):
            if not (keys / f"{client}.key").exists():
                self.run("pki", "service-cert", "--name", client, "--out", str(keys))
        if not (broker / "acl").exists():
            named = [part for client in MQTT_CLIENTS for part in ("--service", client)]
            self.run("pki", "broker-files", *named, "--out", str(broker))

    def _start_cloud(self) -> None:
        self.broker.start()
        self.supervisor.adopt(self.broker.process)
        edge_port, sync = self.layout.port("edge"), ("--dir", str(self.layout.broker))
        services = [
            self._service("api", ready=self._api_is_ready),
            self._service("edge-api", ready=lambda: accepts_connections(edge_port)),
            *(self._service("ingest", number=n) for n in range(1, INGESTS + 1)),
            *(self._service(name) for name in ("downlink", "worker", "beat", "maintain")),
        ]
        self.supervisor.start(services)
        self.supervisor.start([self._service("pki-sync", *sync)])

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Run one command of the cloud to its end; `ServerError` with its words when it fails."""
        answer = subprocess.run(
            [program("domovoy"), *arguments],
            env={**self.environment("cli"), **(env or {})},
            capture_output=True,
            text=True,
            timeout=_COMMAND_TIMEOUT_S,
            check=False,
            process_group=0,  # a Ctrl-C is the launcher's alone
        )
        if answer.returncode:
            raise ServerError(f"domovoy {arguments[0]} failed:\n{answer.stdout}{answer.stderr}")
        return answer.stdout

    def _service(
        self, name: str, *arguments: str, number: int = 1, ready: Callable[[], bool] = lambda: True
    ) -> Service:
        label = f"{name}-{number}"
        process = ChildProcess(
            label,
            [program("domovoy"), name, *arguments],
            log=self.layout.logs / f"{label}.log",
            env=self.environment(name, number),
        )
        return Service(process, ready)

    def environment(self, name: str, number: int = 1) -> Mapping[str, str]:
        """What a process of the cloud is told: common addresses, and only those secrets that it needs."""
        layout = self.layout
        client = f"{name}-{number}"
        settings = {
            "REDIS_URL": self.redis.url,
            "MQTT_HOST": "127.0.0.1",
            "MQTT_PORT": str(layout.port("mqtt")),
            "MQTT_CA": str(layout.keys / "ca.pem"),
            "MQTT_CERT": str(layout.keys / f"{client}.pem"),
            "MQTT_KEY": str(layout.keys / f"{client}.key"),
            "SECRETS_KEY_FILE": str(layout.keys / "secrets.key"),
            "FILES_DIR": str(layout.files),
            "PUBLIC_URL": self.public_url,
            "EDGE_URL": self.edge_url,
            "SMTP_URL": f"smtp://127.0.0.1:{layout.port('mail')}",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(layout.port("http")),
            **self._own_settings(name),
        }
        if name in _MEASURED:
            settings["METRICS_PORT"] = str(layout.port(f"metrics {client}"))
        if _WEB.exists():
            settings["WEB_DIR"] = str(_WEB)
        return {**os.environ, **{f"DOMOVOY_{key}": value for key, value in settings.items()}}

    def _own_settings(self, name: str) -> dict[str, str]:
        edge_port, command_key = str(self.layout.port("edge")), self.layout.keys / "command.key"
        owner = {"OWNER_DATABASE_URL": self._database_url("owner")}
        authority = {"PKI_DIR": str(self.layout.authority)}
        own: dict[str, dict[str, str]] = {
            "cli": {**owner, **authority},
            "maintain": owner,
            "edge-api": {
                **authority,
                "COMMAND_KEY_FILE": f"{command_key}.pub",
                "MQTT_PORT": str(self.box_ports["mqtt"]),
                "HTTP_PORT": edge_port,
            },
            "downlink": {"COMMAND_KEY_FILE": str(command_key)},
            # It stands beside the broker: no line to a box lies between.
            "pki-sync": {"EDGE_URL": f"https://127.0.0.1:{edge_port}"},
        }
        role = _ROLE_OF.get(name)
        return own.get(name, {}) | ({"DATABASE_URL": self._database_url(role)} if role else {})

    def _database_url(self, role: str) -> str:
        return self.postgres.url(DATABASE, user=f"domovoy_{role}", password=self.layout.secret(role))

    def _api_is_ready(self) -> bool:
        return answers(f"{self.public_url}/api/ready")


def program(name: str) -> Path:
    """A console script of the environment that the launcher runs in."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise ServerError(f"{name} is not installed in {Path(sys.executable).parent}: make setup")
    return Path(found)


def answers(url: str) -> bool:
    """Whether an HTTP GET succeeds now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  # our own http address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
