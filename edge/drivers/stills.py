"""What counts as a picture, whoever sent it. Pure."""

from edge.drivers.base import Still

STILL_MAX_BYTES = 4 * 1024 * 1024
_JPEG_START = b"\xff\xd8\xff"


class StillError(ValueError):
    """The bytes are no picture that the box takes."""


def still(data: bytes) -> Still:
    """A picture as pushed or fetched. Raises StillError unless it is a JPEG of a sane size."""
    if len(data) > STILL_MAX_BYTES:
        raise StillError(f"still: {len(data)} bytes, more than {STILL_MAX_BYTES}")
    if not data.startswith(_JPEG_START):
        raise StillError("still: not a JPEG")
    return Still(data)
