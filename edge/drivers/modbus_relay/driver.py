"""A relay module: pulses that always end, real states read back, safe states set at every connect."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Set
from uuid import UUID

from edge.drivers.base import (
    ConfigError,
    DeviceError,
    DoubtfulError,
    Pulsed,
    RefusedError,
    SilentError,
    Sink,
    UnavailableError,
    Why,
)
from edge.drivers.devices import Devices, Ports, bus_of, settings_of
from edge.drivers.modbus_bus.driver import ModbusBus
from edge.drivers.modbus_bus.turns import Urgency
from edge.drivers.modbus_relay.config import Settings
from edge.drivers.modbus_relay.setter import SETUP_NS, Setter
from edge.drivers.modbus_relay.setup import setup_writes
from edge.drivers.presence import Backoff, Presence
from protocols import config
from protocols.meters import ProfileError, RelayProfile, load_relay
from protocols.meters.profile import Area
from protocols.records import DeviceReason, DeviceStatus

_log = logging.getLogger(__name__)
RELEASE_FOR_NS = 15_000_000_000  # how long an off is tried; after that the module's own safety timer remains


class ModbusRelay:
    """Implements `base.Relay` on a `ModbusBus`."""

    def __init__(
        self,
        device: config.Device,
        settings: Settings,
        *,
        profile: RelayProfile,
        bus: ModbusBus,
        ports: Ports,
    ) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._settings = settings
        self._profile = profile
        self._bus = bus
        self._now_ns = ports.monotonic_ns
        self._random = ports.random
        self._running: dict[int, int] = {}  # how many pulses hold an output
        self._maybe_on: set[int] = set()  # outputs to which an on was, or may have been, sent
        self._releasing: set[int] = set()
        self._held: set[int] = set()  # outputs that stay on until they are let go of
        self._watched: set[int] = set()  # inputs
        self._wanted = asyncio.Event()  # the module is to be set up anew, at once
        self._setter = Setter(bus, settings.unit, ports.random)
        self._is_missed = False  # the last look at the outputs failed

    async def run(self, sink: Sink) -> None:
        """Watch the real states; set the module up at each connection of the line."""
        presence = Presence(self.id, sink)
        backoff = Backoff(self._random, cap_s=5.0)
        self._setter.anew()
        is_again = False
        while True:
            try:
                await self._await_line(presence)
                all_well = await self._look(presence)
                await self._set_up()
            except (RefusedError, DoubtfulError) as error:
                presence.fault(error.why)
                is_again = False
                await backoff.wait()
            except DeviceError as error:
                if is_again or not isinstance(error, SilentError):  # a single lost answer is no outage
                    presence.offline(error.why)
                is_again = True
                await backoff.wait()
            else:
                is_again = False
                if refused := self._setter.refused:
                    presence.fault(refused.why)
                elif all_well:
                    presence.online()
                backoff.reset()
                await self._rest()

    async def _rest(self) -> None:
        """Until the next poll, or until the module is to be set up anew."""
        self._wanted.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.poll_s):
                await self._wanted.wait()

    async def pulse(self, output: int, pulse_ms: int, *, deadline_ns: int) -> Pulsed:
        """See `base.Relay`."""
        self.check(output, pulse_ms)
        async with self._on(output, deadline_ns) as on_ns:
            off_ns = on_ns + pulse_ms * 1_000_000
            confirmed = await self._is_on(output, until_ns=off_ns)
            await asyncio.sleep((off_ns - self._now_ns()) / 1e9)
        return Pulsed(on_ns, self._now_ns(), confirmed)

    @contextlib.asynccontextmanager
    async def holding(self, output: int, *, deadline_ns: int) -> AsyncIterator[int]:
        """See `base.Relay`."""
        self.check_held(output)
        async with self._on(output, deadline_ns) as on_ns:
            self._held.add(output)
            try:
                yield on_ns
            finally:
                self._held.discard(output)

    @contextlib.asynccontextmanager
    async def _on(self, output: int, deadline_ns: int) -> AsyncIterator[int]:
        async with self._bus.hold():
            self._running[output] = self._running.get(output, 0) + 1
            try:
                await self._switch_on(output, deadline_ns)
                yield self._now_ns()
            finally:
                self._running[output] -= 1
                await self._release_if_last(output)

    async def states(self) -> tuple[bool, ...]:
        """See `base.Relay`."""
        real = self._profile.real_state
        values = await self._bus.read_as(
            Urgency.STATE,
            self._settings.unit,
            real.area.read_function,
            real.address,
            self._profile.outputs.count,
        )
        return tuple(value != real.off for value in values)

    async def inputs(self) -> tuple[bool, ...]:
        """See `base.Relay`."""
        inputs = self._profile.inputs
        if inputs is None:
            raise ConfigError([f"{self._name}: this model has no inputs"])
        values = await self._bus.read_as(
            Urgency.STATE, self._settings.unit, inputs.area.read_function, inputs.address, inputs.count
        )
        return tuple(map(bool, values))

    def watch(self, inputs: Set[int]) -> None:
        """See `base.Relay`."""
        if not inputs <= self._watched:
            self._watched |= inputs
            self._setter.anew()
            self._wanted.set()

    def check(self, output: int, pulse_ms: int) -> None:
        """See `base.Relay`."""
        self._check_output(output)
        timer_ms = self._settings.module_timer_ms
        if timer_ms is not None and pulse_ms > timer_ms:
            raise ConfigError([f"{self._name}: a pulse of {pulse_ms} ms, but module_timer_ms is {timer_ms}"])

    def check_held(self, output: int) -> None:
        """See `base.Relay`."""
        self._check_output(output)
        if self._settings.module_timer_ms is not None:
            raise ConfigError([f"{self._name}: output {output} is to be held, and module_timer_ms ends it"])

    def check_input(self, number: int) -> None:
        """See `base.Relay`."""
        inputs = self._profile.inputs
        if inputs is None:
            raise ConfigError([f"{self._name}: this model has no inputs"])
        if number >= inputs.count:
            raise ConfigError([f"{self._name}: no input {number}, only 0 to {inputs.count - 1}"])

    def _check_output(self, output: int) -> None:
        if not 0 <= output < self._profile.outputs.count:
            last = self._profile.outputs.count - 1
            raise ConfigError([f"{self._name}: no output {output}, only 0 to {last}"])
        if output in self._settings.held_outputs:
            raise ConfigError([f"{self._name}: output {output} is among held_outputs"])

    async def _await_line(self, presence: Presence) -> None:
        try:
            async with asyncio.timeout(2.0):
                await self._bus.wait_up()
        except TimeoutError:
            presence.offline(Why(f"{self._name}: its line is down", DeviceReason.LINE_DOWN))
            await self._bus.wait_up()

    async def _look(self, presence: Presence) -> bool:
        """`_watch_outputs`; a module that was gone is set up anew, for it may be another."""
        was_missed, self._is_missed = self._is_missed, True
        all_well = await self._watch_outputs(presence)
        self._is_missed = False
        if was_missed and presence.told is DeviceStatus.OFFLINE:
            self._setter.anew()
        return all_well

    async def _watch_outputs(self, presence: Presence) -> bool:
        """What is held and went off (the module lost its power) goes on again; what is on for nobody goes off.

        Whether nothing is left on.
        """
        held = set(self._held)
        found = {output for output, on in enumerate(await self.states()) if on}
        for output in sorted(held - found):
            if output in self._held:
                await self._write(output, on=True, deadline_ns=self._now_ns() + SETUP_NS)
        return await self._release_strays(found - set(self._settings.held_outputs), presence)

    async def _release_strays(self, found: set[int], presence: Presence) -> bool:
        """Off with what no pulse holds: left by a crash, by an off that failed, by a gateway's late deed."""
        strays = [output for output in sorted(found | self._maybe_on) if not self._is_ours(output)]
        for output in strays:
            _log.error("%s: output %d was on without a pulse and is released", self._name, output)
            detail = f"{self._name}: output {output} was on without a pulse"
            presence.fault(Why(detail, DeviceReason.OUTPUT_ON, output))
            self._maybe_on.add(output)
            async with self._bus.hold():
                await self._release_if_last(output)
        return self._maybe_on.isdisjoint(strays)

    def _is_ours(self, output: int) -> bool:
        """A pulse holds it, or is letting go of it."""
        return bool(self._running.get(output)) or output in self._releasing

    async def _set_up(self) -> None:
        """Safe states and the safety timer, once a connection and whenever the module was gone."""
        if not self._setter.is_due():
            return
        watched = set(self._watched)
        await self._setter.set_up(setup_writes(self._profile, self._settings, watched))
        if watched != self._watched:
            self._setter.anew()

    async def _switch_on(self, output: int, deadline_ns: int) -> None:
        """On, and again over a new connection while there is time: the line may have been half-open.

        Once it may have been carried out, nothing that follows makes it undone: the doubt is what is raised.
        """
        was_on = output in self._maybe_on
        doubt: SilentError | None = None
        backoff = Backoff(self._random, cap_s=1.0)
        self._maybe_on.add(output)
        while True:
            try:
                await self._write(output, on=True, deadline_ns=deadline_ns)
                break
            except DoubtfulError as error:
                doubt = error
                await backoff.wait()
            except SilentError as error:
                doubt = error
                self._bus.drop()
            except (RefusedError, UnavailableError) as error:
                if doubt is not None:
                    raise doubt from error
                if isinstance(error, UnavailableError) and not was_on:
                    self._maybe_on.discard(output)
                raise
        self._maybe_on.add(output)  # another pulse that failed meanwhile may have taken it away

    async def _is_on(self, output: int, *, until_ns: int) -> bool:
        """The real state, if the module tells it while the pulse lasts."""
        try:
            async with asyncio.timeout((until_ns - self._now_ns()) / 1e9):
                return (await self.states())[output]
        except (DeviceError, TimeoutError):
            return False

    async def _release_if_last(self, output: int) -> None:
        """Off after the last of overlapping pulses, though the caller is cancelled meanwhile."""
        if self._running.get(output) or output not in self._maybe_on:
            return
        self._releasing.add(output)
        release = asyncio.create_task(self._release(output), name=f"release {self._name} {output}")
        release.add_done_callback(lambda _: self._releasing.discard(output))
        try:
            await asyncio.shield(release)
        except asyncio.CancelledError:
            await asyncio.wait([release])
            raise

    async def _release(self, output: int) -> None:
        """Off, tried until it is done, a new pulse holds the output, or it is for the watch to go on."""
        give_up_ns = self._now_ns() + RELEASE_FOR_NS
        backoff = Backoff(self._random, cap_s=1.0)
        while not self._running.get(output):
            try:
                await self._write(output, on=False, deadline_ns=give_up_ns)
            except (RefusedError, DoubtfulError) as error:
                _log.warning("%s: output %d could not be released yet: %s", self._name, output, error)
                await backoff.wait()
            except SilentError:
                self._bus.drop()
            except UnavailableError:
                _log.exception("%s: output %d could not be released", self._name, output)
                return
            else:
                self._maybe_on.discard(output)
                return

    async def _write(self, output: int, *, on: bool, deadline_ns: int) -> None:
        outputs, unit = self._profile.outputs, self._settings.unit
        if outputs.area is Area.COIL:
            await self._bus.write_coil(unit, outputs.address + output, on, deadline_ns=deadline_ns)
        else:
            value = outputs.on if on else outputs.off
            await self._bus.write_register(unit, outputs.address + output, value, deadline_ns=deadline_ns)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `modbus_relay`."""
    settings = settings_of(device, Settings)
    bus = bus_of(device, settings.bus, built.buses)
    if not isinstance(bus, ModbusBus):
        raise ConfigError(
            [f"device {device.name!r} ({device.id}), settings.bus: {settings.bus} cannot write"]
        )
    try:
        profile = load_relay(settings.profile)
        relay = ModbusRelay(device, settings, profile=profile, bus=bus, ports=ports)
        setup_writes(profile, settings)
    except ProfileError as error:
        raise ConfigError([f"device {device.name!r} ({device.id}), settings.profile: {error}"]) from error
    built.all[device.id] = built.relays[device.id] = relay
