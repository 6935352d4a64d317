"""All devices of one site, in one process."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from firmware_sim import picture
from firmware_sim.boom import Barrier
from firmware_sim.camera import Camera
from firmware_sim.clock import Clock
from firmware_sim.config import (
    BarrierConfig,
    CameraConfig,
    ChannelConfig,
    ConfigError,
    LaneConfig,
    LightConfig,
    LineConfig,
    MeterConfig,
    PanelConfig,
    RelayConfig,
    SiteConfig,
    StreamConfig,
)
from firmware_sim.film import Film, Prepared, Scene
from firmware_sim.journal import Journal
from firmware_sim.lane import Lane
from firmware_sim.meters.consumption import NS_PER_HOUR, SHAPES, Consumption, daily, load
from firmware_sim.meters.unit import Channel, Meter
from firmware_sim.modbus.line import Line, SerialServer, TcpServer
from firmware_sim.modbus.unit import Unit
from firmware_sim.nfc_tag import NfcField
from firmware_sim.onvif import OnvifDevice
from firmware_sim.osdp_reader import OsdpReader
from firmware_sim.panel import Panel
from firmware_sim.pcsc_card import PcscDesk
from firmware_sim.relay import RelayModule, Switch, Wire
from firmware_sim.rtsp import RtspCamera
from firmware_sim.scanner import Scanner
from firmware_sim.sip_panel import SipPanel
from firmware_sim.wiegand_controller import WiegandController

LOG, STATE = "devices.jsonl", "state.json"


class State(msgspec.Struct, frozen=True):
    """Kept between runs. `epoch_ns`: the Unix time at which the site's counters began."""

    epoch_ns: int


@dataclass
class Site:
    """The running devices, by name."""

    journal: Journal
    lines: dict[str, TcpServer | SerialServer] = field(default_factory=dict)
    barriers: dict[str, Barrier] = field(default_factory=dict)
    relays: dict[tuple[str, int], RelayModule] = field(default_factory=dict)
    meters: dict[tuple[str, int], Meter] = field(default_factory=dict)
    readers: dict[str, OsdpReader] = field(default_factory=dict)
    scanners: dict[str, Scanner] = field(default_factory=dict)
    controllers: dict[str, WiegandController] = field(default_factory=dict)
    fields: dict[str, NfcField] = field(default_factory=dict)
    desks: dict[str, PcscDesk] = field(default_factory=dict)
    cameras: dict[str, Camera] = field(default_factory=dict)
    panels: dict[str, Panel] = field(default_factory=dict)
    sip_panels: dict[str, SipPanel] = field(default_factory=dict)
    onvif: dict[str, OnvifDevice] = field(default_factory=dict)
    streams: dict[str, RtspCamera] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)

    async def start(self) -> None:
        """Open every port."""
        for line in self.lines.values():
            await line.start()
        for reader in self.readers.values():
            await reader.start()
        for scanner in self.scanners.values():
            await scanner.start()
        for panel in self.panels.values():
            await panel.served.start()
        for sip_panel in self.sip_panels.values():
            await sip_panel.start()
        for device in self.onvif.values():
            await device.start()
        for stream in self.streams.values():
            await stream.start()
        self.journal.write("start")

    async def stop(self) -> None:
        """Close every port."""
        for lane in self.lanes.values():
            await lane.stop()
        for reader in self.readers.values():
            await reader.stop()
        for scanner in self.scanners.values():
            await scanner.stop()
        for panel in self.panels.values():
            await panel.served.stop()
        for sip_panel in self.sip_panels.values():
            sip_panel.stop()
        for device in self.onvif.values():
            await device.stop()
        for stream in self.streams.values():
            await stream.stop()
        await self._take_cards()
        for line in self.lines.values():
            await line.stop()
        self.journal.write("stop")
        self.journal.close()

    async def _take_cards(self) -> None:
        """Away with what lies on readers."""
        for each in self.fields.values():
            await asyncio.to_thread(each.take)
        for desk in self.desks.values():
            await desk.take()

    def ports(self) -> dict[str, dict[str, int]]:
        """The TCP ports in use, by kind and name."""
        lines = {name: line.port for name, line in self.lines.items() if isinstance(line, TcpServer)}
        return {
            "lines": lines,
            "readers": {name: reader.port for name, reader in self.readers.items()},
            "scanners": {name: scanner.port for name, scanner in self.scanners.items() if scanner.port},
            "fields": {name: each.port for name, each in self.fields.items()},
            "panels": {name: panel.served.port for name, panel in self.panels.items()}
            | {name: panel.port for name, panel in self.sip_panels.items()},
            "onvif": {name: device.port for name, device in self.onvif.items()},
            "streams": {name: stream.port for name, stream in self.streams.items()},
        }

    def overview(self) -> dict[str, Any]:
        """What an onlooker would see."""
        return {
            "ports": self.ports(),
            "barriers": {name: barrier.look() for name, barrier in self.barriers.items()},
            "lanes": {name: lane.look() for name, lane in self.lanes.items()},
            "relays": [
                {"line": line, "unit": unit, "outputs": relay.outputs, "inputs": relay.inputs}
                for (line, unit), relay in self.relays.items()
            ],
            "meters": [
                {"line": line, "unit": unit, "totals": meter.totals()}
                for (line, unit), meter in self.meters.items()
            ],
            "readers": {
                name: {"online": reader.online, "plugged": reader.is_plugged}
                for name, reader in self.readers.items()
            },
            "scanners": {
                name: {"listened_to": scanner.listened_to, "plugged": scanner.is_plugged}
                for name, scanner in self.scanners.items()
            },
            "desks": {
                name: {"has_card": desk.has_card, "fault": desk.fault} for name, desk in self.desks.items()
            },
            "lines": {name: {"fault": line.line.trouble.fault} for name, line in self.lines.items()},
            "controllers": {name: {"push_url": each.push_url} for name, each in self.controllers.items()},
            "cameras": {name: {"push_url": camera.push_url} for name, camera in self.cameras.items()},
            "panels": {
                name: {
                    "push_url": panel.push_url,
                    "fault": panel.fault,
                    "opened": sum(panel.opened),
                    "grants": len(panel.grants),
                }
                for name, panel in self.panels.items()
            }
            | {name: {"opened": panel.opened} for name, panel in self.sip_panels.items()},
            "streams": {
                name: {"fault": stream.fault, "watched": stream.watched}
                for name, stream in self.streams.items()
            },
        }


