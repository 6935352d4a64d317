"""What a profile file may say, and the explicit list of profiles. Addresses are those of the wire, from 0."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import product
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

METERS = ("eastron_sdm120", "eastron_sdm630", "wb_map12e", "wb_mcm8")
RELAYS = ("owen_mu110_16", "owen_mu110_8", "wb_mr6c_v2")

Address = Annotated[int, Meta(ge=0, le=0xFFFF)]
_File = TypeVar("_File", bound=msgspec.Struct)
Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", max_length=60)]


class ProfileError(ValueError):
    """The profile is unknown, or its file says something that no profile can; the text names the place."""


class Area(StrEnum):
    """The four tables of Modbus."""

    COIL = "coil"
    DISCRETE = "discrete"
    HOLDING = "holding"
    INPUT = "input"

    @property
    def read_function(self) -> int:
        """The function code that reads it."""
        return {Area.COIL: 1, Area.DISCRETE: 2, Area.HOLDING: 3, Area.INPUT: 4}[self]

    @property
    def is_bits(self) -> bool:
        """One bit at an address, not a register."""
        return self in {Area.COIL, Area.DISCRETE}


class Type(StrEnum):
    """How a value stands in its registers."""

    BIT = "bit"
    U16 = "u16"
    S16 = "s16"
    U32 = "u32"
    S32 = "s32"
    U64 = "u64"
    S64 = "s64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    BCD16 = "bcd16"
    BCD32 = "bcd32"
    BCD64 = "bcd64"

    @property
    def size(self) -> int:
        """How many addresses it takes."""
        width = self.value.lstrip("abcdefghijklmnopqrstuvwxyz")
        return int(width) // 16 if width else 1


class Order(StrEnum):
    """Which end comes first."""

    BIG = "big"
    LITTLE = "little"


class Kind(StrEnum):
    """A counter only grows (till it wraps or the device is changed); a gauge goes up and down."""

    COUNTER = "counter"
    GAUGE = "gauge"


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Channel(_Strict, frozen=True, kw_only=True):
    """One value of a device. Value = raw × `scale` in `unit`; a raw equal to `not_measured` is no value."""

    name: Name
    area: Area = Area.INPUT
    address: Address
    type: Type
    scale: Decimal = Decimal(1)
    unit: Annotated[str, Meta(max_length=10)] = ""
    kind: Kind
    byte_order: Order = Order.BIG
    word_order: Order = Order.BIG
    not_measured: int | None = None


class Repeat(_Strict, frozen=True, kw_only=True):
    """Stands for `count` copies: `{letter}` in the name counts from `first`, the address moves by `step`."""

    letter: Annotated[str, Meta(pattern="^[a-z]$")]
    first: Annotated[int, Meta(ge=0, le=99)] = 1
    count: Annotated[int, Meta(ge=1, le=99)]
    step: Annotated[int, Meta(ge=1, le=0xFFFF)]


class _ChannelTemplate(_Strict, frozen=True, kw_only=True):
    name: str
    area: Area = Area.INPUT
    address: Address
    type: Type
    scale: Decimal = Decimal(1)
    unit: str = ""
    kind: Kind
    byte_order: Order = Order.BIG
    word_order: Order = Order.BIG
    not_measured: int | None = None
    repeat: list[Repeat] = []


class Limits(_Strict, frozen=True, kw_only=True):
    """What the device bears. `span`: addresses in one request; `gap`: unused ones that may be read along."""

    span: Annotated[int, Meta(ge=4, le=125)]
    gap: Annotated[int, Meta(ge=0, le=124)] = 0


class _Model(_Strict, frozen=True, kw_only=True):
    maker: str
    model: str
    sources: Annotated[list[str], Meta(min_length=1)]
    notes: str = ""


class _MeterFile(_Model, frozen=True, kw_only=True):
    limits: Limits
    channels: Annotated[list[_ChannelTemplate], Meta(min_length=1)]


class MeterProfile(_Model, frozen=True, kw_only=True):
    """A model of meter with its channels written out, in the order of the file."""

    id: str
    limits: Limits
    channels: tuple[Channel, ...]

    def channel(self, name: str) -> Channel:
        """Raises ProfileError naming the model."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise ProfileError(f"profile {self.id}: no channel {name!r}")


class Outputs(_Strict, frozen=True, kw_only=True):
    """Relays 0 … count - 1 stand at address + index; written one at a time (functions 5 and 6)."""

    count: Annotated[int, Meta(ge=1, le=64)]
    area: Area
    address: Address
    on: Annotated[int, Meta(ge=1, le=0xFFFF)]
    off: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0


class RealState(_Strict, frozen=True, kw_only=True):
    """Where to read back what the relays truly do, one address each; on where the value is not `off`."""

    area: Area
    address: Address
    firmware: str = ""
    off: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0


