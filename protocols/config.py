"""The desired configuration of a box: points, zones, devices, meters, fire. Unknown keys are errors: a typo is one."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols import decoding
from protocols.fields import Direction, Key, Minute, Sequence, Text
from protocols.qr import MOST_ZONES

POLL_PERIOD_MIN_S = 0.1  # no line answers faster: a box refuses a meter that is to be polled more often


Output = Annotated[int, Meta(ge=0, le=63)]  # of a relay module, from 0
Input = Annotated[int, Meta(ge=0, le=63)]


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is as by default is not written: an older box takes a configuration that asks for nothing new."""


class Device(_Strict, frozen=True, kw_only=True):
    """A device and the driver that speaks to it. `settings` is judged by the driver's own config model."""

    id: UUID
    driver: Key  # a name of edge.drivers' table: "modbus_relay", "osdp_reader", "plate_http", …
    name: Text
    settings: dict[str, Any] = {}


class BarrierKind(StrEnum):
    """How the thing at a point is driven."""

    PULSE = "pulse"  # a contact to the OPEN input of a controller that closes by itself
    STEP = "step"  # a controller with one button: a pulse while it is open would close it
    OPEN_CLOSE = "open_close"  # two contacts; the box closes it
    HOLD = "hold"  # a lock, open as long as the output is on
    TURNSTILE = "turnstile"  # a pulse lets one person through


class Contact(_Strict, frozen=True, kw_only=True):
    """A dry contact at an input of the barrier's own module. `normally_closed`: what it tells of opens it."""

    input: Input
    normally_closed: bool = False


class Light(_Strict, frozen=True, kw_only=True):
    """A traffic light for those who come from one side: outputs of the barrier's own module, held on."""

    direction: Direction
    green: Output | None = None
    red: Output | None = None


class Barrier(_Strict, frozen=True, kw_only=True):
    """Which output opens the point, how it is driven, and what tells where it stands and whether the way is free.

    `travel_s`: it reaches its other end within this, or is stuck. `stay_s`: how long it stays open after it opened or
    the way was left; of a lock, how long it is open. `held_open_s`: not closed for longer is an alarm.
    `interlock`: the other gate of a sluice; naming it at one of the two is enough.
    """

    device: UUID
    output: Output
    pulse_ms: Annotated[int, Meta(ge=50, le=30_000)] = 700
    kind: BarrierKind = BarrierKind.PULSE
    close_output: Output | None = None
    stop_output: Output | None = None
    opened: Contact | None = None  # end position
    closed: Contact | None = None  # end position; of a door, that it is shut
    photocell: Contact | None = None
    loop: Contact | None = None
    passed: Contact | None = None  # a turnstile has turned
    exit_button: Contact | None = None  # pressed by who leaves: lets out without a pass
    travel_s: Annotated[float, Meta(ge=0.1, le=120)] = 15.0
    stay_s: Annotated[float, Meta(ge=0.1, le=600)] = 5.0
    held_open_s: Annotated[float, Meta(ge=1, le=86_400)] = 120.0
    interlock: UUID | None = None
    lights: Annotated[list[Light], Meta(max_length=2)] = []

    def outputs(self) -> Iterator[tuple[str, int]]:
        """Every output in use, by the name of its field."""
        named: list[tuple[str, int | None]] = [
            ("output", self.output),
            ("close_output", self.close_output),
            ("stop_output", self.stop_output),
        ]
        for index, light in enumerate(self.lights):
            named += [(f"lights.{index}.green", light.green), (f"lights.{index}.red", light.red)]
        yield from ((name, output) for name, output in named if output is not None)

    def contacts(self) -> dict[str, Contact]:
        """Every contact that is wired, by the name of its field."""
        names = ("opened", "closed", "photocell", "loop", "passed", "exit_button")
        return {name: contact for name in names if (contact := getattr(self, name)) is not None}


def barrier_faults(barrier: Barrier) -> Iterator[tuple[str, str]]:
    """Fields that do not go together: (field, code). Box and cloud judge alike."""
    two_way = barrier.kind is BarrierKind.OPEN_CLOSE
    if two_way and barrier.close_output is None:
        yield "close_output", "close_output_needed"
    if two_way and barrier.photocell is None and barrier.loop is None:
        yield "loop", "eye_needed"  # nothing is closed blindly
    if barrier.close_output is not None and not two_way:
        yield "close_output", "closes_by_itself"
    if barrier.stop_output is not None and not two_way:
        yield "stop_output", "closes_by_itself"
    if barrier.kind is BarrierKind.STEP and barrier.closed is None:
        yield "closed", "closed_needed"  # or a pulse could close it on somebody
    is_turnstile = barrier.kind is BarrierKind.TURNSTILE
    if barrier.passed is not None and not is_turnstile:
        yield "passed", "no_turnstile"
    for name in ("opened", "closed"):
        if is_turnstile and getattr(barrier, name) is not None:
            yield name, "no_end_position"
    outputs = list(barrier.outputs())
    yield from _repeated(outputs, "output_twice")
    yield from _repeated([(name, at.input) for name, at in barrier.contacts().items()], "input_twice")


def _repeated(used: list[tuple[str, int]], code: str) -> Iterator[tuple[str, str]]:
    numbers = [number for _, number in used]
    return ((name, code) for at, (name, number) in enumerate(used) if number in numbers[:at])


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


class FireInput(_Strict, frozen=True, kw_only=True):
    """The fire alarm's contact at a relay module. While it is active these points are opened and held open.

    `normally_closed`: a cut wire opens, too. `points`: none named means all of the box.
    """

    device: UUID
    input: Input
    normally_closed: bool = False
    points: list[UUID] = []


PAGE_CHAIN_MAX = 64 * 1024  # characters of PEM
PAGE_KEY_MAX = 8 * 1024  # of RSA-8192; a longer one takes seconds to be judged


class PageCertificate(_Strict, frozen=True, kw_only=True):
    """What somebody uploaded for the guard's page, PEM: the server's certificate with its chain behind, and its key."""

    chain: Annotated[str, Meta(min_length=1, max_length=PAGE_CHAIN_MAX)]
    key: Annotated[str, Meta(min_length=1, max_length=PAGE_KEY_MAX)]


class Configuration(_Strict, frozen=True, kw_only=True):
    """All that a box should be. `time_zone`: an IANA name, in which schedules are judged.

    `page` None: the guard's page has the certificate of the box's own settings, or of the cloud's CA.
    """

    site: UUID
    site_name: Text
    time_zone: Key
    points: list[Point] = []
    devices: list[Device] = []
    meters: list[Meter] = []
    unknown_clock: UnknownClockPolicy = UnknownClockPolicy()
    zones: Annotated[list[Zone], Meta(max_length=MOST_ZONES)] = []
    stale: StalePolicy = StalePolicy()
    fire: list[FireInput] = []
    page: PageCertificate | None = None


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
