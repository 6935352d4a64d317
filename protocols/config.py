"""The desired configuration of a box: points, zones, devices, meters. Forbids unknown keys: a typo is an error."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols import decoding
from protocols.fields import Direction, Key, Minute, Sequence, Text
from protocols.qr import MOST_ZONES

POLL_PERIOD_MIN_S = 0.1  # no line answers faster: a box refuses a meter that is to be polled more often


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is as by default is not written: an older box takes a configuration that asks for nothing new."""


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


class AntiPassback(StrEnum):
    """What happens to who enters a zone while inside, or leaves one while not inside. `soft`: noted, let through."""

    OFF = "off"
    SOFT = "soft"
    HARD = "hard"


class Zone(_Strict, frozen=True, kw_only=True):
    """A part of the site that one enters and leaves by its points: the territory, a parking within it, a tower.

    `number`: what guests' codes call it. `parent`: the zone within which it lies; None: outside is around it.
    `amnesty_minute`: of the day in the site's zone, when anti-passback forgets where everyone was; None: never.
    `capacity`: how many may be inside at once, None: any. `vehicles_only`: those alone are counted and watched.
    """

    id: UUID
    number: Annotated[int, Meta(ge=0, le=MOST_ZONES - 1)]
    name: Text
    parent: UUID | None = None
    anti_passback: AntiPassback = AntiPassback.OFF
    amnesty_minute: Minute | None = None
    capacity: Annotated[int, Meta(ge=1)] | None = None
    vehicles_only: bool = False


class Point(_Strict, frozen=True, kw_only=True):
    """A lane, door or gate of the site that this box drives. `zone`: into which it leads."""

    id: UUID
    name: Text
    barrier: Barrier | None = None
    readers: list[Reader] = []
    camera: UUID | None = None
    zone: UUID | None = None


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


class StaleRule(StrEnum):
    """What a list that has not been confirmed for long means for somebody whom it would let in."""

    ALLOW = "allow"
    GUARD = "guard"
    DENY = "deny"


class StalePolicy(_Strict, frozen=True, kw_only=True):
    """When what the box holds counts as stale, and for whom that matters.

    `after_s` None: never. `residents`: with staff; `services`: with contractors and those who come again and again.
    """

    after_s: Annotated[int, Meta(ge=60)] | None = None
    residents: StaleRule = StaleRule.ALLOW
    guests: StaleRule = StaleRule.GUARD
    services: StaleRule = StaleRule.GUARD


class Configuration(_Strict, frozen=True, kw_only=True):
    """All that a box should be. `time_zone`: an IANA name, in which schedules are judged."""

    site: UUID
    site_name: Text
    time_zone: Key
    points: list[Point] = []
    devices: list[Device] = []
    meters: list[Meter] = []
    unknown_clock: UnknownClockPolicy = UnknownClockPolicy()
    zones: Annotated[list[Zone], Meta(max_length=MOST_ZONES)] = []
    stale: StalePolicy = StalePolicy()


_decoder = msgspec.json.Decoder(Configuration)


def decode_configuration(data: bytes | msgspec.Raw) -> Configuration:
    """Raises msgspec.DecodeError alone; its ValidationError names the key."""
    return decoding.decode(_decoder, data)


def encode_configuration(configuration: Configuration) -> bytes:
    """JSON bytes."""
    return msgspec.json.encode(configuration)


def whole(configuration: Configuration) -> dict[str, Any]:
    """As JSON has it, with what is as by default: for people who compare two."""
    return {name: _told(getattr(configuration, name)) for name in configuration.__struct_fields__}


def _told(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {name: _told(getattr(value, name)) for name in value.__struct_fields__}
    return [_told(each) for each in value] if isinstance(value, list) else msgspec.to_builtins(value)
