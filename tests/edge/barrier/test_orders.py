"""Orders from afar at a simulated gate behind a whole agent: close, stop, hold until a time, release; exit buttons."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.servers.mosquitto import MosquittoServer
from edge.agent import Agent
from edge.barrier import button
from protocols import config, records
from protocols.config import BarrierKind, Contact
from protocols.fields import Direction
from protocols.messages import CommandKind
from protocols.records import CommandOutcome, HoldEnd, Outcome, Reason
from tests.edge.barrier.conftest import OTHER, Yard, gate
from tests.edge.barrier.test_driver import second
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.drivers.support import BUS, RELAY, eventually
from tests.edge.world import POINT, uid

FIRE_INPUT, BUTTON_INPUT = 5, 4


@pytest.fixture
def box(tmp_path: Path, broker: MosquittoServer) -> Box:
    return Box(tmp_path / "box", "127.0.0.1", broker.port)


@pytest.fixture
async def cloud(box: Box) -> AsyncIterator[CloudPeer]:
    async with serving(box.peer(), box.host, box.port) as peer:
        yield peer


def wanted(yard: Yard, *, inner: bool = False, relay: dict[str, Any] | None = None, **barrier: Any) -> Any:
    """The yard's gate; `inner`: a second one makes a sluice of it."""
    settings = {"bus": str(BUS), "unit": 12, "profile": "wb_mr6c_v2", "poll_s": 0.1} | (relay or {})
    line = {"host": "127.0.0.1", "port": yard.server.port, "timeout_ms": 1000}
    points = [config.Point(id=POINT, name="Outer", barrier=gate(**barrier))]
    if inner:
        points.append(config.Point(id=OTHER, name="Inner", barrier=second(interlock=POINT)))
    return config.Configuration(
        site=uid(),
        site_name="Gate",
        time_zone="Europe/Moscow",
        devices=[
            config.Device(id=BUS, driver="modbus_tcp", name="line", settings=line),
            config.Device(id=RELAY, driver="modbus_relay", name="relay", settings=settings),
        ],
        points=points,
        fire=[config.FireInput(device=RELAY, input=FIRE_INPUT)] if not relay else [],
    )


async def order(cloud: CloudPeer, kind: CommandKind, **changes: Any) -> tuple[CommandOutcome, str]:
    """The one answer to it, and why."""
    fields = {"target": POINT, "expires_at": cloud.now() + timedelta(seconds=10)} | changes
    command = await cloud.command(kind, **fields)
    answers: list[records.CommandResult] = []

    def answered() -> bool:
        answers[:] = [each for each in cloud.of(records.CommandResult) if each.command == command.id]
        return bool(answers)

    await cloud.until(answered)
    return answers[0].outcome, answers[0].reason


async def ready(agent: Agent, stands: str = "closed") -> None:
    def is_there() -> bool:
        driver = agent.gate.site.board.drivers.get(POINT)
        return driver is not None and driver.state.position.value == stands

    await eventually(is_there)


def holds(cloud: CloudPeer) -> list[tuple[str, str]]:
    return [(event.person, event.end) for event in cloud.of(records.PointHold)]


async def test_a_gate_is_held_open_until_it_is_released(box: Box, cloud: CloudPeer, yard: Yard) -> None:
    until = cloud.now() + timedelta(hours=1)
    async with box.agent() as agent:
        await cloud.configure(wanted(yard))
        await ready(agent)
        held = await order(cloud, CommandKind.HOLD, until=until, person="Dispatcher", reason="movers")
        assert held == (CommandOutcome.DONE, "done")
        await ready(agent, "open")
        assert yard.module.outputs[0]
        assert await order(cloud, CommandKind.CLOSE) == (CommandOutcome.REFUSED, "held_open")
        assert await order(cloud, CommandKind.STOP) == (CommandOutcome.REFUSED, "no_stop")
        assert await order(cloud, CommandKind.RELEASE, person="Manager") == (CommandOutcome.DONE, "done")
        await ready(agent, "closed")
        assert not yard.module.outputs[0]
        assert await order(cloud, CommandKind.RELEASE) == (CommandOutcome.REFUSED, "not_held")
    assert holds(cloud) == [("Dispatcher", ""), ("Manager", HoldEnd.RELEASED)]
    begun, ended = cloud.of(records.PointHold)
    assert (begun.point, begun.until, begun.reason) == (POINT, until, "movers")
    assert begun.hold == ended.hold


async def test_a_hold_ends_by_itself(box: Box, cloud: CloudPeer, yard: Yard) -> None:
    async with box.agent() as agent:
        await cloud.configure(wanted(yard))
        await ready(agent)
        until = cloud.now() + timedelta(seconds=6)
        assert await order(cloud, CommandKind.HOLD, until=until) == (CommandOutcome.DONE, "done")
        await ready(agent, "open")
        await cloud.until(lambda: holds(cloud)[-1:] == [("", HoldEnd.OVER)])
        await ready(agent, "closed")
    assert cloud.of(records.PointHold)[-1].at >= until


