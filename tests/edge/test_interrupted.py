"""What was to open as the box went down is answered at the next start, once: nobody can know."""

import sqlite3
from functools import partial

import msgspec
import pytest

from edge import streams
from edge.access import interrupted
from edge.access.interrupted import NOT_KNOWN, Interrupted
from edge.access.journal import Journal
from edge.store import Store, StoreError
from protocols.acts import GateDecision, Verdict
from protocols.config import Barrier, Point
from protocols.fields import Direction
from protocols.messages import Stream
from protocols.records import Actuation, Outcome, Passage, Reason
from tests.edge.test_upkeep import journal_of
from tests.edge.world import POINT, RELAY, uid

READER_ALONE, GONE = uid(21), uid(22)
POINTS = {
    POINT: Point(id=POINT, name="Gate", barrier=Barrier(device=RELAY, output=0)),
    READER_ALONE: Point(id=READER_ALONE, name="Turnstile of another system"),
}


async def granted(journal: Journal, point=POINT, outcome: Outcome = Outcome.GRANTED) -> Passage:
    passage = Passage(
        **journal.stamp(), point=point, direction=Direction.IN, outcome=outcome, reason=Reason.GRANTED
    )
    await journal.add(passage)
    return passage


async def opened(journal: Journal, decision: Passage) -> None:
    await journal.add(Actuation(**journal.stamp(), passage=decision.id, point=decision.point, done=True))


async def start(store: Store, journal: Journal) -> list[dict]:
    """The box starts. Returns what it has told of decisions that nobody knows of, by now."""
    at_start = Interrupted(store, journal, lambda: POINTS)
    await at_start.find()
    await at_start.answer()
    held = await store.write(partial(streams.after, kind=Stream.EVENTS, place=streams.BEGINNING, limit=100))
    return [msgspec.json.decode(each.body) for each in held if b'"known":false' in each.body]


async def test_a_grant_without_an_answer_gets_one(store: Store) -> None:
    journal = journal_of(store)
    await opened(journal, await granted(journal))
    cut_off = await granted(journal)
    await granted(journal, outcome=Outcome.DENIED)
    [told] = await start(store, journal)
    assert (told["passage"], told["point"], told["done"]) == (str(cut_off.id), str(POINT), False)
    assert told["detail"] == NOT_KNOWN
    assert len(await start(store, journal)) == 1, "not at every start"
    later = await granted(journal)
    assert [each["passage"] for each in await start(store, journal)] == [str(cut_off.id), str(later.id)]


async def test_where_nothing_opens_nothing_is_owed(store: Store) -> None:
    journal = journal_of(store)
    await granted(journal, READER_ALONE)
    gone = await granted(journal, GONE)
    assert [each["passage"] for each in await start(store, journal)] == [str(gone.id)]


@pytest.mark.parametrize(("verdict", "owed"), [(Verdict.OPEN, 1), (Verdict.CONFIRM, 1), (Verdict.REFUSE, 0)])
async def test_a_guards_decision_is_owed_an_answer_too(store: Store, verdict: Verdict, owed: int) -> None:
    journal = journal_of(store)
    decision = GateDecision(
        **journal.stamp(), guard=uid(), point=READER_ALONE, direction=Direction.IN, verdict=verdict
    )
    await journal.add(decision)
    assert [each["passage"] for each in await start(store, journal)] == [str(decision.id)] * owed


async def test_a_long_journal_is_read_to_its_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupted, "AT_ONCE", 3)
    journal = journal_of(store)
    passages = [await granted(journal) for _ in range(8)]
    for passage in passages[:7]:
        await opened(journal, passage)
    assert [each["passage"] for each in await start(store, journal)] == [str(passages[7].id)]


async def test_a_record_that_says_nothing_any_more_keeps_no_box_from_starting(store: Store) -> None:
    journal = journal_of(store)
    spoiled, cut_off = await granted(journal), await granted(journal)

    def spoil(connection: sqlite3.Connection) -> None:
        place, body = next(
            (n, body)
            for n, body in connection.execute("SELECT sequence, body FROM record")
            if str(spoiled.id).encode() in body
        )
        connection.execute(
            "UPDATE record SET body = ? WHERE sequence = ?", (body.replace(b"granted", b"gr\xffted"), place)
        )

    await store.write(spoil)
    assert [each["passage"] for each in (await start(store, journal))] == [str(cut_off.id)]


async def test_what_the_disk_refused_is_told_later_and_the_rest_not_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = journal_of(store)
    cut_off = [await granted(journal) for _ in range(2)]
    at_start = Interrupted(store, journal, lambda: POINTS)
    await at_start.find()
    written, insist = [], journal.insist

    async def once(event: Actuation) -> None:
        if written:
            raise StoreError("store: the disk is sick")
        written.append(event)
        await insist(event)

    monkeypatch.setattr(journal, "insist", once)
    with pytest.raises(StoreError):
        await at_start.answer()
    monkeypatch.undo()
    await at_start.answer()  # as its owner does
    told = [each["passage"] for each in await start(store, journal)]
    assert told == [str(each.id) for each in cut_off]
