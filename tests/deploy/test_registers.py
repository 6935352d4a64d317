"""Readings against a meter's answers: what the drive calls equal, and what it does not."""

import pytest

from deploy.demo.drive.registers import Sample, differences

ANSWERS = [Sample(1_000_000 + 5_000 * n, 7_000 + n) for n in range(12)]
ROWS = [Sample(answer.at_ms + 3, answer.raw) for answer in ANSWERS[1:-1]]


def test_each_reading_is_one_answer_at_its_moment() -> None:
    assert differences(ROWS, ANSWERS) is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row._replace(at_ms=row.at_ms - 3_000) for row in ROWS], "no answer"),
        ([row._replace(at_ms=row.at_ms + 5_000) for row in ROWS], "but the register was"),
        ([*ROWS[:3], ROWS[3]._replace(raw=1), *ROWS[4:]], "but the register was"),
        ([ROWS[0], *ROWS], "no answer"),
        ([*ROWS[:3], *ROWS[6:]], "became no reading"),
        ([ROWS[1], ROWS[0]._replace(at_ms=ROWS[1].at_ms)], "no answer"),
    ],
    ids=["early", "a poll late", "another value", "twice", "some lost", "in another order"],
)
def test_whatever_differs_is_told(rows: list[Sample], said: str) -> None:
    assert said in (differences(rows, ANSWERS) or "")