async def test_a_hold_outlives_a_restart(box: Box, cloud: CloudPeer, yard: Yard) -> None:
    async with box.agent() as agent:
        await cloud.configure(wanted(yard))
        await ready(agent)
        until = cloud.now().replace(microsecond=0) + timedelta(hours=1)
        assert await order(cloud, CommandKind.HOLD, until=until) == (CommandOutcome.DONE, "done")
    assert not yard.module.outputs[0]  # whoever ends lets go
    async with box.agent() as agent:
        await eventually(lambda: yard.module.outputs[0])
        holding = agent.holds.of(POINT)
        assert holding is not None
        assert (holding.person, holding.until) == ("Test", until)
        await eventually(agent.uplink.connected.is_set)
        assert await order(cloud, CommandKind.RELEASE) == (CommandOutcome.DONE, "done")
        await eventually(lambda: not yard.module.outputs[0])
    assert len(holds(cloud)) == 2


async def test_a_barrier_that_is_taken_away_is_held_no_more(box: Box, cloud: CloudPeer, yard: Yard) -> None:
    async with box.agent() as agent:
        await cloud.configure(wanted(yard))
        await ready(agent)
        until = cloud.now() + timedelta(hours=1)
        await order(cloud, CommandKind.HOLD, until=until)
        bare = wanted(yard)
        await cloud.configure(
            config.Configuration(
                site=bare.site,
                site_name="",
                time_zone="UTC",
                devices=bare.devices,
                points=[config.Point(id=POINT, name="Outer")],
            )
        )
        await cloud.until(lambda: holds(cloud)[-1:] == [("", HoldEnd.GONE)])
        assert not yard.module.outputs[0]
        assert await order(cloud, CommandKind.CLOSE) == (CommandOutcome.REFUSED, "unknown_target")


async def test_the_fire_alarm_stands_above_orders(box: Box, cloud: CloudPeer, yard: Yard) -> None:
    async with box.agent() as agent:
        await cloud.configure(wanted(yard, stop_output=3))
        await ready(agent)
        until = cloud.now() + timedelta(hours=1)
        await order(cloud, CommandKind.HOLD, until=until)
        yard.module.put(FIRE_INPUT, is_closed=True)
        await cloud.until(lambda: cloud.of(records.Alarm))
        assert await order(cloud, CommandKind.CLOSE) == (CommandOutcome.REFUSED, "fire_alarm")
        assert await order(cloud, CommandKind.STOP) == (CommandOutcome.REFUSED, "fire_alarm")
        assert await order(cloud, CommandKind.RELEASE) == (CommandOutcome.DONE, "done")
        assert yard.module.outputs[0]  # the fire alarm holds it still
        assert await order(cloud, CommandKind.RELEASE) == (CommandOutcome.REFUSED, "fire_alarm")


async def test_it_closes_on_an_order_and_never_on_a_car(box: Box, cloud: CloudPeer, yard: Yard) -> None:
    async with box.agent() as agent:
        await cloud.configure(wanted(yard, stay_s=600.0))
        await ready(agent)
        assert (await order(cloud, CommandKind.OPEN))[0] is CommandOutcome.DONE
        await ready(agent, "open")
        yard.body.occupy(is_occupied=True)
        assert await order(cloud, CommandKind.CLOSE) == (CommandOutcome.REFUSED, "in_the_way")
        assert (1, True) not in yard.coils()
        yard.body.occupy(is_occupied=False)
        assert await order(cloud, CommandKind.CLOSE) == (CommandOutcome.DONE, "done")
        await ready(agent, "closed")
        assert await order(cloud, CommandKind.CLOSE) == (CommandOutcome.DONE, "done")  # it is
    assert [on for output, on in yard.coils() if output == 1] == [True, False]


async def test_it_stops_where_it_is(box: Box, cloud: CloudPeer, yard: Yard) -> None:
    yard.body._move_s = 10.0
    async with box.agent() as agent:
        await cloud.configure(wanted(yard, stop_output=3, travel_s=30.0))
        await ready(agent)
        assert await order(cloud, CommandKind.STOP) == (CommandOutcome.REFUSED, "not_moving")
        await order(cloud, CommandKind.OPEN)
        await ready(agent, "opening")
        assert await order(cloud, CommandKind.STOP) == (CommandOutcome.DONE, "done")
        await ready(agent, "stopped")
        assert (3, True) in yard.coils()


async def test_what_a_kind_cannot_do_is_refused_with_the_reason(
    box: Box, cloud: CloudPeer, yard: Yard
) -> None:
    async with box.agent() as agent:
        relay = {"module_timer_ms": 1000}
        pulse = {"kind": BarrierKind.PULSE, "close_output": None}
        await cloud.configure(wanted(yard, relay=relay, **pulse))
        await ready(agent)
        until = cloud.now() + timedelta(hours=1)
        assert await order(cloud, CommandKind.CLOSE) == (CommandOutcome.REFUSED, "closes_by_itself")
        assert await order(cloud, CommandKind.HOLD, until=until) == (CommandOutcome.REFUSED, "cannot_be_held")
        assert await order(cloud, CommandKind.HOLD) == (CommandOutcome.REFUSED, "no_until")
        assert await order(cloud, CommandKind.HOLD, target=uid()) == (CommandOutcome.REFUSED, "no_until")
        missing = await order(cloud, CommandKind.HOLD, target=uid(), until=until)
        assert missing == (CommandOutcome.REFUSED, "unknown_target")
    assert yard.coils() == []
    assert holds(cloud) == []


