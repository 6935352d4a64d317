"""The devices of the applied configuration, running: one task each; a new configuration restarts what it changes."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from edge.access.points import Site, lay_out
from edge.barrier.board import Board, Ear
from edge.barrier.board import build as build_board
from edge.clock import Clock
from edge.drivers import table
from edge.drivers.base import ConfigError, FacePanel, Grant, Read, Ring, Sink, Why
from edge.drivers.devices import Devices, Ports
from edge.panels.faces import FaceKeeper, Fetch
from edge.panels.keeper import Keeper
from edge.panels.supply import point_of
from edge.supervisor import Supervisor
from edge.telemetry.poller import Keep, MeterPlan, Poller, prepare
from protocols.config import Configuration, Point
from protocols.records import DeviceAlarm, DeviceReason, DeviceStatus

log = logging.getLogger(__name__)
Wanted = Callable[[Point, Site], Awaitable[frozenset[Grant]]]
WantedFaces = Callable[[Point, Site], Awaitable[frozenset[str]]]
TellAlarm = Callable[[UUID, DeviceAlarm, bool, str], None]
FIRE = "fire alarm"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A configuration that was found good, nothing of it started."""

    configuration: Configuration
    devices: Devices
    site: Site
    meters: list[MeterPlan] = field(default_factory=list)

    @property
    def places(self) -> set[UUID]:
        """Points and devices at which something may last."""
        fire = {fire.device for fire in self.configuration.fire}
        return fire.union(self.site.board.drivers, self.devices.readers, self.devices.cameras)


def draw_up(
    configuration: Configuration, ports: Ports, before: Plan | None = None, ear: Ear | None = None
) -> Plan:
    """Build and check everything. Raises ConfigError with every fault found; what runs is not touched.

    Devices of the plan before whose settings, and whose line's, are the same stand in the new plan as they run.
    """
    devices = table.build(configuration.devices, ports)
    if before is not None:
        devices.keep(before.devices, _unchanged(before.configuration, configuration))
    errors: list[str] = []
    meters: list[MeterPlan] = []
    try:
        meters = prepare(configuration.meters, devices.buses)
    except ConfigError as error:
        errors += error.errors
    board = Board()
    try:
        board = build_board(configuration, devices.relays, ports, ear, before.site.board if before else None)
    except ConfigError as error:
        errors += error.errors
    try:
        site = lay_out(configuration, devices, board)
    except ConfigError as error:
        raise ConfigError(errors + error.errors) from error
    if errors:
        raise ConfigError(errors)
    return Plan(configuration=configuration, devices=devices, site=site, meters=meters)


def _unchanged(old: Configuration, new: Configuration) -> set[UUID]:
    """Devices that may run on. What shares a line with others goes on only if all of the line is as it was."""
    before, after = _lines(old), _lines(new)
    return {device for line, built in after.items() if before.get(line) == built for device in built}


def _lines(configuration: Configuration) -> dict[str, dict[UUID, object]]:
    lines: dict[str, dict[UUID, object]] = {}
    for device in configuration.devices:
        lines.setdefault(table.line_of(device), {})[device.id] = (device.driver, device.name, device.settings)
    return lines


class _Sink:
    """Hands what devices tell to the gate and the journal."""

    def __init__(
        self,
        read: Callable[[Read], None],
        status: Callable[[UUID, DeviceStatus, Why], None],
        alarm: TellAlarm,
        ring: Callable[[Ring], None],
    ) -> None:
        self._read = read
        self._status = status
        self._alarm = alarm
        self._ring = ring

    def read(self, read: Read, /) -> None:
        """See drivers.base.Sink."""
        self._read(read)

    def status(self, device: UUID, status: DeviceStatus, why: Why, /) -> None:
        """See drivers.base.Sink."""
        self._status(device, status, why)

    def alarm(self, device: UUID, alarm: DeviceAlarm, active: bool, detail: str, /) -> None:
        """See drivers.base.Sink."""
        self._alarm(device, alarm, active, detail)

    def ring(self, ring: Ring, /) -> None:
        """See drivers.base.Sink."""
        self._ring(ring)


