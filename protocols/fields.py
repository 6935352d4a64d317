"""Field types that several wire messages share: identifiers, times, hashes, bounded texts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Utc = Annotated[datetime, Meta(tz=True)]
Sha256Hex = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Base64 = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]*={0,2}$", max_length=4096)]
Text = Annotated[str, Meta(max_length=500)]
Key = Annotated[str, Meta(min_length=1, max_length=100)]
Sequence = Annotated[int, Meta(ge=1, le=2**53)]
Watermark = Annotated[int, Meta(ge=0, le=2**53)]
Version = Annotated[int, Meta(ge=0, le=2**53)]


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
