"""What a card answers to GET DATA (PC/SC part 3, 3.2.2.1.3). Pure."""

from typing import NamedTuple

from protocols.cards import CardError, Credential, from_uid

GET_UID = (0xFF, 0xCA, 0x00, 0x00, 0x00)


class Card(NamedTuple):
    """`raw`: UID or status word in hex. No credentials: the card has no UID that anybody can use."""

    raw: str
    credentials: tuple[Credential, ...]


def card(data: bytes, status: int, *, reverse: bool) -> Card:
    """The answer's bytes and its status word."""
    if status != 0x9000:
        return Card(f"status {status:04X}", ())
    try:
        return Card(data.hex().upper(), (from_uid(data, reverse=reverse),))
    except CardError:
        return Card(data.hex().upper()[:500], ())
