"""Field types that several wire messages share: identifiers, times, hashes, bounded texts."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

Utc = Annotated[datetime, Meta(tz=True)]
Sha256Hex = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Base64 = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]*={0,2}$", max_length=4096)]
TEXT_MAX = 500  # characters
KEY_MAX = 100
# No control characters: neither databases nor terminals nor letters take them. A text may have lines and tabs.
Text = Annotated[str, Meta(max_length=TEXT_MAX, pattern=r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f]*$")]
Key = Annotated[
    str, Meta(min_length=1, max_length=KEY_MAX, pattern=r"^[^\u0000-\u001f]+$(?!\n)")
]  # $ lets one \n by
# As a key, or empty.
Label = Annotated[str, Meta(pattern=r"^[^\u0000-\u001f]{0,100}$(?!\n)")]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]  # as columns hold it
FromOne = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Sequence = Annotated[int, Meta(ge=1, le=2**53)]
Minute = Annotated[int, Meta(ge=0, le=1440)]  # of a day
Watermark = Annotated[int, Meta(ge=0, le=2**53)]
Version = Annotated[int, Meta(ge=0, le=2**53)]

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def bounded(instant: datetime) -> datetime:
    """The instant in UTC, or the nearer end of the years 2000–2099, between which alone anything is ever judged.

    On the wire a date may be as extreme as 9999-12-31T23:59:59-14:00, which has no UTC in Python.
    """
    return min(max(instant, EARLIEST), LATEST).astimezone(UTC)


def clipped(text: str, most: int = TEXT_MAX) -> str:
    """The text in at most so many characters, an ellipsis where the rest was: what is composed may grow too long."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Base of all that is tagged on the wire. Unknown fields are ignored: a newer peer may add some."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of what stands inside a message, untagged."""


class Direction(StrEnum):
    """Which way through a point."""

    IN = "in"
    OUT = "out"


class ClockState(StrEnum):
    """How far the box's clock could be trusted when a record was written."""

    TRUSTED = "trusted"
    UNKNOWN = "unknown"


class Event(Message, frozen=True, kw_only=True):
    """Common to all events. `id` is a UUIDv7 of the box and doubles as the correlation id of what follows."""

    id: UUID
    at: Utc
    clock: ClockState = ClockState.TRUSTED
