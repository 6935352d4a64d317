"""The box's own settings file, `edge.toml`: what a box must know before the cloud can tell it anything."""

import ipaddress
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from protocols.enrolment import is_local_name
from protocols.guard_api import LOOK_BACK_DAYS
from protocols.guard_views import CONFIRMED_WITHIN

_Days = Annotated[float, Meta(gt=0, le=400)]
_Megabytes = Annotated[int, Meta(ge=1)]


class SettingsError(ValueError):
    """The settings file cannot be used; the text names the file and the key."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ClockSettings(_Strict, frozen=True, kw_only=True):
    """`has_battery`: a real-time clock runs while the box is off. Without one it waits for the cloud or NTP."""

    has_battery: bool = True


class GateSettings(_Strict, frozen=True, kw_only=True):
    """`grant_max_age_s`: a grant older than this is never executed.

    `repeat_s`: the same thing read again by the same device within this time is one read.
    The time runs from the refusal or, after a grant, from when it was seen last.
    `button_pictures`: of so many presses of an exit button in a row a picture is taken; a contact may chatter.
    """

    grant_max_age_s: Annotated[float, Meta(gt=0.1, le=10)] = 3.0
    repeat_s: Annotated[float, Meta(ge=0, le=60)] = 1.0
    button_pictures: Annotated[int, Meta(ge=0, le=1000)] = 10


class RetentionSettings(_Strict, frozen=True, kw_only=True):
    """How long what the cloud has is kept here too, so that a cloud restored from a backup can ask again.

    `guard_days`: what the guard's page shows of visitors, violations, notes and passages; `pictures_days`: pictures.
    """

    events_days: _Days = 14.0
    readings_days: _Days = 3.0
    guard_days: _Days = float(LOOK_BACK_DAYS)
    pictures_days: _Days = 3.0


class DiskSettings(_Strict, frozen=True, kw_only=True):
    """Below `low_mb` free, video goes, then stills, and readings are thinned.

    `stills_mb`: the quota of stills; `reserve_mb`: kept aside, given up when nothing else is left for events;
    it must hold the store's log (2 MB) several times over.
    """

    low_mb: _Megabytes = 200
    stills_mb: _Megabytes = 2000
    reserve_mb: Annotated[int, Meta(ge=8)] = 16


class VideoSettings(_Strict, frozen=True, kw_only=True):
    """Video of the cameras that are to be recorded: kept until `quota_mb` are full, and no longer than `days`.

    `stall_s`: a stream that gives no segment for so long is begun anew; longer than the cameras' key frame interval.
    """

    quota_mb: _Megabytes = 20_000
    days: _Days = 7.0
    stall_s: Annotated[float, Meta(ge=1, le=300)] = 30.0


class HealthSettings(_Strict, frozen=True, kw_only=True):
    """Metrics and health, on loopback alone. Port 0: any free one, written to `health.port` in the data folder."""

    port: Annotated[int, Meta(ge=0, le=65535)] = 0


class GuardhouseSettings(_Strict, frozen=True, kw_only=True):
    """The guard's page, served by the box itself. `port` None: it is not.

    `host`: where it listens; anywhere but on loopback it takes HTTPS, and then `local_port` serves the same on loopback
    without, for a screen at the box itself. `names`: under which browsers on the site's
    network find it, DNS names and addresses; a certificate for them comes from the cloud's CA, unless `certificate` and
    `key` name files of one's own (relative to edge.toml, as `web`: a folder with a built web face).
    `confirm_within_s`: how long after a read a guard may still confirm it.
    """

    port: Annotated[int, Meta(ge=0, le=65535)] | None = None
    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    local_port: Annotated[int, Meta(ge=0, le=65535)] | None = None
    names: Annotated[list[Annotated[str, Meta(min_length=1, max_length=253)]], Meta(max_length=10)] = []
    certificate: str = ""
    key: str = ""
    web: str = ""
    confirm_within_s: Annotated[float, Meta(ge=5, le=1800)] = CONFIRMED_WITHIN.total_seconds()

    @property
    def https(self) -> bool:
        """Names or files say so."""
        return bool(self.names or self.certificate)

    def faults(self) -> Iterator[str]:
        """What does not go together, by key."""
        if bool(self.certificate) != bool(self.key):
            yield "guardhouse: `certificate` and `key` go together"
        if self.port is not None and not self.https and not is_loopback(self.host):
            yield "guardhouse.host: not on loopback, so `names` or `certificate` and `key` are needed for HTTPS"
        yield from (
            f"guardhouse.names: {name} is no name of a local network; bring a certificate of your own"
            for name in self.names
            if not self.certificate and not is_local_name(name)
        )


class LogLevel(StrEnum):
    """From which level on the log is written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Settings(_Strict, frozen=True, kw_only=True):
    """All of `edge.toml`. `data`: relative to the file."""

    data: str = "data"
    log_level: LogLevel = LogLevel.INFO
    clock: ClockSettings = ClockSettings()
    gate: GateSettings = GateSettings()
    retention: RetentionSettings = RetentionSettings()
    disk: DiskSettings = DiskSettings()
    video: VideoSettings = VideoSettings()
    health: HealthSettings = HealthSettings()
    guardhouse: GuardhouseSettings = GuardhouseSettings()


def load(folder: Path) -> Settings:
    """`edge.toml` of the folder, or the defaults when there is none. Raises SettingsError."""
    file = folder / "edge.toml"
    try:
        loaded = msgspec.toml.decode(file.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (msgspec.DecodeError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error
    loaded = msgspec.structs.replace(loaded, guardhouse=_beside(folder, loaded.guardhouse))
    if faults := list(loaded.guardhouse.faults()):
        raise SettingsError(f"{file}: {'; '.join(faults)}")
    return loaded


def _beside(folder: Path, settings: GuardhouseSettings) -> GuardhouseSettings:
    """Paths of the file are relative to it."""
    paths = {name: getattr(settings, name) for name in ("certificate", "key", "web")}
    return msgspec.structs.replace(
        settings, **{name: str(folder / path) for name, path in paths.items() if path}
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
