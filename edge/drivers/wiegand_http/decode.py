"""What a controller's push says. Pure."""

from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from protocols import decoding
from protocols.cards import (
    CardError,
    CardFormat,
    Credential,
    from_em_number,
    from_uid,
    from_wiegand,
    to_wiegand,
)


class CardPushError(ValueError):
    """The push is not of a documented shape; the text names the place."""


class CardEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One card, said in one of four ways. Further fields are ignored: each maker adds some."""

    bits: Annotated[str, Meta(pattern=r"^[01]{1,256}\Z")] | None = None
    uid: Annotated[str, Meta(pattern=r"^([0-9a-fA-F]{2}){1,10}\Z")] | None = None
    em: Annotated[str, Meta(pattern=r"^[0-9]{1,10}\Z")] | None = None
    facility: Annotated[int, Meta(ge=0, lt=2**32)] | None = None
    number: Annotated[int, Meta(ge=0, lt=2**40)] | None = None
    format: Literal["H10301", "H10302", "H10304", "C1K35", "C1K48", "W34"] = "H10301"


class Seen(NamedTuple):
    """`raw`: what was said, as it can be written down."""

    raw: str
    credentials: tuple[Credential, ...]


_decoder = msgspec.json.Decoder(CardEvent)
_WAYS = ("bits", "uid", "em", "number")


def seen(data: bytes, *, reverse: bool) -> Seen:
    """Raises CardPushError."""
    try:
        event = decoding.decode(_decoder, data)
    except msgspec.DecodeError as error:
        raise CardPushError(str(error)) from error
    ways = [way for way in _WAYS if getattr(event, way) is not None]
    if len(ways) != 1 or (event.facility is not None and event.number is None):
        raise CardPushError("exactly one of bits, uid, em and number (with its facility) is needed")
    try:
        return _seen(event, reverse)
    except CardError as error:
        raise CardPushError(str(error)) from error


def _seen(event: CardEvent, reverse: bool) -> Seen:
    if event.bits is not None:
        return Seen(event.bits, tuple(from_wiegand(event.bits, reverse=reverse)))
    if event.uid is not None:
        return Seen(event.uid.upper(), (from_uid(bytes.fromhex(event.uid), reverse=reverse),))
    if event.em is not None:
        return Seen(event.em, (from_em_number(int(event.em)),))
    card = Credential(format=CardFormat(event.format), facility=event.facility, number=event.number)
    # The controller took a frame apart: put together again, it has every reading that fits it.
    numbers = str(event.number) if event.facility is None else f"{event.facility},{event.number}"
    return Seen(numbers, tuple(from_wiegand(to_wiegand(card), reverse=reverse)))
