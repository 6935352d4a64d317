"""Cards: what readers and printed numbers say, as one canonical Credential with match keys."""

from protocols.cards.credential import (
    CardError,
    CardFormat,
    Credential,
    Lookup,
    from_em_number,
    from_frame,
    from_uid,
    lookups,
)
from protocols.cards.em4100 import em4100_frame, from_em4100_frame
from protocols.cards.printed import parse_printed, unambiguous
from protocols.cards.spellings import spellings, spellings_of_key
from protocols.cards.wiegand import bit_string, from_wiegand, to_wiegand

__all__ = [
    "CardError",
    "CardFormat",
    "Credential",
    "Lookup",
    "bit_string",
    "em4100_frame",
    "from_em4100_frame",
    "from_em_number",
    "from_frame",
    "from_uid",
    "from_wiegand",
    "lookups",
    "parse_printed",
    "spellings",
    "spellings_of_key",
    "to_wiegand",
    "unambiguous",
]
