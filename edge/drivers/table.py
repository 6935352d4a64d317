"""The explicit table of drivers. A name that is not here is an error of the configuration, never a search."""

from collections.abc import Callable, Sequence

from edge.drivers.base import ConfigError
from edge.drivers.devices import Devices, Ports
from edge.drivers.http_camera import driver as http_camera
from edge.drivers.modbus_bus import driver as modbus_bus
from edge.drivers.modbus_relay import driver as modbus_relay
from edge.drivers.osdp_reader import driver as osdp_reader
from edge.drivers.pcsc_reader import driver as pcsc_reader
from edge.drivers.plate_http import driver as plate_http
from protocols import config

Builder = Callable[[config.Device, Devices, Ports], None]

TABLE: dict[str, Builder] = {
    "modbus_tcp": modbus_bus.build_tcp,
    "modbus_rtu": modbus_bus.build_rtu,
    "modbus_relay": modbus_relay.build,
    "osdp_reader": osdp_reader.build,
    "pcsc_reader": pcsc_reader.build,
    "plate_http": plate_http.build,
    "http_camera": http_camera.build,
}
BUSES = frozenset({"modbus_tcp", "modbus_rtu"})  # built first: relays stand on them


def build(devices: Sequence[config.Device], ports: Ports) -> Devices:
    """All devices, none started. Raises ConfigError with every fault found, so that nothing is half built."""
    built = Devices()
    errors: list[str] = []
    for device in sorted(devices, key=lambda device: device.driver not in BUSES):
        try:
            _add(device, built, ports)
        except ConfigError as error:
            errors += error.errors
    if errors:
        raise ConfigError(errors)
    return built


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
