"""What a camera's push says. Pure."""

from typing import Annotated

import msgspec
from msgspec import Meta

from protocols import decoding, plates


class PushError(ValueError):
    """The push is not of the documented shape; the text names the place."""


class PlateEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The part `event` of the push. Further fields are ignored: each maker adds some."""

    plate: Annotated[str, Meta(max_length=64)] = ""
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """`plate`: canonical; None when the camera saw a vehicle and no plate, or is not sure enough of it."""

    raw: str
    plate: str | None
    confidence: float | None


_decoder = msgspec.json.Decoder(PlateEvent)


def seen(data: bytes, *, min_confidence: float) -> Seen:
    """Raises PushError."""
    try:
        event = decoding.decode(_decoder, data)
    except msgspec.DecodeError as error:
        raise PushError(f"event: {error}") from error
    unsure = event.confidence is not None and event.confidence < min_confidence
    return Seen(
        raw=event.plate, plate=None if unsure else _canonical(event.plate), confidence=event.confidence
    )


def _canonical(text: str) -> str | None:
    try:
        return plates.canonical(text)
    except plates.PlateError:
        return None
