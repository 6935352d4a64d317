"""What a camera's push says, in the shapes of the makers. Pure.

`generic` is this house's own. `hikvision`: ISAPI's EventNotificationAlert, XML or JSON, alone or in a form with
pictures. `dahua`: ITSAPI's TollgateInfo, JSON with the picture in base64. Fields that are not named here are ignored:
each maker, and each firmware, adds some.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from edge.drivers.parts import Part
from edge.drivers.xml_tree import XmlError, tree
from protocols import decoding, plates

_NO_PLATE = frozenset({"unknown", "unknow", "noplate", "no plate", "none", "无车牌"})


class PlatePushError(ValueError):
    """The push is not of the documented shape; the text names the place."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """`plate`: canonical; None when the camera saw a vehicle and no plate, or is not sure enough of it.

    `track`: the camera's name for the car, `event`: for this very event, which may come twice; both may be empty.
    """

    raw: str
    plate: str | None
    confidence: float | None
    picture: bytes | None = None
    track: str = ""
    event: str = ""


class PlateEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The part `event` of a generic push."""

    plate: Annotated[str, Meta(max_length=64)] = ""
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = None
    track: Annotated[str, Meta(max_length=100)] = ""


class _HikvisionPlate(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    license_plate: Annotated[str, Meta(max_length=64)] = ""
    confidence_level: float | None = None


class _Hikvision(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    event_type: str
    anpr: _HikvisionPlate = msgspec.field(name="ANPR", default_factory=_HikvisionPlate)
    uuid: str = msgspec.field(name="UUID", default="")
    is_data_retransmission: bool = False


class _DahuaPlate(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    plate_number: Annotated[str, Meta(max_length=64)] = ""
    confidence: float | None = None
    is_exist: bool = True


class _DahuaPicture(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    content: str = ""


class _DahuaSnapshot(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    plate: _DahuaPlate = _DahuaPlate()
    normal_pic: _DahuaPicture = _DahuaPicture()


class _Dahua(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """`active`: a heartbeat's, or a notice of the device about itself."""

    picture: _DahuaSnapshot | None = None
    active: str = ""


Shape = Callable[[Sequence[Part]], Seen | None]
_generic_decoder = msgspec.json.Decoder(PlateEvent)
_hikvision_decoder = msgspec.json.Decoder(_Hikvision)
_dahua_decoder = msgspec.json.Decoder(_Dahua)


def generic(parts: Sequence[Part]) -> Seen:
    """JSON alone, or a form with the parts `event` and `still`. Raises PlatePushError."""
    named = {part.name: part for part in reversed(parts)}
    event = named.get("event") or named.get("")
    if event is None:
        raise PlatePushError("form: no part event")
    if event.name == "" and event.kind != "application/json":
        raise PlatePushError(
            f"content type {event.kind!r}: application/json or multipart/form-data is needed"
        )
    told: PlateEvent = _decoded(_generic_decoder, event.data, "event")
    still = named.get("still")
    return Seen(
        raw=told.plate,
        plate=_canonical(told.plate),
        confidence=told.confidence,
        picture=still.data if still is not None else None,
        track=told.track,
    )


def hikvision(parts: Sequence[Part]) -> Seen | None:
    """None: another event than a plate, or one that was kept from earlier. Raises PlatePushError."""
    told = next((part for part in parts if _is_text(part)), None)
    if told is None:
        raise PlatePushError("no part of XML or JSON")
    if told.data.lstrip()[:1] == b"{":
        event: _Hikvision = _decoded(_hikvision_decoder, told.data, "event")
    else:
        try:
            event = msgspec.convert(tree(told.data, "EventNotificationAlert"), _Hikvision, strict=False)
        except (XmlError, msgspec.ValidationError) as error:
            raise PlatePushError(f"EventNotificationAlert: {error}") from error
    if event.event_type.upper() != "ANPR" or event.is_data_retransmission:
        return None
    level = event.anpr.confidence_level
    return Seen(
        raw=event.anpr.license_plate,
        plate=_canonical(event.anpr.license_plate),
        confidence=_of_hundred(level),
        picture=_picture(parts),
        event=event.uuid[:100],
    )


def dahua(parts: Sequence[Part]) -> Seen | None:
    """None: a heartbeat. Raises PlatePushError."""
    event: _Dahua = _decoded(_dahua_decoder, parts[0].data if parts else b"", "event")
    if event.picture is None:
        if event.active:
            return None
        raise PlatePushError("event: Object missing required field `Picture`")
    plate, content = event.picture.plate, event.picture.normal_pic.content
    number = plate.plate_number if plate.is_exist else ""
    try:
        picture = base64.b64decode(content, validate=True) if content else None
    except binascii.Error as error:
        raise PlatePushError(f"event: $.Picture.NormalPic.Content: {error}") from error
    return Seen(
        raw=number, plate=_canonical(number), confidence=_of_hundred(plate.confidence), picture=picture
    )


SHAPES: dict[str, Shape] = {"generic": generic, "hikvision": hikvision, "dahua": dahua}


def seen(shape: str, parts: Sequence[Part], *, min_confidence: float) -> Seen | None:
    """What was seen; None: nothing that concerns a gate. Raises PlatePushError, KeyError for an unknown shape."""
    what = SHAPES[shape](parts)
    if what is None or what.confidence is None or what.confidence >= min_confidence:
        return what
    return msgspec.structs.replace(what, plate=None)


def _decoded(decoder: msgspec.json.Decoder[Any], data: bytes, place: str) -> Any:
    try:
        return decoding.decode(decoder, data)
    except msgspec.DecodeError as error:
        raise PlatePushError(f"{place}: {error}") from error


def _canonical(text: str) -> str | None:
    if text.strip().lower() in _NO_PLATE:
        return None
    try:
        return plates.canonical(text)
    except plates.PlateError:
        return None


def _of_hundred(level: float | None) -> float | None:
    return None if level is None else min(1.0, max(0.0, level / 100))


def _is_text(part: Part) -> bool:
    return part.kind.endswith(("xml", "json")) or part.file.endswith((".xml", ".json"))


def _picture(parts: Sequence[Part]) -> bytes | None:
    """The whole scene before the plate alone."""
    pictures = [part for part in parts if part.kind.startswith("image/") or part.file.endswith(".jpg")]
    rank = {"detectionPicture.jpg": 0, "vehiclePicture.jpg": 1, "licensePlatePicture.jpg": 3}
    return min(pictures, key=lambda part: rank.get(part.file or part.name, 2)).data if pictures else None
