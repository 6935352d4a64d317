"""Records of an events stream: signature, decoding, and the handler that each kind of event goes to."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from cloud.sites.types import BoxOwner
from cloud.telemetry.service import StreamKey
from protocols import chain, decoding, records
from protocols.fields import Event

EventHandler = Callable[[Session, BoxOwner, Any], None]
"""Takes an event into a slice, within the transaction and the scope of the box's company. Only what must be atomic
with the watermark belongs here; all else follows by domain events. An error sets this one event aside."""

Handlers = Mapping[type[Event], EventHandler]


class UnknownEventError(ValueError):
    """An event type that this version does not know; `args[0]` is the type."""


def is_signed(
    key: StreamKey, *, last: int, head: bytes, signature: bytes | None, public_key: bytes | None
) -> bool:
    """Whether the box's journal key signed its stream up to `last`."""
    if signature is None or public_key is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            signature, chain.signed_bytes(key.stream_id, last, head)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


class _Tag(msgspec.Struct):
    type: str


_tag_decoder = msgspec.json.Decoder(_Tag)


def decode(record: bytes) -> Event:
    """Raises UnknownEventError, or msgspec.DecodeError naming the field."""
    try:
        return records.decode_event(record)
    except msgspec.ValidationError as error:
        if "Invalid value" in str(error) and str(error).endswith("`$.type`"):
            raise UnknownEventError(decoding.decode(_tag_decoder, record).type) from error
        raise


def kind_of(event: Event) -> str:
    """The event's tag on the wire."""
    return str(event.__struct_config__.tag)
