"""Settings of a relay module."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A relay module at a unit address of a bus; `profile` is one of `protocols.meters.RELAYS`.

    `module_timer_ms`: the module itself ends a pulse after this, should both agent and line die; only for profiles
    with a pulse timer, and longer than the longest pulse used.
    """

    bus: UUID
    unit: Annotated[int, Meta(ge=1, le=247)]
    profile: Annotated[str, Meta(min_length=1, max_length=100)]
    poll_s: Annotated[float, Meta(ge=0.1, le=60)] = 2.0  # how often the real states are read back
    silence_s: Annotated[int, Meta(ge=1, le=600)] = 10  # the module falls back to off after this silence
    module_timer_ms: Annotated[int, Meta(ge=100, le=60_000)] | None = None
    held_outputs: Annotated[list[int], Meta(max_length=64)] = []  # not barriers: left as found at connect
