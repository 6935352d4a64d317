"""What a panel pushes, and what it tells of whom it lets in. Pure."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge.drivers.base import Grant, GrantKind
from protocols import decoding

GRANTS_MAX = 20_000
OURS = "domovoy-"
"""So begin the names of the faces that the box put into a panel; all others are none of its affair."""
_Word = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{0,100}\Z")]


class PanelPushError(ValueError):
    """Not of the documented shape; the text names the place."""


class PanelEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`call`: the panel's own name for a call, the same in all its events. Further fields are ignored."""

    event: Literal["ring", "answered", "ended", "code", "card", "face"]
    call: _Word = ""
    number: _Word = ""
    code: Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{1,32}\Z")] | None = None
    uid: Annotated[str, Meta(pattern=r"^([0-9a-fA-F]{2}){4,10}\Z")] | None = None
    face: _Word | None = None
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        if self.event == "code" and self.code is None:
            raise ValueError("event code: no code")
        if self.event == "card" and self.uid is None:
            raise ValueError("event card: no uid")
        if self.event == "face" and not self.face:
            raise ValueError("event face: no face")


class _Grant(msgspec.Struct, frozen=True):
    kind: Literal["card", "code", "face"]
    value: Annotated[str, Meta(min_length=1, max_length=128)]


class _Face(msgspec.Struct, frozen=True):
    id: Annotated[str, Meta(max_length=1000)]
    sha256: Annotated[str, Meta(max_length=64)] = ""


_event_decoder = msgspec.json.Decoder(PanelEvent)
_grants_decoder = msgspec.json.Decoder(Annotated[list[_Grant], Meta(max_length=GRANTS_MAX)])
_faces_decoder = msgspec.json.Decoder(Annotated[list[_Face], Meta(max_length=GRANTS_MAX)])
_PICTURE = re.compile(r"[0-9a-f]{64}")


def event(data: bytes) -> PanelEvent:
    """Raises PanelPushError."""
    try:
        told: PanelEvent = decoding.decode(_event_decoder, data)
    except msgspec.DecodeError as error:
        raise PanelPushError(f"event: {error}") from error
    return told


def grants(data: bytes) -> frozenset[Grant]:
    """Faces have a list of their own: what stands here of them is another's. Raises PanelPushError."""
    try:
        told: list[_Grant] = decoding.decode(_grants_decoder, data)
    except msgspec.DecodeError as error:
        raise PanelPushError(f"grants: {error}") from error
    return frozenset(Grant(GrantKind(each.kind), each.value) for each in told if each.kind != "face")


def faces(data: bytes) -> dict[str, str]:
    """Ours: by what picture each was made, and the hash of what the panel has of it. Raises PanelPushError.

    A panel that cannot tell the hash is believed to have what it was given.
    """
    try:
        told: list[_Face] = decoding.decode(_faces_decoder, data)
    except msgspec.DecodeError as error:
        raise PanelPushError(f"faces: {error}") from error
    ours = ((picture_of(each.id), each.sha256.lower()) for each in told)
    return {picture: sha256 or picture for picture, sha256 in ours if picture}


def face_id(picture: str) -> str:
    """How a panel knows the face made from this picture."""
    return OURS + picture


def picture_of(face: str) -> str:
    """The other way round; "": it is none of ours."""
    picture = face.removeprefix(OURS)
    return picture if picture != face and _PICTURE.fullmatch(picture) else ""


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
