"""The demo's two sites: which devices are simulated, and how the cloud is told of them."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.demo import company
from deploy.demo.layout import Layout
from deploy.demo.wiring import RELAY_UNIT, Lane, relay_name, simulated_relays

METER_UNIT, WATER_UNIT = 21, 31
_VIEW_USER = "admin"
_VIDEO_MB = 300  # some hours


@dataclass(frozen=True)
class ZonePlan:
    """A part of a site; the points lead into the first."""

    name: str
    capacity: int
    within: str = ""
    anti_passback: str = "off"
    vehicles_only: bool = False


@dataclass(frozen=True)
class MeterPlan:
    """A meter on the site's line: its simulator's model, its profile here, and whose it is."""

    unit: int
    name: str
    model: str
    profile: str
    resource: str
    serial: str
    home: str
    channels: tuple[str, ...]


@dataclass(frozen=True)
class SitePlan:
    """A site with one box. `has_fire_alarm`: it hangs at the first relay module."""

    key: str
    name: str
    complex: str
    box: str
    lanes: Sequence[Lane]
    meters: Sequence[MeterPlan]
    zones: Sequence[ZonePlan] = ()
    has_fire_alarm: bool = False


GATE = SitePlan(
    key="gate",
    name="КПП к/п Афины",
    complex=company.SETTLEMENT,
    box="КПП",
    lanes=(
        Lane(
            "Въезд",
            0,
            "entry",
            "in",
            reader="entry-reader",
            camera="entry-camera",
            scanner="entry-scanner",
            panel="entry-panel",
            view="entry-view",
            kind="open_close",
        ),
        Lane("Выезд", 0, "exit", "out", camera="exit-camera", kind="open_close", unit=RELAY_UNIT + 1),
    ),
    zones=(
        ZonePlan(company.GROUNDS, 120, anti_passback="soft"),
        ZonePlan(company.PARKING, 40, within=company.GROUNDS, vehicles_only=True),
    ),
    has_fire_alarm=True,
    meters=(
        MeterPlan(
            unit=METER_UNIT,
            name="Электричество, дом А2",
            model="sdm120",
            profile="eastron_sdm120",
            resource="electricity",
            serial="SDM-2107731",
            home="А2",
            channels=("total_energy", "active_power", "voltage"),
        ),
        MeterPlan(
            unit=WATER_UNIT,
            name="Холодная вода, дом А2",
            model="wb_mcm8",
            profile="wb_mcm8",
            resource="cold_water",
            serial="WB-0031",
            home="А2",
            channels=("counter_1",),
        ),
    ),
)
TOWER = SitePlan(
    key="tower",
    name="Подъезд ЖК «Афины Парк»",
    complex=company.TOWER,
    box="Подъезд 1",
    lanes=(Lane("Дверь подъезда", 0, "door", "in", reader="door-reader", panel="door-panel", kind="hold"),),
    has_fire_alarm=True,
    meters=(
        MeterPlan(
            unit=METER_UNIT,
            name="Электричество, кв. 17",
            model="sdm630",
            profile="eastron_sdm630",
            resource="electricity",
            serial="SDM-6300412",
            home="17",
            channels=("total_energy",),
        ),
    ),
)
SITES = (GATE, TOWER)


class SiteFiles:
    """One site's folder, ports and secrets."""

    def __init__(self, layout: Layout, plan: SitePlan) -> None:
        self.plan = plan
        self.folder = layout.sites / plan.key
        self.simulator_config = self.folder / "devices.json"
        self.box = self.folder / "box"
        self._layout = layout

    def port(self, name: str) -> int:
        """A port of this site's, kept over restarts."""
        return self._layout.port(f"{self.plan.key}-{name}")

    def reader_key(self, reader: str) -> str:
        """The secure channel's key of a reader: 32 hex digits."""
        return self._layout.hex_secret(f"{self.plan.key}-{reader}", 16)

    def camera_token(self, camera: str) -> str:
        """What a camera shows to the box."""
        return self._layout.hex_secret(f"{self.plan.key}-{camera}", 16)

    def push_url(self, camera: str) -> str:
        """Where the box listens for this camera."""
        return f"http://127.0.0.1:{self.port(camera)}/plates/{self.camera_token(camera)}"

    def panel_token(self, panel: str) -> str:
        """What a panel shows to the box."""
        return self._layout.hex_secret(f"{self.plan.key}-{panel}", 16)

    def panel_url(self, panel: str) -> str:
        """Where the box listens for this panel."""
        return f"http://127.0.0.1:{self.port(f'{panel}-box')}/panels/{self.panel_token(panel)}"

    def view_password(self, view: str) -> str:
        """With which a camera that films is asked for its stream."""
        return self._layout.hex_secret(f"{self.plan.key}-{view}", 8)

    @property
    def guard_url(self) -> str:
        """The guard's page, served by the box."""
        return f"http://127.0.0.1:{self.port('guard')}/gate"

    def write_box_settings(self) -> None:
        """The guard's page on loopback, without HTTPS, little video; what else stands in the file is left alone."""
        self.box.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.box / "edge.toml"
        kept = file.read_text() if file.exists() else ""
        if "[guardhouse]" not in kept:
            kept += f"[guardhouse]\nport = {self.port('guard')}\n"
        if "[video]" not in kept:
            kept += f"[video]\nquota_mb = {_VIDEO_MB}\n"
        file.write_text(kept)

    def write_simulators(self, replay: Path | None = None, *, speed: float = 1.0) -> None:
        """The configuration of `domovoy-sim site`. `replay`: a recorded household; `speed`: of its clock."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lanes = self.plan.lanes
        readers = [lane.reader for lane in lanes if lane.reader]
        scanners = [lane.scanner for lane in lanes if lane.scanner]
        cameras = [lane.camera for lane in lanes if lane.camera]
        panels = [lane.panel for lane in lanes if lane.panel]
        content = {
            "folder": "devices",
            "control_port": self.port("control"),
            "lines": [{"name": "line", "port": self.port("line"), **self._units(replay, speed)}],
            "readers": [
                {"name": name, "port": self.port(name), "key": self.reader_key(name)} for name in readers
            ],
            "scanners": [{"name": name, "port": self.port(name)} for name in scanners],
            "cameras": [{"name": name, "push_url": self.push_url(name)} for name in cameras],
            "panels": [
                {"name": name, "port": self.port(name), "push_url": self.panel_url(name)} for name in panels
            ],
            "streams": [self._stream(lane) for lane in lanes if lane.view],
            "lanes": [
                {"name": lane.barrier, "barrier": lane.barrier, "camera": lane.camera}
                for lane in lanes
                if lane.camera
            ],
        }
        self.simulator_config.touch(mode=0o600)
        self.simulator_config.write_text(json.dumps(content, ensure_ascii=False, indent=1))

    def _stream(self, lane: Lane) -> dict[str, Any]:
        """Two pictures a second: the demo is to run on a laptop beside other things."""
        password = self.view_password(lane.view)
        stream = {"name": lane.view, "camera": lane.camera, "rate": 2}
        return stream | {"port": self.port(lane.view), "user": _VIEW_USER, "password": password}

    def _units(self, replay: Path | None, speed: float) -> dict[str, Any]:
        return {
            "relays": simulated_relays(self.plan.lanes),
            "meters": [_simulated(meter, replay, speed) for meter in self.plan.meters],
        }

    def devices(self) -> list["DevicePlan"]:
        """What stands at the box, buses first: others name them."""
        line = {"host": "127.0.0.1", "port": self.port("line")}
        plans = [DevicePlan("line", "modbus_tcp", "Линия Modbus", line)]
        for unit in sorted({lane.unit for lane in self.plan.lanes}):
            settings = {"unit": unit, "profile": "wb_mr6c_v2"}
            name = "Реле" if unit == RELAY_UNIT else f"Реле {unit}"
            plans.append(DevicePlan(relay_name(unit), "modbus_relay", name, settings, bus="line"))
        return plans + [device for lane in self.plan.lanes for device in self._at(lane)]

    def _at(self, lane: Lane) -> Iterator["DevicePlan"]:
        """What reads at a lane."""
        host = "127.0.0.1"
        if lane.reader:
            tcp = {"host": host, "port": self.port(lane.reader)}
            secret = {"key": self.reader_key(lane.reader)}
            yield DevicePlan(lane.reader, "osdp_reader", f"Считыватель: {lane.name}", {"tcp": tcp}, secret)
        if lane.camera:
            listen = {"host": host, "port": self.port(lane.camera)}
            secret = {"token": self.camera_token(lane.camera)}
            yield DevicePlan(lane.camera, "plate_http", f"Камера номеров: {lane.name}", listen, secret)
        if lane.view:
            url = f"http://{host}:{self.port('control')}/cameras/{lane.camera}/snapshot.jpg"
            stream = f"rtsp://{host}:{self.port(lane.view)}/main"
            settings = {"url": url, "stream": stream, "user": _VIEW_USER, "record": has_ffmpeg()}
            secret = {"password": self.view_password(lane.view)}
            yield DevicePlan(lane.view, "http_camera", f"Обзорная камера: {lane.name}", settings, secret)
        if lane.scanner:
            tcp = {"host": host, "port": self.port(lane.scanner)}
            yield DevicePlan(lane.scanner, "line_scanner", f"Сканер кодов: {lane.name}", {"tcp": tcp})
        if lane.panel:
            url = f"http://{host}:{self.port(lane.panel)}/api"
            settings = {"url": url, "host": host, "port": self.port(f"{lane.panel}-box")}
            secret = {"token": self.panel_token(lane.panel)}
            yield DevicePlan(lane.panel, "http_panel", f"Панель вызова: {lane.name}", settings, secret)


@dataclass(frozen=True)
class DevicePlan:
    """A device as the API takes it; `bus`: the key of the device whose id goes into settings."""

    key: str
    driver: str
    name: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] | None = None
    bus: str = ""


def has_ffmpeg() -> bool:
    """Without it boxes show and keep no video."""
    return shutil.which("ffmpeg") is not None


def _simulated(meter: MeterPlan, replay: Path | None, speed: float) -> dict[str, Any]:
    channel: dict[str, Any] = {"start": 4217.35, "speed": speed}
    if meter.resource == "electricity" and replay:
        channel["replay"] = str(replay)
    elif meter.resource != "electricity":
        channel = {"shape": "water", "start": 311.0, "speed": speed}
    return {"unit": meter.unit, "model": meter.model, "channels": [channel]}
