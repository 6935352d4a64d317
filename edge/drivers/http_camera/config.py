"""Settings of a camera."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` gives a JPEG. `auth`: what the camera asks for when a user is given."""

    url: Annotated[str, Meta(pattern="^https?://[^/]+/", max_length=500)]
    user: Annotated[str, Meta(max_length=100)] = ""
    password: Annotated[str, Meta(max_length=100)] = ""
    auth: Literal["digest", "basic"] = "digest"
    timeout_ms: Annotated[int, Meta(ge=100, le=30_000)] = 3000
    probe_s: Annotated[float, Meta(ge=0.1, le=3600)] = 60.0
