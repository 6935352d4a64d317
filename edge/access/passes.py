"""What the box holds, for the gate: an index in memory over the rows of SQLite.

A pass stays in memory as a short packed record of what the gate needs, unpacked when somebody presents it: a
hundred thousand passes cost some tens of megabytes. The bytes that the cloud sent stay on the disk; of them the
digest alone is kept here.
"""

import base64
import binascii
import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

import msgspec

from edge.access.blacklist import NOBODY, Blacklist, Salts, Visitor
from edge.access.bytext import ByText
from edge.access.decision import GatePass, Held
from edge.access.uses import Uses
from protocols import chain, decoding, qr
from protocols.cards import Lookup
from protocols.fields import Direction, bounded
from protocols.held import (
    AnyItem,
    BlockItem,
    DocumentHash,
    GuardItem,
    ItemKind,
    KeyItem,
    KeyPurpose,
    PassItem,
    PassKind,
    RetentionItem,
    UnknownItem,
    decode_any_item,
)
from protocols.qr import Token

_pack = msgspec.msgpack.Encoder(uuid_format="bytes").encode
_unpack = msgspec.msgpack.Decoder(GatePass).decode
_NONE, _UNNAMED = msgspec.Raw(b"[]"), msgspec.Raw(b'""')
_text = msgspec.json.Decoder(str)
_hash = msgspec.json.Decoder(DocumentHash)
_uuid = msgspec.json.Decoder(UUID)
_elements = msgspec.json.Decoder(list[msgspec.Raw])
_Element = TypeVar("_Element", str, UUID)
_ENTRIES_MAX = 2**53  # the packed form holds no more than 64 bits
_KINDS: dict[type, ItemKind] = {
    PassItem: ItemKind.PASS,
    BlockItem: ItemKind.BLOCK,
    KeyItem: ItemKind.KEY,
    GuardItem: ItemKind.GUARD,
    RetentionItem: ItemKind.RETENTION,
}


def kind_of(item: AnyItem | UnknownItem) -> str:
    """The kind under which an item is held: an `ItemKind`, or one that only a newer cloud knows."""
    return item.type if isinstance(item, UnknownItem) else _KINDS[type(item)]


class Standing(NamedTuple):
    """How far the box has followed the site's log. `epoch` None: it holds nothing yet."""

    epoch: UUID | None = None
    version: int = 0
    digest: int = 0

    @property
    def digest_hex(self) -> str:
        """As the wire carries it."""
        return chain.digest_hex(self.digest)


class Row(NamedTuple):
    """A held item as it is stored. One of an unknown `kind` counts in the digest and says nothing to the gate."""

    kind: str
    id: UUID
    version: int
    body: bytes


class Unreadable(NamedTuple):
    """An item that this version makes no sense of: held for the digest, never granted. `fault` names the place."""

    fault: str


_Other = KeyItem | GuardItem | RetentionItem | UnknownItem | Unreadable


class _Targets(msgspec.Struct, frozen=True):
    """Whom a blacklist entry names: lists that are yet to be read, each element by itself and without limits."""

    keys: msgspec.Raw = _NONE
    plates: msgspec.Raw = _NONE
    passes: msgspec.Raw = _NONE
    persons: msgspec.Raw = _NONE
    documents: msgspec.Raw = _NONE
    phones: msgspec.Raw = _NONE
    name: msgspec.Raw = _UNNAMED


_targets = msgspec.json.Decoder(_Targets)


