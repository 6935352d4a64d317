"""Settings of a desk reader."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`reader`: how its PC/SC name begins, empty takes any. `reverse`: it gives UIDs last byte first."""

    reader: Annotated[str, Meta(max_length=200)] = ""
    reverse: bool = False
