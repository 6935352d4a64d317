"""A simulated site's configuration: JSON or TOML, unknown keys are errors. See docs/devices/simulators.md."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from firmware_sim.pcsc_card import VPCD_PORT

Port = Annotated[int, Meta(ge=0, le=65535)]  # 0: any free port
Name = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,63}$")]


Kind = TypeVar("Kind", bound=msgspec.Struct)


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class SwitchConfig(_Strict, frozen=True, kw_only=True):
    """A contact of a barrier at an input of the module."""

    input: Annotated[int, Meta(ge=0, le=5)]
    normally_closed: bool = False


class LightConfig(_Strict, frozen=True, kw_only=True):
    """A traffic light at outputs of the module."""

    green: Annotated[int, Meta(ge=0, le=15)]
    red: Annotated[int, Meta(ge=0, le=15)]


class BarrierConfig(_Strict, frozen=True, kw_only=True):
    """A barrier on outputs of a relay module; it closes by itself unless `close_output` closes it."""

    name: Name
    output: Annotated[int, Meta(ge=0, le=15)]
    close_output: Annotated[int, Meta(ge=0, le=15)] | None = None
    stop_output: Annotated[int, Meta(ge=0, le=15)] | None = None
    contacts: dict[
        Literal["opened", "closed", "photocell", "loop", "passed", "exit_button"], SwitchConfig
    ] = {}
    light: LightConfig | None = None
    move_ms: Annotated[int, Meta(ge=0, le=60_000)] = 1200
    stay_ms: Annotated[int, Meta(ge=0, le=600_000)] = 4000


class RelayConfig(_Strict, frozen=True, kw_only=True):
    """A relay module at a unit address."""

    unit: Annotated[int, Meta(ge=1, le=247)]
    model: Literal["wb_mr6c_v2", "owen_mu110_8", "owen_mu110_16"] = "wb_mr6c_v2"
    barriers: list[BarrierConfig] = []


class ChannelConfig(_Strict, frozen=True, kw_only=True):
    """What a channel of a meter counts: a recorded household (`replay`, a CSV or CSV.GZ) or a daily shape."""

    replay: str | None = None
    shape: Literal["electricity", "water"] = "electricity"
    start: Annotated[float, Meta(ge=0)] = 0.0
    speed: Annotated[float, Meta(gt=0, le=1e6)] = 1.0
    skip_h: Annotated[float, Meta(ge=0)] = 0.0
    factor: Annotated[float, Meta(gt=0)] = 1.0


class MeterConfig(_Strict, frozen=True, kw_only=True):
    """A meter at a unit address."""

    unit: Annotated[int, Meta(ge=1, le=247)]
    model: Literal["sdm120", "sdm630", "wb_map12e", "wb_mcm8"]
    channels: Annotated[list[ChannelConfig], Meta(min_length=1, max_length=8)] = msgspec.field(
        default_factory=lambda: [ChannelConfig()]
    )


class LineConfig(_Strict, frozen=True, kw_only=True):
    """A Modbus line: on TCP, or on a serial port when `serial` names one."""

    name: Name
    port: Port = 0
    serial: str | None = None
    relays: list[RelayConfig] = []
    meters: list[MeterConfig] = []

    def units(self) -> list[int]:
        """The addresses on the line."""
        return [relay.unit for relay in self.relays] + [meter.unit for meter in self.meters]


class ReaderConfig(_Strict, frozen=True, kw_only=True):
    """An OSDP reader: on TCP, or on a serial port when `serial` names one. `key`: none means in the clear."""

    name: Name
    port: Port = 0
    serial: str | None = None
    address: Annotated[int, Meta(ge=0, le=126)] = 0
    key: Annotated[str, Meta(pattern="^[0-9a-fA-F]{32}$")] | None = None


class ScannerConfig(_Strict, frozen=True, kw_only=True):
    """A code scanner: on TCP, on a serial port when `serial` names one, or typing into a pipe when `pipe` does."""

    name: Name
    port: Port = 0
    serial: str | None = None
    pipe: str | None = None
    ending: Annotated[str, Meta(max_length=2)] = "\r"


class FieldConfig(_Strict, frozen=True, kw_only=True):
    """The field of an NFC reader whose path is `udp:127.0.0.1:<port>`."""

    name: Name
    port: Port = 0


class DeskConfig(_Strict, frozen=True, kw_only=True):
    """A desk reader of a pcscd on this machine. `port`: where vpcd, its driver of virtual readers, awaits a card."""

    name: Name
    port: Annotated[int, Meta(ge=1, le=65535)] = VPCD_PORT


class ControllerConfig(_Strict, frozen=True, kw_only=True):
    """A controller of Wiegand readers. `shape`: how it tells a card. `push_url` may be set later."""

    name: Name
    push_url: str = ""
    shape: Literal["bits", "numbers", "uid", "em"] = "bits"


class CameraConfig(_Strict, frozen=True, kw_only=True):
    """A camera that reads plates, and tells them in its maker's shape. `push_url` may be set later."""

    name: Name
    push_url: str = ""
    maker: Literal["generic", "hikvision", "dahua"] = "generic"
    user: str = ""
    password: str = ""


