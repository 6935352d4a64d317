"""A whole house for fault tests: the cloud's processes, a box behind a line that can be cut, simulated devices."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg

from deploy.demo.api import Api, Refused
from deploy.demo.boxes import box_service, enrol, simulators_service
from deploy.demo.layout import Layout
from deploy.demo.seed import SeededSite, Seeder
from deploy.demo.servers.processes import ChildProcess, accepts_connections, tail
from deploy.demo.servers.proxy import Line, Proxy
from deploy.demo.simulators import Simulators
from deploy.demo.sites import SiteFiles
from deploy.demo.stack import DATABASE, Stack
from deploy.demo.supervisor import Service
from deploy.demo.world import create_administrator, sign_in_administrator
from tests.system.faults.site import CAMERAS, SITE, SPEED

TARGETS = ("edge", "ingest", "downlink", "mosquitto", "postgres", "api")
"""What is killed; `ingest`: one of two."""
CLOUD = ("api", "edge-api-1", "ingest", "ingest-2", "downlink", "worker-1", "maintain-1")
"""What stands on the database and the broker."""
_PROCESSES = {"edge": "gate-box", "ingest": "ingest-1", "downlink": "downlink-1", "api": "api-1"}
_READY_S = 120.0


@dataclass
class Outage:
    """When the box was not there. Unix ns; `until_ns` None: still."""

    from_ns: int
    until_ns: int | None = None


class House:
    """Used as a context: everything is taken down at its end. Processes are started from the main thread alone."""

    site: SeededSite
    api: Api
    simulators: Simulators

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder)
        self.stack = Stack(self.layout, say=lambda _text: None, report=lambda _text: None)
        self.lines: list[Proxy] = []
        for name in self.stack.box_ports:
            self.lines.append(Proxy(self.layout.port(name), port=self.layout.port(f"{name}-line")))
            self.stack.box_ports[name] = self.lines[-1].port
        self.files = SiteFiles(self.layout, SITE)
        self.outages: list[Outage] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.callback(self.stack.stop)
        for line in self.lines:
            line.start()
            self._open.callback(line.stop)
        try:
            self.stack.start()
            self._move_in()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        self._open.close()
        self.layout.remove()
        for number, handler in before.items():
            signal.signal(number, handler)  # the launcher ignores them while it stops

    def _move_in(self) -> None:
        create_administrator(self.stack)
        self.api = self._open.enter_context(sign_in_administrator(self.stack))
        seeder = Seeder(self.api)
        seeder.housing()
        self.files.write_simulators(speed=SPEED)
        self.stack.supervisor.start([simulators_service(self.layout, self.files)])
        self.simulators = self._open.enter_context(Simulators(self.files.port("control")))
        self.site = seeder.site(SITE, self.files)
        enrol(self.files.box, self.stack.edge_url, seeder.enrolment_code(self.site.box))
        self.stack.supervisor.start([box_service(self.layout, self.files)])
        seeder.apply_configuration(self.site.box)
        self.wait_at_work()

    @property
    def data(self) -> Path:
        """The box's data folder."""
        return self.files.box / "data"

    @property
    def box(self) -> Service:
        """The agent of the box."""
        return self.stack.supervisor.named(_PROCESSES["edge"])

    def service(self, name: str) -> Service:
        """A process of the cloud, or the box, by its name among the targets."""
        return self.stack.supervisor.named(_PROCESSES.get(name, name))

    def kill(self, target: str) -> None:
        """SIGKILL, at once."""
        if target == "edge":
            self.note_outage()
        if target == "mosquitto":
            self.stack.broker.kill()
        elif target == "postgres":
            self.stack.postgres.kill()
        else:
            self.service(target).process.kill()

    def revive(self, target: str) -> None:
        """Start it again; only the box is waited for (the others come when they come)."""
        if target == "mosquitto":
            self.stack.broker.start()
        elif target == "postgres":
            self.stack.postgres.restart()
        elif target == "edge":
            self.start_box()
        else:
            self.service(target).start()

    def stop_box(self) -> None:
        """In order, as the system's service manager would."""
        self.note_outage()
        self.box.process.stop()

    def note_outage(self) -> None:
        """The box is about to end; `start_box` notes when it is there again."""
        self.outages.append(Outage(time.time_ns()))

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Within: the box has no turn, as on a machine that swaps or is paused; what is sent to it waits."""
        self.note_outage()
        os.kill(self.box.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.box.process.pid, signal.SIGCONT)

    def start_box(self, process: ChildProcess | None = None) -> None:
        """Start the agent (or this process in its place) and wait until every device answers."""
        (self.data / "health.port").unlink(missing_ok=True)
        process = process or self.box.process
        process.start()
        process.wait_ready((self.data / "health.port").exists)
        self.wait_devices()
        self.outages[-1].until_ns = time.time_ns()

    def listens(self, name: str) -> bool:
        """Whether a process of the cloud has begun: it answers on its port, if only with what it counts."""
        label = _PROCESSES.get(name, name)
        return accepts_connections(self.layout.port("http" if name == "api" else f"metrics {label}"))

    def set_line(self, line: Line) -> None:
        """What happens to all that the box and the cloud say to each other."""
        for proxy in self.lines:
            proxy.set_line(line)

    def reconnect(self) -> None:
        """Cut the line for a moment."""
        self.set_line(Line.CUT)
        self.set_line(Line.OPEN)

    def health(self) -> Mapping[str, Any] | None:
        """The agent's own report; None while it does not answer."""
        try:
            port = int((self.data / "health.port").read_text())
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                report: Mapping[str, Any] = json.load(answer)
                return report
        except (OSError, ValueError, urllib.error.URLError):
            return None

    def wait_devices(self) -> None:
        """Until the box's devices and meters are online and its cameras' ports are open."""
        wanted = len(self.site.devices) + len(self.site.meters)

        def ready() -> bool:
            report = self.health()
            states = list(report["devices"].values()) if report else []
            return len(states) >= wanted and set(states) == {"online"} and self._cameras_answer()

        self.wait(ready, "the box's devices are online")

    def _cameras_answer(self) -> bool:
        return all(accepts_connections(self.files.port(camera)) for camera in CAMERAS)

    def wait_at_work(self) -> None:
        """Until the box is connected, configured, and its devices online."""
        self.wait_devices()
        self.wait(self._is_settled, "the box holds what it should")

    def _is_settled(self) -> bool:
        try:
            card = self.api.get(f"/api/boxes/{self.site.box}")
        except (httpx.TransportError, Refused):
            return False  # the api, or its database, is just being killed
        same = all(card[name] == card[f"{name}_wanted"] for name in ("config_version", "pass_version"))
        return bool(card["online"] and same)

    def wait_held(self) -> None:
        """Until the box holds the site's newest passes."""
        self.wait(self._is_settled, "the box holds the newest passes")

    def wait(self, condition: Callable[[], bool], what: str, timeout_s: float = _READY_S) -> None:
        """Poll until the condition holds. Raises TimeoutError with the logs' last words."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout_s:g} s: {what}\n{self.last_words()}")
            time.sleep(0.05)

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """The administrator's connection: over every wall."""
        with psycopg.connect(self.stack.postgres.url(DATABASE), autocommit=True) as connection:
            yield connection

    def last_words(self) -> str:
        """The logs' last lines."""
        logs = [*sorted(self.layout.logs.glob("*.log")), self.layout.broker / "mosquitto.log"]
        return "\n".join(f"--- {log.name}\n{tail(log, 8)}" for log in logs)
