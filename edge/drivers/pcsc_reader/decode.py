"""What a card answers to GET DATA (PC/SC part 3, 3.2.2.1.3). Pure."""

from edge.drivers.watched import Card, card_of

GET_UID = (0xFF, 0xCA, 0x00, 0x00, 0x00)


def card(data: bytes, status: int, *, reverse: bool) -> Card:
    """The answer's bytes and its status word."""
    return card_of(data, reverse=reverse) if status == 0x9000 else Card(f"status {status:04X}", ())
