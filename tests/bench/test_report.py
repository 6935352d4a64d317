"""The benches' own arithmetic, and the page that is made of a run."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bench import page, report
from bench.__main__ import PAGE, REFERENCE
from bench.measure import in_turn, percentile, ratios
from bench.report import Bound, Figure, Goal, Machine, Report, Result, Spread


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(0, 1), (50, 5), (90, 9), (99, 10), (100, 10)],
)
def test_a_percentile_is_a_value_that_was_seen(percent: float, expected: float) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent) == expected


def test_no_samples_no_percentile() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 50)


def test_everyone_takes_a_turn_and_every_second_round_goes_backwards() -> None:
    turns: list[str] = []

    def contender(name: str) -> float:
        turns.append(name)
        return len(turns)

    found = in_turn({name: lambda name=name: contender(name) for name in "ab"}, 3)  # type: ignore[misc]
    assert turns == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": [1, 4, 5], "b": [2, 3, 6]}


def test_ratios_go_round_by_round() -> None:
    assert ratios([2, 9], [1, 3]) == [2, 3]
    with pytest.raises(ValueError, match="zip"):
        ratios([1], [1, 2])


@pytest.mark.parametrize(
    ("bound", "limit", "met"),
    [
        (Bound.AT_MOST, 2, True),
        (Bound.AT_MOST, 1.9, False),
        (Bound.AT_LEAST, 2, True),
        (Bound.AT_LEAST, 2.1, False),
    ],
)
def test_a_goal_is_judged_by_its_median(bound: Bound, limit: float, met: bool) -> None:
    assert Goal.of("", [100, 2, 0], bound=bound, limit=limit).met is met


def test_a_report_reads_back_and_its_page_names_what_was_missed(tmp_path: Path) -> None:
    machine = Machine(
        cpu="none",
        cores=2,
        memory_gb=24,
        kernel="6",
        system="Debian",
        file_system="ext2/ext3",
        python="3.11",
        versions={},
    )
    made = Report(
        at=datetime(2026, 11, 22, tzinfo=UTC),
        revision="abc",
        quick=False,
        machine=machine,
        results=[
            Result(
                bench="coil",
                title="Coil",
                how="How.",
                figures=[Figure(name="latency", unit="µs", value=Spread.of([1234.5, 1234.5]))],
                goals=[Goal.of("fast", [3, 2.5, 4], bound=Bound.AT_MOST, limit=2)],
            )
        ],
        failed={"http": "no server"},
    )
    report.write(tmp_path / "run.json", made)
    assert report.read_report(tmp_path / "run.json") == made
    text = page.render(made)
    assert "| fast | ≤ 2 × | 3 (2.5 … 4) | **missed** |" in text
    assert "| latency | 1,234 | µs |" in text
    assert "| http | | no server | **failed** |" in text


def test_the_page_is_that_of_the_kept_run() -> None:
    assert PAGE.read_text() == page.render(report.read_report(REFERENCE))


def test_benches_that_were_run_again_replace_their_former_results() -> None:
    kept = report.read_report(REFERENCE)
    again, broken = kept.results[0].bench, kept.results[1].bench
    newer = msgspec.structs.replace(
        kept, results=[msgspec.structs.replace(kept.results[0], how="again")], failed={broken: "no server"}
    )
    both = report.merged(kept, newer)
    assert {result.bench for result in both.results} == {result.bench for result in kept.results} - {broken}
    assert [result.how for result in both.results if result.bench == again] == ["again"]
    assert both.failed == kept.failed | {broken: "no server"}


def test_a_report_of_another_shape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"at": "2026-11-22T00:00:00Z"}')
    with pytest.raises(msgspec.ValidationError, match="revision"):
        report.read_report(tmp_path / "run.json")
