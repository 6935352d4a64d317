"""What is said to boxes, as values: pieces of snapshots, expiry of commands, signatures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.downlink import answers
from cloud.downlink.answers import PIECE_BYTES, PIECE_ITEMS, Signer
from cloud.downlink.attendant import Known, after_state
from cloud.downlink.desk import Desk
from cloud.downlink.shelf import MOST, SnapshotShelf
from cloud.sites.types import Changes, HeldChange, HeldState, Snapshot
from protocols.held import ItemKind
from protocols.messages import (
    MESSAGE_MAX_BYTES,
    Command,
    CommandKind,
    PassChanges,
    PullPasses,
    PullSnapshot,
    SnapshotPiece,
    State,
    Uses,
    Whereabouts,
    decode,
    decode_payload,
)
from protocols.topics import Channel

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
STATE = HeldState(UUID(int=1), 7, bytes(32))


def snapshot(items: list[bytes], uses: int = 0, places: int = 0) -> answers.CutSnapshot:
    counted = [Uses(pass_id=uuid4(), entries=1) for _ in range(uses)]
    seen = [Whereabouts(pass_id=uuid4(), carrier="X711TT90", zone=uuid4(), since=NOW) for _ in range(places)]
    return answers.cut(Snapshot(STATE, items, counted, seen), UUID(int=2))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, PIECE_BYTES // 3), max_size=40),
    st.integers(0, 2 * PIECE_ITEMS + 1),
    st.integers(0, 2 * PIECE_ITEMS + 1),
)
def test_a_snapshot_is_cut_without_loss_into_pieces_that_fit(
    sizes: list[int], uses: int, places: int
) -> None:
    items = [b'"' + b"x" * size + b'"' for size in sizes]
    cut = snapshot(items, uses, places)
    decoded: list[SnapshotPiece] = []
    for number in range(len(cut.pieces)):
        payload = cut.message(number, NOW).payload
        assert len(payload) <= MESSAGE_MAX_BYTES
        decoded.append(decode(Channel.DOWN_PASSES, payload))
    assert [bytes(item) for piece in decoded for item in piece.items] == items
    assert sum(len(piece.uses) for piece in decoded) == uses
    assert sum(len(piece.places) for piece in decoded) == places
    assert [piece.piece for piece in decoded] == list(range(len(decoded)))
    assert {piece.pieces for piece in decoded} == {len(decoded)}


def test_an_empty_set_is_one_empty_piece() -> None:
    assert len(snapshot([]).pieces) == 1


def test_many_small_items_are_counted_too() -> None:
    assert [len(piece.items) for piece in snapshot([b"1"] * (PIECE_ITEMS + 1)).pieces] == [PIECE_ITEMS, 1]


def test_a_piece_beyond_the_end_is_the_last() -> None:
    message = snapshot([b"1"]).message(9, NOW)
    assert decode(Channel.DOWN_PASSES, message.payload).piece == 0


def test_changes_carry_the_very_bytes() -> None:
    body = b'{ "spaced" : 1 }'
    found = Changes(
        5,
        STATE,
        [
            HeldChange(6, ItemKind.PASS, UUID(int=3), body, bytes(32)),
            HeldChange(7, ItemKind.BLOCK, UUID(int=4), None, bytes(32)),
        ],
    )
    message = decode(Channel.DOWN_PASSES, answers.changes(found, NOW).payload)
    assert isinstance(message, PassChanges)
    assert (message.after, message.version) == (5, 7)
    assert bytes(message.changes[0].item) == body  # type: ignore[union-attr]
    assert message.changes[1].id == UUID(int=4)  # type: ignore[union-attr]


@pytest.mark.parametrize(("left_s", "expires_in_s"), [(10, 10), (0.2, 1), (0, None), (-5, None)])
def test_a_command_expires_with_its_message(left_s: float, expires_in_s: int | None) -> None:
    key = Ed25519PrivateKey.generate()
    ordered = Command(
        id=UUID(int=1),
        box=UUID(int=2),
        kind=CommandKind.OPEN,
        person="Анна",
        issued_at=NOW,
        expires_at=NOW + timedelta(seconds=left_s),
    )
    sent = answers.command(Signer(UUID(int=3), key), ordered, NOW)
    assert (sent.expires_in_s if sent else None) == expires_in_s
    if sent is not None:
        signed = decode(Channel.DOWN_COMMANDS, sent.payload)
        key.public_key().verify(
            msgspec.json.decode(f'"{signed.signature}"', type=bytes), bytes(signed.payload)
        )
        assert decode_payload(signed.payload) == ordered


def test_the_shelf_gives_a_site_its_own_only_and_forgets() -> None:
    shelf, site = SnapshotShelf(), uuid4()
    kept = snapshot([])
    shelf.keep(site, kept, NOW)
    assert shelf.find(site, kept.id, NOW) is kept
    assert shelf.find(uuid4(), kept.id, NOW) is None
    assert shelf.find(site, kept.id, NOW + timedelta(minutes=11)) is None
    assert shelf.shared(site, STATE, NOW) is kept
    assert shelf.shared(site, STATE, NOW + timedelta(seconds=6)) is None  # its uses may be old
    for _ in range(MOST):
        shelf.keep(uuid4(), answers.cut(Snapshot(STATE, [], [], []), uuid4()), NOW)
    assert shelf.find(site, kept.id, NOW) is None


def test_of_a_box_that_was_away_its_own_word_counts() -> None:
    sent = Known(online=True, epoch=STATE.epoch, version=1, passes_at=NOW)
    said = State(online=True, pass_epoch=STATE.epoch, pass_version=0)
    assert after_state(sent, said, NOW).version == 1  # was under way meanwhile
    assert after_state(sent, said, NOW + timedelta(seconds=21)).version == 0
    assert after_state(replace(sent, online=False), said, NOW).version == 0


async def test_the_desk_folds_a_burst_and_keeps_that_a_box_was_away() -> None:
    desk, box = Desk(), uuid4()
    for version in range(5):
        desk.work_for(box).add_request(PullPasses(epoch=None, version=version, digest="0" * 64))
    desk.work_for(box).add_request(PullSnapshot())
    desk.work_for(box).add_state(State(online=False))
    desk.work_for(box).add_state(State(online=True))
    await desk.ring()
    taken, work = await desk.take()
    assert taken == box
    assert work.pull_passes is not None
    assert work.pull_passes.version == 4
    assert work.came
    desk.work_for(box).push_passes = True
    other = uuid4()
    desk.work_for(other).push_config = True
    assert (await desk.take())[0] == other  # the first box is being served
    await desk.done(box)
    assert (await desk.take())[0] == box
