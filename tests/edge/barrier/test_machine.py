"""The machine by example: each kind of barrier, each thing that goes wrong."""

import pytest

from edge.barrier import questions, state
from edge.barrier.state import Close, Cut, Failed, Hold, Open, Pulse, Release, Side, Stop, Tick, Unreadable
from protocols.config import BarrierKind, Light
from protocols.fields import Direction
from protocols.records import BarrierCause as Cause
from tests.edge.barrier.plant import Bench, make_barrier

ENDS = ("opened", "closed")
GATE = (*ENDS, "photocell", "loop")
OPENS, CLOSES = Pulse(Side.OPEN), Pulse(Side.CLOSE)


def closed_gate(*contacts: str, **changes: object) -> Bench:
    bench = Bench(make_barrier(BarrierKind.OPEN_CLOSE, *(contacts or GATE), **changes))
    bench.see(closed=True)
    assert bench.stands == ("closed", "seen")
    return bench


def open_gate(**changes: object) -> Bench:
    bench = closed_gate(**changes)
    bench.do(Open(Cause.GRANT))
    bench.see(500)
    bench.see(opened=True)
    assert bench.stands == ("open", "grant")
    bench.actions.clear()
    return bench


def test_a_gate_opens_lets_a_car_through_and_closes_behind_it() -> None:
    bench = closed_gate()
    assert OPENS in bench.do(Open(Cause.GRANT))
    assert bench.stands == ("opening", "grant")
    bench.see(1000)
    bench.see(opened=True)
    assert bench.stands == ("open", "grant")
    bench.see(3000, opened=True, loop=True)
    assert CLOSES not in bench.actions
    bench.see(900, opened=True)
    assert CLOSES not in bench.actions
    bench.see(200, opened=True)
    assert bench.actions.count(CLOSES) == 1
    assert bench.stands == ("closing", "stay_over")
    bench.see(800)
    bench.see(closed=True)
    assert bench.stands == ("closed", "stay_over")
    assert not bench.alarms


@pytest.mark.parametrize("eye", ["photocell", "loop"])
def test_what_closes_opens_again_for_whoever_comes(eye: str) -> None:
    bench = open_gate()
    bench.see(1200, opened=True)
    assert bench.state.position == "closing"
    bench.actions.clear()
    bench.see(**{eye: True})
    assert bench.actions == [Cut(Side.CLOSE), OPENS]
    assert bench.stands == ("opening", "obstacle")


def test_what_closes_opens_again_when_nobody_can_see() -> None:
    bench = open_gate()
    bench.see(1200, opened=True)
    bench.actions.clear()
    bench.do(Unreadable(), after_ms=300)
    assert bench.state.position == "closing"  # one lost reading is no reason
    bench.do(Unreadable(), after_ms=300)
    assert bench.actions == [Cut(Side.CLOSE), OPENS]
    bench.do(Unreadable(), after_ms=1500)
    assert bench.stands == ("unknown", "unreadable")
    bench.see(opened=True)
    assert bench.stands == ("open", "seen")
    bench.see(1200, opened=True)
    assert CLOSES in bench.actions


def test_nothing_closes_while_the_contacts_cannot_be_read() -> None:
    bench = open_gate()
    for _ in range(100):
        bench.do(Unreadable(), after_ms=100)
    bench.do(Close(Cause.ORDER))
    assert CLOSES not in bench.actions


def test_a_hand_crank_is_noticed_and_told_until_it_is_closed() -> None:
    bench = closed_gate()
    bench.see(100)
    bench.see(100, closed=True)  # the wind
    bench.see(100)
    assert bench.state.position == "closed"
    bench.see(400)
    assert bench.stands == ("forced", "hand")
    assert bench.alarms == {"barrier_forced"}
    bench.see(5000, opened=True)
    assert bench.stands == ("forced", "hand")
    assert CLOSES not in bench.actions  # somebody is at it
    bench.see(closed=True)
    assert bench.stands == ("closed", "seen")
    assert bench.alarms == set()


def test_a_grant_at_a_forced_gate_opens_and_the_alarm_lasts_until_it_is_closed() -> None:
    bench = closed_gate()
    bench.see(500)
    assert OPENS in bench.do(Open(Cause.GRANT))
    bench.see(opened=True)
    assert (bench.state.position.value, bench.alarms) == ("open", {"barrier_forced"})
    bench.see(2000, opened=True)
    bench.see(closed=True)
    assert bench.alarms == set()


def test_a_forced_alarm_outlives_the_box() -> None:
    bench = closed_gate()
    bench.see(500)
    again = Bench(bench.barrier)
    again.state = state.begin(again.now_ns, bench.state.alarms)
    again.see(opened=True)
    assert (again.stands, again.alarms) == (("forced", "hand"), {"barrier_forced"})


