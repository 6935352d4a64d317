"""When a camera's recording counts as lost, and when as back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.video.recording import BREAKS_MANY, BREAKS_WITHIN_S, YOUNG_MS, Recording, Trouble, is_squeezed

LATE_S = 90.0
NOW_MS = 1_767_268_800_000
GOES = Trouble(False, "it is recorded")


def make_recording() -> Recording:
    return Recording(begun_s=1000.0, late_s=LATE_S)


def test_nothing_is_known_of_a_camera_that_has_just_begun() -> None:
    recording = make_recording()
    assert recording.trouble(1000.0 + LATE_S) is None
    recording.kept(1004.0)
    assert recording.trouble(1004.0) == GOES


def test_no_segment_for_longer_than_it_should_be_is_lost_until_one_comes() -> None:
    recording = make_recording()
    recording.kept(1010.0)
    recording.failed(1040.0, "no segment within 30 s", broke_off=True)
    assert recording.trouble(1010.0 + LATE_S) == GOES, "it is being tried again"
    recording.failed(1100.0, "401 Unauthorized", broke_off=False)
    lost = recording.trouble(1010.0 + LATE_S + 1)
    assert lost == Trouble(True, "nothing was kept for 91 s: 401 Unauthorized")
    recording.kept(1300.0)
    assert recording.trouble(1300.0) == GOES


def test_one_that_never_gave_a_segment_is_lost_too() -> None:
    lost = make_recording().trouble(1000.0 + LATE_S + 1)
    assert lost == Trouble(True, "nothing was kept for 91 s: no segment came")


def test_what_breaks_off_again_and_again_is_lost_though_segments_come_and_back_when_it_has_calmed() -> None:
    recording = make_recording()
    for number in range(BREAKS_MANY):
        recording.kept(1000.0 + number * 10)
        assert recording.trouble(1000.0 + number * 10) == GOES
        recording.failed(1005.0 + number * 10, "killed", broke_off=True)
    recording.kept(1050.0)
    assert recording.trouble(1050.0) == Trouble(True, "it breaks off again and again: killed")
    later = 1025.0 + BREAKS_WITHIN_S + 1  # two breaks are left of the time that counts
    recording.kept(later)
    assert recording.trouble(later) == Trouble(True, "it breaks off again and again: killed"), "not yet calm"
    recording.kept(later + 10)
    assert recording.trouble(later + 10) == GOES


def test_runs_that_brought_nothing_are_no_breaks() -> None:
    recording = make_recording()
    recording.kept(1001.0)
    for number in range(20):
        recording.failed(1002.0 + number, "refused", broke_off=False)
    assert recording.trouble(1030.0) == GOES


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 60.0)), max_size=60))
def test_a_fresh_segment_and_few_breaks_are_never_lost(course: list[tuple[bool, float]]) -> None:
    recording, now, breaks = make_recording(), 1000.0, 0
    for is_break, passed in course:
        now += passed
        if is_break and breaks < BREAKS_MANY - 1:
            breaks += 1
            recording.failed(now, "", broke_off=True)
        recording.kept(now)
        assert recording.trouble(now) == GOES


@pytest.mark.parametrize(
    ("room", "oldest_ms", "squeezed"),
    [
        (10**9, None, False),  # a box that has just begun
        (10**9, 0, False),
        (100, YOUNG_MS - 1, True),
        (100, 0, False),  # full of what is old enough
        (100, None, True),  # not even one fits
        (-5, None, True),
    ],
)
def test_a_quota_that_holds_minutes_alone_is_too_small(
    room: int, oldest_ms: int | None, squeezed: bool
) -> None:
    oldest = None if oldest_ms is None else NOW_MS - YOUNG_MS + oldest_ms
    assert is_squeezed(room_bytes=room, segment_bytes=100, oldest_ms=oldest, now_ms=NOW_MS) is squeezed
