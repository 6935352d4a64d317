"""Polls meters by their profiles: registers off the bus, decoded, into the readings stream; a chunk per poll."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from edge.clock import Clock
from edge.drivers.base import ConfigError, DeviceError, RefusedError, RegisterBus, Sink, Why
from edge.drivers.presence import Presence
from protocols import config
from protocols.fields import ClockState
from protocols.meters.decode import Measured, decode
from protocols.meters.plan import Request, plan
from protocols.meters.profile import ProfileError, load_meter
from protocols.records import DeviceReason, Quality, Reading, Readings, wire_raw

log = logging.getLogger(__name__)
NS_PER_S = 1_000_000_000
Keep = Callable[[Readings], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class MeterPlan:
    """A meter with its requests worked out. `series`: channel → the cloud's number."""

    id: UUID
    name: str
    bus: RegisterBus
    unit: int
    period_s: float
    requests: tuple[Request, ...]
    series: Mapping[str, int]


def prepare(meters: list[config.Meter], buses: Mapping[UUID, RegisterBus]) -> list[MeterPlan]:
    """The meters of a configuration, ready to be polled. Raises ConfigError with every fault found."""
    plans: list[MeterPlan] = []
    errors: list[str] = []
    for item in meters:
        faults = list(_faults(item, buses))
        try:
            requests = plan(load_meter(item.profile), [channel.channel for channel in item.channels])
        except ProfileError as error:
            faults.append(str(error))
        if faults:
            errors += [f"meter {item.id}: {fault}" for fault in faults]
            continue
        plans.append(
            MeterPlan(
                id=item.id,
                name=item.profile,
                bus=buses[item.device],
                unit=item.unit,
                period_s=item.period_s,
                requests=tuple(requests),
                series={channel.channel: channel.series for channel in item.channels},
            )
        )
    if len({item.id for item in meters}) != len(meters):
        errors.append("meters: an id stands twice")
    if errors:
        raise ConfigError(errors)
    return plans


def _faults(item: config.Meter, buses: Mapping[UUID, RegisterBus]) -> Iterator[str]:
    if item.device not in buses:
        yield f"device {item.device} is no bus"
    if not item.channels:
        yield "no channels"
    if item.period_s < config.POLL_PERIOD_MIN_S:
        yield f"period_s is {item.period_s}, at least {config.POLL_PERIOD_MIN_S} is needed"


class Poller:
    """One meter. `every`: only each so-many-th poll is kept while the disk is short."""

    def __init__(
        self,
        meter_plan: MeterPlan,
        *,
        clock: Clock,
        sink: Sink,
        keep: Keep,
        every: Callable[[], int],
        random: Callable[[], float],
    ) -> None:
        self.plan = meter_plan
        self._clock = clock
        self._keep = keep
        self._every = every
        self._random = random
        self._presence = Presence(meter_plan.id, sink)
        self.counts: dict[str, int] = {"polls": 0, "failures": 0, "skipped": 0, "thinned": 0}

    async def run(self) -> None:
        """Poll at the period's pace by the monotonic clock; a tick that is missed is skipped, not made up for."""
        period_ns = int(self.plan.period_s * NS_PER_S)
        due_ns = self._clock.monotonic_ns() + int(
            min(self.plan.period_s / 10, 1.0) * self._random() * NS_PER_S
        )
        while True:
            await asyncio.sleep(max(due_ns - self._clock.monotonic_ns(), 0) / NS_PER_S)
            await self.poll()
            late = (self._clock.monotonic_ns() - due_ns) // period_ns
            self.counts["skipped"] += max(late, 0)
            due_ns += period_ns * (max(late, 0) + 1)

    async def poll(self, *, asked: bool = False) -> bool:
        """One poll; whether the meter answered. What a person `asked` for is kept, however short the disk is."""
        self.counts["polls"] += 1
        try:
            chunk = await self._read()
        except (DeviceError, ValueError) as error:
            self.counts["failures"] += 1
            if isinstance(error, ValueError):
                self._presence.fault(Why(str(error), DeviceReason.WRONG_ANSWER))
            elif isinstance(error, RefusedError):
                self._presence.fault(error.why)
            else:
                self._presence.offline(error.why)
            return False
        self._presence.online()
        if asked or self.counts["polls"] % max(self._every(), 1) == 0:
            await self._keep(chunk)
        else:
            self.counts["thinned"] += 1
        return True

    async def _read(self) -> Readings:
        at_ms: int | None = None
        values: list[Reading] = []
        for request in self.plan.requests:
            registers = await self.plan.bus.read(
                self.plan.unit, request.function, request.address, request.count
            )
            moment = self._clock.now()
            at_ms = moment.unix_ms if at_ms is None else at_ms
            values += [
                self._reading(measured, moment.unix_ms - at_ms, moment.state)
                for measured in decode(request, registers)
                if measured.channel in self.plan.series
            ]
        return Readings(at_ms=at_ms or 0, values=values)

    def _reading(self, measured: Measured, offset_ms: int, clock: ClockState) -> Reading:
        quality, value = measured.quality, measured.value
        if clock is ClockState.UNKNOWN:
            quality, value = Quality.CLOCK_UNKNOWN, None
        return Reading(self.plan.series[measured.channel], offset_ms, wire_raw(measured.raw), value, quality)
