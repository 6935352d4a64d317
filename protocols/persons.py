"""Whom a blacklist names by name, phone and document: one rule for boxes and cloud.

The cloud compares numbers, a box their slow hashes (`protocols.documents`); the rule asks only what was found equal.
"""

import unicodedata
from uuid import UUID

from protocols.documents import document_hash


def fold(text: str) -> str:
    """A name as it is compared: lower case, ё as е, one space between words, compatibility forms unified."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", decomposed).casefold())
    return " ".join(folded.replace("ё", "е").split())


def is_named(*, name: bool, phone: bool | None, document: bool | None) -> bool:
    """Whether an entry names a person. Each: the two are equal; None: the entry or the person has none.

    An equal document is a match whatever the name; two phones or two documents that differ tell namesakes apart.
    Where either is not known, the name alone decides.
    """
    return document is True or (name and phone is not False and document is not False)


def phone_hash(phone: str, entry: UUID) -> str:
    """How a blacklist entry names a phone (E.164) to boxes: as it names a document, the entry's id is the salt.

    It is slow.
    """
    return document_hash(phone, entry.hex)