class Passes:
    """The held set. Changes are made in the event loop after they are on the disk; so a lookup sees one state."""

    def __init__(self) -> None:
        self._packed: dict[bytes, bytes] = {}
        self._by_key = ByText()
        self._by_plate = ByText()
        self._blacklist = Blacklist()
        self._others: dict[tuple[str, bytes], tuple[_Other, int]] = {}
        self.digest = 0
        self.unreadable: dict[tuple[str, UUID], str] = {}
        """Kind and id of what is held and could not be read: why."""

    def __len__(self) -> int:
        return len(self._packed)

    def put(self, row: Row) -> None:
        """Hold the item, in place of its earlier version. Whatever is in it, this succeeds: see `unreadable`."""
        item, fault = _read(row)
        key = row.id.bytes
        if self._holds(row.kind, key):
            self.remove(row.kind, row.id)
        digest = chain.item_digest(row.body)
        self.digest += digest
        if isinstance(item, PassItem):
            self._put_pass(key, item, row.version, digest)
        elif isinstance(item, BlockItem):
            self._blacklist.put(key, item, digest)
        else:
            self._others[row.kind, key] = (item, digest)
        if fault:
            self.unreadable[row.kind, row.id] = fault

    def remove(self, kind: str, item_id: UUID) -> None:
        """Hold it no longer; nothing happens when it is not held."""
        key = item_id.bytes
        self.digest -= self.digest_of(kind, item_id)
        self.unreadable.pop((kind, item_id), None)
        self._others.pop((kind, key), None)
        if kind == ItemKind.PASS:
            self._remove_pass(key)
        elif kind == ItemKind.BLOCK:
            self._blacklist.remove(key)

    def _holds(self, kind: str, key: bytes) -> bool:
        return key in self._packed or key in self._blacklist or (kind, key) in self._others

    def digest_of(self, kind: str, item_id: UUID) -> int:
        """The item's part of the set digest; 0 when it is not held."""
        key = item_id.bytes
        if kind == ItemKind.PASS and key in self._packed:
            return int.from_bytes(_unpack(self._packed[key]).digest, "big")
        if kind == ItemKind.BLOCK and key in self._blacklist:
            return self._blacklist.digest_of(key)
        found = self._others.get((kind, key))
        return 0 if found is None else found[1]

    def put_draft(self, item: PassItem) -> None:
        """Hold a pass made at the gate, beside the list: not in the digest, and the cloud's version replaces it."""
        if item.id.bytes in self._packed and self.digest_of(ItemKind.PASS, item.id):
            return
        self._remove_pass(item.id.bytes)
        self._put_pass(item.id.bytes, item, 0, 0)

    def withdraw(self, pass_id: UUID) -> None:
        """Refused from now on, whatever the list says; the list's next version of it has the word again."""
        packed = self._packed.get(pass_id.bytes)
        if packed is not None:
            self._packed[pass_id.bytes] = _short(msgspec.structs.replace(_unpack(packed), revoked=True))

    def holders(self, plate: str) -> list[UUID]:
        """The passes that hold a plate."""
        return [UUID(bytes=key) for key in self._by_plate.find(plate)]

    def of_cards(self, keys: Iterable[str]) -> list[UUID]:
        """The passes that hold one of these match keys."""
        return [
            UUID(bytes=key) for key in dict.fromkeys(key for text in keys for key in self._by_key.find(text))
        ]

    def blocking(
        self,
        keys: Iterable[str],
        plates: Iterable[str],
        pass_id: UUID | None,
        at: datetime,
        visitor: Visitor = NOBODY,
    ) -> BlockItem | None:
        """The blacklist's entry that names one of these, whole cards alone; None: there is none in force."""
        if not self._blacklist.entries:
            return None
        return self._blacklist.naming(keys, plates, [pass_id] if pass_id else [], at, visitor)

    def blocked_plates_with(self, part: str, at: datetime) -> Iterator[tuple[str, BlockItem]]:
        """Canonical plates that the blacklist names, of which this is a part, each with its entry."""
        return self._blacklist.plates_with(part, at)

    def salts(self, name: str, at: datetime) -> Salts:
        """With which a visitor's phone and document are to be hashed before `blocking` is asked."""
        return self._blacklist.salts(name, at)

    def blocked(self, at: datetime) -> set[UUID]:
        """All held passes that the blacklist names."""
        found: set[UUID] = set()
        for item, _ in self._blacklist.entries.values():
            if item.until is None or at < item.until:
                found.update(self.of_cards(item.keys), *map(self.holders, item.plates))
                found.update(each for each in item.passes if each.bytes in self._packed)
        return found

    def find_pass(self, pass_id: UUID) -> GatePass | None:
        """A pass by its id."""
        packed = self._packed.get(pass_id.bytes)
        return None if packed is None else _unpack(packed)

    def every(self) -> Iterator[GatePass]:
        """All passes as they are held now; what changes while they are gone through may be missed."""
        return (_unpack(packed) for packed in list(self._packed.values()))

    def match_card(self, lookups: Iterable[Lookup], uses: Uses) -> list[Held]:
        """Passes that hold the whole card; only when there is none, those that hold what the reader could see of it.

        `lookups`: strong before weak, as `cards.lookups` gives them.
        """
        matched: dict[bytes, Held] = {}
        is_whole = False
        for text, weak in lookups:  # strong before weak
            if weak and is_whole:
                break
            for key in self._by_key.find(text):
                if key not in matched:
                    matched[key] = self._held(key, uses, weak)
                    is_whole = not weak
        return list(matched.values())

    def match_plate(self, plate: str, uses: Uses) -> list[Held]:
        """Passes that hold the plate."""
        return [self._held(key, uses, weak=False) for key in self._by_plate.find(plate)]

    def match_code(self, token: Token, uses: Uses) -> Held:
        """The pass of a genuine guest's code, as it is held or, when it never came here, as the code says."""
        key = token.pass_id.bytes
        held = (
            self._held(key, uses, weak=False) if key in self._packed else Held(_unheard(token), uses.of(key))
        )
        return held._replace(token=token, exits=uses.of(key, Direction.OUT))

    def blocked_card(self, lookups: Iterable[Lookup], matched: Iterable[Held], at: datetime) -> bool:
        """Whether the blacklist names the card, whole or as far as the reader saw it, or a pass that it matched."""
        return bool(self._blacklist.entries) and self._blacklist.names_card(lookups, _ids(matched), at)

    def names_card_or_pass(self, lookups: Iterable[Lookup], pass_id: UUID, at: datetime) -> bool:
        """Whether the blacklist names one of these cards, or the pass."""
        return bool(self._blacklist.entries) and self._blacklist.names_card(lookups, [pass_id], at)

    def blocked_plate(self, plate: str, matched: Iterable[Held], at: datetime) -> bool:
        """Whether the blacklist names the plate or a pass that it matched."""
        return bool(self._blacklist.entries) and self._blacklist.names_plate(plate, _ids(matched), at)

    def blocked_code(self, token: Token, at: datetime) -> bool:
        """Whether the blacklist names the code's plate, its person or its pass."""
        return self._blacklist.names_plate(token.plate, [token.pass_id], at) or self._blacklist.names_person(
            token.persons, at
        )

    def knows_key(self, key: UUID) -> bool:
        """The log has said something about the key; then only the log's word counts."""
        return (ItemKind.KEY, key.bytes) in self._others

    def command_key(self, key: UUID, at: datetime) -> bytes | None:
        """The public key by which the cloud signs, if the log gave it and it is valid."""
        found = self._others.get((ItemKind.KEY, key.bytes))
        item = found[0] if found else None
        return _public_key(item, KeyPurpose.COMMAND, at) if isinstance(item, KeyItem) else None

    def code_key(self, tag: bytes, at: datetime) -> bytes | None:
        """The public key that verifies guests' codes of this tag, if the log gave it and it is valid."""
        for item, _ in self._others.values():  # few: keys, guards, what is unknown
            public_key = _public_key(item, KeyPurpose.QR, at) if isinstance(item, KeyItem) else None
            if public_key is not None and qr.key_tag(public_key) == tag:
                return public_key
        return None

    def guards(self) -> Iterator[GuardItem]:
        """Who may sign in at the box's own page."""
        return (item for item, _ in self._others.values() if isinstance(item, GuardItem))

    def kept_days(self) -> dict[str, int]:
        """For how many days the company lets personal data stay, by kind; of several rules the shortest."""
        found: dict[str, int] = {}
        for item, _ in self._others.values():
            for kind, days in item.days.items() if isinstance(item, RetentionItem) else ():
                found[kind] = min(days, found.get(kind, days))
        return found

    def _held(self, key: bytes, uses: Uses, weak: bool) -> Held:
        return Held(_unpack(self._packed[key]), uses.entries.get(key, 0), weak)

    def _put_pass(self, key: bytes, item: PassItem, version: int, digest: int) -> None:
        self._packed[key] = _short(
            GatePass(
                id=item.id,
                version=version,
                digest=digest.to_bytes(32, "big"),
                kind=item.kind,
                keys=item.keys,
                plates=item.plates,
                points=item.points,
                direction=item.direction,
                valid_from=bounded(item.valid_from),
                valid_until=None if item.valid_until is None else bounded(item.valid_until),
                schedule=item.schedule,
                entries=None if item.entries is None else min(item.entries, _ENTRIES_MAX),
                revoked=item.revoked,
                household=item.household,
                vehicles=item.vehicles,
            )
        )
        for text in item.keys:
            self._by_key.add(text, key)
        for text in item.plates:
            self._by_plate.add(text, key)

    def _remove_pass(self, key: bytes) -> None:
        packed = self._packed.pop(key, None)
        if packed is None:
            return
        item = _unpack(packed)
        for text in item.keys:
            self._by_key.remove(text, key)
        for text in item.plates:
            self._by_plate.remove(text, key)