class PulseTimer(_Strict, frozen=True, kw_only=True):
    """The module itself ends a pulse: holding registers, one for each output. Needs the firmware named."""

    mode_address: Address
    mode: Annotated[int, Meta(ge=0, le=0xFFFF)]
    time_address: Address
    time_unit_ms: Annotated[int, Meta(ge=1, le=60_000)]
    firmware: str = ""


class SafeState(_Strict, frozen=True, kw_only=True):
    """What the outputs fall back to when nobody talks to the module: holding registers.

    `address`: the safe value, one for each output. `behaviour_address`: whether it is applied at all, one for each
    output, `apply` means yes. `timeout_address`: the silence after which it is, in `timeout_unit_ms`.
    """

    address: Address
    off: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0
    behaviour_address: Address | None = None
    apply: Annotated[int, Meta(ge=0, le=0xFFFF)] = 1
    timeout_address: Address | None = None
    timeout_unit_ms: Annotated[int, Meta(ge=1, le=60_000)] = 1000


class Inputs(_Strict, frozen=True, kw_only=True):
    """Dry contacts that the module reads, for example a barrier's end position.

    `mode_address`: holding registers, one for each input; `mode` makes an input drive no output by itself.
    """

    count: Annotated[int, Meta(ge=1, le=64)]
    area: Area
    address: Address
    mode_address: Address | None = None
    mode: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0


class _RelayFile(_Model, frozen=True, kw_only=True):
    outputs: Outputs
    real_state: RealState
    pulse_timer: PulseTimer | None = None
    safe_state: SafeState | None = None
    inputs: Inputs | None = None


class RelayProfile(_RelayFile, frozen=True, kw_only=True):
    """A model of relay module."""

    id: str


@cache
def load_meter(profile_id: str) -> MeterProfile:
    """Raises ProfileError for an unknown id; a faulty file raises too, naming file and key."""
    file = _load(profile_id, METERS, _MeterFile)
    channels = tuple(channel for template in file.channels for channel in _copies(profile_id, template))
    _check(profile_id, channels)
    return MeterProfile(
        id=profile_id,
        maker=file.maker,
        model=file.model,
        sources=file.sources,
        notes=file.notes,
        limits=file.limits,
        channels=channels,
    )


@cache
def load_relay(profile_id: str) -> RelayProfile:
    """Raises ProfileError like `load_meter`."""
    file = _load(profile_id, RELAYS, _RelayFile)
    if file.outputs.area not in {Area.COIL, Area.HOLDING}:
        raise ProfileError(f"{profile_id}: outputs in {file.outputs.area} cannot be written")
    return RelayProfile(id=profile_id, **msgspec.structs.asdict(file))


def parse(text: str, place: str, shape: type[_File]) -> _File:
    """A profile's TOML text. Raises ProfileError naming the place."""
    try:
        return msgspec.convert(tomllib.loads(text), shape)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProfileError(f"{place}: {error}") from error


def _load(profile_id: str, known: tuple[str, ...], shape: type[_File]) -> _File:
    if profile_id not in known:
        raise ProfileError(f"profile {profile_id!r} is unknown; there are {', '.join(known)}")
    name = f"{profile_id}.toml"
    text = resources.files("protocols.meters").joinpath("profiles", name).read_text(encoding="utf-8")
    return parse(text, name, shape)


def _copies(place: str, template: _ChannelTemplate) -> Iterator[Channel]:
    fields = msgspec.structs.asdict(template)
    repeats = fields.pop("repeat")
    for turns in product(*(range(repeat.count) for repeat in repeats)):
        letters = {repeat.letter: repeat.first + turn for repeat, turn in zip(repeats, turns, strict=True)}
        offset = sum(repeat.step * turn for repeat, turn in zip(repeats, turns, strict=True))
        try:
            name = template.name.format(**letters)
            yield msgspec.convert({**fields, "name": name, "address": template.address + offset}, Channel)
        except (KeyError, IndexError, msgspec.ValidationError) as error:
            raise ProfileError(f"{place}: channel {template.name!r}, copy {turns}: {error}") from error


def _check(place: str, channels: tuple[Channel, ...]) -> None:
    names = Counter(channel.name for channel in channels)
    for channel in channels:
        if names[channel.name] > 1:
            raise ProfileError(f"{place}: channel {channel.name!r} stands there {names[channel.name]} times")
        if channel.address + channel.type.size > 0x10000:
            raise ProfileError(f"{place}: channel {channel.name!r} ends beyond the last address")
        if channel.area.is_bits != (channel.type is Type.BIT):
            raise ProfileError(f"{place}: channel {channel.name!r}: {channel.type} in {channel.area}")
