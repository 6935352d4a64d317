"""How long what is in hand may have waited while the process had no turn."""

import asyncio
import time

from edge.clock import NS_PER_S
from edge.pulse import Pulse


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.ns = 10**12

    def __call__(self) -> int:
        return self.ns

    def pass_s(self, seconds: float) -> None:
        self.ns += int(seconds * NS_PER_S)


def beating() -> tuple[Pulse, Hand]:
    hand = Hand()
    pulse = Pulse(hand)
    for _ in range(3):
        pulse.beaten()
        hand.pass_s(0.1)
    return pulse, hand


def test_in_time_nothing_has_waited() -> None:
    pulse, hand = beating()
    assert pulse.waited_ns() == 0
    hand.pass_s(0.8)  # a busy turn
    assert pulse.waited_ns() == 0


def test_in_the_first_turn_after_a_stall_it_is_as_long_as_the_stall() -> None:
    pulse, hand = beating()
    hand.pass_s(12)  # whoever reads now has its turn before the pulse does
    assert pulse.waited_ns() == int(12.1 * NS_PER_S)


def test_a_moment_after_a_stall_bytes_may_still_be_of_before_and_then_no_more() -> None:
    pulse, hand = beating()
    hand.pass_s(12)
    pulse.beaten()
    for _ in range(9):
        hand.pass_s(0.1)
        pulse.beaten()
        assert pulse.waited_ns() > 12 * NS_PER_S
    hand.pass_s(0.2)
    assert pulse.waited_ns() == 0


def test_a_head_that_waited_is_as_old_when_its_body_is_whole_at_last() -> None:
    pulse, hand = beating()
    hand.pass_s(12)
    came_ns = hand.ns  # read before the pulse has its turn
    hand.pass_s(0.01)
    pulse.beaten()
    for _ in range(50):
        hand.pass_s(0.1)
        pulse.beaten()
    assert pulse.waited_ns() == 0
    assert pulse.waited_ns(hand.ns - came_ns) == int(12.1 * NS_PER_S)


def test_each_of_several_stalls_is_remembered() -> None:
    pulse, hand = beating()
    came = []
    for _ in range(3):
        hand.pass_s(5)
        pulse.beaten()
        came.append(hand.ns + 1)
        for _ in range(20):
            hand.pass_s(0.1)
            pulse.beaten()
    assert all(pulse.waited_ns(hand.ns - at_ns) > 5 * NS_PER_S for at_ns in came)


def test_one_that_does_not_beat_tells_nothing() -> None:
    hand = Hand()
    pulse = Pulse(hand)
    hand.pass_s(100)
    assert pulse.waited_ns() == 0


async def test_a_loop_that_is_held_up_is_noticed() -> None:
    pulse = Pulse()
    beating_now = asyncio.create_task(pulse.beat())
    await asyncio.sleep(0.15)
    time.sleep(1.2)  # noqa: ASYNC251  # the stall
    assert pulse.waited_ns() >= NS_PER_S
    await asyncio.sleep(0.15)
    assert pulse.waited_ns() >= NS_PER_S
    beating_now.cancel()
