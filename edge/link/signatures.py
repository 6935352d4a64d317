"""What the cloud signs: whose signature it is, and whether it is meant for this box."""

import base64
import binascii
from collections.abc import Callable
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from protocols.messages import Command, Desired, Signed, decode_payload

FindKey = Callable[[UUID], bytes | None]
"""The cloud's public key (32 bytes) by its id, None when there is none in force."""


class SignatureError(ValueError):
    """Not the cloud's word to this box; nothing in it can be believed, so it gets no answer."""


def open_signed(signed: Signed, find_key: FindKey, box: UUID) -> Command | Desired:
    """The payload. Raises SignatureError, and MalformedError for what the cloud signed and this version cannot read."""
    public_key = find_key(signed.key)
    if public_key is None:
        raise SignatureError(f"no key {signed.key} in force")
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(base64.b64decode(signed.signature, validate=True), bytes(signed.payload))
    except (InvalidSignature, binascii.Error) as error:
        raise SignatureError(f"the signature is not of key {signed.key}") from error
    except ValueError as error:
        raise SignatureError(f"key {signed.key} is no Ed25519 key") from error
    payload = decode_payload(signed.payload)
    if payload.box != box:
        raise SignatureError(f"meant for box {payload.box}")
    return payload
