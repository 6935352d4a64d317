"""The two streams: chain, batches, acknowledgements forward and back, forks, what is given up."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import streams
from edge.streams import Standing
from protocols import chain
from protocols.messages import BATCH_MAX_BYTES, BATCH_MAX_RECORDS, Stream
from tests.edge.conftest import open_store
from tests.edge.world import uid

EVENTS, READINGS = Stream.EVENTS, Stream.READINGS


@pytest.fixture
def connection(tmp_path: Path):
    store = open_store(tmp_path / "store.sqlite")
    yield store.connection
    store.close()


def fill(connection, count: int, *, size: int = 20, at_ms: int = 1) -> None:
    connection.execute("BEGIN")
    for number in range(count):
        streams.append(connection, READINGS, b"%0*d" % (size, number), at_ms)
    connection.execute("COMMIT")


def ack(connection, sequence: int) -> Standing:
    at = streams.head(connection, READINGS)
    ours = streams.hash_at(connection, at, sequence)
    return streams.take_ack(connection, READINGS, at.id, sequence, ours or bytes(32))


def test_sequences_have_no_gaps_and_hashes_chain(connection) -> None:
    fill(connection, 5)
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert (run.first, run.last, run.oldest, run.before) == (1, 5, 1, chain.genesis(run.stream))
    assert run.head == chain.head(run.before, run.records) == streams.head(connection, READINGS).head


def test_what_is_beyond_a_place_is_found_without_walking_over_another_kind_s_records(connection) -> None:
    """Else each event would cost a look at every reading that is kept."""
    for body in (b"one", b"two"):
        streams.append(connection, EVENTS, body, 1)
    opened, first, second = streams.after(connection, EVENTS, streams.BEGINNING, 9)
    assert [first.body, second.body] == [b"one", b"two"]
    assert streams.after(connection, EVENTS, opened.place, 1) == [first]
    steps: list[int] = []

    def counted() -> int:
        steps.clear()
        connection.set_progress_handler(lambda: steps.append(1), 1)
        assert streams.after(connection, EVENTS, first.place, 9) == [second]
        assert streams.after(connection, EVENTS, second.place, 9) == []
        connection.set_progress_handler(None, 1)
        return len(steps)

    alone = counted()
    fill(connection, 2000)
    assert counted() < alone + 50


def flip(connection, sequence: int) -> None:
    """One bit of a record's body, on the disk."""
    (body,) = connection.execute("SELECT body FROM record WHERE sequence = ?", (sequence,)).fetchone()
    changed = bytes([body[0] ^ 4]) + body[1:]
    connection.execute("UPDATE record SET body = ? WHERE sequence = ?", (changed, sequence))


def test_a_record_that_the_disk_has_changed_is_left_out_and_told_as_missing(connection) -> None:
    """Else the batch's signature would never hold, and nothing after it would ever be taken."""
    fill(connection, 9)
    for sequence in (1, 4, 9):
        flip(connection, sequence)
    told = []
    while (run := streams.next_run(connection, READINGS)) is not None:
        assert chain.head(run.before, run.records) == run.head
        assert run.before == streams.hash_at(connection, streams.head(connection, READINGS), run.first - 1)
        told.append((run.oldest, run.first, run.last))
        ack(connection, run.last)
    assert told == [(2, 2, 3), (5, 5, 8)]
    fill(connection, 1)
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert (run.oldest, run.first, run.last) == (10, 10, 10)