def test_after_a_start_an_open_gate_stays_and_is_told_after_a_while() -> None:
    bench = Bench(make_barrier(BarrierKind.OPEN_CLOSE, *GATE))
    bench.see(7900, opened=True)
    assert (bench.stands, bench.alarms) == (("open", "seen"), set())
    bench.see(300, opened=True)
    assert bench.alarms == {"barrier_held_open"}
    assert bench.actions == []


def test_open_for_too_long_is_told_and_what_is_held_open_is_not() -> None:
    bench = open_gate()
    bench.see(9000, opened=True, loop=True)
    assert bench.alarms == {"barrier_held_open"}
    held = open_gate()
    held.do(Hold(Cause.ORDER))
    held.see(60_000, opened=True)
    assert held.alarms == set()
    held.do(Release(Cause.ORDER))
    held.see(9000, opened=True, loop=True)
    assert held.alarms == {"barrier_held_open"}


def test_a_motor_that_does_not_move_is_blocked_and_told() -> None:
    bench = closed_gate()
    bench.do(Open(Cause.GRANT))
    bench.see(2100, closed=True)
    assert (bench.stands, bench.alarms) == (("blocked", "did_not_open"), {"barrier_stuck"})
    bench.do(Open(Cause.GRANT))
    bench.see(300)
    bench.see(opened=True)
    assert (bench.stands, bench.alarms) == (("open", "grant"), set())


def test_a_boom_that_stops_half_way_is_told() -> None:
    bench = closed_gate()
    bench.do(Open(Cause.GRANT))
    bench.see(2100)
    assert (bench.stands, bench.alarms) == (("stopped", "did_not_open"), {"barrier_stuck"})
    bench = open_gate()
    bench.see(1100, opened=True)
    bench.see(2100, opened=True)
    assert (bench.stands, bench.alarms) == (("blocked", "did_not_close"), {"barrier_stuck"})


def test_end_positions_that_contradict_each_other_are_believed_neither() -> None:
    bench = closed_gate()
    bench.see(opened=True, closed=True)
    assert (bench.stands, bench.alarms) == (("unknown", "contradiction"), {"barrier_stuck"})


def test_what_is_told_to_close_while_it_opens_is_told_to_open_no_more() -> None:
    bench = closed_gate()
    bench.do(Open(Cause.GRANT))
    bench.see(100)
    assert bench.do(Close(Cause.ORDER)) == (Cut(Side.OPEN), CLOSES)


def test_stop_stops_and_nothing_moves_by_itself_after_it() -> None:
    bench = closed_gate(stop_output=4)
    bench.do(Open(Cause.ORDER))
    bench.see(300)
    assert bench.do(Stop(Cause.ORDER)) == (Cut(Side.OPEN), Cut(Side.CLOSE), Pulse(Side.STOP))
    bench.actions.clear()
    bench.see(5000)
    assert (bench.stands, bench.actions) == (("stopped", "order"), [])
    bench.do(Close(Cause.ORDER))
    assert bench.actions == [Cut(Side.OPEN), CLOSES]


@pytest.mark.parametrize("kind", [kind for kind in BarrierKind if kind is not BarrierKind.STEP])
def test_fire_opens_whatever_it_is_and_holds_it(kind: BarrierKind) -> None:
    contacts = ("closed", "loop") if kind is not BarrierKind.TURNSTILE else ("passed",)
    bench = Bench(make_barrier(kind, *contacts))
    bench.do(Hold(Cause.FIRE))
    bench.do(Stop(Cause.ORDER))
    bench.do(Close(Cause.ORDER))
    bench.see(60_000)
    assert 0 in bench.held
    assert CLOSES not in bench.actions
    bench.do(Release(Cause.FIRE))
    assert 0 not in bench.held


def test_a_one_button_controller_is_told_again_and_again_while_it_burns() -> None:
    bench = Bench(make_barrier(BarrierKind.STEP, "closed"))
    bench.see(closed=True)
    assert OPENS in bench.do(Hold(Cause.FIRE))
    bench.see(3000)
    assert bench.stands == ("open", "fire")
    bench.actions.clear()
    bench.see(closed=True)  # its controller closed it
    assert bench.actions == [OPENS]


def test_a_one_button_controller_gets_no_pulse_that_might_close_it() -> None:
    bench = Bench(make_barrier(BarrierKind.STEP, *ENDS))
    assert questions.refusal(bench.barrier, bench.state) is not None
    bench.see(closed=True)
    assert questions.refusal(bench.barrier, bench.state) is None
    assert bench.do(Open(Cause.GRANT)) == (OPENS,)
    bench.see(500)
    assert bench.do(Open(Cause.GRANT)) == ()
    bench.see(opened=True)
    assert bench.do(Open(Cause.GRANT)) == ()
    bench.see(500)
    assert bench.state.position == "closing"
    assert questions.refusal(bench.barrier, bench.state) is not None