def _short(item: GatePass) -> bytes:
    """Packed, without the household that most passes have none of: two bytes more would cost every pass sixteen.

    The head of a MessagePack array of up to 15 says in its lower half how many follow; absent ones have their defaults.
    """
    packed = _pack(item)
    if item.household is None and item.vehicles is None:
        return bytes([packed[0] - 2]) + packed[1:-2]
    return packed


def _public_key(item: KeyItem, purpose: KeyPurpose, at: datetime) -> bytes | None:
    if item.purpose is not purpose:
        return None
    if at < item.valid_from or (item.valid_until is not None and at >= item.valid_until):
        return None
    try:
        return base64.b64decode(item.public_key)
    except binascii.Error:
        return None


def _ids(matched: Iterable[Held]) -> Iterator[UUID]:
    return (held.item.id for held in matched)


def _unheard(token: Token) -> GatePass:
    """A pass that was issued after the link died, and about which the box knows what its code says."""
    return GatePass(
        id=token.pass_id,
        version=0,
        digest=b"",
        kind=PassKind.GUEST,
        keys=[],
        plates=[token.plate] if token.plate else [],
        points=[],
        direction=token.direction,
        valid_from=token.begins,
        valid_until=token.ends,
        schedule=[],
        entries=token.uses,
        revoked=False,
    )


