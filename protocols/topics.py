"""The MQTT topic grammar: `domovoy/1/<box>/<direction>/<channel>`, built and parsed here alone.

The `1` is the wire's major version; a box's UUID is also its certificate's CN and its MQTT user name.
"""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

ROOT = "domovoy/1"


class Channel(StrEnum):
    """A topic below the box, direction included."""

    UP_EVENTS = "up/events"
    UP_READINGS = "up/readings"
    UP_STATE = "up/state"
    UP_REQUESTS = "up/requests"
    DOWN_ACK = "down/ack"
    DOWN_PASSES = "down/passes"
    DOWN_CONFIG = "down/config"
    DOWN_COMMANDS = "down/commands"


class Address(NamedTuple):
    """Whose message it is, and which channel it came by."""

    box: UUID
    channel: Channel


class TopicError(ValueError):
    """The topic is not of the grammar."""


def topic(box: UUID, channel: Channel) -> str:
    """`domovoy/1/<box>/up/events` and its like."""
    return f"{ROOT}/{box}/{channel}"


def every_box(channel: Channel) -> str:
    """A subscription filter for one channel of all boxes."""
    return f"{ROOT}/+/{channel}"


def shared(group: str, channel: Channel) -> str:
    """A shared subscription (MQTT 5, section 4.8.2): each message goes to one member of the group."""
    return f"$share/{group}/{every_box(channel)}"


def parse(text: str) -> Address:
    """Inverse of `topic`. Raises TopicError naming the part that does not fit."""
    parts = text.split("/", 3)
    if len(parts) != 4 or f"{parts[0]}/{parts[1]}" != ROOT:
        raise TopicError(f"topic {text!r}: does not begin with {ROOT}/<box>/")
    try:
        box = UUID(parts[2])
    except ValueError as error:
        raise TopicError(f"topic {text!r}: {parts[2]!r} is not a UUID") from error
    if str(box) != parts[2]:
        raise TopicError(f"topic {text!r}: the UUID is not in its canonical form")
    try:
        return Address(box, Channel(parts[3]))
    except ValueError as error:
        raise TopicError(f"topic {text!r}: unknown channel {parts[3]!r}") from error
