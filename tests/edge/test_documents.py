"""Listed documents at the box: found by the hash of what is typed, for as long as the entry is in force."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from edge.access.blacklist import Blacklist, Visitor
from protocols.documents import document_hash
from protocols.held import BlockItem

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SALT, OTHER_SALT = "00112233445566778899aabbccddeeff", "ff" * 16


def listed(*items: BlockItem) -> Blacklist:
    blacklist = Blacklist()
    for item in items:
        blacklist.put(item.id.bytes, item, 0)
    return blacklist


def entry(number: str, salt: str = SALT, until: datetime | None = None) -> BlockItem:
    return BlockItem(id=uuid4(), documents=[document_hash(number, salt)], reason="драка", until=until)


def found(blacklist: Blacklist, number: str, at: datetime = NOW) -> BlockItem | None:
    typed = frozenset(document_hash(number, salt) for salt in blacklist.salts("", at).document)
    return blacklist.naming((), (), (), at, Visitor(documents=typed))


def test_a_listed_document_is_found_and_another_is_not() -> None:
    item = entry("4508123456")
    blacklist = listed(item, BlockItem(id=uuid4(), plates=["A123BC72"]))
    assert found(blacklist, "4508123456") == item
    assert found(blacklist, "4508123457") is None


def test_entries_of_before_the_salt_was_changed_still_work() -> None:
    old, new = entry("4508123456", OTHER_SALT), entry("4508123457")
    blacklist = listed(old, new)
    assert blacklist.salts("", NOW).document == {SALT, OTHER_SALT}
    assert (found(blacklist, "4508123456"), found(blacklist, "4508123457")) == (old, new)


def test_nothing_is_hashed_where_no_document_is_listed_any_more() -> None:
    item = entry("4508123456", until=NOW)
    blacklist = listed(item)
    assert blacklist.salts("", NOW).document == set()
    assert found(blacklist, "4508123456", NOW - timedelta(seconds=1)) == item
    blacklist.remove(item.id.bytes)
    assert blacklist.salts("", NOW - timedelta(seconds=1)).document == set()
