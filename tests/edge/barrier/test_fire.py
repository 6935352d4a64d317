"""The fire alarm's contact on a real socket: it opens whatever the rules say, and says so."""

import asyncio

import pytest
from firmware_sim.modbus.line import Fault, Trouble

from edge.barrier import fire
from edge.barrier.board import build
from edge.barrier.fire import Alert, judge
from protocols.config import BarrierKind, Configuration, FireInput, Point
from tests.edge.barrier.conftest import OTHER, Yard, gate
from tests.edge.barrier.test_driver import closed, second
from tests.edge.drivers.support import PORTS, RELAY, eventually
from tests.edge.world import POINT

S = 1_000_000_000


@pytest.fixture(autouse=True)
def quickly_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fire, "BACK_NS", 3 * S)


def alarm(*points: object, **changes: object) -> list[FireInput]:
    return [FireInput(device=RELAY, input=5, points=list(points), **changes)]  # type: ignore[arg-type]


def alert_of(yard: Yard) -> Alert:
    assert yard.board.fire is not None
    return yard.board.fire._alerts[RELAY, 5]


async def test_it_opens_and_holds_and_lets_go_when_the_contact_is_back(yard: Yard) -> None:
    async with yard.at_work(gate(), second(interlock=POINT), fire=alarm()):
        await closed(yard)
        yard.module.put(5, is_closed=True)
        await eventually(lambda: yard.body.state == "open")
        assert yard.module.outputs[0]
        assert yard.module.outputs[2]  # both gates of the sluice
        await asyncio.sleep(1.5)  # longer than it stays open
        assert (1, True) not in yard.coils()
        yard.module.put(5, is_closed=False)
        await eventually(lambda: alert_of(yard).back_ns is not None)
        yard.module.put(5, is_closed=True)  # it flickers
        await eventually(lambda: alert_of(yard).back_ns is None)
        await asyncio.sleep(3.2)  # longer than an alarm lasts whose contact stays back
        assert yard.module.outputs[0]
        yard.module.put(5, is_closed=False)
        await closed(yard)
        assert not any(yard.module.outputs)
    assert [(told.raised, told.input) for told in yard.fires] == [(False, 5), (True, 5), (False, 5)]
    assert set(yard.fires[1].points) == {POINT, OTHER}
    assert "fire" in [told.cause.value for told in yard.told if told.point == POINT]
    assert next(told.position.value for told in yard.told if told.point == OTHER) == "opening"


async def test_it_opens_only_what_it_names(yard: Yard) -> None:
    async with yard.at_work(gate(), second(), fire=alarm(OTHER)):
        await closed(yard)
        yard.module.put(5, is_closed=True)
        await eventually(lambda: yard.module.outputs[2])
        await asyncio.sleep(0.5)
        assert yard.body.state == "closed"


async def test_a_cut_wire_opens_where_the_contact_is_normally_closed(yard: Yard) -> None:
    yard.module.put(5, is_closed=True)
    async with yard.at_work(gate(), fire=alarm(normally_closed=True)):
        await closed(yard)
        await asyncio.sleep(0.5)
        assert not yard.module.outputs[0]
        yard.module.put(5, is_closed=False)
        await eventually(lambda: yard.body.state == "open")


async def test_a_line_that_is_lost_while_it_burns_ends_nothing(yard: Yard) -> None:
    async with yard.at_work(gate(), fire=alarm()):
        await closed(yard)
        yard.module.put(5, is_closed=True)
        await eventually(lambda: yard.body.state == "open")
        await yard.server.set_trouble(Trouble(Fault.CLOSED))
        yard.module.cut_power()
        await asyncio.sleep(3.2)
        await yard.server.set_trouble(Trouble())
        await eventually(lambda: yard.module.outputs[0])
        assert yard.fires[-1].raised


async def test_a_configuration_without_the_alarm_lets_go_of_what_it_held(yard: Yard) -> None:
    async with yard.at_work(gate(), fire=alarm()):
        await closed(yard)
        yard.module.put(5, is_closed=True)
        await eventually(lambda: yard.module.outputs[0])
        before = yard.board
        point = Point(id=POINT, name="0", barrier=before.drivers[POINT].barrier)
        wanted = Configuration(site=POINT, site_name="", time_zone="UTC", points=[point])
        after = build(wanted, yard.devices.relays, PORTS, before=before)
        assert after.drivers[POINT] is before.drivers[POINT]
        assert after.fire is not None
        assert before.fire is not None
        before.fire._inputs = []  # it has ended
        watch = asyncio.create_task(after.fire.run())
        await eventually(lambda: not yard.module.outputs[0])
        watch.cancel()


async def test_a_lock_is_opened_and_held(yard: Yard) -> None:
    nothing = dict.fromkeys(("opened", "photocell", "loop", "close_output"))
    async with yard.at_work(gate(kind=BarrierKind.HOLD, **nothing), fire=alarm()):
        await closed(yard)
        yard.module.put(5, is_closed=True)
        await eventually(lambda: yard.module.outputs[0])
        await asyncio.sleep(1.0)
        assert yard.module.outputs[0]
        assert yard.board.refusal(POINT) is None


def test_one_look_is_no_fire_and_what_burns_ends_only_when_it_was_back_for_long() -> None:
    alert = judge(Alert(), True, 0)
    assert not alert.is_burning
    assert not judge(judge(alert, False, 1), True, 2).is_burning
    alert = judge(alert, True, 1)
    assert alert.is_burning
    alert = judge(alert, False, 10 * S)
    assert alert.is_burning
    alert = judge(alert, None, 11 * S)
    alert = judge(alert, False, 12 * S)
    assert judge(alert, False, 12 * S + fire.BACK_NS - 1).is_burning
    assert not judge(alert, False, 12 * S + fire.BACK_NS).is_burning