def build(config: SiteConfig, base: Path, clock: Clock) -> Site:
    """The site, nothing opened but its log. Raises ConfigError; relative paths start at `base`."""
    folder = base / config.folder
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_repeats(config)
    epoch_ns = _epoch_ns(folder / STATE, clock)
    site = Site(Journal(folder / LOG, clock))
    for line in config.lines:
        units = _units(line, site, base, epoch_ns, clock)
        bus = Line(line.name, units)
        site.lines[line.name] = SerialServer(bus, line.serial) if line.serial else TcpServer(bus, line.port)
    for reader in config.readers:
        site.readers[reader.name] = OsdpReader(
            reader.name,
            address=reader.address,
            key=bytes.fromhex(reader.key) if reader.key else None,
            journal=site.journal,
            port=reader.port,
            path=reader.serial or "",
        )
    for scanner in config.scanners:
        site.scanners[scanner.name] = Scanner(
            scanner.name,
            journal=site.journal,
            port=scanner.port,
            serial=scanner.serial or "",
            pipe=str(base / scanner.pipe) if scanner.pipe else "",
            ending=scanner.ending,
        )
    for controller in config.controllers:
        site.controllers[controller.name] = WiegandController(
            controller.name, push_url=controller.push_url, journal=site.journal, shape=controller.shape
        )
    for each in config.fields:
        site.fields[each.name] = NfcField(each.name, journal=site.journal, port=each.port)
    for desk in config.desks:
        site.desks[desk.name] = PcscDesk(desk.name, journal=site.journal, port=desk.port)
    for camera in config.cameras:
        site.cameras[camera.name] = _camera(camera, site, clock)
    _add_entrances(config, site, clock)
    for stream in config.streams:
        site.streams[stream.name] = _stream(stream, site, base)
    for lane in config.lanes:
        site.lanes[lane.name] = _lane(lane, site)
    return site


def _add_entrances(config: SiteConfig, site: Site, clock: Clock) -> None:
    """Panels, and what speaks ONVIF."""
    for panel in config.panels:
        if panel.sip:
            site.sip_panels[panel.name] = SipPanel(panel.name, journal=site.journal, port=panel.port)
        else:
            site.panels[panel.name] = _panel(panel, site)
    for device in config.onvif:
        camera = Camera(device.name, push_url="", journal=site.journal, clock=clock)
        site.onvif[device.name] = OnvifDevice(
            device.name,
            journal=site.journal,
            take=camera.snapshot,
            user=device.user,
            password=device.password,
            port=device.port,
            clock_off_s=device.clock_off_s,
            doors=tuple(device.doors),
            has_events=device.events,
        )


def _camera(camera: CameraConfig, site: Site, clock: Clock) -> Camera:
    return Camera(
        camera.name,
        push_url=camera.push_url,
        journal=site.journal,
        clock=clock,
        maker=camera.maker,
        user=camera.user,
        password=camera.password,
    )


def _stream(stream: StreamConfig, site: Site, base: Path) -> RtspCamera:
    return RtspCamera(
        stream.name,
        journal=site.journal,
        film=_film(stream, site, base),
        rate=stream.rate,
        port=stream.port,
        user=stream.user,
        password=stream.password,
    )


def _film(stream: StreamConfig, site: Site, base: Path) -> Film:
    if (stream.file is None) is (stream.camera is None):
        raise ConfigError(f"stream {stream.name}: either a file or a camera")
    if stream.file is None:
        camera = site.cameras.get(stream.camera or "")
        if camera is None:
            raise ConfigError(f"stream {stream.name}: there is no camera {stream.camera}")
        return Scene(camera.frame, lambda: camera.plate, picture.FRAME)
    try:
        return Prepared((base / stream.file).read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"stream {stream.name}, file: {error}") from error


