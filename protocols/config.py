"""The desired configuration of a box: points, devices, meters. Forbids unknown keys: a typo is an error."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols import decoding
from protocols.fields import Direction, Key, Sequence, Text

POLL_PERIOD_MIN_S = 0.1  # no line answers faster: a box refuses a meter that is to be polled more often


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Device(_Strict, frozen=True, kw_only=True):
    """A device and the driver that speaks to it. `settings` is judged by the driver's own config model."""

    id: UUID
    driver: Key  # a name of edge.drivers' table: "modbus_relay", "osdp_reader", "plate_http", …
    name: Text
    settings: dict[str, Any] = {}


class Barrier(_Strict, frozen=True, kw_only=True):
    """Which output opens the point, and how long the pulse is."""

    device: UUID
    output: Annotated[int, Meta(ge=0, le=63)]
    pulse_ms: Annotated[int, Meta(ge=50, le=30_000)] = 700


class Reader(_Strict, frozen=True, kw_only=True):
    """A device that reads at this point, and which way people pass there."""

    device: UUID
    direction: Direction = Direction.IN


class Point(_Strict, frozen=True, kw_only=True):
    """A lane, door or gate of the site that this box drives."""

    id: UUID
    name: Text
    barrier: Barrier | None = None
    readers: list[Reader] = []
    camera: UUID | None = None


class MeterChannel(_Strict, frozen=True, kw_only=True):
    """One channel of the meter's profile and the cloud's number for its series."""

    channel: Key
    series: Sequence


class Meter(_Strict, frozen=True, kw_only=True):
    """A polled meter: which bus device, which profile (protocols/meters), how often."""

    id: UUID
    device: UUID  # a bus: driver "modbus_tcp" or "modbus_rtu"
    profile: Key
    unit: Annotated[int, Meta(ge=0, le=247)]
    period_s: Annotated[float, Meta(gt=0, le=86_400)] = 60.0
    channels: list[MeterChannel]


class UnknownClockPolicy(_Strict, frozen=True, kw_only=True):
    """What holds while the box does not know the time."""

    residents_without_schedule: bool = True
    others_need_guard: bool = True


class Configuration(_Strict, frozen=True, kw_only=True):
    """All that a box should be. `time_zone`: an IANA name, in which schedules are judged."""

    site: UUID
    site_name: Text
    time_zone: Key
    points: list[Point] = []
    devices: list[Device] = []
    meters: list[Meter] = []
    unknown_clock: UnknownClockPolicy = UnknownClockPolicy()


_decoder = msgspec.json.Decoder(Configuration)


def decode_configuration(data: bytes | msgspec.Raw) -> Configuration:
    """Raises msgspec.DecodeError alone; its ValidationError names the key."""
    return decoding.decode(_decoder, data)


def encode_configuration(configuration: Configuration) -> bytes:
    """JSON bytes."""
    return msgspec.json.encode(configuration)
