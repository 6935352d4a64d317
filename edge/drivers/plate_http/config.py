"""Settings of a source of plates."""

from typing import Annotated

import msgspec
from msgspec import Meta

from edge.drivers.devices import Port


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the box listens. `token`: the last part of the path, which is all that a camera can keep secret.

    `min_confidence`: a less sure plate is passed on as unreadable. `repeat_ms`: the same plate again within this
    time is the same car; 0 takes every push for a visit.
    """

    host: Annotated[str, Meta(min_length=1, max_length=253)] = "127.0.0.1"
    port: Port
    token: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{16,128}$")]
    min_confidence: Annotated[float, Meta(ge=0, le=1)] = 0.0
    repeat_ms: Annotated[int, Meta(ge=0, le=600_000)] = 0
