"""The box's side of the log when pieces, power and order fail; the whole story runs in test_agent."""

import asyncio
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from edge.access import holdings
from edge.access.holdings import Holdings
from edge.link.replication import Replica
from edge.store import Store
from protocols import chain
from protocols.held import ItemKind, encode_item
from protocols.messages import (
    MalformedError,
    PassChanges,
    PullPasses,
    PullSnapshot,
    Put,
    Remove,
    SnapshotPiece,
    UpToDate,
)
from tests.edge.world import NOON, HandClock, make_pass, uid

ROOT = Path(__file__).parents[2]
EPOCH = uid(600)
ITEMS = [make_pass(id=uid(610 + number), plates=[f"A00{number}AA77"]) for number in range(4)]
BODIES = [encode_item(item) for item in ITEMS]


def digest(bodies: list[bytes]) -> str:
    return chain.digest_hex(sum(chain.item_digest(body) for body in bodies))


def changes(after: int, bodies: list[bytes], whole: list[bytes], **fields: object) -> PassChanges:
    return PassChanges(
        **(
            {
                "epoch": EPOCH,
                "after": after,
                "version": after + len(bodies),
                "digest": digest(whole),
                "changes": [Put(version=after + n, item=msgspec.Raw(b)) for n, b in enumerate(bodies, 1)],
                "now": NOON,
            }
            | fields
        )
    )


def piece(number: int, of: int, bodies: list[bytes], whole: list[bytes], **fields: object) -> SnapshotPiece:
    return SnapshotPiece(
        **(
            {
                "epoch": EPOCH,
                "snapshot": uid(601),
                "version": 9,
                "digest": digest(whole),
                "piece": number,
                "pieces": of,
                "items": [msgspec.Raw(body) for body in bodies],
                "now": NOON,
            }
            | fields
        )
    )


class Asked:
    """A publisher that keeps the requests; and what was told of unreadable items."""

    def __init__(self) -> None:
        self.requests: list[object] = []
        self.unreadable: list[tuple[str, UUID]] = []

    async def cannot_read(self, kind: str, item_id: UUID, _fault: str) -> None:
        self.unreadable.append((kind, item_id))

    async def publish(self, _channel: object, message: object, *, retain: bool = False) -> None:
        self.requests.append(message)


def replica_of(store: Store, held: Holdings, fault=lambda _stage: None) -> tuple[Replica, Asked]:
    asked = Asked()
    replica = Replica(
        store=store,
        held=held,
        clock=HandClock(),
        publisher=asked,
        connected=asyncio.Event(),
        random=lambda: 0.5,
        changed=lambda: None,
        unreadable=asked.cannot_read,
        fault=fault,
    )
    return replica, asked


@pytest.fixture
def held() -> Holdings:
    return Holdings()


async def take_snapshot(replica: Replica, bodies: list[bytes]) -> None:
    for number, body in enumerate(bodies):
        await replica.take(piece(number, len(bodies), [body], bodies))


async def test_a_snapshot_is_in_force_only_when_whole(store: Store, held: Holdings) -> None:
    replica, asked = replica_of(store, held)
    await replica.take(piece(0, 2, BODIES[:2], BODIES))
    assert len(held.passes) == 0
    assert asked.requests == [PullSnapshot(snapshot=uid(601), piece=1)]
    await replica.take(piece(1, 2, BODIES[2:], BODIES))
    assert (len(held.passes), held.standing.version, held.standing.epoch) == (4, 9, EPOCH)
    again = await store.write(holdings.load)
    assert again.standing == held.standing


async def test_pieces_twice_or_of_another_snapshot_do_no_harm(store: Store, held: Holdings) -> None:
    replica, _ = replica_of(store, held)
    await replica.take(piece(1, 3, BODIES[:1], BODIES))  # of a snapshot that never began
    await replica.take(piece(0, 2, BODIES[:2], BODIES))
    await replica.take(piece(0, 2, BODIES[:2], BODIES))
    await replica.take(piece(1, 2, BODIES[:1], BODIES, snapshot=uid(699)))
    assert len(held.passes) == 0
    await replica.take(piece(1, 2, BODIES[2:], BODIES))
    assert len(held.passes) == 4


async def test_a_new_snapshot_takes_the_place_of_an_unfinished_one(store: Store, held: Holdings) -> None:
    replica, _ = replica_of(store, held)
    await replica.take(piece(0, 2, BODIES[:2], BODIES))
    for number in range(2):
        await replica.take(piece(number, 2, [BODIES[number]], BODIES[:2], snapshot=uid(602), version=10))
    assert (len(held.passes), held.standing.version) == (2, 10)
    assert (await store.write(holdings.load)).standing.digest_hex == digest(BODIES[:2])


