"""All barriers of a box: checked against its modules, the gates of sluices in pairs, the fire alarm above them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from edge.barrier.driver import BarrierDriver, ButtonTold, NotReadyError, Told, UnableError
from edge.barrier.fire import FireTold, FireWatch
from edge.barrier.questions import Unable
from edge.drivers.base import ConfigError, Pulsed, Relay
from edge.drivers.devices import Ports
from protocols.config import Barrier, BarrierKind, Configuration, FireInput, Point, barrier_faults
from protocols.fields import Direction
from protocols.records import BarrierAlarm, BarrierCause

NO_MODULE = "no relay module"
OTHER_GATE = "the other gate of the sluice is not closed"


def _none(_told: Told | ButtonTold | FireTold) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Ear:
    """Who is told, who is asked when an exit button is pressed, and which alarms lasted when the box stopped."""

    tell: Callable[[Told | ButtonTold | FireTold], None] = _none
    pressed: Callable[[UUID], None] = lambda _point: None
    alarms_of: Callable[[UUID], frozenset[BarrierAlarm]] = lambda _point: frozenset()


@dataclass(frozen=True, kw_only=True)
class Board:
    """By point. `pairs`: the other gate of a sluice, both ways round."""

    drivers: Mapping[UUID, BarrierDriver] = field(default_factory=dict)
    pairs: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    fire: FireWatch | None = None

    def refusal(self, point: UUID) -> str | None:
        """Why the point cannot let one more through now; None: it can, as it always can while it is held open."""
        driver = self.drivers.get(point)
        if driver is None:
            return NO_MODULE
        return self._other_gate(driver) or driver.refusal()

    def check_hold(self, point: UUID) -> None:
        """Whether it can be held open on an order. Raises UnableError."""
        driver = self.drivers[point]
        if self._other_gate(driver):
            raise UnableError(Unable.OTHER_GATE)
        if driver.barrier.kind is BarrierKind.STEP:
            if driver.refusal() is not None:
                raise UnableError(Unable.NOT_READY)
            return
        try:
            driver.relay.check_held(driver.barrier.output)
        except ConfigError as error:
            raise UnableError(Unable.CANNOT_BE_HELD) from error

    def _other_gate(self, driver: BarrierDriver) -> str | None:
        """The other gates of its sluice are closed, or it is held open anyway: None."""
        others = self.pairs.get(driver.point)
        if not others or driver.is_held or all(self.drivers[other].is_shut for other in others):
            return None
        return OTHER_GATE

    async def open(
        self, point: UUID, cause: BarrierCause, *, direction: Direction | None, deadline_ns: int
    ) -> Pulsed:
        """Let one through. Raises like `BarrierDriver.open`."""
        driver = self.drivers.get(point)
        if driver is None:
            raise NotReadyError(NO_MODULE)
        if (why := self._other_gate(driver)) is not None:
            raise NotReadyError(why)
        return await driver.open(cause, direction=direction, deadline_ns=deadline_ns)


def build(
    configuration: Configuration,
    relays: Mapping[UUID, Relay],
    ports: Ports,
    ear: Ear | None = None,
    before: Board | None = None,
) -> Board:
    """None started. A barrier that is as it was runs on. Raises ConfigError with every fault, naming the point."""
    errors = list(_faults(configuration, relays))
    if errors:
        raise ConfigError(errors)
    ear = ear or Ear()
    running = before.drivers if before is not None else {}
    drivers = {
        point.id: _kept(running.get(point.id), point.barrier, relays)
        or BarrierDriver(
            point.id,
            point.barrier,
            relays[point.barrier.device],
            ports=ports,
            tell=ear.tell,
            pressed=ear.pressed,
            alarms=ear.alarms_of(point.id),
        )
        for point in configuration.points
        if point.barrier is not None and point.barrier.device in relays  # or it is told elsewhere
    }
    fire = configuration.fire
    # one that watches nothing lets go of what the one before it held
    needed = fire or any(driver.is_held for driver in drivers.values())
    watch = FireWatch(fire, relays, drivers, now_ns=ports.monotonic_ns, tell=ear.tell) if needed else None
    return Board(drivers=drivers, pairs=_pairs(configuration), fire=watch)


def _kept(
    driver: BarrierDriver | None, barrier: Barrier, relays: Mapping[UUID, Relay]
) -> BarrierDriver | None:
    if driver is None or driver.barrier != barrier or driver.relay is not relays[barrier.device]:
        return None
    return driver


def _pairs(configuration: Configuration) -> dict[UUID, frozenset[UUID]]:
    pairs: dict[UUID, set[UUID]] = {}
    for point in configuration.points:
        if point.barrier is not None and (other := point.barrier.interlock) is not None:
            pairs.setdefault(point.id, set()).add(other)
            pairs.setdefault(other, set()).add(point.id)
    return {point: frozenset(others) for point, others in pairs.items()}


def _faults(configuration: Configuration, relays: Mapping[UUID, Relay]) -> Iterator[str]:
    used: dict[tuple[UUID, int], tuple[Point, str]] = {}
    barred = {point.id for point in configuration.points if point.barrier is not None}
    for point in configuration.points:
        barrier = point.barrier
        if barrier is None or barrier.device not in relays:
            continue
        place = f"point {point.name!r}: barrier"
        for name, code in barrier_faults(barrier):
            yield f"{place}.{name}: {code}"
        if barrier.interlock is not None and (
            barrier.interlock == point.id or barrier.interlock not in barred
        ):
            yield f"{place}.interlock: no other barrier {barrier.interlock}"
        yield from _module_faults(place, barrier, relays[barrier.device], _is_burnt(configuration, point))
        yield from _taken(place, point, used)
    for index, fire in enumerate(configuration.fire):
        yield from _fire_faults(f"fire.{index}", fire, relays, barred)


def _module_faults(place: str, barrier: Barrier, relay: Relay, is_burnt: bool) -> Iterator[str]:
    held = {output for name, output in barrier.outputs() if name.startswith("lights.")}
    if barrier.kind is BarrierKind.HOLD or (is_burnt and barrier.kind is not BarrierKind.STEP):
        held.add(barrier.output)
    for _, output in barrier.outputs():
        if output not in held or output == barrier.output:
            yield from _asked(place, lambda output=output: relay.check(output, barrier.pulse_ms))  # type: ignore[misc]
        if output in held:
            yield from _asked(place, lambda output=output: relay.check_held(output))  # type: ignore[misc]
    for name, contact in barrier.contacts().items():
        yield from _asked(f"{place}.{name}", lambda at=contact.input: relay.check_input(at))  # type: ignore[misc]


def _fire_faults(
    place: str, fire: FireInput, relays: Mapping[UUID, Relay], barred: set[UUID]
) -> Iterator[str]:
    relay = relays.get(fire.device)
    if relay is None:
        yield f"{place}.device: {fire.device} is no relay module"
    else:
        yield from _asked(place, lambda: relay.check_input(fire.input))
    yield from (f"{place}.points: no barrier at {point}" for point in fire.points if point not in barred)


def _is_burnt(configuration: Configuration, point: Point) -> bool:
    """A fire alarm opens it."""
    return any(not fire.points or point.id in fire.points for fire in configuration.fire)


def _taken(place: str, point: Point, used: dict[tuple[UUID, int], tuple[Point, str]]) -> Iterator[str]:
    """Two points may share what opens both; any other output has one owner."""
    barrier = point.barrier
    if barrier is None:
        return
    for name, output in barrier.outputs():
        owner, of = used.setdefault((barrier.device, output), (point, name))
        if owner is not point and not name == of == "output":
            yield f"{place}.{name}: output {output} is {of} of {owner.name!r}"


def _asked(place: str, check: Callable[[], None]) -> Iterator[str]:
    try:
        check()
    except ConfigError as error:
        yield from (f"{place}: {fault}" for fault in error.errors)
