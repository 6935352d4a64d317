"""Exit buttons that are jammed or chatter: by example, and by property on random sequences."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.barrier.button import JAMMED_NS, PRESSES_MAX, QUIET_NS, WITHIN_NS, Button, see
from edge.barrier.state import NS_PER_S

LOOK_NS = NS_PER_S // 10


def watched(*looks: tuple[bool | None, float]) -> list[str | None]:
    """What is said of it, each time that it changes. `looks`: how it is, for so many seconds."""
    button, now_ns, said = Button(), 0, list[str | None]([None])
    for pressed, lasts_s in looks:
        for _ in range(round(lasts_s * 10)):
            button = see(button, pressed, now_ns)
            now_ns += LOOK_NS
            said += [button.wrong] if button.wrong != said[-1] else []
    return said[1:]


def taps(count: int, each_s: float) -> list[tuple[bool | None, float]]:
    return [(True, 0.1), (False, each_s - 0.1)] * count


JAMMED, CHATTERS = "pressed for 30 s", "pressed 30 times within 60 s"


def test_one_that_is_jammed_is_told_once_and_is_well_when_it_rests() -> None:
    assert watched((False, 1), (True, 29)) == []
    assert watched((False, 1), (True, 600), (False, 59)) == [JAMMED]
    assert watched((False, 1), (True, 600), (False, 70)) == [JAMMED, ""]


def test_one_that_is_pressed_when_the_box_begins_to_look_is_jammed_too() -> None:
    assert watched((True, 31)) == [JAMMED]


def test_one_that_chatters_in_bouts_is_told_once() -> None:
    bouts = [*taps(40, 0.4), (False, 30.0)] * 5
    assert watched(*bouts, (False, 61)) == [CHATTERS, ""]


def test_one_that_jams_while_it_chatters_is_one_alarm() -> None:
    assert watched(*taps(60, 0.5), (True, 60), *taps(60, 0.5), (False, 61)) == [CHATTERS, ""]


@pytest.mark.parametrize(
    "people",
    [
        taps(29, 0.5),  # a child
        taps(300, 2.5),  # a house in the morning
        [(False, 70.0), *taps(10, 0.3), (False, 20.0), *taps(10, 0.3)],  # impatience
        [(True, 20.0), (False, 1.0), (True, 20.0), (False, 1.0)],  # a trolley
    ],
)
def test_people_are_no_alarm(people: list[tuple[bool | None, float]]) -> None:
    assert [said for said in watched(*people) if said] == []


def test_what_was_not_seen_is_neither_a_press_nor_rest() -> None:
    assert watched((True, 25), (None, 10), (True, 25)) == []
    assert watched((True, 31), (False, 40), (None, 1), (False, 40)) == [JAMMED]
    assert watched(*[(False, 0.1), (None, 0.1), (True, 0.1)] * 100, (False, 0.1)) == []


@given(st.lists(st.tuples(st.sampled_from([True, False, None]), st.integers(1, 400)), max_size=60))
def test_it_is_wrong_only_for_a_reason_and_well_only_after_rest(looks: list[tuple[bool | None, int]]) -> None:
    button, now_ns, presses, pressed_ns, rest_ns = Button(), 0, list[int](), 0, 0
    for pressed, lasts in looks:
        for _ in range(lasts):
            before, button = button, see(button, pressed, now_ns)
            presses += [now_ns] if pressed and before.pressed is False else []
            pressed_ns = pressed_ns + LOOK_NS if pressed else 0
            rest_ns = rest_ns + LOOK_NS if pressed is False else 0
            if button.wrong and not before.wrong:
                assert pressed_ns > JAMMED_NS or presses[-1] - presses[-PRESSES_MAX] <= WITHIN_NS
            if button.wrong == "" and before.wrong != "":
                assert rest_ns > QUIET_NS
            now_ns += LOOK_NS
    assert all(one < other for one, other in pairwise(button.presses))
