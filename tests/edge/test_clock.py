"""The clock: monotone, anchored, honest."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.clock import BoxClock, Source
from edge.ids import Ids
from protocols.fields import ClockState
from tests.edge.world import NOON, HandClock

S = 1_000_000_000
NOON_NS = int(NOON.timestamp()) * S


class System:
    """The machine's clocks, moved by the test."""

    def __init__(self, wall: datetime = NOON) -> None:
        self.wall = int(wall.timestamp()) * S
        self.mono = 0
        self.synchronised = False

    def run(self, seconds: float) -> None:
        self.wall += int(seconds * S)
        self.mono += int(seconds * S)

    def clock(self, *, highest_ns: int = NOON_NS - 3600 * S, has_battery: bool = True) -> BoxClock:
        return BoxClock(
            highest_ns=highest_ns,
            has_battery=has_battery,
            wall_ns=lambda: self.wall,
            monotonic_ns=lambda: self.mono,
            synchronised=lambda: self.synchronised,
        )


def test_a_battery_is_believed_when_it_is_ahead_of_what_is_known() -> None:
    system = System()
    clock = system.clock()
    assert clock.now() == (NOON, ClockState.TRUSTED)
    assert clock.highest_trusted_ns == NOON_NS - 3600 * S  # its word alone raises nothing


def test_a_battery_behind_the_highest_trusted_time_is_not_believed() -> None:
    clock = System().clock(highest_ns=NOON_NS + 60 * S)
    assert clock.now() == (NOON + timedelta(seconds=60), ClockState.UNKNOWN)


def test_a_battery_far_ahead_is_not_believed() -> None:
    clock = System(NOON + timedelta(days=500)).clock()
    assert clock.now().state is ClockState.UNKNOWN


def test_an_empty_battery_is_not_believed_by_a_new_box() -> None:
    clock = System(datetime(1970, 1, 2, tzinfo=UTC)).clock(highest_ns=0)
    assert clock.now().state is ClockState.UNKNOWN


def test_without_a_battery_nothing_is_believed_until_somebody_tells() -> None:
    system = System(datetime(1970, 1, 1, tzinfo=UTC))
    clock = system.clock(has_battery=False)
    assert clock.now().state is ClockState.UNKNOWN
    clock.learn(NOON)
    assert clock.now() == (NOON, ClockState.TRUSTED)
    assert clock.source is Source.CLOUD


def test_steps_of_the_system_clock_move_nothing() -> None:
    system = System()
    clock = system.clock()
    for step in (-86_400, 3 * 86_400, -500 * 86_400):
        system.wall += step * S
        system.mono += S
    assert clock.now().utc == NOON + timedelta(seconds=3)


def test_time_never_goes_back() -> None:
    system = System()
    clock = system.clock()
    clock.learn(NOON + timedelta(seconds=30))
    clock.learn(NOON)  # a message that was long under way
    assert clock.now() == (NOON + timedelta(seconds=30), ClockState.TRUSTED)


def test_the_cloud_outweighs_a_battery_that_ran_ahead() -> None:
    clock = System(NOON + timedelta(days=30)).clock()
    clock.learn(NOON)
    assert clock.now() == (NOON, ClockState.TRUSTED)


def test_a_message_that_was_long_under_way_sets_no_battery_back() -> None:
    """Else what is read next would stand before what was read last."""
    system = System()
    clock = system.clock()
    system.run(10)
    clock.learn(NOON + timedelta(seconds=5))
    assert clock.now() == (NOON + timedelta(seconds=10), ClockState.TRUSTED)
    assert clock.source is Source.CLOUD


def test_two_trusted_times_that_contradict_leave_none() -> None:
    clock = System().clock()
    clock.learn(NOON + timedelta(minutes=30))
    clock.learn(NOON)
    assert clock.now() == (NOON + timedelta(minutes=30), ClockState.UNKNOWN)
    clock.learn(NOON + timedelta(minutes=30, seconds=1))
    assert clock.now().state is ClockState.TRUSTED


@pytest.mark.parametrize("told_before", [True, False], ids=["by the cloud", "by the battery"])
def test_one_wrong_time_far_ahead_is_doubted_and_not_kept(told_before: bool) -> None:
    """Believed at once and kept, it would make every dated pass expire for as long as the leap was."""
    system = System()
    clock = system.clock()
    if told_before:
        clock.learn(NOON)
    kept = clock.highest_trusted_ns
    clock.learn(NOON + timedelta(days=365))
    assert clock.now() == (NOON, ClockState.UNKNOWN)
    assert clock.highest_trusted_ns == kept
    assert not clock.system_agrees
    system.run(20)
    clock.learn(NOON + timedelta(seconds=20))
    assert clock.now() == (NOON + timedelta(seconds=20), ClockState.TRUSTED)
    assert system.clock(highest_ns=clock.highest_trusted_ns).now().state is ClockState.TRUSTED