async def test_a_snapshot_that_does_not_add_up_is_not_put_in_force(store: Store, held: Holdings) -> None:
    replica, _ = replica_of(store, held)
    await replica.take(piece(0, 1, BODIES[:2], BODIES))
    assert (len(held.passes), held.standing.version) == (0, 0)
    assert replica.counts["mismatches"] == 1


async def test_an_older_snapshot_does_not_bring_back_what_was_revoked(store: Store, held: Holdings) -> None:
    replica, _ = replica_of(store, held)
    await take_snapshot(replica, BODIES)
    await replica.take(changes(9, [encode_item(make_pass(id=ITEMS[0].id, revoked=True))], revoked()))
    assert held.standing.version == 10
    for number, body in enumerate(BODIES):
        await replica.take(piece(number, 4, [body], BODIES, snapshot=uid(603)))
    assert held.standing.version == 10
    found = held.passes.find_pass(ITEMS[0].id)
    assert found is not None
    assert found.revoked


def revoked() -> list[bytes]:
    return [encode_item(make_pass(id=ITEMS[0].id, revoked=True)), *BODIES[1:]]


async def test_changes_that_do_not_follow_are_asked_for(store: Store, held: Holdings) -> None:
    replica, asked = replica_of(store, held)
    await take_snapshot(replica, BODIES)
    asked.requests.clear()
    await replica.take(changes(11, BODIES[:1], BODIES))
    assert asked.requests == [PullPasses(epoch=EPOCH, version=9, digest=digest(BODIES))]
    await replica.take(changes(3, BODIES[:1], BODIES))  # long known
    assert len(asked.requests) == 1
    assert held.standing.version == 9


async def test_a_wrong_digest_leads_to_a_snapshot(store: Store, held: Holdings) -> None:
    replica, asked = replica_of(store, held)
    await take_snapshot(replica, BODIES)
    asked.requests.clear()
    extra = encode_item(make_pass())
    await replica.take(changes(9, [extra], BODIES))
    assert asked.requests == [PullSnapshot()]
    assert (held.standing.version, len(held.passes)) == (9, 4)
    up_to_date = UpToDate(epoch=EPOCH, version=9, digest=digest(BODIES), now=NOON)
    await replica.take(up_to_date)
    assert len(asked.requests) == 1


async def test_an_unreadable_item_changes_nothing(store: Store, held: Holdings) -> None:
    replica, _ = replica_of(store, held)
    await take_snapshot(replica, BODIES)
    with pytest.raises(MalformedError, match="version 10"):
        await replica.take(changes(9, [b'{"type":"pass"}'], BODIES))
    assert held.standing.version == 9


async def test_an_item_changed_twice_in_one_message(store: Store, held: Holdings) -> None:
    replica, _ = replica_of(store, held)
    first, second = encode_item(make_pass(id=uid(650))), encode_item(make_pass(id=uid(650), revoked=True))
    await take_snapshot(replica, BODIES)
    await replica.take(changes(9, [first, second], [*BODIES, second]))
    assert held.standing.version == 11
    assert held.standing.digest_hex == digest([*BODIES, second])


NEWER = [b'{"type":"lift","id":"%s","floors":[1,2]}' % str(uid(660 + number)).encode() for number in range(2)]


async def test_items_of_an_unknown_kind_are_held_and_ignored(
    store: Store, held: Holdings, caplog: pytest.LogCaptureFixture
) -> None:
    replica, asked = replica_of(store, held)
    await take_snapshot(replica, [*BODIES, NEWER[0]])
    asked.requests.clear()
    await replica.take(changes(9, NEWER[1:], [*BODIES, *NEWER]))
    assert (held.standing.version, held.standing.digest_hex) == (10, digest([*BODIES, *NEWER]))
    assert (len(held.passes), list(held.passes.guards())) == (4, [])
    again = await store.write(holdings.load)
    assert (again.standing, len(again.passes)) == (held.standing, 4)
    newest = NEWER[1].replace(b"[1,2]", b"[3]")
    removal = [Put(version=11, item=msgspec.Raw(newest)), Remove(version=12, kind="lift", id=uid(660))]
    whole = [*BODIES, newest]
    await replica.take(changes(10, [b"", b""], whole, changes=removal))
    assert (held.standing.version, held.standing.digest_hex) == (12, digest(whole))
    assert (await store.write(holdings.load)).standing == held.standing
    assert asked.requests == []
    said = [record.getMessage() for record in caplog.records if "unknown kind" in record.getMessage()]
    assert said == ["passes: items of the unknown kind 'lift' are held and ignored"]


