"""Which requests read the channels asked for: as few as the device's limits allow. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from protocols.meters.profile import Area, Channel, Limits, MeterProfile


@dataclass(frozen=True, slots=True)
class Request:
    """One Modbus read and the channels that it serves. `count`: registers, or bits for functions 1 and 2."""

    function: int
    address: int
    count: int
    channels: tuple[Channel, ...]


def plan(profile: MeterProfile, names: Iterable[str]) -> list[Request]:
    """Requests by area and address; a channel asked for twice is read once. Raises ProfileError for an unknown one."""
    channels = [profile.channel(name) for name in dict.fromkeys(names)]
    requests: list[Request] = []
    for area in Area:
        wanted = sorted((channel for channel in channels if channel.area is area), key=_place)
        run: list[Channel] = []
        for channel in wanted:
            if run and not _fits(run, channel, profile.limits):
                requests.append(_request(area, run))
                run = []
            run.append(channel)
        if run:
            requests.append(_request(area, run))
    return requests


def _place(channel: Channel) -> tuple[int, int]:
    return channel.address, channel.type.size


def _end(channels: list[Channel]) -> int:
    return max(channel.address + channel.type.size for channel in channels)


def _fits(run: list[Channel], channel: Channel, limits: Limits) -> bool:
    gap = channel.address - _end(run)
    return gap <= limits.gap and _end([*run, channel]) - run[0].address <= limits.span


def _request(area: Area, run: list[Channel]) -> Request:
    start = run[0].address
    return Request(area.read_function, start, _end(run) - start, tuple(run))
