"""A barrier driven over Modbus TCP against the simulated one: cars, hands, lost lines, cut power, a dying agent."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from firmware_sim.modbus.line import Fault, Trouble

from edge.barrier.driver import NotReadyError
from edge.drivers.base import DeviceError, RefusedError, SilentError, UnavailableError
from protocols.config import BarrierKind, Contact, Light
from protocols.fields import Direction
from protocols.records import BarrierAlarm, BarrierCause
from tests.edge.barrier.conftest import OTHER, Yard, gate
from tests.edge.drivers.support import QUICK_MS, RELAY, eventually
from tests.edge.world import POINT


async def closed(yard: Yard) -> None:
    await eventually(lambda: yard.stands == "closed")


async def test_a_car_goes_through_and_it_closes_behind_it(yard: Yard) -> None:
    async with yard.at_work(gate(pulse_ms=300)):
        await closed(yard)
        pulsed = await yard.grant()
        assert pulsed.confirmed
        await eventually(lambda: yard.stands == "open")
        yard.body.occupy(is_occupied=True)
        await asyncio.sleep(1.0)
        assert yard.stands == "open"
        yard.body.occupy(is_occupied=False)
        await closed(yard)
    assert yard.arms() == ["opening", "open", "closing", "closed"]
    assert yard.positions == ["closed", "opening", "open", "closing", "closed"]
    assert yard.coils() == [(0, True), (0, False), (1, True), (1, False)]  # inputs drive no outputs


async def test_a_car_that_comes_while_it_closes_has_it_open_again(yard: Yard) -> None:
    yard.body._move_s = 1.0
    async with yard.at_work(gate(travel_s=3.0)):
        await closed(yard)
        await yard.grant()
        await eventually(lambda: yard.body.state == "closing")
        yard.body.occupy(is_occupied=True)
        await eventually(lambda: yard.body.state == "opening")
        yard.body.occupy(is_occupied=False)
        await closed(yard)
    assert yard.arms().count("closed") == 1  # it never came all the way down on the car
    assert ("obstacle") in [told.cause.value for told in yard.told]


async def test_a_hand_crank_is_told_until_it_is_closed(yard: Yard) -> None:
    async with yard.at_work(gate()):
        await closed(yard)
        yard.body.crank(0.5)
        await eventually(lambda: yard.stands == "forced")
        assert yard.told[-1].alarms == {BarrierAlarm.FORCED}
        yard.body.crank(0.0)
        await closed(yard)
        assert yard.told[-1].alarms == frozenset()
    assert yard.coils() == []


async def test_what_is_told_to_close_while_the_opening_pulse_lasts_never_has_both_outputs_on(
    yard: Yard,
) -> None:
    async with yard.at_work(gate(pulse_ms=1000)):
        await closed(yard)
        opening = asyncio.create_task(yard.grant())
        await eventually(lambda: yard.module.outputs[0])
        driver = yard.board.drivers[POINT]
        closing = asyncio.create_task(driver.close(BarrierCause.ORDER))
        await eventually(lambda: yard.module.outputs[1])
        assert not yard.module.outputs[0]
        await asyncio.gather(opening, closing, return_exceptions=True)
    on: set[int] = set()
    for output, is_on in yard.coils():
        on = on | {output} if is_on else on - {output}
        assert on != {0, 1}


async def test_a_jam_and_a_boom_held_open_are_told(yard: Yard) -> None:
    async with yard.at_work(gate()):
        await closed(yard)
        yard.body.jam(is_jammed=True)
        await yard.grant()
        await eventually(lambda: yard.stands == "blocked")
        assert yard.told[-1].alarms == {BarrierAlarm.STUCK}
        yard.body.jam(is_jammed=False)
        yard.body.occupy(is_occupied=True)
        await yard.grant()
        await eventually(lambda: yard.told[-1].alarms == {BarrierAlarm.HELD_OPEN})
        yard.body.occupy(is_occupied=False)
        await closed(yard)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE, Fault.REFUSE, Fault.CLOSED, Fault.MUTE])
async def test_what_cannot_be_read_is_not_closed(yard: Yard, fault: Fault) -> None:
    async with yard.at_work(gate(stay_s=1.0), timeout_ms=QUICK_MS):
        await closed(yard)
        await yard.grant()
        await eventually(lambda: yard.stands == "open")
        await yard.server.set_trouble(Trouble(fault, code=6))
        before = len(yard.coils())
        await asyncio.sleep(3.0)
        assert (1, True) not in yard.coils()
        assert len(yard.coils()) == before
        assert yard.told[-1].position == "unknown"
        await yard.server.set_trouble(Trouble())
        await closed(yard)
    assert "crushed" not in yard.arms()


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.SILENT, SilentError), (Fault.REFUSE, RefusedError), (Fault.CLOSED, UnavailableError)],
)
async def test_an_opening_that_cannot_be_is_told_and_does_not_come_late(
    yard: Yard, fault: Fault, error: type[Exception]
) -> None:
    async with yard.at_work(gate(), timeout_ms=QUICK_MS):
        await closed(yard)
        await yard.server.set_trouble(Trouble(fault, code=6))
        await asyncio.sleep(0.1)  # a closed connection is noticed; an opening just then would be in doubt
        granted = asyncio.create_task(yard.grant(within_s=0.6))
        await asyncio.sleep(1.0)
        await yard.server.set_trouble(Trouble())  # whoever asked hears of it when the output surely is off
        with pytest.raises(error):
            await granted
        # where the module may have acted, a barrier that did not move is blocked
        await eventually(lambda: yard.stands == ("blocked" if error is SilentError else "closed"))
        await asyncio.sleep(0.5)
    assert (0, True) not in yard.coils()
    assert yard.arms() == []


def lock(**changes: object) -> object:
    nothing = dict.fromkeys(("opened", "photocell", "loop", "close_output"))
    return gate(kind=BarrierKind.HOLD, **(nothing | {"stay_s": 1.0} | changes))


async def test_a_lock_is_held_for_its_time_and_locks_again_when_the_door_was_used(doorway: Yard) -> None:
    async with doorway.at_work(lock(stay_s=60)):
        await closed(doorway)
        assert (await doorway.grant()).confirmed
        assert doorway.module.outputs[0]
        doorway.body.crank(0.5)
        await eventually(lambda: doorway.stands == "open")
        doorway.body.crank(0.0)
        await eventually(lambda: not doorway.module.outputs[0], 30)  # not only when its time is over
    assert doorway.coils() == [(0, True), (0, False)]


async def test_a_lock_goes_on_being_held_after_the_module_lost_its_power(doorway: Yard) -> None:
    async with doorway.at_work(lock(stay_s=5.0)):
        await closed(doorway)
        await doorway.grant()
        doorway.module.cut_power()
        assert not doorway.module.outputs[0]
        await eventually(lambda: doorway.module.outputs[0])
        await eventually(lambda: not doorway.module.outputs[0])


async def test_a_lock_that_could_not_be_held_in_time_stays_locked(doorway: Yard) -> None:
    async with doorway.at_work(lock()):
        await closed(doorway)
        await doorway.server.set_trouble(Trouble(Fault.CLOSED))
        with pytest.raises(DeviceError):
            await doorway.grant(within_s=0.4)
        await doorway.server.set_trouble(Trouble())
        await asyncio.sleep(1.0)
        assert (0, True) not in doorway.coils()


async def test_an_agent_that_ends_lets_go_and_one_that_dies_leaves_it_to_the_module(doorway: Yard) -> None:
    async with doorway.at_work(lock(stay_s=60), silence_s=1):
        await closed(doorway)
        await doorway.grant()
        assert doorway.module.outputs[0]
    assert not doorway.module.outputs[0]
    async with doorway.at_work(lock(stay_s=60), silence_s=1):
        await closed(doorway)
        await doorway.grant()
        await doorway.server.set_trouble(Trouble(Fault.SILENT))  # nothing of the box is heard any more
        await eventually(lambda: not doorway.module.outputs[0], 30)  # long before its time is over
        last = doorway.journal.after(0, frozenset({"coil"}))[-1]
        assert last["by"] == "safety_timer"
        await doorway.server.set_trouble(Trouble())


async def test_a_box_that_is_killed_while_it_holds_leaves_the_module_to_let_go(doorway: Yard) -> None:
    script = Path(__file__).with_name("holding_scenario.py")
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(script), str(doorway.server.port), env=env
    )
    try:
        await eventually(lambda: doorway.module.outputs[0])
        await asyncio.sleep(3.5)  # held, and the module hears of its box
        assert doorway.module.outputs[0]
    finally:
        child.kill()
        await child.wait()
    await eventually(lambda: not doorway.module.outputs[0])
    assert doorway.journal.after(0, frozenset({"coil"}))[-1]["by"] == "safety_timer"


def second(**changes: object) -> object:
    nothing = dict.fromkeys(("opened", "closed", "photocell", "loop", "close_output"))
    return gate(kind=BarrierKind.PULSE, output=2, **(nothing | {"travel_s": 0.3} | changes))


async def test_of_a_sluice_one_gate_opens_only_while_the_other_is_closed(yard: Yard) -> None:
    async with yard.at_work(gate(), second(interlock=POINT)):
        await closed(yard)
        await eventually(lambda: yard.board.refusal(POINT) is None)
        grants = await asyncio.gather(yard.grant(OTHER), yard.grant(), return_exceptions=True)
        assert isinstance(grants[1], NotReadyError)
        assert "the other gate" in str(grants[1])
        await eventually(lambda: yard.board.refusal(POINT) is None)
        await yard.grant()
        with pytest.raises(NotReadyError):
            await yard.grant(OTHER)
        await eventually(lambda: yard.board.refusal(OTHER) is None)
    assert (0, True) in yard.coils()


async def test_lights_follow_the_gate(yard: Yard) -> None:
    async with yard.at_work(gate(lights=[Light(direction=Direction.IN, green=4, red=5)])):
        await eventually(lambda: yard.module.outputs[5])
        await closed(yard)
        await yard.grant()
        await eventually(lambda: yard.module.outputs[4] and not yard.module.outputs[5])
        yard.body.occupy(is_occupied=True)
        await eventually(lambda: yard.module.outputs[5] and not yard.module.outputs[4])
        yard.body.occupy(is_occupied=False)
        await closed(yard)
    assert yard.module.outputs == [False] * 6


async def test_a_turnstile_lets_one_through(yard: Yard) -> None:
    nothing = dict.fromkeys(("opened", "closed", "photocell", "loop", "close_output"))
    turnstile = gate(kind=BarrierKind.TURNSTILE, passed=Contact(input=5), **(nothing | {"stay_s": 5.0}))
    async with yard.at_work(turnstile):
        await yard.grant()
        with pytest.raises(NotReadyError, match="gone through"):
            await yard.grant()
        yard.module.put(5, is_closed=True)
        await closed(yard)
        assert yard.told[-1].cause == "passed"
        yard.module.put(5, is_closed=False)
        await asyncio.sleep(0.6)
        await yard.grant()


async def test_inputs_as_delivered_would_switch_outputs_and_are_told_not_to(yard: Yard) -> None:
    assert yard.module.holding[9] == 0
    async with yard.at_work(gate()):
        await closed(yard)
        await eventually(lambda: [yard.module.holding[9 + at] for at in range(6)] == [3, 3, 3, 3, 0, 0])
        assert RELAY in yard.devices.relays
