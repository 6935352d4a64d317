"""The explicit table of drivers. A name that is not here is an error of the configuration, never a search."""

from collections.abc import Callable, Sequence

from edge.drivers.base import ConfigError
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.http_camera import driver as http_camera
from edge.drivers.http_panel import driver as http_panel
from edge.drivers.line_scanner import driver as line_scanner
from edge.drivers.modbus_bus import driver as modbus_bus
from edge.drivers.modbus_relay import driver as modbus_relay
from edge.drivers.modbus_relay.config import Settings as RelaySettings
from edge.drivers.nfc_reader import driver as nfc_reader
from edge.drivers.onvif_camera import driver as onvif_camera
from edge.drivers.onvif_door import driver as onvif_door
from edge.drivers.osdp_reader import driver as osdp_reader
from edge.drivers.osdp_reader.config import Settings as OsdpSettings
from edge.drivers.pcsc_reader import driver as pcsc_reader
from edge.drivers.plate_http import driver as plate_http
from edge.drivers.sip_panel import driver as sip_panel
from edge.drivers.wiegand_http import driver as wiegand_http
from edge.drivers.wiegand_mqtt import driver as wiegand_mqtt
from protocols import config
from protocols.drivers import BUSES

Builder = Callable[[config.Device, Devices, Ports], None]

TABLE: dict[str, Builder] = {
    "modbus_tcp": modbus_bus.build_tcp,
    "modbus_rtu": modbus_bus.build_rtu,
    "modbus_relay": modbus_relay.build,
    "osdp_reader": osdp_reader.build,
    "line_scanner": line_scanner.build,
    "nfc_reader": nfc_reader.build,
    "pcsc_reader": pcsc_reader.build,
    "plate_http": plate_http.build,
    "wiegand_http": wiegand_http.build,
    "wiegand_mqtt": wiegand_mqtt.build,
    "http_camera": http_camera.build,
    "onvif_camera": onvif_camera.build,
    "onvif_door": onvif_door.build,
    "http_panel": http_panel.build,
    "sip_panel": sip_panel.build,
}


def build(devices: Sequence[config.Device], ports: Ports) -> Devices:
    """All devices, none started. Raises ConfigError with every fault found, so that nothing is half built."""
    built = Devices()
    errors: list[str] = []
    for device in sorted(devices, key=lambda device: device.driver not in BUSES):  # relays stand on them
        try:
            _add(device, built, ports)
        except ConfigError as error:
            errors += error.errors
    if errors:
        raise ConfigError(errors)
    return built


def line_of(device: config.Device) -> str:
    """What a device that was built shares with others, so that they begin and end together; else itself."""
    if device.driver == "modbus_relay":
        return str(settings_of(device, RelaySettings).bus)
    if device.driver == "osdp_reader":
        return settings_of(device, OsdpSettings).place
    return str(device.id)


def _add(device: config.Device, built: Devices, ports: Ports) -> None:
    if device.id in built.all:
        raise ConfigError([f"device {device.name!r}: the id {device.id} stands twice"])
    builder = TABLE.get(device.driver)
    if builder is None:
        known = ", ".join(sorted(TABLE))
        raise ConfigError(
            [f"device {device.name!r} ({device.id}): no driver {device.driver!r}, only {known}"]
        )
    builder(device, built, ports)
