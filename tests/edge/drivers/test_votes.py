"""Votes over frames: which plate a car has, told once; by example and by property."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.plate_http.votes import Ballot, Frame, is_near

MS = 1_000_000
RIGHT, MISREAD, OTHER = "X711TT90", "X7I1TT90", "A123BC72"


def ballot(min_votes: int = 3, within_ms: int = 3000, repeat_ms: int = 60_000) -> Ballot:
    return Ballot(min_votes=min_votes, within_ns=within_ms * MS, repeat_ns=repeat_ms * MS)


def told(
    votes: Ballot, *frames: tuple[int, str | None] | tuple[int, str | None, str]
) -> list[tuple[int, str]]:
    """At which ms, and which plate."""
    return [
        (at_ms, plate)
        for at_ms, plate, *track in frames
        if votes.see(Frame(at_ms * MS, plate, *track)) and plate is not None
    ]


def test_the_plate_that_has_its_votes_first_is_told() -> None:
    frames = [(0, RIGHT), (200, MISREAD), (400, RIGHT), (600, MISREAD), (800, RIGHT), (1000, MISREAD)]
    assert told(ballot(), *frames) == [(800, RIGHT)]


def test_votes_that_are_too_old_do_not_count() -> None:
    assert told(ballot(), (0, RIGHT), (2900, RIGHT), (5000, RIGHT)) == []
    assert told(ballot(), (0, RIGHT), (1000, RIGHT), (2000, RIGHT)) == [(2000, RIGHT)]


def test_a_parked_car_is_told_once_however_it_is_misread() -> None:
    frames = [(at, RIGHT if at % 1500 else MISREAD) for at in range(0, 120_000, 500)]
    assert told(ballot(), *frames) == [(2000, RIGHT)]


def test_a_misread_frame_after_a_pause_does_not_tell_a_parked_car_again() -> None:
    frames = [(0, RIGHT), (0, RIGHT), (3000, MISREAD), (3000, RIGHT), (3000, RIGHT)]
    assert told(ballot(2), *frames) == [(0, RIGHT)]


def test_two_parked_cars_are_told_once_each() -> None:
    frames = [(at, RIGHT if at % 1000 else OTHER) for at in range(0, 60_000, 500)]
    assert sorted(plate for _, plate in told(ballot(2), *frames)) == [OTHER, RIGHT]


def test_the_next_car_is_another_even_when_its_plate_is_near() -> None:
    votes = ballot(2)
    assert told(votes, (0, RIGHT), (500, RIGHT)) == [(500, RIGHT)]
    assert told(votes, (4000, MISREAD), (4500, MISREAD)) == [(4500, MISREAD)]


def test_tracks_part_cars_whose_plates_are_near_and_join_frames_whose_plates_are_not() -> None:
    votes = ballot(2)
    frames = [(0, RIGHT, "1"), (100, MISREAD, "2"), (200, RIGHT, "1"), (300, MISREAD, "2")]
    assert told(votes, *frames) == [(200, RIGHT), (300, MISREAD)]
    assert told(votes, (1000, "B777", "3"), (1100, OTHER, "3"), (1200, OTHER, "3")) == [(1200, OTHER)]


def test_it_comes_back_after_a_while() -> None:
    votes = ballot(1, repeat_ms=10_000)
    assert told(votes, (0, RIGHT), (9000, RIGHT), (18_000, RIGHT), (28_000, RIGHT)) == [
        (0, RIGHT),
        (28_000, RIGHT),
    ]


def test_one_vote_and_no_repetition_take_every_frame_for_a_visit() -> None:
    votes = ballot(1, repeat_ms=0)
    assert [at for at, _ in told(votes, (0, RIGHT), (1, RIGHT), (2, MISREAD))] == [0, 1, 2]


def test_a_car_that_left_without_its_votes_is_known() -> None:
    votes = ballot()
    assert told(votes, (0, None), (100, RIGHT), (200, OTHER), (300, RIGHT)) == []
    assert votes.gone(3000 * MS) == []
    assert sorted(votes.gone(3300 * MS)) == [OTHER, RIGHT]
    votes = ballot()
    assert told(votes, (0, None), (100, None)) == []
    assert votes.gone(3100 * MS) == [""]
    assert votes.gone(9000 * MS) == []


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (RIGHT, RIGHT, True),
        (RIGHT, MISREAD, True),
        (RIGHT, "711TT90", True),
        ("711TT90", RIGHT, True),
        (RIGHT, "X711TT900", True),
        (RIGHT, "X117TT90", False),
        (RIGHT, "11TT90", False),
        ("", "A", True),
    ],
)
def test_near_plates(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is near


PLATES = st.sampled_from([RIGHT, MISREAD, "X711TT9O", OTHER, "A128BC72", None])
FRAMES = st.lists(st.tuples(st.integers(0, 4000), PLATES), max_size=60)


@given(frames=FRAMES, min_votes=st.integers(1, 4), repeat_ms=st.sampled_from([0, 1000, 10_000]))
def test_what_is_told_has_its_votes_and_is_not_told_again(
    frames: list[tuple[int, str | None]], min_votes: int, repeat_ms: int
) -> None:
    votes, now, seen, commits = ballot(min_votes, 2000, repeat_ms), 0, [], []
    for pause, plate in frames:
        now += pause
        seen.append((now, plate))
        if votes.see(Frame(now * MS, plate)):
            assert plate is not None
            commits.append((now, plate))
            recent = [at for at, which in seen if which == plate and at > now - 2000]
            assert len(recent) >= min_votes
    for plate in {plate for _, plate in commits}:
        for (before, _), (after, _) in pairwise([each for each in commits if each[1] == plate]):
            looks = [at for at, which in seen if which == plate and before <= at <= after]
            assert max(later - earlier for earlier, later in pairwise(looks)) >= repeat_ms


@given(
    wrong=st.lists(st.booleans(), max_size=30),
    min_votes=st.integers(2, 4),
    step=st.integers(1, 1999),
)
def test_one_car_is_one_commit(wrong: list[bool], min_votes: int, step: int) -> None:
    frames = [(at * step, MISREAD if is_wrong else RIGHT) for at, is_wrong in enumerate(wrong)]
    assert len(told(ballot(min_votes, 2000), *frames)) <= 1


@given(min_votes=st.integers(1, 6), more=st.integers(0, 10))
def test_a_car_that_is_read_well_is_always_told(min_votes: int, more: int) -> None:
    frames = [(at * 100, RIGHT) for at in range(min_votes + more)]
    assert told(ballot(min_votes, 2000), *frames) == [((min_votes - 1) * 100, RIGHT)]