async def test_one_gate_of_a_sluice_is_not_held_while_the_other_is_open(
    box: Box, cloud: CloudPeer, yard: Yard
) -> None:
    async with box.agent() as agent:
        await cloud.configure(wanted(yard, inner=True))
        await ready(agent)
        until = cloud.now() + timedelta(hours=1)
        board = agent.gate.site.board
        await eventually(lambda: board.refusal(OTHER) is None and board.refusal(POINT) is None)
        assert await order(cloud, CommandKind.HOLD, until=until) == (CommandOutcome.DONE, "done")
        refused = await order(cloud, CommandKind.HOLD, target=OTHER, until=until)
        assert refused == (CommandOutcome.REFUSED, "other_gate")


async def test_an_exit_button_lets_out_without_a_pass(box: Box, cloud: CloudPeer, doorway: Yard) -> None:
    lock = {
        "kind": BarrierKind.HOLD,
        "close_output": None,
        "opened": None,
        "photocell": None,
        "loop": None,
        "closed": Contact(input=1),
        "exit_button": Contact(input=BUTTON_INPUT),
        "stay_s": 1.0,
    }
    async with box.agent() as agent:
        await cloud.configure(wanted(doorway, **lock))
        await ready(agent)
        press(doorway)
        await eventually(lambda: doorway.module.outputs[0])
        doorway.module.put(BUTTON_INPUT, is_closed=False)
        await cloud.until(lambda: cloud.of(records.Actuation))
        [passage] = cloud.of(records.Passage)
        assert (passage.outcome, passage.reason) == (Outcome.GRANTED, Reason.EXIT_BUTTON)
        assert (passage.direction, passage.point, passage.source) == (Direction.OUT, POINT, RELAY)
        assert (passage.pass_id, passage.credential, passage.use) == (None, None, None)
        [actuation] = cloud.of(records.Actuation)
        assert (actuation.passage, actuation.done) == (passage.id, True)
        await eventually(lambda: not doorway.module.outputs[0])


async def test_a_button_that_stays_pressed_opens_once_and_one_found_pressed_does_not(
    box: Box, cloud: CloudPeer, doorway: Yard
) -> None:
    lock = {
        "kind": BarrierKind.HOLD,
        "close_output": None,
        "opened": None,
        "photocell": None,
        "loop": None,
        "exit_button": Contact(input=BUTTON_INPUT),
        "stay_s": 0.3,
    }
    press(doorway)
    async with box.agent() as agent:
        await cloud.configure(wanted(doorway, **lock))
        await ready(agent)
        await eventually(lambda: agent.gate.site.board.drivers[POINT].state.seen is not None)
        assert not doorway.module.outputs[0]
        doorway.module.put(BUTTON_INPUT, is_closed=False)
        await eventually(lambda: not agent.gate.site.board.drivers[POINT].state.seen.exit_button)  # type: ignore[union-attr]
        press(doorway)
        await cloud.until(lambda: cloud.of(records.Actuation))
        await ready(agent, "closed")
    assert len(cloud.of(records.Passage)) == 1


async def test_a_jammed_exit_button_is_one_alarm_of_the_point_and_the_button_taken_away_ends_it(
    box: Box, cloud: CloudPeer, doorway: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(button, "JAMMED_NS", 500_000_000)
    monkeypatch.setattr(button, "QUIET_NS", 500_000_000)
    blind = {"kind": BarrierKind.PULSE, "close_output": None, "opened": None, "closed": None}
    blind |= {"photocell": None, "loop": None}
    async with box.agent() as agent:
        await cloud.configure(wanted(doorway, **blind, exit_button=Contact(input=BUTTON_INPUT)))
        await ready(agent)
        for told in ([True], [True, False], [True, False, True]):
            doorway.module.put(BUTTON_INPUT, is_closed=told[-1])
            await cloud.until(lambda told=told: [each.raised for each in cloud.of(records.Alarm)] == told)  # type: ignore[misc]
        assert agent.alarms.kinds(POINT) == {"exit_button_stuck"}
        await cloud.configure(wanted(doorway, **blind))
        await cloud.until(lambda: len(cloud.of(records.Alarm)) == 4)
    raised, cleared, *_ = cloud.of(records.Alarm)
    assert (raised.kind, raised.source, raised.alarm) == ("exit_button_stuck", POINT, cleared.alarm)
    assert raised.detail.startswith("pressed for")


def press(yard: Yard) -> None:
    yard.module.put(BUTTON_INPUT, is_closed=True)
