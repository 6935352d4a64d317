"""How a read stands in the journal: what would let in whoever reads the record is not told whole."""

from edge.access.decision import Held
from edge.access.judging import Asked
from edge.drivers.base import Read
from protocols import codes, faces, qr
from protocols.cards import Lookup

SHOWN_OF_CODE = 16  # characters


def text_of(read: Read, asked: Asked) -> str:
    """What was read."""
    if read.code is None:
        return read.raw[:500]
    if asked.token is not None or qr.looks_like(read.code):
        return f"{read.code[:SHOWN_OF_CODE]}…"
    if asked.lookups and codes.is_typed(asked.lookups[0].key):
        return codes.masked(asked.lookups[0].key)
    return read.raw[:500]


def credential(held: Held | None, asked: tuple[Lookup, ...]) -> str | None:
    """The card's strongest key, as the pass knows it when one matched."""
    if not asked:
        return None
    known = (lookup.key for lookup in asked if held is not None and lookup.key in held.item.keys)
    key = next(known, asked[0].key)
    return codes.masked(key) if codes.is_typed(key) else faces.masked(key)