class PanelConfig(_Strict, frozen=True, kw_only=True):
    """An intercom panel: over HTTP, or, when `sip` says so, one that calls by SIP. `push_url` may be set later."""

    name: Name
    port: Port = 0
    push_url: str = ""
    doors: Annotated[int, Meta(ge=1, le=16)] = 1
    user: str = ""
    password: str = ""
    sip: bool = False


class OnvifConfig(_Strict, frozen=True, kw_only=True):
    """An ONVIF camera, or with `doors` a door controller."""

    name: Name
    port: Port = 0
    user: str = "admin"
    password: str = "k9"
    clock_off_s: float = 0.0
    events: bool = True
    doors: list[str] = []


class StreamConfig(_Strict, frozen=True, kw_only=True):
    """A camera's stream (RTSP), `rate` pictures a second.

    `file`: an H.264 elementary stream, sent over and over; or `camera`: what that one sees.
    """

    name: Name
    file: str | None = None
    camera: Name | None = None
    rate: Annotated[float, Meta(gt=0, le=60)] = 10.0
    port: Port = 0
    user: str = "admin"
    password: str = "k9"


class LaneConfig(_Strict, frozen=True, kw_only=True):
    """Where cars drive: past a camera, if there is one, to a barrier."""

    name: Name
    barrier: Name
    camera: Name | None = None


class SiteConfig(_Strict, frozen=True, kw_only=True):
    """`folder`: where log and state lie; relative paths start at the configuration file."""

    folder: str
    control_port: Port = 0
    lines: list[LineConfig] = []
    readers: list[ReaderConfig] = []
    scanners: list[ScannerConfig] = []
    controllers: list[ControllerConfig] = []
    fields: list[FieldConfig] = []
    desks: list[DeskConfig] = []
    cameras: list[CameraConfig] = []
    panels: list[PanelConfig] = []
    onvif: list[OnvifConfig] = []
    streams: list[StreamConfig] = []
    lanes: list[LaneConfig] = []


class ConfigError(ValueError):
    """The file is no configuration; the text names file and key."""


def load(path: Path) -> SiteConfig:
    """Raises ConfigError."""
    return read(path, SiteConfig)


def read(path: Path, kind: type[Kind]) -> Kind:
    """A configuration of any kind. Raises ConfigError."""
    try:
        text = path.read_bytes()
        content = tomllib.loads(text.decode()) if path.suffix == ".toml" else msgspec.json.decode(text)
        return msgspec.convert(content, kind)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        msgspec.DecodeError,
        msgspec.ValidationError,
    ) as error:
        raise ConfigError(f"{path}: {error}") from error


def with_replay(site: SiteConfig, replay: str) -> SiteConfig:
    """The same site, every electricity channel that names no file following `replay`."""

    def channel_with(channel: ChannelConfig) -> ChannelConfig:
        plain = channel.replay is None and channel.shape == "electricity"
        return msgspec.structs.replace(channel, replay=replay) if plain else channel

    def line_with(line: LineConfig) -> LineConfig:
        meters = [
            msgspec.structs.replace(meter, channels=[channel_with(channel) for channel in meter.channels])
            for meter in line.meters
        ]
        return msgspec.structs.replace(line, meters=meters)

    return msgspec.structs.replace(site, lines=[line_with(line) for line in site.lines])
