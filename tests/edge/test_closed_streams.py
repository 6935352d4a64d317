"""Closed streams: a cloud that came back from before a fork gets what it lacks of them, and a gap is told, not kept."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.ingest.streams import Accepted, Run, TooEarly, Watermark, judge
from edge import streams
from edge.streams import Head, Standing
from protocols import chain
from protocols.messages import Stream
from tests.edge.conftest import open_store
from tests.edge.world import uid

READINGS = Stream.READINGS


@pytest.fixture
def connection(tmp_path: Path):
    store = open_store(tmp_path / "store.sqlite")
    yield store.connection
    store.close()


def fill(connection, count: int) -> None:
    for number in range(count):
        streams.append(connection, READINGS, b"%d" % number, 1)


def ack(connection, sequence: int) -> Standing:
    return told(connection, streams.head(connection, READINGS), sequence)


def forked(connection, agreed: int) -> tuple[Head, Head]:
    """The closed stream, of which so much was acknowledged, and the open one, of which nothing is yet."""
    fill(connection, agreed + 2)
    ack(connection, agreed)
    streams.fork(connection, READINGS, uid(), b"opening", 1)
    closed, opened = streams.heads(connection, READINGS)
    return closed, opened


def told(connection, at: Head, sequence: int) -> Standing:
    """The cloud says how much it has of one of our streams."""
    ours = streams.hash_at(connection, at, sequence)
    return streams.take_ack(connection, READINGS, at.id, sequence, ours or bytes(32))


def sent(connection) -> tuple[UUID, int, int] | None:
    run = streams.next_run(connection, READINGS)
    return None if run is None else (run.stream, run.first, run.last)


def test_a_fork_closes_the_stream_where_both_sides_agreed(connection) -> None:
    closed, opened = forked(connection, 4)
    assert (closed.last, closed.acked, closed.closed) == (4, 4, True)
    assert closed.head == streams.hash_at(connection, closed, 4)
    held = connection.execute("SELECT n, count(*) FROM record WHERE n > 1 GROUP BY n").fetchall()
    assert held == [(closed.n, 4), (opened.n, 3)]
    assert sent(connection) == (opened.id, 1, 3)


def test_once_a_new_stream_has_begun_the_cloud_is_asked_how_much_it_has_of_the_old(connection) -> None:
    closed, opened = forked(connection, 4)
    told(connection, opened, 3)
    assert sent(connection) == (closed.id, 4, 4)
    assert told(connection, closed, 9) is Standing.COMMITTED  # beyond the fork it has another history
    assert sent(connection) is None
    assert streams.waiting(connection, READINGS) == (0, None)


def test_a_cloud_from_before_the_fork_gets_the_old_stream_again_and_then_the_new(connection) -> None:
    closed, opened = forked(connection, 4)
    told(connection, opened, 3)
    told(connection, closed, 4)
    assert told(connection, opened, 0) is Standing.REWOUND
    assert sent(connection) == (closed.id, 4, 4)
    assert told(connection, closed, 1) is Standing.REWOUND
    assert sent(connection) == (closed.id, 2, 4)
    assert streams.waiting(connection, READINGS)[0] == 3 + 3
    told(connection, closed, 4)
    assert sent(connection) == (opened.id, 1, 3)


def test_a_cloud_from_before_two_forks_gets_all_three_streams_again(connection) -> None:
    first, second = forked(connection, 4)
    told(connection, second, 3)
    told(connection, first, 4)
    fill(connection, 1)
    streams.fork(connection, READINGS, uid(), b"opening", 1)
    third = streams.head(connection, READINGS)
    told(connection, third, 2)
    told(connection, second, 3)
    told(connection, third, 0)
    assert sent(connection) == (second.id, 3, 3)
    told(connection, second, 0)
    assert sent(connection) == (first.id, 4, 4)
    told(connection, first, 0)
    assert sent(connection) == (first.id, 1, 4)
    told(connection, first, 4)
    told(connection, second, 3)
    told(connection, third, 2)
    for _ in range(2):  # each that began anew has the one before asked after
        run = streams.next_run(connection, READINGS)
        if run is not None:
            told(connection, second if run.stream == second.id else first, run.last)
    assert sent(connection) is None


def test_what_is_too_old_of_a_closed_stream_becomes_a_gap_that_is_told(connection) -> None:
    closed, opened = forked(connection, 4)
    told(connection, opened, 3)
    told(connection, closed, 4)
    assert streams.forget_before(connection, READINGS, 2, 100) == 3 + 3
    assert streams.oldest_held(connection, READINGS) is None
    told(connection, opened, 0)
    told(connection, closed, 1)
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert (run.stream, run.first, run.oldest) == (closed.id, 4, 4)
    assert chain.head(run.before, run.records) == closed.head


def test_the_end_of_a_closed_stream_goes_at_last(connection) -> None:
    closed, opened = forked(connection, 4)
    told(connection, opened, 3)
    streams.forget_ends(connection, 2)
    assert sent(connection) == (closed.id, 4, 4)  # it is being asked about
    told(connection, closed, 4)
    streams.forget_ends(connection, 2)
    streams.forget_before(connection, READINGS, 2, 100)
    assert connection.execute("SELECT count(*) FROM record WHERE n > 1").fetchone() == (0,)
    told(connection, opened, 0)
    fill(connection, 1)
    assert sent(connection) == (opened.id, 4, 4)  # nothing of the old one stands in the way


def test_a_cloud_with_another_history_of_a_closed_stream_is_not_told_ours_for_ever(connection) -> None:
    closed, opened = forked(connection, 4)
    told(connection, opened, 3)
    assert streams.take_ack(connection, READINGS, closed.id, 2, bytes(32)) is Standing.DISOWNED
    assert sent(connection) is None


def test_a_full_disk_gives_up_closed_streams_first(connection) -> None:
    closed, opened = forked(connection, 4)
    assert streams.give_up_oldest(connection, READINGS, 4) == 1  # the opening: the old ones are acknowledged
    assert sent(connection) == (opened.id, 2, 3)
    assert streams.hash_at(connection, closed, 3) is not None


@dataclass
class Cloud:
    """What a cloud has of each stream, taken in by the rules of the real one."""

    marks: dict[UUID, Watermark] = field(default_factory=dict)
    records: Counter[bytes] = field(default_factory=Counter)

    def copy(self) -> "Cloud":
        return replace(self, marks=dict(self.marks), records=Counter(self.records))

    def take(self, run: streams.Run) -> Watermark:
        mark = self.marks.get(run.stream, Watermark(0, chain.genesis(run.stream)))
        verdict = judge(mark, Run(run.first, run.before, run.records, run.oldest))
        if isinstance(verdict, Accepted):
            assert verdict.gap is None  # everything is still held
            self.records.update(run.records[verdict.skip :])
            mark = verdict.watermark
        else:
            assert not isinstance(verdict, TooEarly) or run.first > mark.sequence + 1
        self.marks[run.stream] = mark
        return mark


def exchange(connection, cloud: Cloud) -> bool:
    """One batch and its answer; whether there was anything to send."""
    run = streams.next_run(connection, READINGS)
    if run is None:
        return False
    mark = cloud.take(run)
    standing = streams.take_ack(connection, READINGS, run.stream, mark.sequence, mark.head)
    if standing is Standing.FORKED:
        streams.fork(connection, READINGS, uid(), b"opening %s" % uid().bytes, 1)
    return True


def in_memory(source: sqlite3.Connection) -> sqlite3.Connection:
    target = sqlite3.connect(":memory:", isolation_level=None)
    source.backup(target)
    return target


STEPS = ["append", "exchange", "exchange", "copy", "back to the copy", "dump", "back to the dump"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 4)), max_size=40))
def test_whoever_comes_back_from_whatever_copy_the_cloud_gets_all_that_the_box_holds(
    tmp_path_factory, steps
) -> None:
    store = open_store(tmp_path_factory.mktemp("s") / "store.sqlite")
    box, cloud, written = in_memory(store.connection), Cloud(), 0
    store.close()
    copy, dump = in_memory(box), cloud.copy()
    for step, times in steps:
        if step == "append":
            for _ in range(times):
                written += 1
                streams.append(box, READINGS, b"record %d" % written, 1)
        elif step == "exchange":
            for _ in range(times):
                exchange(box, cloud)
        elif step == "copy":
            copy = in_memory(box)
        elif step == "back to the copy":
            box = in_memory(copy)
        elif step == "dump":
            dump = cloud.copy()
        else:
            cloud = dump.copy()
    written += 1
    streams.append(box, READINGS, b"record %d" % written, 1)  # by this the box learns how the cloud stands
    exchanges = sum(1 for _ in iter(lambda: exchange(box, cloud), False))
    assert exchanges < 200
    held = {
        bytes(body)
        for (body,) in box.execute(
            "SELECT body FROM record JOIN stream USING (n) WHERE kind = ?", (READINGS,)
        )
    }
    assert held - set(cloud.records) == set()
