"""A box's devices as built from one configuration, by what they can do."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from edge.drivers.base import (
    Camera,
    ConfigError,
    Device,
    FacePanel,
    Intercom,
    MonotonicNs,
    Panel,
    Reader,
    RegisterBus,
    Relay,
    StreamingCamera,
)
from protocols import config

Port = Annotated[int, Meta(ge=1, le=65535)]
_Device = TypeVar("_Device", bound=Device)
_Settings = TypeVar("_Settings", bound=msgspec.Struct)


@dataclass(kw_only=True)
class Devices:
    """Every device is in `all`; the other mappings hold those that have the port.

    `claims`: lines and listening ports that only one device may have, and the device that has it.
    `shared`: what several devices of one line have in common, by the line's place; the driver's own affair.
    """

    all: dict[UUID, Device] = field(default_factory=dict)
    readers: dict[UUID, Reader] = field(default_factory=dict)
    relays: dict[UUID, Relay] = field(default_factory=dict)
    buses: dict[UUID, RegisterBus] = field(default_factory=dict)
    cameras: dict[UUID, Camera] = field(default_factory=dict)
    streaming: dict[UUID, StreamingCamera] = field(default_factory=dict)
    panels: dict[UUID, Panel] = field(default_factory=dict)
    faces: dict[UUID, FacePanel] = field(default_factory=dict)
    intercoms: dict[UUID, Intercom] = field(default_factory=dict)
    claims: dict[str, config.Device] = field(default_factory=dict)
    shared: dict[str, object] = field(default_factory=dict)

    def keep(self, before: "Devices", ids: set[UUID]) -> None:
        """These devices stay the objects that they were."""
        _keep(self.all, before.all, ids)
        _keep(self.readers, before.readers, ids)
        _keep(self.relays, before.relays, ids)
        _keep(self.buses, before.buses, ids)
        _keep(self.cameras, before.cameras, ids)
        _keep(self.streaming, before.streaming, ids)
        _keep(self.panels, before.panels, ids)
        _keep(self.faces, before.faces, ids)
        _keep(self.intercoms, before.intercoms, ids)

    def claim(self, device: config.Device, place: str) -> None:
        """Take a line or port for the device. Raises ConfigError when another has it."""
        holder = self.claims.setdefault(place, device)
        if holder.id != device.id:
            raise ConfigError(
                [f"device {device.name!r} ({device.id}): {place} is already used by {holder.name!r}"]
            )


def _keep(mine: dict[UUID, _Device], theirs: Mapping[UUID, _Device], ids: set[UUID]) -> None:
    mine.update({device: theirs[device] for device in ids if device in theirs})


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What drivers get from outside: time and chance. `wall_ns`: the system's clock, right or wrong."""

    monotonic_ns: MonotonicNs
    random: Callable[[], float]
    wall_ns: Callable[[], int] = time.time_ns


def settings_of(device: config.Device, model: type[_Settings]) -> _Settings:
    """The device's settings as the driver's own model. Raises ConfigError naming the device and the key."""
    try:
        return msgspec.convert(device.settings, model)
    except msgspec.ValidationError as error:
        raise ConfigError([f"device {device.name!r} ({device.id}), settings: {error}"]) from error


def bus_of(device: config.Device, bus: UUID, buses: Mapping[UUID, RegisterBus]) -> RegisterBus:
    """The bus that the device names. Raises ConfigError."""
    if bus not in buses:
        raise ConfigError([f"device {device.name!r} ({device.id}), settings.bus: no bus {bus}"])
    return buses[bus]
