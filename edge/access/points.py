"""A site's points as the gate needs them: which device reads where, which output opens what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge.access.presence import Zones
from edge.barrier.board import Board
from edge.drivers.base import Camera, ConfigError, Reader, Relay
from edge.drivers.devices import Devices
from protocols.config import Configuration, Point, StalePolicy, UnknownClockPolicy
from protocols.fields import Direction


class Lane(NamedTuple):
    """Where a reader stands and which way people pass there."""

    point: Point
    direction: Direction
    reader: Reader


@dataclass(frozen=True, kw_only=True)
class Site:
    """One applied configuration. `zone`: of its clocks; `zones`: its parts; `lanes`: by the reader's id."""

    id: UUID
    zone: tzinfo
    policy: UnknownClockPolicy
    stale: StalePolicy = field(default_factory=StalePolicy)
    zones: Zones = field(default_factory=Zones)
    points: Mapping[UUID, Point] = field(default_factory=dict)
    lanes: Mapping[UUID, Lane] = field(default_factory=dict)
    relays: Mapping[UUID, Relay] = field(default_factory=dict)
    cameras: Mapping[UUID, Camera] = field(default_factory=dict)
    board: Board = field(default_factory=Board)


def lay_out(configuration: Configuration, devices: Devices, board: Board) -> Site:
    """Join points and devices. Raises ConfigError with every fault, each naming point and device."""
    errors: list[str] = []
    zone = _zone(configuration.time_zone, errors)
    zones = Zones({each.id: each for each in configuration.zones})
    errors += zones.faults()
    if len(zones.by_id) != len(configuration.zones):
        errors.append("zones: an id stands twice")
    lanes: dict[UUID, Lane] = {}
    for point in configuration.points:
        _check_point(point, devices, errors)
        if point.zone is not None and point.zone not in zones.by_id:
            errors.append(f"point {point.name!r}: no zone {point.zone}")
        for reader in point.readers:
            if reader.device in lanes:
                errors.append(f"point {point.name!r}: reader {reader.device} stands at another point already")
            elif reader.device not in devices.readers:
                errors.append(f"point {point.name!r}: no reader {reader.device} among the devices")
            else:
                lanes[reader.device] = Lane(point, reader.direction, devices.readers[reader.device])
    points = {point.id: point for point in configuration.points}
    if len(points) != len(configuration.points):
        errors.append("points: an id stands twice")
    if errors:
        raise ConfigError(errors)
    return Site(
        id=configuration.site,
        zone=zone,
        policy=configuration.unknown_clock,
        stale=configuration.stale,
        zones=zones,
        points=points,
        lanes=lanes,
        relays=devices.relays,
        cameras=devices.cameras,
        board=board,
    )


def nothing(site: UUID) -> Site:
    """A site without points, while no configuration is in force."""
    return lay_out(Configuration(site=site, site_name="", time_zone="UTC"), Devices(), Board())


def _zone(name: str, errors: list[str]) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, as "Europe" is
        errors.append(f"time_zone: no zone {name!r}")
        return ZoneInfo("UTC")


def _check_point(point: Point, devices: Devices, errors: list[str]) -> None:
    barrier = point.barrier
    if barrier is not None and barrier.device not in devices.relays:
        errors.append(f"point {point.name!r}: barrier.device {barrier.device} is no relay module")
    if point.camera is not None and point.camera not in devices.cameras:
        errors.append(f"point {point.name!r}: camera {point.camera} is no camera")