def _panel(panel: PanelConfig, site: Site) -> Panel:
    return Panel(
        panel.name,
        journal=site.journal,
        push_url=panel.push_url,
        port=panel.port,
        doors=panel.doors,
        user=panel.user,
        password=panel.password,
    )


def _lane(lane: LaneConfig, site: Site) -> Lane:
    barrier = site.barriers.get(lane.barrier)
    if barrier is None:
        raise ConfigError(f"lane {lane.name}: there is no barrier {lane.barrier}")
    if lane.camera is not None and lane.camera not in site.cameras:
        raise ConfigError(f"lane {lane.name}: there is no camera {lane.camera}")
    camera = site.cameras[lane.camera] if lane.camera is not None else None
    return Lane(lane.name, barrier=barrier, camera=camera, journal=site.journal)


def _refuse_repeats(config: SiteConfig) -> None:
    barriers = [barrier.name for line in config.lines for relay in line.relays for barrier in relay.barriers]
    for kind, names in (
        ("lines", [line.name for line in config.lines]),
        ("barriers", barriers),
        ("readers", [reader.name for reader in config.readers]),
        ("scanners", [scanner.name for scanner in config.scanners]),
        ("controllers", [controller.name for controller in config.controllers]),
        ("fields", [each.name for each in config.fields]),
        ("desks", [desk.name for desk in config.desks]),
        ("ports of desks", [str(desk.port) for desk in config.desks]),
        ("cameras", [camera.name for camera in config.cameras]),
        ("panels", [panel.name for panel in config.panels]),
        ("onvif", [device.name for device in config.onvif]),
        ("streams", [stream.name for stream in config.streams]),
        ("lanes", [lane.name for lane in config.lanes]),
        *((f"units of line {line.name}", [str(unit) for unit in line.units()]) for line in config.lines),
    ):
        for name in names:
            if names.count(name) > 1:
                raise ConfigError(f"{kind}: {name} stands {names.count(name)} times")


def _epoch_ns(path: Path, clock: Clock) -> int:
    with contextlib.suppress(FileNotFoundError):
        return msgspec.json.decode(path.read_bytes(), type=State).epoch_ns
    state = State(epoch_ns=clock.now().wall_ns)
    path.write_bytes(msgspec.json.encode(state))
    return state.epoch_ns


def _units(line: LineConfig, site: Site, base: Path, epoch_ns: int, clock: Clock) -> dict[int, Unit]:
    units: dict[int, Unit] = {relay.unit: _relay(line.name, relay, site) for relay in line.relays}
    for meter in line.meters:
        units[meter.unit] = site.meters[line.name, meter.unit] = Meter(
            line=line.name,
            unit=meter.unit,
            model=meter.model,
            channels=_channels(meter, base),
            epoch_ns=epoch_ns,
            journal=site.journal,
            clock=clock,
        )
    return units


def _relay(line: str, relay: RelayConfig, site: Site) -> RelayModule:
    wires: dict[int, Wire] = {}
    switches: dict[int, Switch] = {}
    for config in relay.barriers:
        barrier = site.barriers[config.name] = Barrier(
            config.name,
            site.journal,
            move_ms=config.move_ms,
            stay_ms=config.stay_ms,
            is_driven=config.close_output is not None,
        )
        wires |= _wires(config, barrier)
        switches |= {
            switch.input: Switch(barrier, contact, switch.normally_closed)
            for contact, switch in config.contacts.items()
        }
    module = RelayModule(
        line=line, unit=relay.unit, model=relay.model, barriers=wires, journal=site.journal, switches=switches
    )
    site.relays[line, relay.unit] = module
    for config in relay.barriers:
        if config.light is not None:
            barrier = site.barriers[config.name]
            barrier.light = partial(_light, module, config.light)
    return module


def _light(module: RelayModule, light: LightConfig) -> str:
    """What drivers see; both lamps are on when the wiring is wrong."""
    lamps = ("green", module.outputs[light.green]), ("red", module.outputs[light.red])
    return "+".join(name for name, on in lamps if on) or "off"


def _wires(config: BarrierConfig, barrier: Barrier) -> dict[int, Wire]:
    wires = {config.output: Wire(barrier, "open")}
    if config.close_output is not None:
        wires[config.close_output] = Wire(barrier, "close")
    if config.stop_output is not None:
        wires[config.stop_output] = Wire(barrier, "stop")
    return wires


def _channels(meter: MeterConfig, base: Path) -> list[Channel]:
    return [
        Channel(
            consumption=_consumption(channel, base),
            start=channel.start,
            speed=channel.speed,
            skip_ns=int(channel.skip_h * NS_PER_HOUR),
        )
        for channel in meter.channels
    ]


def _consumption(channel: ChannelConfig, base: Path) -> Consumption:
    if channel.replay is None:
        return daily(tuple(use * channel.factor for use in SHAPES[channel.shape]))
    file = base / channel.replay
    try:
        return load(file, channel.factor)
    except OSError as error:  # names the file itself
        raise ConfigError(f"replay: {error}") from error
    except ValueError as error:
        raise ConfigError(f"replay: {file}: {error}") from error