def test_a_turnstile_lets_one_through_for_one_opening() -> None:
    bench = Bench(make_barrier(BarrierKind.TURNSTILE, "passed", stay_s=4.0))
    bench.see()
    assert bench.do(Open(Cause.GRANT)) == (OPENS,)
    assert questions.refusal(bench.barrier, bench.state) is not None
    bench.see(500)
    bench.see(passed=True)
    assert bench.stands == ("closed", "passed")
    bench.do(Open(Cause.GRANT))
    bench.see(200, passed=True)  # of the one before
    assert bench.state.position == "open"
    bench.see(4100)
    assert bench.stands == ("closed", "not_used")


def test_a_lock_is_open_until_the_door_was_used_or_the_time_is_over() -> None:
    bench = Bench(make_barrier(BarrierKind.HOLD, "closed", stay_s=3.0))
    bench.see(closed=True)
    assert bench.do(Open(Cause.GRANT)) == ()
    assert bench.held == {0}
    bench.see(1000, closed=True)
    assert bench.stands == ("opening", "grant")
    bench.see(1000)
    assert bench.stands == ("open", "grant")
    assert bench.held == {0}
    bench.see(closed=True)
    assert (bench.stands, bench.held) == (("closed", "seen"), frozenset())
    bench.do(Open(Cause.GRANT))
    bench.see(3100, closed=True)
    assert (bench.stands, bench.held) == (("closed", "not_used"), frozenset())
    bench.see(500)
    assert bench.alarms == {"barrier_forced"}


def test_a_lock_without_a_door_contact_is_open_for_its_time() -> None:
    bench = Bench(make_barrier(BarrierKind.HOLD, stay_s=3.0))
    bench.do(Open(Cause.GRANT))
    assert (bench.stands, bench.held) == (("open", "grant"), {0})
    bench.do(Tick(), after_ms=3000)
    assert (bench.stands, bench.held) == (("closed", "stay_over"), frozenset())


def test_a_barrier_of_which_nothing_is_seen_is_where_its_times_say() -> None:
    bench = Bench(make_barrier(BarrierKind.PULSE))
    assert not questions.is_shut(bench.barrier, bench.state, bench.now_ns)
    bench.do(Tick(), after_ms=2000)
    assert questions.is_shut(bench.barrier, bench.state, bench.now_ns)
    assert bench.do(Open(Cause.GRANT)) == (OPENS,)
    places: list[str] = []
    for _ in range(11):
        bench.do(Tick(), after_ms=500)
        places.append(bench.state.position.value)
    assert list(dict.fromkeys(places)) == ["opening", "open", "closing", "closed"]
    assert not bench.alarms


def test_what_surely_was_not_done_leaves_it_where_it_stood() -> None:
    bench = closed_gate()
    bench.do(Open(Cause.GRANT))
    bench.do(Failed(Side.OPEN))
    assert bench.stands == ("closed", "not_done")
    bench.see(5000, closed=True)
    assert not bench.alarms
    bench.do(Open(Cause.GRANT))
    bench.see(2500, closed=True)
    assert bench.alarms == {"barrier_stuck"}
    bench.do(Failed(Side.OPEN))  # told late
    assert (bench.stands, bench.alarms) == (("closed", "not_done"), set())
    bench = open_gate()
    bench.see(1200, opened=True)
    bench.do(Failed(Side.CLOSE))
    assert bench.stands == ("open", "not_done")
    bench.see(1500, opened=True)
    assert bench.actions.count(CLOSES) == 2


def test_lights_are_green_for_those_who_may_go_and_red_for_all_others() -> None:
    lights = [Light(direction=Direction.IN, green=2, red=3), Light(direction=Direction.OUT, green=4, red=5)]
    bench = closed_gate(lights=lights)
    assert bench.held == {3, 5}
    bench.do(Open(Cause.GRANT, Direction.IN))
    assert bench.held == {3, 5}
    bench.see(500)
    bench.see(opened=True)
    assert bench.held == {2, 5}
    bench.see(opened=True, loop=True)
    assert bench.held == {3, 5}
    bench.see(opened=True)
    bench.do(Open(Cause.ORDER))  # nobody knows for whom
    assert bench.held == {3, 5}


def test_the_other_gate_of_a_sluice_waits_for_the_end_position() -> None:
    bench = closed_gate()
    assert questions.is_shut(bench.barrier, bench.state, bench.now_ns)
    bench.do(Open(Cause.GRANT))  # it has not left its switch yet
    assert not questions.is_shut(bench.barrier, bench.state, bench.now_ns)
    bench.do(Failed(Side.OPEN))
    assert questions.is_shut(bench.barrier, bench.state, bench.now_ns)
    bench.do(Unreadable(), after_ms=2500)
    assert not questions.is_shut(bench.barrier, bench.state, bench.now_ns)
