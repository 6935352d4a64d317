"""Whether the blacklist names what a guard types: a plate, a card, or a person by name, phone and document."""

import asyncio
from collections.abc import Sequence
from itertools import starmap

from edge.access.blacklist import Visitor
from edge.guardhouse import problems
from edge.guardhouse.ground import Ground
from protocols.documents import document_hash, document_number


async def recognised(ground: Ground, name: str, phone: str | None, document: str = "") -> Visitor:
    """The person as entries name one. Hashes are slow, so a thread makes them; the list may change meanwhile."""
    number = document_number(document)
    hashed: dict[tuple[str, str], str] = {}
    while True:
        salts = ground.held.passes.salts(name, ground.now)
        phones = [(phone, salt) for salt in sorted(salts.phone)] if phone else []
        documents = [(number, salt) for salt in sorted(salts.document)] if number else []
        missing = [each for each in (*phones, *documents) if each not in hashed]
        if not missing:
            return Visitor(name, _of(hashed, phones), _of(hashed, documents))
        hashed |= dict(zip(missing, await asyncio.to_thread(_hashes, missing), strict=True))


def refuse(ground: Ground, keys: Sequence[str], plates: Sequence[str], visitor: Visitor) -> None:
    """Raises Trouble with the blacklist's reason."""
    block = ground.held.passes.blocking(keys, plates, None, ground.now, visitor)
    if block is not None:
        raise problems.conflict("blacklisted", block.reason)


def _hashes(numbers: Sequence[tuple[str, str]]) -> list[str]:
    return list(starmap(document_hash, numbers))


def _of(hashed: dict[tuple[str, str], str], asked: Sequence[tuple[str, str]]) -> frozenset[str] | None:
    return frozenset(hashed[each] for each in asked) if asked else None
