"""Whom a blacklist names by name, phone and document: one rule for boxes and cloud.

The cloud compares numbers, a box their slow hashes (`protocols.documents`); the rule asks only what was found equal.
"""

import unicodedata
from enum import IntEnum
from uuid import UUID

from protocols.documents import document_hash

SHARED_LETTERS = 3


def fold(text: str) -> str:
    """A name as it is compared: lower case, ё as е, one space between words, compatibility forms unified."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", decomposed).casefold())
    return " ".join(folded.replace("ё", "е").split())


class Likeness(IntEnum):
    """How alike two names are, in whatever order their words stand."""

    OTHER = 0
    AKIN = 1  # they share a word of `SHARED_LETTERS` or more
    SAME = 2  # of the same words


def words(name: str) -> frozenset[str]:
    """The words of a name, folded and without punctuation."""
    apart = "".join(" " if unicodedata.category(each)[0] in "PSZC" else each for each in fold(name))
    return frozenset(apart.split())


def likeness(one: str, other: str) -> Likeness:
    """Of two names. A name without a word is like none."""
    ours, theirs = words(one), words(other)
    if ours == theirs:
        return Likeness.SAME if ours else Likeness.OTHER
    return Likeness.AKIN if any(map(_tells, ours & theirs)) else Likeness.OTHER


def name_keys(name: str) -> list[str]:
    """Texts by which names are found that may be alike: two that are `SAME` or `AKIN` have one in common."""
    found = words(name)
    return sorted({*filter(_tells, found), " ".join(sorted(found))}) if found else []


def _tells(word: str) -> bool:
    return sum(map(str.isalpha, word)) >= SHARED_LETTERS


def is_named(*, name: Likeness, phone: bool | None, document: bool | None) -> bool:
    """Whether an entry names a person. `phone`, `document`: the two are equal; None: the entry or the person has none.

    An equal document is a match whatever the name; two phones or two documents that differ tell namesakes apart.
    With an equal phone one word of the name is enough; where nothing but names is known, they have the same words.
    """
    if document is not None:
        return document
    return name is Likeness.SAME if phone is None else phone and name >= Likeness.AKIN


def phone_hash(phone: str, entry: UUID) -> str:
    """How a blacklist entry names a phone (E.164) to boxes: as it names a document, the entry's id is the salt.

    It is slow.
    """
    return document_hash(phone, entry.hex)
