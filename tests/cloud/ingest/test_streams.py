"""Where a batch stands against what is committed: every case, and whatever order batches come in."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.ingest.streams import Accepted, Forked, Nonsense, Repeated, Run, TooEarly, Watermark, judge
from protocols import chain

STREAM = UUID(int=7)
RECORDS = [f'{{"n":{number}}}'.encode() for number in range(1, 31)]


def head(sequence: int, records: list[bytes] = RECORDS) -> bytes:
    return chain.head(chain.genesis(STREAM), records[:sequence])


def run(first: int, last: int, *, oldest: int = 1, records: list[bytes] = RECORDS) -> Run:
    return Run(first, head(first - 1, records), records[first - 1 : last], oldest)


def at(sequence: int) -> Watermark:
    return Watermark(sequence, head(sequence))


def test_the_next_records_are_taken() -> None:
    assert judge(at(4), run(5, 9)) == Accepted(0, at(9))


def test_an_overlap_is_cut_off() -> None:
    assert judge(at(4), run(3, 9)) == Accepted(2, at(9))


@pytest.mark.parametrize(("first", "last"), [(1, 3), (2, 4), (4, 4)])
def test_what_is_committed_is_a_repeat(first: int, last: int) -> None:
    assert judge(at(4), run(first, last)) == Repeated()


def test_records_beyond_a_hole_wait_while_the_box_holds_the_hole() -> None:
    assert judge(at(4), run(7, 9, oldest=1)) == TooEarly()
    assert judge(at(4), run(7, 9, oldest=5)) == TooEarly()
    assert judge(at(4), run(7, 9, oldest=6)) == TooEarly()  # it still holds the sixth


def test_a_hole_that_nobody_holds_is_a_gap() -> None:
    assert judge(at(4), run(7, 9, oldest=7)) == Accepted(0, at(9), gap=(5, 6))


def test_a_stream_that_begins_late_has_a_gap_at_its_beginning() -> None:
    assert judge(at(0), run(11, 12, oldest=11)) == Accepted(0, at(12), gap=(1, 10))


def test_another_history_at_the_watermark_is_a_fork() -> None:
    other = [*RECORDS[:3], b'{"n":"other"}', *RECORDS[4:]]
    assert judge(at(4), run(5, 6, records=other)) == Forked(4, head(4, other))
    assert judge(at(4), run(2, 6, records=other)) == Forked(4, head(4, other))
    assert judge(at(4), run(2, 4, records=other)) == Forked(4, head(4, other))


def test_a_stream_begins_with_its_own_hash() -> None:
    wrong = Run(1, bytes(32), RECORDS[:2], 1)
    assert judge(at(0), wrong) == Forked(0, bytes(32))


def test_a_batch_older_than_the_oldest_held_contradicts_itself() -> None:
    assert isinstance(judge(at(4), run(5, 6, oldest=6)), Nonsense)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 12)), max_size=60))
def test_in_whatever_order_batches_come_each_record_is_taken_once_and_in_order(
    batches: list[tuple[int, int]],
) -> None:
    mark, taken = at(0), []
    for first, more in [*batches, (1, 29)]:
        batch = run(first, min(first + more, 30))
        verdict = judge(mark, batch)
        assert not isinstance(verdict, Forked | Nonsense)
        if isinstance(verdict, Accepted):
            assert verdict.gap is None
            taken += batch.records[verdict.skip :]
            mark = verdict.watermark
    assert taken == RECORDS
    assert mark == at(30)