class Running:
    """What runs now. `states`: what was last told of each device and meter; `lacks`: what of one that is online."""

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        clock: Clock,
        keep: Keep,
        every: Callable[[], int],
        random: Callable[[], float],
        read: Callable[[Read], None],
        status: Callable[[UUID, DeviceStatus, Why], None],
        alarm: TellAlarm,
        ring: Callable[[Ring], None] = lambda _: None,
        wanted: Wanted | None = None,
        wanted_faces: WantedFaces | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._keep = keep
        self._every = every
        self._random = random
        self._tell_status = status
        self._wanted = wanted
        self._wanted_faces = wanted_faces
        self._fetch = fetch
        self._sink: Sink = _Sink(read, self._status, alarm, ring)
        self._names: set[str] = set()
        self.pollers: dict[UUID, Poller] = {}
        self.keepers: dict[UUID, Keeper] = {}
        self.face_keepers: dict[UUID, FaceKeeper] = {}
        self.states: dict[UUID, DeviceStatus] = {}
        self.lacks: dict[UUID, DeviceReason | None] = {}
        self.plan: Plan | None = None

    def ending(self, plan: Plan) -> set[UUID]:
        """Devices that run now and would end, or run anew, when `plan` comes."""
        if self.plan is None:
            return set()
        return {
            each.id for each in self.plan.devices.all.values() if plan.devices.all.get(each.id) is not each
        }

    async def change(self, plan: Plan) -> None:
        """End what the plan does not keep: the next ones may need the same ports. `start` starts the rest."""
        ending = self.ending(plan)
        meters = self._ending_meters(plan, ending)
        names = [f"device {device}" for device in ending] + [f"meter {meter}" for meter in meters]
        names += [f"panel {panel}" for panel in self.keepers]  # they begin anew: their point may be another
        names += [f"faces {panel}" for panel in self.face_keepers]
        self.keepers.clear()
        self.face_keepers.clear()
        names += [name for name in self._ending_barriers(plan) if name in self._names]
        if names:
            await self._supervisor.stop(*names)
        self._names -= set(names)
        for key in ending | meters:
            self.states.pop(key, None)
            self.lacks.pop(key, None)
            self.pollers.pop(key, None)

    def start(self, plan: Plan) -> None:
        """Start a task per device and per meter of the plan that does not run yet."""
        self.plan = plan
        for device in plan.devices.all.values():
            self._start(f"device {device.id}", lambda device=device: device.run(self._sink))  # type: ignore[misc]
        board = plan.site.board
        for driver in board.drivers.values():
            self._start(f"barrier {driver.point}", driver.run)
        if board.fire is not None:
            self._start(FIRE, board.fire.run)
        self._start_keepers(plan)
        for meter_plan in plan.meters:
            if f"meter {meter_plan.id}" in self._names:
                continue
            poller = Poller(
                meter_plan,
                clock=self._clock,
                sink=self._sink,
                keep=self._keep,
                every=self._every,
                random=self._random,
            )
            self.pollers[meter_plan.id] = poller
            self._start(f"meter {meter_plan.id}", poller.run)

    def report(self) -> dict[str, object]:
        """How devices, panels and meters fare, for the agent's report."""
        return {
            "devices": {str(device): status.value for device, status in self.states.items()},
            "lacks": {str(device): lacks.value for device, lacks in self.lacks.items() if lacks},
            "panels": {str(key): keeper.report for key, keeper in self.keepers.items()},
            "faces": {str(key): keeper.report for key, keeper in self.face_keepers.items() if keeper.report},
            "meters": {str(key): poller.counts for key, poller in self.pollers.items()},
        }

    def wake_keepers(self) -> None:
        """What is held has changed: what panels hold by themselves may have to."""
        for keeper in self.keepers.values():
            keeper.wake()
        for face_keeper in self.face_keepers.values():
            face_keeper.wake()

    def _start_keepers(self, plan: Plan) -> None:
        wanted, names = self._wanted, {each.id: each.name for each in plan.configuration.devices}
        for panel_id, panel in plan.devices.panels.items():
            point = point_of(panel_id, plan.site)
            if point is None or wanted is None:
                continue
            supply = partial(wanted, point, plan.site)
            keeper = self.keepers[panel_id] = Keeper(names[panel_id], panel, supply, self._random)
            self._start(f"panel {panel_id}", keeper.run)
        for panel_id, face_panel in plan.devices.faces.items():
            point = point_of(panel_id, plan.site)
            if point is not None:
                self._start_face_keeper(panel_id, names[panel_id], face_panel, point, plan.site)

    def _start_face_keeper(
        self, panel_id: UUID, name: str, panel: FacePanel, point: Point, site: Site
    ) -> None:
        if self._wanted_faces is None or self._fetch is None:
            return
        keeper = self.face_keepers[panel_id] = FaceKeeper(
            name,
            panel,
            partial(self._wanted_faces, point, site),
            self._fetch,
            random=self._random,
            monotonic_ns=self._clock.monotonic_ns,
            tell=partial(self._sink.alarm, panel_id, DeviceAlarm.FACES_UNWRITTEN),
        )
        self._start(f"faces {panel_id}", keeper.run)

    async def stop(self) -> None:
        """Stop them all."""
        names, self._names = self._names, set()
        if names:
            await self._supervisor.stop(*names)
        self.pollers.clear()
        self.keepers.clear()
        self.face_keepers.clear()
        self.states.clear()
        self.lacks.clear()
        self.plan = None

    def _ending_barriers(self, plan: Plan) -> list[str]:
        """Tasks of barriers that are another object in the plan, or not there; the watch for fire begins anew."""
        if self.plan is None:
            return []
        after = plan.site.board.drivers
        before = self.plan.site.board.drivers
        ending = [f"barrier {point}" for point, driver in before.items() if after.get(point) is not driver]
        return [*ending, FIRE]

    def _ending_meters(self, plan: Plan, ending: set[UUID]) -> set[UUID]:
        """Meters that are polled otherwise, by another bus, or not at all."""
        kept = {meter.id: meter for meter in plan.configuration.meters if meter.device not in ending}
        before = self.plan.configuration.meters if self.plan else []
        return {meter.id for meter in before if kept.get(meter.id) != meter}

    def _start(self, name: str, work: Callable[[], object]) -> None:
        if name not in self._names:
            self._supervisor.start(name, work)  # type: ignore[arg-type]
            self._names.add(name)

    def _status(self, device: UUID, status: DeviceStatus, why: Why) -> None:
        lacks = why.reason if status is DeviceStatus.ONLINE else None
        if self.states.get(device) is not status or self.lacks.get(device) is not lacks:
            self.states[device], self.lacks[device] = status, lacks
            log.info("device %s is %s %s", device, status, why.detail)
            self._tell_status(device, status, why)
