"""The demo's two sites: which devices are simulated, and how the cloud is told of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.demo import company
from deploy.demo.layout import Layout

RELAY_UNIT, METER_UNIT, WATER_UNIT = 11, 21, 31


@dataclass(frozen=True)
class Lane:
    """A point of passage: an output of the relay module and what reads there (names of simulated devices)."""

    name: str
    output: int
    barrier: str
    direction: str
    reader: str = ""
    camera: str = ""
    scanner: str = ""


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
    """A site with one box."""

    key: str
    name: str
    complex: str
    box: str
    lanes: Sequence[Lane]
    meters: Sequence[MeterPlan]


GATE = SitePlan(
    key="gate",
    name="КПП к/п Афины",
    complex=company.SETTLEMENT,
    box="КПП",
    lanes=(
        Lane(
            "Въезд", 0, "entry", "in", reader="entry-reader", camera="entry-camera", scanner="entry-scanner"
        ),
        Lane("Выезд", 1, "exit", "out", camera="exit-camera"),
    ),
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
    lanes=(Lane("Дверь подъезда", 0, "door", "in", reader="door-reader"),),
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

    def write_box_settings(self) -> None:
        """The guard's page on loopback, without HTTPS; what else stands in the file is left alone."""
        self.box.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.box / "edge.toml"
        kept = file.read_text() if file.exists() else ""
        if "[guardhouse]" not in kept:
            file.write_text(f"{kept}[guardhouse]\nport = {self.port('guard')}\n")

    def write_simulators(self, replay: Path | None = None, *, speed: float = 1.0) -> None:
        """The configuration of `domovoy-sim site`. `replay`: a recorded household; `speed`: of its clock."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        readers = [lane.reader for lane in self.plan.lanes if lane.reader]
        scanners = [lane.scanner for lane in self.plan.lanes if lane.scanner]
        cameras = [lane.camera for lane in self.plan.lanes if lane.camera]
        content = {
            "folder": "devices",
            "control_port": self.port("control"),
            "lines": [{"name": "line", "port": self.port("line"), **self._units(replay, speed)}],
            "readers": [
                {"name": name, "port": self.port(name), "key": self.reader_key(name)} for name in readers
            ],
            "scanners": [{"name": name, "port": self.port(name)} for name in scanners],
            "cameras": [{"name": name, "push_url": self.push_url(name)} for name in cameras],
        }
        self.simulator_config.touch(mode=0o600)
        self.simulator_config.write_text(json.dumps(content, ensure_ascii=False, indent=1))

    def _units(self, replay: Path | None, speed: float) -> dict[str, Any]:
        barriers = [{"name": lane.barrier, "output": lane.output} for lane in self.plan.lanes]
        return {
            "relays": [{"unit": RELAY_UNIT, "model": "wb_mr6c_v2", "barriers": barriers}],
            "meters": [_simulated(meter, replay, speed) for meter in self.plan.meters],
        }

    def devices(self) -> list["DevicePlan"]:
        """What stands at the box, buses first: others name them."""
        plans = [
            DevicePlan(
                "line", "modbus_tcp", "Линия Modbus", {"host": "127.0.0.1", "port": self.port("line")}
            ),
            DevicePlan(
                "relay", "modbus_relay", "Реле", {"unit": RELAY_UNIT, "profile": "wb_mr6c_v2"}, bus="line"
            ),
        ]
        for lane in self.plan.lanes:
            if lane.reader:
                tcp = {"host": "127.0.0.1", "port": self.port(lane.reader)}
                secret = {"key": self.reader_key(lane.reader)}
                plans.append(
                    DevicePlan(lane.reader, "osdp_reader", f"Считыватель: {lane.name}", {"tcp": tcp}, secret)
                )
            if lane.camera:
                listen = {"host": "127.0.0.1", "port": self.port(lane.camera)}
                secret = {"token": self.camera_token(lane.camera)}
                plans.append(
                    DevicePlan(lane.camera, "plate_http", f"Камера номеров: {lane.name}", listen, secret)
                )
            if lane.scanner:
                tcp = {"host": "127.0.0.1", "port": self.port(lane.scanner)}
                plans.append(
                    DevicePlan(lane.scanner, "line_scanner", f"Сканер кодов: {lane.name}", {"tcp": tcp})
                )
        return plans


@dataclass(frozen=True)
class DevicePlan:
    """A device as the API takes it; `bus`: the key of the device whose id goes into settings."""

    key: str
    driver: str
    name: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] | None = None
    bus: str = ""


def _simulated(meter: MeterPlan, replay: Path | None, speed: float) -> dict[str, Any]:
    channel: dict[str, Any] = {"start": 4217.35, "speed": speed}
    if meter.resource == "electricity" and replay:
        channel["replay"] = str(replay)
    elif meter.resource != "electricity":
        channel = {"shape": "water", "start": 311.0, "speed": speed}
    return {"unit": meter.unit, "model": meter.model, "channels": [channel]}
