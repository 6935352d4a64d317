"""What a scanner or a keypad gave: a guest's code, a PIN or code to look up, or a card's printed number."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from protocols import codes, qr
from protocols.cards import CardError, Lookup, lookups, parse_printed
from protocols.qr import QrError, Token
from protocols.records import Reason

FindKey = Callable[[bytes], bytes | None]
"""The public key (32 bytes) in force by its tag in a code; None when there is none."""


class Typed(NamedTuple):
    """One of the three. `reason`: why a guest's code is worth nothing; all empty: nobody can read it."""

    token: Token | None = None
    reason: Reason | None = None
    asked: tuple[Lookup, ...] = ()
    guessable: bool = False  # short enough to be tried


def look_at(text: str, site: UUID, find_key: FindKey) -> Typed:
    """What the text says. A code's signature is checked here, whatever the network does."""
    if qr.looks_like(text):
        return _open(text, site, find_key)
    key = codes.key_of(text)
    if key is not None:
        return Typed(asked=(Lookup(key, weak=False),), guessable=True)
    try:
        return Typed(asked=lookups(parse_printed(text)))
    except CardError:
        return Typed()


def _open(text: str, site: UUID, find_key: FindKey) -> Typed:
    try:
        signed = qr.read(text)
    except QrError:
        return Typed(reason=Reason.UNREADABLE)
    public_key = find_key(signed.token.key)
    if public_key is None:
        return Typed(reason=Reason.CODE_KEY_UNKNOWN)
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signed.signature, qr.signed_bytes(site, signed.payload))
    except (InvalidSignature, ValueError):
        return Typed(reason=Reason.CODE_FORGED)
    return Typed(token=signed.token)
