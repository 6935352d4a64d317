"""Listed persons at the box: what is hashed and compared, also while the list changes, or can be read in part alone."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from edge.access.blacklist import Blacklist, Visitor
from edge.access.passes import Passes, Row
from edge.guardhouse import listed
from protocols.documents import document_hash
from protocols.held import BlockItem, ItemKind, encode_item
from protocols.persons import phone_hash

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
NAME, PHONE, OTHER_PHONE = "Сидоров Артём", "+79123456789", "+79990000000"
SALT = "00112233445566778899aabbccddeeff"


def entry(**more: Any) -> BlockItem:
    item = BlockItem(id=uuid4(), **{"name": NAME, "reason": "драка", **more})
    return msgspec.structs.replace(item, phones=[phone_hash(PHONE, item.id)])


def held_of(*items: BlockItem) -> Passes:
    passes = Passes()
    for item in items:
        passes.put(Row(ItemKind.BLOCK, item.id, 1, encode_item(item)))
    return passes


def found(passes: Passes, visitor: Visitor) -> BlockItem | None:
    return passes.blocking((), (), None, NOW, visitor)


async def recognised(passes: Any, name: str, phone: str | None, document: str = "") -> Visitor:
    ground: Any = SimpleNamespace(held=SimpleNamespace(passes=passes), now=NOW)
    return await listed.recognised(ground, name, phone, document)


async def test_phones_of_namesakes_alone_are_hashed() -> None:
    mine, other = entry(), entry(name="Иной Человек")
    passes = held_of(mine, other, entry(until=NOW))
    assert passes.salts("сидоров артем", NOW).phone == {mine.id.hex}
    assert passes.salts("Кто-то", NOW).phone == set()
    visitor = await recognised(passes, NAME, PHONE)
    assert (visitor.phones, visitor.documents) == (frozenset(mine.phones), None)
    assert found(passes, visitor) == mine


async def test_somebody_of_whom_an_entry_knows_less_is_refused() -> None:
    passes = held_of(entry())
    assert found(passes, await recognised(passes, NAME, None)) is not None
    assert found(passes, await recognised(passes, NAME, OTHER_PHONE)) is None
    of_older_cloud = BlockItem(id=uuid4(), name=NAME)
    passes = held_of(of_older_cloud)
    assert found(passes, await recognised(passes, NAME, OTHER_PHONE)) == of_older_cloud


async def test_an_entry_that_comes_while_hashes_are_made_is_compared_with_too() -> None:
    first, second = entry(), entry(phones=[], documents=[document_hash("4508123456", SALT)])

    class Changing(Passes):
        asked = 0

        def salts(self, name: str, at: datetime) -> Any:
            self.asked += 1
            if self.asked == 2:  # the first hashes are there by now
                self.put(Row(ItemKind.BLOCK, second.id, 2, encode_item(second)))
            return super().salts(name, at)

    passes = Changing()
    passes.put(Row(ItemKind.BLOCK, first.id, 1, encode_item(first)))
    visitor = await recognised(passes, NAME, OTHER_PHONE, "45 08 123456")
    assert found(passes, visitor) == second


@pytest.mark.parametrize(
    ("broken", "phone", "is_refused"),
    [
        ({"reason": 7}, PHONE, True),
        ({"reason": 7}, OTHER_PHONE, False),
        ({"reason": 7, "phones": ["…"]}, OTHER_PHONE, True),
        ({"reason": 7, "name": 7}, PHONE, False),
    ],
)
async def test_an_entry_that_is_read_in_part_still_names_a_person(
    broken: dict[str, Any], phone: str, is_refused: bool
) -> None:
    """What cannot be read of it is not known, and then the name alone decides."""
    item = entry()
    body = msgspec.json.encode(msgspec.json.decode(encode_item(item)) | broken)
    passes = Passes()
    passes.put(Row(ItemKind.BLOCK, item.id, 1, body))
    assert passes.unreadable
    assert (found(passes, await recognised(passes, NAME, phone)) is not None) is is_refused


def test_a_person_who_is_taken_off_the_list_is_named_no_more() -> None:
    item, blacklist = entry(), Blacklist()
    blacklist.put(item.id.bytes, item, 0)
    assert blacklist.naming((), (), (), NOW, Visitor(NAME)) == item
    assert blacklist.naming((), (), (), NOW + timedelta(days=1), Visitor("Сидоров")) is None
    blacklist.remove(item.id.bytes)
    assert blacklist.naming((), (), (), NOW, Visitor(NAME)) is None
