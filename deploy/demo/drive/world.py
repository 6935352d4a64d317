"""The throw-away demo in which the story is told: a house, one box behind a line that can be cut, a dispatcher."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from deploy.demo import company, staff
from deploy.demo.api import Api, Refused
from deploy.demo.boxes import box_service, enrol, identity_of, simulators_service, status_of
from deploy.demo.drive.gate import Gate
from deploy.demo.drive.registers import Comparison
from deploy.demo.drive.timeline import StepFailed, Timeline
from deploy.demo.layout import Layout
from deploy.demo.live import Live
from deploy.demo.seed import SeededSite, Seeder
from deploy.demo.servers.processes import tail
from deploy.demo.servers.proxy import Line, Proxy
from deploy.demo.simulators import Simulators
from deploy.demo.sites import GATE, SiteFiles
from deploy.demo.stack import Stack
from deploy.demo.world import create_administrator, household, sign_in_administrator

_LONGEST_LINE = 400
_METER_SPEED = 3600.0  # an hour of the household a second: every poll finds another register
_BETWEEN_READS_S = 1.2  # the box takes the same thing within a second for one read


class World:
    """What the steps of the story share. Used as a context: everything is taken down at its end."""

    gate: Gate
    gate_site: SeededSite
    simulators: Simulators
    seeder: Seeder

    def __init__(self, folder: Path, timeline: Timeline, *, replay: Path | None) -> None:
        self.timeline = timeline
        self.passes: dict[str, str] = {}
        self.passages: dict[str, str] = {}
        self.before_cut: set[str] = set()
        self.faults: list[str] = []
        self._replay = replay or household()
        self._layout = Layout(folder)
        self.stack = Stack(self._layout, say=lambda _text: None, report=self.faults.append)
        self._lines: list[Proxy] = []
        for name in self.stack.box_ports:
            self._lines.append(Proxy(self._layout.port(name), port=self._layout.port(f"{name}-line")))
            self.stack.box_ports[name] = self._lines[-1].port
        self._files = SiteFiles(self._layout, GATE)
        self._open = ExitStack()
        self._administrator: Api
        self._dispatcher: Api

    def __enter__(self) -> Self:
        with ExitStack() as opened:  # what does not come up to the end is taken down, too
            opened.callback(self.stack.stop)
            for line in self._lines:
                line.start()
                opened.callback(line.stop)
            self.stack.start()
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._open.close()

    def seed_housing(self) -> None:
        """Company, settlement, tower, residents, staff."""
        create_administrator(self.stack)
        self._administrator = self._open.enter_context(sign_in_administrator(self.stack))
        self.seeder = Seeder(self._administrator)
        self.seeder.housing()
        self.seeder.residents()
        staff.hire(self._administrator, self._layout.folder / "mail", self._layout.secret("staff"))

    def enrol_gate(self) -> None:
        """The simulated devices, the box's place in the cloud, its enrolment, its first configuration."""
        self._files.write_simulators(self._replay, speed=_METER_SPEED)
        supervisor = self.stack.supervisor
        supervisor.start([simulators_service(self._layout, self._files)])
        self.simulators = self._open.enter_context(Simulators(self._files.port("control")))
        self.gate_site = self.seeder.site(GATE, self._files)
        box = self.gate_site.box
        enrol(self._files.box, self.stack.edge_url, self.seeder.enrolment_code(box))
        supervisor.start([box_service(self._layout, self._files)])
        self.seeder.apply_configuration(box)
        self._wait_configured(box)

    def _wait_configured(self, box: str, timeout_s: float = 90) -> None:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            card = self._administrator.get(f"/api/boxes/{box}")
            devices = self._administrator.get("/api/devices", box_id=box)["items"]
            configured = card["online"] and card["config_version"] == card["config_version_wanted"]
            if configured and all(device["status"] == "online" for device in devices):
                return
            time.sleep(0.1)
        states = {device["name"]: device["status"] for device in devices}
        raise StepFailed(f"the box is not at work after {timeout_s:g} s: {card}, devices: {states}")

    def sign_in_dispatcher(self) -> None:
        """A dispatcher's browser with the gate board open."""
        login = next(employee.login for employee in company.STAFF if employee.role == "dispatcher")
        password = self._layout.secret("staff")
        self._dispatcher = self._open.enter_context(staff.sign_in(self.stack.public_url, login, password))
        live = self._open.enter_context(Live(self._dispatcher))
        place = {"site": self.gate_site.site, "box": self.gate_site.box}
        self.gate = Gate(self._dispatcher, live, self.simulators, self.timeline, **place)

    def set_line(self, line: Line) -> None:
        """What happens to all that the box and the cloud say to each other."""
        for proxy in self._lines:
            proxy.set_line(line)

    def backlog(self) -> int:
        """How many events the box holds for the cloud, by its own word."""
        return int(status_of(self._files.box)["backlog"]["events"])

    def pause_between_reads(self) -> None:
        """Let so much time pass that the same car or card is a new visit."""
        time.sleep(_BETWEEN_READS_S)

    def refusal(self, path: str, body: Mapping[str, Any]) -> Refused:
        """How the API refuses this. Raises StepFailed when it does not."""
        try:
            self._dispatcher.post(path, body)
        except Refused as refusal:
            return refusal
        raise StepFailed(f"{path} was not refused")

    def enrol_stranger(self) -> dict[str, str]:
        """One more box, enrolled but not run: its certificate is for saying what no box should."""
        draft = {"site_id": self.gate_site.site, "name": "Сошедший с ума"}
        box = self._administrator.post("/api/boxes", draft)["id"]
        folder = self._layout.sites / "stranger"
        enrol(folder, self.stack.edge_url, self.seeder.enrolment_code(box))
        return identity_of(folder)

    def last_words(self) -> str:
        """The logs' last lines, for whoever looks for the cause; processes that died first."""
        lines = list(self.faults)
        for log in sorted(self._layout.logs.glob("*.log")):
            lines.append(f"--- {log.name}")
            lines += [line[:_LONGEST_LINE] for line in tail(log, 8).splitlines()]
        return "\n".join(lines)

    def quarantine(self, box: str) -> list[dict[str, Any]]:
        """What of a box was set aside, and why."""
        return list(self._administrator.all("/api/quarantine", box_id=box))

    def unknown_types(self, box: str) -> int:
        """How many messages of unknown types the box has sent."""
        counted = self._administrator.get("/api/quarantine/types")
        return sum(int(row["times"]) for row in counted if row["box_id"] == box)

    def compare_meter(self) -> str:
        """Compare the electricity meter's readings with its registers; what was found, in words."""
        meter = next(meter for meter in GATE.meters if meter.resource == "electricity")
        comparison = Comparison(self._administrator, self.simulators, self.gate_site.meters[meter.serial])
        source = self._replay.name if self._replay else "a daily shape"
        return f"{comparison.run(meter.unit)} ({source})"


@contextmanager
def throwaway_world(timeline: Timeline, replay: Path | None) -> Iterator[World]:
    """A world in a folder of its own, both gone at the end."""
    with tempfile.TemporaryDirectory(prefix="domovoy-drive-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the database's own user passes through
        with World(folder, timeline, replay=replay) as world:
            yield world
