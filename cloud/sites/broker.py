"""The broker's access list: boxes by pattern, cloud processes by name, revoked boxes denied by name.

Only a deny line stops a revoked box that is connected: the revocation list counts when a session begins.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from uuid import UUID

from protocols.topics import ROOT, Channel, every_box


class Service(StrEnum):
    """A cloud process that speaks MQTT; its user name is "<service>-<number>"."""

    INGEST = "ingest"
    DOWNLINK = "downlink"


_READS = {
    Service.INGEST: (Channel.UP_EVENTS, Channel.UP_READINGS),
    Service.DOWNLINK: (Channel.UP_STATE, Channel.UP_REQUESTS),
}
_WRITES = {
    Service.INGEST: (Channel.DOWN_ACK,),
    Service.DOWNLINK: (Channel.DOWN_PASSES, Channel.DOWN_CONFIG, Channel.DOWN_COMMANDS),
}


class ServiceNameError(ValueError):
    """The name is not of the form "<service>-<number>"."""


def service_of(name: str) -> Service:
    """ "ingest-1" → Service.INGEST. Raises ServiceNameError."""
    prefix, _, number = name.rpartition("-")
    if prefix not in set(Service) or not number.isdecimal():
        raise ServiceNameError(f"{name!r}: expected ingest-<number> or downlink-<number>")
    return Service(prefix)


def access_list(services: Sequence[str], denied: Iterable[UUID]) -> str:
    """The text of mosquitto's acl_file. Equal inputs give equal bytes, so that a change can be seen."""
    lines = ["# Written by domovoy; changes are overwritten."]
    for name in sorted(services):
        service = service_of(name)
        lines += ["", f"user {name}"]
        lines += [f"topic read {every_box(channel)}" for channel in _READS[service]]
        lines += [f"topic write {every_box(channel)}" for channel in _WRITES[service]]
    for box in sorted(denied):
        lines += ["", f"user {box}", f"topic deny {ROOT}/{box}/#"]
    lines.append("")
    for (
        channel
    ) in Channel:  # not `up/#`: each topic may hold a retained message, and there are no end of names
        lines.append(f"pattern {'write' if channel.startswith('up/') else 'read'} {ROOT}/%u/{channel}")
    lines.append("")
    return "\n".join(lines)


def services_of(text: str) -> list[str]:
    """The cloud processes that an access list names; inverse of `access_list` as far as they go."""
    names = [line.removeprefix("user ") for line in text.splitlines() if line.startswith("user ")]
    return [name for name in names if name.rpartition("-")[0] in set(Service)]