def test_a_leap_that_is_told_for_minutes_is_believed() -> None:
    """The system slept, say."""
    system = System()
    clock = system.clock()
    clock.learn(NOON)
    leap = timedelta(hours=2)
    for seconds in (0, 120, 299):
        system.run(seconds - system.mono // S)
        clock.learn(NOON + leap + timedelta(seconds=seconds - 1))  # a second under way
        assert clock.now() == (NOON + timedelta(seconds=seconds), ClockState.UNKNOWN)
    system.run(1)
    clock.learn(NOON + leap + timedelta(seconds=300))
    assert clock.now() == (NOON + leap + timedelta(seconds=300), ClockState.TRUSTED)
    assert clock.highest_trusted_ns == NOON_NS + (7200 + 300) * S


def test_leaps_that_do_not_agree_confirm_each_other_never() -> None:
    system = System()
    clock = system.clock()
    clock.learn(NOON)
    for number in range(20):
        system.run(60)
        clock.learn(NOON + timedelta(days=1 + number % 2))
        assert clock.now() == (NOON + timedelta(seconds=60 * (number + 1)), ClockState.UNKNOWN)


def test_right_times_between_the_wrong_ones_keep_the_clock() -> None:
    """Two processes of the cloud, of which one has a wrong clock."""
    system = System()
    clock = system.clock()
    for _ in range(20):
        system.run(60)
        now = NOON + timedelta(seconds=system.mono // S)
        clock.learn(now + timedelta(days=365))
        clock.learn(now)
        assert clock.now() == (now, ClockState.TRUSTED)


def test_a_leap_that_nobody_tells_again_is_forgotten() -> None:
    """The line was cut after it: the box need not doubt itself for the whole outage."""
    system = System()
    clock = system.clock()
    clock.learn(NOON)
    clock.learn(NOON + timedelta(days=365))
    system.run(599)
    assert clock.now().state is ClockState.UNKNOWN
    system.run(1)
    assert clock.now() == (NOON + timedelta(seconds=600), ClockState.TRUSTED)


def test_an_hour_ahead_is_followed_at_once() -> None:
    clock = System().clock()
    clock.learn(NOON)
    clock.learn(NOON + timedelta(hours=1))
    assert clock.now() == (NOON + timedelta(hours=1), ClockState.TRUSTED)


def test_a_box_that_knows_no_time_believes_the_first_that_is_told() -> None:
    clock = System(NOON - timedelta(days=10)).clock(highest_ns=NOON_NS)
    clock.learn(NOON + timedelta(days=200))
    assert clock.now() == (NOON + timedelta(days=200), ClockState.TRUSTED)


def test_a_synchronised_system_set_back_a_little_makes_time_stand_still() -> None:
    system = System()
    clock = system.clock(has_battery=False)
    system.synchronised = True
    clock.look_at_system()
    system.run(29)
    shown = clock.now().utc
    system.wall -= 25 * S
    clock.look_at_system()
    assert clock.now() == (shown, ClockState.TRUSTED)
    system.run(25)
    assert clock.now().utc == shown
    system.run(1)
    assert clock.now().utc == shown + timedelta(seconds=1)
    system.wall -= 3600 * S
    clock.look_at_system()
    assert clock.now().utc == shown + timedelta(seconds=1)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["run", "step", "cloud", "system", "keep", "synchronised"]),
            st.integers(-(10**6), 10**6),
        ),
        max_size=30,
    ),
    st.booleans(),
)
def test_time_goes_back_only_from_a_battery_that_ran_ahead(
    steps: list[tuple[str, int]], has_battery: bool
) -> None:
    system = System()
    clock = system.clock(has_battery=has_battery)
    kept = NOON_NS - 3600 * S
    for step, seconds in steps:
        before, source = clock.now().utc, clock.source
        if step == "run":
            system.run(abs(seconds) // 1000)
        elif step == "step":
            system.wall += seconds * S
        elif step == "cloud":
            clock.learn(datetime.fromtimestamp(system.wall // S, UTC) + timedelta(seconds=seconds))
        elif step == "system":
            clock.look_at_system()
        elif step == "keep":
            kept = clock.highest_trusted_ns
        else:
            system.synchronised = not system.synchronised
        now = clock.now().utc
        assert now >= datetime.fromtimestamp(kept // S, UTC)
        assert now >= before or source is Source.BATTERY


def test_a_cloud_far_behind_the_kept_time_is_not_followed() -> None:
    clock = System(NOON - timedelta(days=10)).clock(highest_ns=NOON_NS)
    clock.learn(NOON - timedelta(days=10))
    assert clock.now() == (NOON, ClockState.UNKNOWN)


def test_the_highest_trusted_time_runs_with_the_clock() -> None:
    system = System()
    clock = system.clock()
    clock.learn(NOON)
    system.run(90)
    assert clock.highest_trusted_ns == NOON_NS + 90 * S


def test_a_synchronised_system_is_believed() -> None:
    system = System()
    clock = system.clock(has_battery=False)
    system.synchronised = True
    clock.look_at_system()
    assert clock.source is Source.SYNCHRONISED
    assert clock.system_agrees
    system.wall += 7200 * S
    assert not clock.system_agrees


def test_ids_increase_while_time_stands_still_and_when_it_moves() -> None:
    clock = HandClock()
    ids = Ids(clock, lambda count: b"\xff" * count)
    made = [ids.new() for _ in range(10_000)]
    clock.pass_s(60)
    made.append(ids.new())
    assert made == sorted(set(made))
    assert {made_id.version for made_id in made} == {7}
    assert made[-1].int >> 80 == clock.now().unix_ms


def test_a_time_that_is_no_time_of_this_software_is_not_believed() -> None:
    clock = System().clock()
    behind = timezone(timedelta(hours=-14))
    for told in (datetime.max.replace(tzinfo=behind), datetime.min.replace(tzinfo=UTC)):
        clock.learn(told)
        assert (clock.now().utc, clock.source) == (NOON, Source.BATTERY)
