"""What a tag of type A says of itself before anybody asks it. Pure."""

from typing import NamedTuple

from protocols.cards import CardError, Credential, from_uid


class Card(NamedTuple):
    """`raw`: the UID in hex, as the reader gave it. No credentials: it has no UID that anybody can use."""

    raw: str
    credentials: tuple[Credential, ...]


def card(uid: bytes, *, reverse: bool) -> Card:
    """By its UID: of 4, 7 or 10 bytes."""
    try:
        return Card(uid.hex().upper(), (from_uid(uid, reverse=reverse),))
    except CardError:
        return Card(uid.hex().upper()[:500], ())
