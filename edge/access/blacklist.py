"""The blacklist in memory: whom an entry names, by card, plate, pass, person and document."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from edge.access.bytext import ByText
from protocols.cards import Lookup
from protocols.documents import salt_of
from protocols.held import BlockItem
from protocols.persons import is_named, likeness, name_keys


class Visitor(NamedTuple):
    """Somebody whom the list is asked about. `phones`, `documents`: as entries name them; None: not known.

    `coded`: as a guest's code names them.
    """

    name: str = ""
    phones: frozenset[str] | None = None
    documents: frozenset[str] | None = None
    coded: tuple[bytes, ...] = ()


NOBODY = Visitor()


class Salts(NamedTuple):
    """With which somebody's phone and document are to be hashed before the list can be asked about them."""

    phone: set[str]
    document: set[str]


class Blacklist:
    """Entries by their ids (bytes), each with its part of the set digest."""

    def __init__(self) -> None:
        self.entries: dict[bytes, tuple[BlockItem, int]] = {}
        self._by_key = ByText()
        self._by_plate = ByText()
        self._by_person = ByText()
        self._by_document = ByText()
        self._by_name = ByText()
        self._by_pass: dict[bytes, set[bytes]] = {}

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def digest_of(self, key: bytes) -> int:
        """The entry's part of the set digest."""
        return self.entries[key][1]

    def put(self, key: bytes, item: BlockItem, digest: int) -> None:
        """Hold an entry that is not held yet."""
        self.entries[key] = (item, digest)
        for index, texts in self._indices(item):
            for text in texts:
                index.add(text, key)
        for pass_id in item.passes:
            self._by_pass.setdefault(pass_id.bytes, set()).add(key)

    def remove(self, key: bytes) -> None:
        """Hold it no longer; nothing happens when it is not held."""
        found = self.entries.pop(key, None)
        if found is None:
            return
        item = found[0]
        for index, texts in self._indices(item):
            for text in texts:
                index.remove(text, key)
        for pass_id in item.passes:
            self._by_pass.get(pass_id.bytes, set()).discard(key)

    def names_card(self, lookups: Iterable[Lookup], passes: Iterable[UUID], at: datetime) -> bool:
        """Whether an entry in force names the card, whole or as far as the reader saw it, or one of the passes."""
        found = [block for lookup in lookups for block in self._by_key.find(lookup.key)]
        return self._in_force([*found, *self._of_passes(passes)], at)

    def names_plate(self, plate: str, passes: Iterable[UUID], at: datetime) -> bool:
        """Whether an entry in force names the plate or one of the passes."""
        return self._in_force([*self._by_plate.find(plate), *self._of_passes(passes)], at)

    def names_person(self, persons: Iterable[bytes], at: datetime) -> bool:
        """Whether an entry in force names a person by the keyed hash that a guest's code carries."""
        return self._in_force(self._of_coded(persons), at)

    def naming(
        self,
        keys: Iterable[str],
        plates: Iterable[str],
        passes: Iterable[UUID],
        at: datetime,
        visitor: Visitor = NOBODY,
    ) -> BlockItem | None:
        """An entry in force that names one of these, for people to read why."""
        found = [block for key in keys for block in self._by_key.find(key)]
        found += [block for plate in plates for block in self._by_plate.find(plate)]
        items = (
            self.entries[block][0] for block in (*found, *self._of_person(visitor), *self._of_passes(passes))
        )
        return next((item for item in items if _stands(item, at)), None)

    def _of_person(self, visitor: Visitor) -> Iterator[bytes]:
        yield from self._of_coded(visitor.coded)
        listed = (block for each in visitor.documents or () for block in self._by_document.find(each))
        for block in dict.fromkeys((*listed, *self._alike(visitor.name))):
            item = self.entries[block][0]
            if is_named(
                name=likeness(item.name, visitor.name),
                phone=_same(item.phones, visitor.phones),
                document=_same(item.documents, visitor.documents),
            ):
                yield block

    def _alike(self, name: str) -> Iterator[bytes]:
        """Entries of which the name may be like this one."""
        return (block for key in name_keys(name) for block in self._by_name.find(key))

    def _of_coded(self, persons: Iterable[bytes]) -> Iterator[bytes]:
        return (block for person in persons for block in self._by_person.find(person.hex()))

    def plates_with(self, part: str, at: datetime) -> Iterator[tuple[str, BlockItem]]:
        """Canonical plates of entries in force, of which this is a part."""
        for item, _ in self.entries.values():
            if _stands(item, at):
                yield from ((plate, item) for plate in item.plates if part in plate and part != plate)

    def salts(self, name: str, at: datetime) -> Salts:
        """Phones are compared with those of like names alone, documents with all that are listed now."""
        alike = (self.entries[block][0] for block in self._alike(name))
        phones = (phone for item in alike if _stands(item, at) for phone in item.phones)
        in_force = (item for item, _ in self.entries.values() if _stands(item, at))
        documents = (document for item in in_force for document in item.documents)
        return Salts(set(map(salt_of, phones)), set(map(salt_of, documents)))

    def _indices(self, item: BlockItem) -> tuple[tuple[ByText, list[str]], ...]:
        return (
            (self._by_key, item.keys),
            (self._by_plate, item.plates),
            (self._by_person, item.persons),
            (self._by_document, item.documents),
            (self._by_name, name_keys(item.name)),
        )

    def _of_passes(self, passes: Iterable[UUID]) -> Iterator[bytes]:
        for pass_id in passes:
            yield from self._by_pass.get(pass_id.bytes, ())

    def _in_force(self, blocks: Iterable[bytes], at: datetime) -> bool:
        return any(_stands(self.entries[block][0], at) for block in blocks)


def _stands(item: BlockItem, at: datetime) -> bool:
    return item.until is None or at < item.until


def _same(listed: Collection[str], known: frozenset[str] | None) -> bool | None:
    return None if not listed or known is None else not known.isdisjoint(listed)