def test_batches_end_at_their_limits(connection) -> None:
    fill(connection, BATCH_MAX_RECORDS + 5)
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert len(run.records) == BATCH_MAX_RECORDS
    ack(connection, run.last)
    fill(connection, 10, size=BATCH_MAX_BYTES // 3)
    ack(connection, run.last + 5)
    by_size = streams.next_run(connection, READINGS)
    assert by_size is not None
    assert len(by_size.records) == 2
    assert by_size.before == streams.hash_at(connection, streams.head(connection, READINGS), run.last + 5)


def test_everything_acknowledged_is_nothing_to_send(connection) -> None:
    assert streams.next_run(connection, READINGS) is None
    fill(connection, 3)
    assert ack(connection, 3) is Standing.COMMITTED
    assert streams.next_run(connection, READINGS) is None
    assert streams.waiting(connection, READINGS) == (0, None)
    assert streams.oldest_held(connection, READINGS) == 1


def test_a_cloud_that_came_back_older_gets_it_again(connection) -> None:
    fill(connection, 9)
    ack(connection, 9)
    assert ack(connection, 4) is Standing.REWOUND
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert run.first == 5
    assert streams.waiting(connection, READINGS)[0] == 5


def test_a_cloud_older_than_what_is_held_gets_the_oldest_held(connection) -> None:
    fill(connection, 9)
    ack(connection, 9)
    assert streams.forget_before(connection, READINGS, 2, 6) == 6
    assert ack(connection, 2) is Standing.REWOUND
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert (run.first, run.oldest) == (7, 7)
    assert chain.head(run.before, run.records) == streams.head(connection, READINGS).head
    assert ack(connection, 0) is Standing.REWOUND


def test_the_chain_goes_on_after_all_was_forgotten(connection) -> None:
    fill(connection, 4)
    ack(connection, 4)
    streams.forget_before(connection, READINGS, 2, 100)
    fill(connection, 1)
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert (run.first, run.oldest) == (5, 5)
    assert run.head == streams.head(connection, READINGS).head == chain.head(run.before, run.records)


def test_only_what_is_acknowledged_and_old_is_forgotten(connection) -> None:
    assert streams.oldest_held(connection, READINGS) is None
    fill(connection, 5, at_ms=10)
    fill(connection, 5, at_ms=20)
    ack(connection, 3)
    assert streams.forget_before(connection, READINGS, 15, 100) == 3
    assert streams.oldest_held(connection, READINGS) == 10
    ack(connection, 10)
    assert streams.forget_before(connection, READINGS, 15, 100) == 2
    assert streams.oldest_held(connection, READINGS) == 20
    assert streams.forget_before(connection, READINGS, 15, 100) == 0


def test_a_full_disk_gives_up_the_oldest_and_counts_what_the_cloud_misses(connection) -> None:
    fill(connection, 10)
    ack(connection, 4)
    assert streams.give_up_oldest(connection, READINGS, 6) == 2
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert (run.first, run.oldest) == (7, 7)


def test_an_ack_of_another_stream_changes_nothing(connection) -> None:
    fill(connection, 3)
    assert streams.take_ack(connection, READINGS, uid(), 3, bytes(32)) is Standing.FOREIGN
    assert streams.head(connection, READINGS).acked == 0


@pytest.mark.parametrize("sequence", [3, 6])
def test_a_fork_moves_what_is_not_acknowledged_into_a_new_stream(connection, sequence: int) -> None:
    fill(connection, 5)
    ack(connection, 2)
    old = streams.head(connection, READINGS)
    assert streams.take_ack(connection, READINGS, old.id, sequence, bytes(32)) is Standing.FORKED
    assert streams.head(connection, READINGS).acked == 2
    streams.fork(connection, READINGS, uid(), b"opening", 1)
    run = streams.next_run(connection, READINGS)
    assert run is not None
    assert run.stream != old.id
    assert run.records == [b"opening", *(b"%020d" % number for number in (2, 3, 4))]
    assert run.before == chain.genesis(run.stream)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["append", "ack", "forget", "rewind"]), st.integers(1, 7)), max_size=40
    )
)
def test_whatever_happens_a_run_chains_from_what_the_cloud_may_hold(tmp_path_factory, steps) -> None:
    store = open_store(tmp_path_factory.mktemp("s") / "store.sqlite")
    connection = store.connection
    hashes = {0: streams.head(connection, READINGS).head}
    for step, number in steps:
        at = streams.head(connection, READINGS)
        if step == "append":
            for _ in range(number):
                _, sequence = streams.append(connection, READINGS, b"r%d" % len(hashes), 1)
                hashes[sequence] = streams.head(connection, READINGS).head
        elif step == "ack":
            ack(connection, min(at.acked + number, at.last))
        elif step == "rewind":
            ack(connection, max(at.acked - number, 0))
        else:
            streams.forget_before(connection, READINGS, 2, number)
        run = streams.next_run(connection, READINGS)
        if run is not None:
            assert run.before == hashes[run.first - 1]
            assert run.head == hashes[run.last]
            assert run.oldest <= run.first
    assert all(second - first == 1 for first, second in pairwise(sorted(hashes)))
    store.close()