def _read(row: Row) -> tuple[AnyItem | UnknownItem | Unreadable, str]:
    """The item, and what is wrong with it ("": nothing). The blacklist fails closed: whom it names stays named."""
    try:
        item = decode_any_item(row.body)
        if kind_of(item) == row.kind and item.id == row.id:
            return item, ""
        fault = f"it says that it is {kind_of(item)} {item.id}"
    except msgspec.DecodeError as error:
        fault = str(error)
    if row.kind == ItemKind.BLOCK:
        try:
            named = decoding.decode(_targets, row.body)
        except msgspec.DecodeError:
            return Unreadable(fault), fault
        block = BlockItem(
            id=row.id,
            keys=_readable(_text, named.keys),
            plates=_readable(_text, named.plates),
            passes=_readable(_uuid, named.passes),
            persons=_readable(_text, named.persons),
            documents=_readable(_text, named.documents),
            phones=_readable(_hash, named.phones),
            name="".join(_elements_of(_text, [named.name])),
        )
        return block, fault
    return Unreadable(fault), fault


def _readable(decoder: msgspec.json.Decoder[_Element], elements: msgspec.Raw) -> list[_Element]:
    """What of a list can be read: one bad element lets none of the others in."""
    try:
        each = decoding.decode(_elements, elements)
    except msgspec.DecodeError:
        return []
    return _elements_of(decoder, each)


def _elements_of(decoder: msgspec.json.Decoder[_Element], elements: Iterable[msgspec.Raw]) -> list[_Element]:
    found = []
    for element in elements:
        with contextlib.suppress(msgspec.DecodeError):
            found.append(decoding.decode(decoder, element))
    return found
