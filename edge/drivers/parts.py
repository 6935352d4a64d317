"""What a push over HTTP is made of, for those who read it. Pure."""

from typing import NamedTuple


class Part(NamedTuple):
    """A part of a form, or the whole body. `kind`: its media type, lower case, without parameters."""

    name: str
    file: str
    kind: str
    data: bytes
