"""Decisions without a record are counted where a full disk and a power cut cannot lose the count."""

from pathlib import Path

from edge.access.unwritten import Tally, Unwritten

NOON_MS = 1_800_000_000_000


def test_the_count_outlives_the_process(tmp_path: Path) -> None:
    first = Unwritten(tmp_path / "unwritten")
    first.add(NOON_MS)
    first.add(NOON_MS + 1000)
    after = Unwritten(tmp_path / "unwritten")
    assert after.tally == Tally(2, NOON_MS, NOON_MS + 1000)
    assert str(after.tally) == "2027-01-15T08:00:00Z to 2027-01-15T08:00:01Z"


def test_what_was_told_is_counted_no_more_and_what_came_meanwhile_is(tmp_path: Path) -> None:
    counted = Unwritten(tmp_path / "unwritten")
    counted.add(NOON_MS)
    told = counted.tally
    counted.add(NOON_MS + 1000)
    counted.told(told)
    assert counted.tally.many == 1
    counted.told(counted.tally)
    assert Unwritten(tmp_path / "unwritten").tally == Tally()


def test_its_bytes_stay_in_their_place(tmp_path: Path) -> None:
    """A file written anew would need room that is not there."""
    file = tmp_path / "unwritten"
    counted = Unwritten(file)
    before = file.stat()
    for number in range(100):
        counted.add(NOON_MS + number)
    assert (file.stat().st_ino, file.stat().st_size, file.stat().st_blocks) == (
        before.st_ino,
        before.st_size,
        before.st_blocks,
    )


def test_without_a_place_it_counts_in_memory(tmp_path: Path) -> None:
    counted = Unwritten(tmp_path / "nowhere" / "unwritten")
    counted.add(NOON_MS)
    assert counted.tally.many == 1


def test_a_torn_file_counts_nothing(tmp_path: Path) -> None:
    (tmp_path / "unwritten").write_bytes(b"\0" * 7)
    assert Unwritten(tmp_path / "unwritten").tally == Tally()
