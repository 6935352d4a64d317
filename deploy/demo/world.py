"""A demo with people in it: the stack, its administrator, its sites."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from deploy.demo import company, staff
from deploy.demo.api import Api
from deploy.demo.boxes import box_service, enrol
from deploy.demo.layout import ROOT, Layout
from deploy.demo.polygon import polygon_service, polygon_url, write_polygon
from deploy.demo.seed import SeededSite, Seeder, now
from deploy.demo.servers.processes import ServerError, accepts_connections, wait_until
from deploy.demo.servers.proxy import Proxy
from deploy.demo.servers.switch import LineSwitch
from deploy.demo.simulators import Simulators
from deploy.demo.sites import GATE, SITES, TOWER, SiteFiles, SitePlan, has_ffmpeg
from deploy.demo.stack import Stack

_BOX_WAIT_S = 120
_METER_SPEED = 60.0  # an hour of the household a minute, so that a curve grows while one looks
_BETWEEN_CARS_S = 1.5
SEED_VERSION = 4
"""Of what is made once: changed with it, for boxes and simulated devices that do not fit each other help nobody."""


class Demo:
    """What `make demo` runs: a whole house with its company, seeded once and kept."""

    def __init__(self, layout: Layout, say: Callable[[str], None]) -> None:
        self.layout = layout
        self.stack = Stack(layout, say=say, report=say)
        self._say = say
        self._files = {plan.key: SiteFiles(layout, plan) for plan in SITES}
        self._own = ExitStack()

    def start(self) -> None:
        """Start the cloud, fill it when it is new, start the sites. Raises ServerError, also for a demo of old."""
        is_new = not self.layout.seed_mark.exists()
        if not is_new and json.loads(self.layout.seed_mark.read_text()).get("version") != SEED_VERSION:
            raise ServerError(
                f"{self.layout.folder} was filled by another version of the demo: make demo-reset / "
                "демо заполнено другой версией: make demo-reset"
            )
        switch = self._lay_lines()
        self.stack.start()
        self._say("Simulated devices / имитаторы устройств")
        for files in self._files.values():
            files.write_simulators(household(), speed=_METER_SPEED)
        sites, public_url = list(self._files.values()), self.stack.public_url
        config = write_polygon(self.layout, sites, uplink_url=switch.url, public_url=public_url)
        self.stack.supervisor.start([polygon_service(self.layout, config)])
        if is_new:
            self._say("A company moves in / заводится компания")
            self._seed()
        self._say("Edge boxes / контроллеры")
        for files in self._files.values():
            files.write_box_settings()
        self.stack.supervisor.start([box_service(self.layout, files) for files in self._files.values()])
        if is_new:
            self._first_cars()

    def stop(self) -> None:
        """Stop what runs."""
        self.stack.stop()
        self._own.close()

    def _lay_lines(self) -> LineSwitch:
        """Boxes reach the cloud through lines that the polygon can cut."""
        lines = []
        for name in self.stack.box_ports:
            line = Proxy(self.layout.port(name), port=self.layout.port(f"{name}-line"))
            line.start()
            self._own.callback(line.stop)
            self.stack.box_ports[name] = line.port
            lines.append(line)
        switch = LineSwitch(lines, port=self.layout.port("line-switch"))
        switch.start()
        self._own.callback(switch.stop)
        return switch

    def _first_cars(self) -> None:
        """Let a few cars come once the box at the gate listens."""
        gate = self._files[GATE.key]
        camera = GATE.lanes[0].camera
        if not wait_until(lambda: accepts_connections(gate.port(camera)), _BOX_WAIT_S):
            self._say(f"the box at the gate does not listen yet: {self.layout.logs / 'gate-box.log'}")
            return
        with Simulators(gate.port("control")) as simulators:
            for plate in company.FIRST_CARS:
                simulators.car(camera, plate)
                time.sleep(_BETWEEN_CARS_S)
            simulators.leave(camera)

    def _seed(self) -> None:
        with self.layout.seeding():
            self._fill()

    def _fill(self) -> None:
        create_administrator(self.stack)
        with sign_in_administrator(self.stack) as api:
            seeder = Seeder(api)
            seeder.housing()
            seeder.residents()
            staff.hire(api, self.layout.folder / "mail", self.layout.secret("staff"))
            resident = seeder.people[company.APP_RESIDENT.name]
            staff.let_resident_in(api, self.layout.folder / "mail", self.layout.secret("staff"), resident)
            for login, pin in staff.give_pins(api).items():
                self.layout.keep_secret(f"pin of {login}", pin)
            made = {plan.key: self._move_in(seeder, plan) for plan in SITES}
            seeder.passes(made[GATE.key].site, made[TOWER.key].site, now())
        sites = {key: dataclasses.asdict(site) for key, site in made.items()}
        mark = {"version": SEED_VERSION, "sites": sites}
        self.layout.seed_mark.write_text(json.dumps(mark, ensure_ascii=False, indent=1))

    def _move_in(self, seeder: Seeder, plan: SitePlan) -> SeededSite:
        files = self._files[plan.key]
        made = seeder.site(plan, files)
        enrol(files.box, self.stack.edge_url, seeder.enrolment_code(made.box))
        seeder.apply_configuration(made.box)
        return made

    def describe(self) -> str:
        """Addresses and logins."""
        rows = [("Web / веб", self.stack.public_url), *self._logins()]
        rows.append(("Polygon / полигон", polygon_url(self.layout)))
        for files in self._files.values():
            rows.append(("Guard / охрана", f"{files.guard_url}  {files.plan.name}"))
            rows.append(("its devices / его устройства", f"http://127.0.0.1:{files.port('control')}"))
        if not has_ffmpeg():
            rows.append(("Video / видео", "off: no ffmpeg here / выключено: нет ffmpeg"))
        rows += [
            ("Boxes enrol / подключение", self.stack.edge_url),
            ("Letters / письма", str(self.layout.folder / "mail")),
            ("Logs / журналы", str(self.layout.logs)),
        ]
        table = (f"  {label:<31} {text}" for label, text in rows)
        return "\n".join(["", *table, "", "  Ctrl-C stops everything / останавливает всё", ""])

    def _logins(self) -> Iterator[tuple[str, str]]:
        for user in (company.ADMINISTRATOR, *company.STAFF, company.APP_RESIDENT):
            password = self.layout.secret("administrator" if user is company.ADMINISTRATOR else "staff")
            label = f"{user.role} / {company.ROLES_RU[user.role]}"
            yield label, f"{user.login}  {password}{self._pin_of(user.login)}"

    def _pin_of(self, login: str) -> str:
        """What a guard types at the box's own page."""
        pin = self.layout.kept_secret(f"pin of {login}")
        card = company.GUARD_CARDS.get(login)
        return (f"  PIN {pin}" if pin else "") + (f", card / карта {card}" if card else "")


def create_administrator(stack: Stack) -> None:
    """The first administrator and the company, as an operator makes them, once."""
    administrator = company.ADMINISTRATOR
    options = ["--email", administrator.login, "--name", administrator.name, "--company", company.COMPANY]
    options += ["--time-zone", company.TIME_ZONE]
    password = stack.layout.secret("administrator")
    stack.run("create-admin", *options, env={"DOMOVOY_ADMIN_PASSWORD": password})


def sign_in_administrator(stack: Stack) -> Api:
    """The administrator's browser."""
    return staff.sign_in(stack.public_url, company.ADMINISTRATOR.login, stack.layout.secret("administrator"))


def household() -> Path | None:
    """A recorded household, where the recordings lie beside the checkout."""
    recording = ROOT.parent / "shared/data/meters/uk-electricity-hdd-only-hourly-sample-0.csv.gz"
    return recording if recording.exists() else None
