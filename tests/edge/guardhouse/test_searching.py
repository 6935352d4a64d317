"""Searches among thousands of passages, and the filling in of what an earlier agent did not keep."""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from starlette.requests import ClientDisconnect

from edge.guardhouse import passage_search
from edge.guardhouse.chronicle import Chronicle
from edge.guardhouse.folding import folded, words_of
from edge.guardhouse.moments import ms_of
from edge.guardhouse.passage_search import Wanted
from edge.guardhouse.reading import Reading
from edge.guardhouse.searching import Searching
from edge.store import Store
from protocols import records
from protocols.fields import ClockState, Direction
from protocols.guard_api import ShowPassages
from protocols.records import Outcome, Passage, Reason
from tests.edge.guardhouse.desk import until
from tests.edge.world import NOON, POINT, GateBench, holding, make_pass, uid

MANY = 2 * passage_search.PIECE + 500
GUEST = uid(900_001)
ELSEWHERE = uid(900_002)
NOON_MS = ms_of(NOON)


@pytest.fixture
def reading(tmp_path: Path, store: Store) -> Iterator[Reading]:
    made = Reading(store.file, tmp_path / "search.sqlite")
    yield made
    made.close()


@pytest.fixture
def searching(tmp_path: Path, store: Store, reading: Reading) -> Iterator[Searching]:
    made = Searching(reading, store.file, tmp_path / "search.sqlite")
    yield made
    made.close()


def body_of(number: int) -> bytes:
    passage = Passage(
        id=uid(number),
        at=NOON,
        clock=ClockState.TRUSTED,
        point=POINT,
        direction=Direction.IN,
        outcome=Outcome.DENIED,
        reason=Reason.UNKNOWN_PLATE,
        plate=plate_of(number),
    )
    return records.encode(passage)


def plate_of(number: int) -> str:
    return f"A{number:04}BB77"


async def fill(store: Store, *, guests: Sequence[int] = (), text: bool = True) -> None:
    """Passages 1 (the oldest) to MANY; those of guests are by the pass."""

    def job(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT INTO passage (id, at_ms, point, pass, body, granted, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    uid(number).bytes,
                    NOON_MS + number // 3,  # several within a millisecond
                    (POINT if number % 2 else ELSEWHERE).bytes,
                    GUEST.bytes if number in guests else None,
                    body_of(number),
                    False if text else None,
                    folded(plate_of(number)) if text else None,
                )
                for number in range(1, MANY + 1)
            ],
        )

    await store.write(job)


def wanted(typed: str = "", *, point: UUID | None = None, since_ms: int = 0, limit: int = 10) -> Wanted:
    return Wanted(
        wordings=[words_of(typed)],
        passes=[],
        show=ShowPassages.ALL,
        point=point.bytes if point else None,
        before=(2**62, b""),
        since=(since_ms, b""),
        limit=limit,
    )


async def stays() -> bool:
    return False


async def test_a_search_finds_in_each_piece_the_newest_first(
    store: Store, reading: Reading, searching: Searching
) -> None:
    guests = [5, passage_search.PIECE, MANY - 3]
    await fill(store, guests=guests)
    await reading.look(lambda index: index.put([make_pass(id=GUEST, holder="Семёнова Анна", plates=[])]))

    async def numbers(asked: Wanted) -> list[int]:
        return [UUID(bytes=each).int - uid(0).int for each in await searching.passages(asked, stays)]

    assert await numbers(wanted("семенова")) == guests[::-1]
    assert await numbers(wanted("0005 анна")) == [5], "one word in the passage, one in its pass"
    assert await numbers(wanted("семенова", point=POINT)) == [each for each in guests[::-1] if each % 2]
    assert await numbers(wanted("семенова", limit=2)) == guests[:0:-1]
    assert await numbers(wanted("семенова", since_ms=NOON_MS + 100)) == guests[:0:-1]
    assert await numbers(wanted("0001")) == [1]
    assert await numbers(wanted("qqq")) == []
    assert await numbers(wanted("bb77", limit=MANY)) == list(range(MANY, 0, -1))
    assert await numbers(wanted(limit=MANY)) == list(range(MANY, 0, -1))
    assert await numbers(wanted("семенова")) == guests[::-1], "what was gathered for others is gone"


async def test_a_search_ends_when_its_page_has_left(store: Store, searching: Searching) -> None:
    await fill(store)
    asked = 0

    async def leaves() -> bool:
        nonlocal asked
        asked += 1
        return asked == 2

    with pytest.raises(ClientDisconnect):
        await searching.passages(wanted("qqq"), leaves)
    assert asked == 2
    assert len(await searching.passages(wanted("0001"), stays)) == 1


async def test_nothing_but_another_search_waits_for_one(
    store: Store, reading: Reading, searching: Searching
) -> None:
    await fill(store)
    begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def waits() -> bool:
        begun.set()
        await may_go_on.wait()
        return False

    async with asyncio.timeout(10):
        first = asyncio.create_task(searching.passages(wanted("0001"), waits))
        await begun.wait()
        second = asyncio.create_task(searching.passages(wanted("0002"), stays))
        await reading.ask(lambda _store: None)
        assert len(await searching.passages(wanted(), stays)) == 10
        assert not second.done()
        may_go_on.set()
        assert [len(each) for each in await asyncio.gather(first, second)] == [1, 1]


async def bare(store: Store) -> list[int]:
    """Numbers of passages without what is searched."""

    def job(connection: sqlite3.Connection) -> list[int]:
        rows = connection.execute("SELECT id FROM passage WHERE text IS NULL ORDER BY id").fetchall()
        return [UUID(bytes=row[0]).int - uid(0).int for row in rows]

    return await store.write(job)


async def test_what_an_earlier_agent_left_is_filled_in_beside_the_following(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    broken = MANY - 10
    await fill(store, text=False)
    await store.write(
        lambda connection: connection.execute(
            "UPDATE passage SET body = ? WHERE id = ?", (b'{"type":"pas', uid(broken).bytes)
        )
    )
    bench = GateBench(store, holding())
    told = asyncio.Event()
    chronicle = Chronicle(store, lambda _noted: told.set())
    bench.journal.woken = chronicle.wake
    with caplog.at_level(logging.ERROR, logger="edge.guardhouse.chronicle"):
        following = asyncio.create_task(chronicle.run())
        async with asyncio.timeout(30):

            async def is_begun() -> bool:
                return len(await bare(store)) < MANY

            await until(is_begun)
            await bench.present()
            await told.wait()
            left = await bare(store)
            assert len(left) > 1, "what happens now does not wait for all"
            assert left[: len(left) - 1] == list(range(1, len(left))), "the newest first"
            assert left[-1] == broken

            async def is_done() -> bool:
                return await bare(store) == [broken]

            await until(is_done)
            told.clear()
            await bench.present(plate="A001AA77")
            await told.wait()
        following.cancel()
    assert [str(uid(broken)) in each.message for each in caplog.records] == [True], "told once"