EXTREME = [b"9999-12-31T23:59:59-14:00", b"0001-01-01T00:00:00+14:00"]


@pytest.mark.parametrize("date", EXTREME)
@pytest.mark.parametrize("field", [b"valid_from", b"valid_until"])
async def test_an_extreme_date_stops_nothing(store: Store, held: Holdings, date: bytes, field: bytes) -> None:
    replica, asked = replica_of(store, held)
    await take_snapshot(replica, BODIES)
    extreme = msgspec.json.decode(encode_item(make_pass(id=uid(670), plates=["E670EE77"])))
    extreme[field.decode()] = date.decode()
    body = msgspec.json.encode(extreme)
    await replica.take(changes(9, [body, BODIES[0]], [*BODIES, body]))
    assert (held.standing.version, len(held.passes)) == (11, 5)
    again = await store.write(holdings.load)
    assert (again.standing, len(again.passes)) == (held.standing, 5)
    await replica.take(piece(0, 1, [*BODIES, body], [*BODIES, body], snapshot=uid(604), version=12))
    assert (held.standing.version, len(held.passes)) == (12, 5)
    assert asked.unreadable == []  # it is understood, and bounded


async def test_an_item_that_cannot_be_read_is_held_reported_once_and_grants_nothing(
    store: Store, held: Holdings
) -> None:
    replica, asked = replica_of(store, held)
    await take_snapshot(replica, BODIES)
    bad = b'{"type":"pass","id":"%s","number":7,"plates":["B001BB77"]}' % str(uid(671)).encode()
    good = encode_item(make_pass(id=uid(672), plates=["B002BB77"]))
    await replica.take(changes(9, [bad, good], [*BODIES, bad, good]))
    assert held.standing.version == 11
    assert held.passes.match_plate("B001BB77", held.uses) == []
    assert len(held.passes.match_plate("B002BB77", held.uses)) == 1
    assert (await store.write(holdings.load)).standing == held.standing
    await replica.take(piece(0, 1, [*BODIES, bad], [*BODIES, bad], snapshot=uid(605), version=12))
    assert asked.unreadable == [(ItemKind.PASS, uid(671))]
    mended = encode_item(make_pass(id=uid(671), plates=["B001BB77"]))
    await replica.take(changes(12, [mended], [*BODIES, mended]))
    assert (len(held.passes.match_plate("B001BB77", held.uses)), held.passes.unreadable) == (1, {})


async def test_an_unknown_kind_without_an_id_is_malformed(store: Store, held: Holdings) -> None:
    replica, _ = replica_of(store, held)
    await take_snapshot(replica, BODIES)
    with pytest.raises(MalformedError, match=r"version 10.*`id`"):
        await replica.take(changes(9, [b'{"type":"lift"}'], BODIES))
    assert held.standing.version == 9


CHILD = """
import asyncio, os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from edge.access import holdings
from tests.edge.conftest import open_store
from tests.edge.test_replication import BODIES, piece, replica_of, take_snapshot

def fault(stage):
    if armed and stage == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

armed = False
store = open_store(Path(sys.argv[1]), fault=fault)
held = holdings.load(store.connection)
store.start()

async def main():
    global armed
    replica, _ = replica_of(store, held, fault)
    await take_snapshot(replica, BODIES[:1])
    armed = sys.argv[2] in ("before swap", "after swap")
    await replica.take(piece(0, 2, BODIES[:2], BODIES, version=12, snapshot=held.standing.epoch))
    armed = True
    await replica.take(piece(1, 2, BODIES[2:], BODIES, version=12, snapshot=held.standing.epoch))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("stage", "version", "count"),
    [("before commit", 9, 1), ("before swap", 9, 1), ("after swap", 12, 4)],
)
async def test_a_power_cut_in_a_snapshot_leaves_the_old_set_or_the_new(
    tmp_path: Path, stage: str, version: int, count: int
) -> None:
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(CHILD.format(root=str(ROOT))))
    command = [sys.executable, script, tmp_path / "store.sqlite", stage]
    child = await asyncio.to_thread(subprocess.run, command, timeout=30, check=False)
    assert child.returncode == -signal.SIGKILL
    store = Store(tmp_path / "store.sqlite")
    held = holdings.load(store.connection)
    store.start()
    assert (held.standing.version, len(held.passes)) == (version, count)
    replica, _ = replica_of(store, held)  # and a snapshot afterwards is not confused by what was left
    for number, body in enumerate(BODIES):
        await replica.take(piece(number, 4, [body], BODIES, version=20, snapshot=uid(690)))
    assert (await store.write(holdings.load)).standing.digest_hex == digest(BODIES)
    store.close()
