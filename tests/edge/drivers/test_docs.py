"""The pages of docs/devices say what the code takes: every driver, every setting, and an example that runs."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from firmware_sim.config import SiteConfig

from edge.drivers.http_camera import config as http_camera
from edge.drivers.http_panel import config as http_panel
from edge.drivers.line_scanner import config as line_scanner
from edge.drivers.modbus_bus import config as modbus_bus
from edge.drivers.modbus_relay import config as modbus_relay
from edge.drivers.nfc_reader import config as nfc_reader
from edge.drivers.onvif_camera import config as onvif_camera
from edge.drivers.onvif_door import config as onvif_door
from edge.drivers.osdp_reader import config as osdp_reader
from edge.drivers.pcsc_reader import config as pcsc_reader
from edge.drivers.plate_http import config as plate_http
from edge.drivers.sip_panel import config as sip_panel
from edge.drivers.table import TABLE
from edge.drivers.wiegand_http import config as wiegand_http
from edge.drivers.wiegand_mqtt import config as wiegand_mqtt
from protocols.driver_forms import SECRET_SETTINGS

DOCS = Path(__file__).parents[3] / "docs" / "devices"
PAGES: dict[str, tuple[str, type[msgspec.Struct]]] = {
    "modbus_tcp": ("modbus.md", modbus_bus.TcpSettings),
    "modbus_rtu": ("modbus.md", modbus_bus.RtuSettings),
    "modbus_relay": ("modbus.md", modbus_relay.Settings),
    "osdp_reader": ("osdp.md", osdp_reader.Settings),
    "line_scanner": ("scanner.md", line_scanner.Settings),
    "nfc_reader": ("nfc.md", nfc_reader.Settings),
    "pcsc_reader": ("pcsc.md", pcsc_reader.Settings),
    "plate_http": ("plates.md", plate_http.Settings),
    "wiegand_http": ("wiegand.md", wiegand_http.Settings),
    "wiegand_mqtt": ("wiegand.md", wiegand_mqtt.Settings),
    "http_camera": ("plates.md", http_camera.Settings),
    "onvif_camera": ("onvif.md", onvif_camera.Settings),
    "onvif_door": ("panel.md", onvif_door.Settings),
    "http_panel": ("panel.md", http_panel.Settings),
    "sip_panel": ("panel.md", sip_panel.Settings),
}


@pytest.mark.parametrize("driver", sorted(TABLE))
def test_every_setting_of_a_driver_stands_on_its_page(driver: str) -> None:
    page, settings = PAGES[driver]
    text = (DOCS / page).read_text("utf-8")
    assert f"`{driver}`" in text
    assert f"`{driver}`" in (DOCS / "README.md").read_text("utf-8")
    missing = [name for name in settings.__struct_fields__ if f"`{name}`" not in text]
    assert missing == []


PARTS = {
    "wiring": r"^#+ .*\bwiring\b",
    "settings": r"^\|.+\|\n\|---\|---\|",
    "limits": r"^#+ limits$",
    "maturity": r"^#+ maturity$",
}
NO_DEVICE = {"README.md", "simulators.md"}


@pytest.mark.parametrize("page", sorted({each.name for each in DOCS.glob("*.md")} - NO_DEVICE))
def test_every_page_of_a_device_has_its_four_parts(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    assert [
        part for part, form in PARTS.items() if not re.search(form, text, re.MULTILINE | re.IGNORECASE)
    ] == []
    maturity = re.split(PARTS["maturity"], text, flags=re.MULTILINE | re.IGNORECASE)[-1]
    assert re.search(r"^- \[ \] |\| no \|$", maturity, re.MULTILINE), "nobody has tried it on everything"


def test_the_example_of_a_simulated_site_is_taken() -> None:
    text = (DOCS / "simulators.md").read_text("utf-8")
    [example, *_] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)  # the first is a whole site
    assert msgspec.convert(json.loads(example), SiteConfig).lines[0].meters[1].model == "wb_mcm8"


def test_secrets_have_the_names_that_dumps_hide() -> None:
    named = {name for _, settings in PAGES.values() for name in _names(settings)}
    assert {"key", "password", "token"} <= named
    suspicious = {name for name in named if re.search(r"pass|secret|token|key|pin|scbk", name)}
    assert suspicious == SECRET_SETTINGS


def _names(settings: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = settings.__struct_fields__
    return names
