"""The index of held items: whatever changes, it answers like a plain search, and its digest is the set's."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.access import holdings
from edge.access.passes import Passes, Row, Standing
from edge.access.uses import Uses
from edge.store import Store
from protocols import chain
from protocols.cards import Lookup
from protocols.fields import Direction
from protocols.held import GuardItem, ItemKind, KeyItem, KeyPurpose, encode_item
from protocols.messages import Uses as Counted
from tests.edge.world import NOON, make_block, make_pass, row, uid

NO_USES = Uses()
PLATES = ["A001AA77", "A002AA77", "A003AA77"]
KEYS = ["EM:00000001", "~N:1", "W26:1:1"]

items = st.one_of(
    st.builds(
        lambda number, plates, keys: make_pass(id=uid(800 + number), plates=plates, keys=keys),
        st.integers(0, 4),
        st.lists(st.sampled_from(PLATES), max_size=3),
        st.lists(st.sampled_from(KEYS), max_size=3),
    ),
    st.builds(
        lambda number, plates: make_block(id=uid(800 + number), plates=plates),
        st.integers(0, 2),
        st.lists(st.sampled_from(PLATES), max_size=2),
    ),
)
changes = st.lists(st.tuples(st.booleans(), items), max_size=30)


@given(changes)
def test_the_index_answers_like_a_plain_search(steps) -> None:
    passes = Passes()
    plain: dict[tuple[ItemKind, object], object] = {}
    for is_put, item in steps:
        held = row(item)
        if is_put:
            passes.put(held)
            plain[held.kind, item.id] = item
        else:
            passes.remove(held.kind, item.id)
            plain.pop((held.kind, item.id), None)
    mine = [item for (kind, _), item in plain.items() if kind is ItemKind.PASS]
    blocks = [item for (kind, _), item in plain.items() if kind is ItemKind.BLOCK]
    assert len(passes) == len(mine)
    for plate in PLATES:
        found = passes.match_plate(plate, NO_USES)
        assert {held.item.id for held in found} == {item.id for item in mine if plate in item.plates}
        assert passes.blocked_plate(plate, [], NOON) == any(plate in item.plates for item in blocks)
    for key in KEYS:
        found = passes.match_card([Lookup(key, weak=False)], NO_USES)
        assert {held.item.id for held in found} == {item.id for item in mine if key in item.keys}
    expected = sum(chain.item_digest(encode_item(item)) for item in plain.values())
    assert chain.digest_hex(passes.digest) == chain.digest_hex(expected)


def test_weak_matches_are_asked_only_when_nothing_stronger_is_held() -> None:
    passes = Passes()
    whole, part = make_pass(keys=["EM:00000001", "~N:1"]), make_pass(keys=["N:1"])
    passes.put(row(whole))
    passes.put(row(part))
    asked = [Lookup("EM:00000001", weak=False), Lookup("N:1", weak=True)]
    assert [held.item.id for held in passes.match_card(asked, NO_USES)] == [whole.id]
    passes.remove(ItemKind.PASS, whole.id)
    (held,) = passes.match_card(asked, NO_USES)
    assert (held.item.id, held.weak) == (part.id, True)


def test_an_item_that_cannot_be_read_is_held_for_the_digest_alone() -> None:
    passes = Passes()
    item = make_pass()
    passes.put(row(item))
    bad = Row(ItemKind.PASS, item.id, 2, b'{"type":"pass","id":"%s"}' % str(item.id).encode())
    passes.put(bad)
    assert passes.digest == passes.digest_of(ItemKind.PASS, item.id) == chain.item_digest(bad.body)
    assert passes.match_plate("X711TT90", NO_USES) == []
    assert "number" in passes.unreadable[ItemKind.PASS, item.id]
    passes.remove(ItemKind.PASS, item.id)
    assert (passes.digest, passes.unreadable) == (0, {})


def test_the_blacklist_fails_closed_where_it_cannot_be_read() -> None:
    passes = Passes()
    body = b'{"type":"block","id":"%s","plates":["A003AA77"],"until":"soon"}' % str(uid(5)).encode()
    passes.put(Row(ItemKind.BLOCK, uid(5), 1, body))
    assert passes.blocked_plate("A003AA77", [], NOON)
    assert passes.digest == chain.item_digest(body)
    assert (ItemKind.BLOCK, uid(5)) in passes.unreadable
    passes.remove(ItemKind.BLOCK, uid(5))
    assert not passes.blocked_plate("A003AA77", [], NOON)


@pytest.mark.parametrize(
    "more",
    [
        '"passes":["nope"]',
        '"plates":[5]',
        '"plates":"all"',
        '"plates":null,"passes":{"a":1}',
        '"passes":["nope"],"plates":[[],"A003AA77"]',
        '"reason":5',
    ],
)
def test_one_bad_element_of_a_blacklist_entry_frees_none_of_the_others(more: str) -> None:
    passes, own = Passes(), make_pass(id=uid(6))
    passes.put(row(own))
    body = f'{{"type":"block","id":"{uid(5)}","keys":[7,"EM:00000001",null,"W26:1:1"],{more}}}'.encode()
    passes.put(Row(ItemKind.BLOCK, uid(5), 1, body))
    for key in ("EM:00000001", "W26:1:1"):
        assert passes.blocked_card([Lookup(key, weak=False)], [], NOON)
    assert passes.blocked_plate("A003AA77", [], NOON) is ("A003AA77" in more)
    assert (ItemKind.BLOCK, uid(5)) in passes.unreadable
    passes.remove(ItemKind.BLOCK, uid(5))
    assert not passes.blocked_card([Lookup("EM:00000001", weak=False)], [], NOON)
    assert passes.digest == chain.item_digest(encode_item(own))


def test_a_pass_that_a_damaged_blacklist_entry_names_is_blocked() -> None:
    passes, own = Passes(), make_pass(id=uid(6))
    passes.put(row(own))
    body = f'{{"type":"block","id":"{uid(5)}","keys":["?"],"passes":["nope","{uid(6)}",1]}}'.encode()
    passes.put(Row(ItemKind.BLOCK, uid(5), 1, body.replace(b"?", b"\xff")))
    matched = passes.match_plate("X711TT90", NO_USES)
    assert passes.blocked_plate("X711TT90", matched, NOON)


@pytest.mark.parametrize("entries", [10**30, 2**64])
def test_numbers_beyond_all_bounds_are_bounded(entries: int) -> None:
    passes = Passes()
    passes.put(row(make_pass(entries=entries)))
    assert len(passes) == 1


def test_a_key_that_is_no_base64_is_no_key() -> None:
    passes = Passes()
    key = KeyItem(id=uid(), purpose=KeyPurpose.COMMAND, public_key="A", valid_from=NOON)
    passes.put(row(key))
    assert passes.knows_key(key.id)
    assert passes.command_key(key.id, NOON) is None


def test_command_keys_are_valid_for_their_time_and_purpose() -> None:
    passes = Passes()
    current = KeyItem(id=uid(), purpose=KeyPurpose.COMMAND, public_key="AAAA", valid_from=NOON)
    other = KeyItem(id=uid(), purpose=KeyPurpose.QR, public_key="AAAA", valid_from=NOON)
    for item in (current, other):
        passes.put(row(item))
    assert passes.command_key(current.id, NOON) == b"\0\0\0"
    assert passes.command_key(current.id, NOON - timedelta(seconds=1)) is None
    assert passes.command_key(other.id, NOON) is None
    assert passes.knows_key(other.id)
    assert not passes.knows_key(uid())


def test_guards_are_listed() -> None:
    passes = Passes()
    guard = GuardItem(id=uid(), name="Guard")
    passes.put(row(guard))
    assert list(passes.guards()) == [guard]
    passes.remove(ItemKind.GUARD, guard.id)
    assert list(passes.guards()) == []


async def test_what_was_held_is_held_after_a_restart(store: Store) -> None:
    first, second, block = make_pass(plates=["A001AA77"]), make_pass(), make_block(plates=["A003AA77"])
    rows = [row(item, version) for version, item in enumerate((first, second, block), 1)]

    def job(connection) -> holdings.Holdings:
        holdings.write_changes(connection, 0, rows, Standing(uid(1), 3, 0), 5)
        holdings.write_changes(connection, 0, [(ItemKind.PASS, second.id)], Standing(uid(1), 4, 0), 6)
        holdings.count_use(connection, first.id, Direction.IN, 1)
        holdings.count_use(connection, first.id, Direction.IN, 2)
        holdings.return_use(connection, first.id, Direction.IN)
        return holdings.load(connection)

    held = await store.write(job)
    assert (held.standing.epoch, held.standing.version) == (uid(1), 4)
    assert held.passes.find_pass(first.id).version == 1
    assert held.passes.find_pass(second.id) is None
    assert held.uses.of(first.id.bytes) == 1
    assert held.passes.blocked_plate("A003AA77", [], NOON)


async def test_old_generations_and_forgotten_uses_are_wiped(store: Store) -> None:
    gone, kept = make_pass(), make_pass()

    def job(connection) -> tuple[int, int, int]:
        holdings.write_changes(connection, 0, [row(gone)], Standing(uid(1), 1, 0), 5)
        holdings.count_use(connection, gone.id, Direction.IN, 10)
        holdings.write_piece(connection, 1, [row(kept)], [Counted(pass_id=kept.id, entries=2)], [], 10)
        holdings.swap(connection, 1, Standing(uid(2), 1, 0), 11)
        return (
            holdings.clean(connection),
            holdings.clean(connection),
            holdings.forget_uses(connection, 1, 20),
        )

    assert await store.write(job) == (1, 0, 1)
