"""The clock: monotone, anchored, honest."""

from datetime import UTC, datetime, timedelta, timezone

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
    clock.learn(NOON + timedelta(days=1))
    clock.learn(NOON)
    assert clock.now() == (NOON + timedelta(days=1), ClockState.UNKNOWN)
    clock.learn(NOON + timedelta(days=1, seconds=1))
    assert clock.now().state is ClockState.TRUSTED


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
