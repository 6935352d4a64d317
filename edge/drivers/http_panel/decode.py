"""What a panel pushes, and what it tells of whom it lets in. Pure."""

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge.drivers.base import Grant, GrantKind
from protocols import decoding

GRANTS_MAX = 20_000
_Word = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{0,100}\Z")]


class PanelPushError(ValueError):
    """Not of the documented shape; the text names the place."""


class PanelEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`call`: the panel's own name for a call, the same in all its events. Further fields are ignored."""

    event: Literal["ring", "answered", "ended", "code", "card"]
    call: _Word = ""
    number: _Word = ""
    code: Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{1,32}\Z")] | None = None
    uid: Annotated[str, Meta(pattern=r"^([0-9a-fA-F]{2}){4,10}\Z")] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        if self.event == "code" and self.code is None:
            raise ValueError("event code: no code")
        if self.event == "card" and self.uid is None:
            raise ValueError("event card: no uid")


class _Grant(msgspec.Struct, frozen=True):
    kind: Literal["card", "code", "face"]
    value: Annotated[str, Meta(min_length=1, max_length=128)]


_event_decoder = msgspec.json.Decoder(PanelEvent)
_grants_decoder = msgspec.json.Decoder(Annotated[list[_Grant], Meta(max_length=GRANTS_MAX)])


def event(data: bytes) -> PanelEvent:
    """Raises PanelPushError."""
    try:
        told: PanelEvent = decoding.decode(_event_decoder, data)
    except msgspec.DecodeError as error:
        raise PanelPushError(f"event: {error}") from error
    return told


def grants(data: bytes) -> frozenset[Grant]:
    """Faces count as consented: the panel cannot know, and what is to be there decides. Raises PanelPushError."""
    try:
        told: list[_Grant] = decoding.decode(_grants_decoder, data)
    except msgspec.DecodeError as error:
        raise PanelPushError(f"grants: {error}") from error
    return frozenset(
        Grant(GrantKind(each.kind), each.value, consent=each.kind == GrantKind.FACE.value) for each in told
    )


def ending(call: str) -> bytes:
    """The body by which a call is refused."""
    return msgspec.json.encode({"call": call})


def change(add: Iterable[Grant], remove: Iterable[Grant]) -> bytes:
    """The body of a change."""
    return msgspec.json.encode(
        {"remove": [_told(each) for each in remove], "add": [_told(each) for each in add]}
    )


def _told(grant: Grant) -> _Grant:
    return _Grant(grant.kind.value, grant.value)
