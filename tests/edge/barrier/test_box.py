"""The whole agent at a simulated gate: what it does there reaches the cloud, and its alarms outlive it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import free_port
from protocols import config, records
from protocols.fields import Direction
from protocols.messages import CommandKind
from protocols.records import BarrierAlarm, CommandOutcome, Reason
from tests.edge.barrier.conftest import OTHER, Yard, gate
from tests.edge.barrier.test_driver import second
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.drivers.support import BUS, RELAY, eventually
from tests.edge.test_agent import CAMERA_IN, TOKEN, push
from tests.edge.world import POINT, make_pass, uid


@pytest.fixture
def box(tmp_path: Path, broker: MosquittoServer) -> Box:
    return Box(tmp_path / "box", "127.0.0.1", broker.port)


@pytest.fixture
async def cloud(box: Box) -> AsyncIterator[CloudPeer]:
    async with serving(box.peer(), box.host, box.port) as peer:
        yield peer


def wanted(yard: Yard, camera_port: int, **barrier: object) -> config.Configuration:
    relay = {"bus": str(BUS), "unit": 12, "profile": "wb_mr6c_v2", "poll_s": 0.1}
    line = {"host": "127.0.0.1", "port": yard.server.port, "timeout_ms": 1000}
    camera = {"port": camera_port, "token": TOKEN}
    return config.Configuration(
        site=uid(),
        site_name="Gate",
        time_zone="Europe/Moscow",
        devices=[
            config.Device(id=BUS, driver="modbus_tcp", name="line", settings=line),
            config.Device(id=RELAY, driver="modbus_relay", name="relay", settings=relay),
            config.Device(id=CAMERA_IN, driver="plate_http", name="camera", settings=camera),
        ],
        points=[
            config.Point(
                id=POINT,
                name="Outer",
                barrier=gate(**barrier),
                readers=[config.Reader(device=CAMERA_IN, direction=Direction.IN)],
            ),
            config.Point(id=OTHER, name="Inner", barrier=second(interlock=POINT)),
        ],
        fire=[config.FireInput(device=RELAY, input=5)],
    )


def places(cloud: CloudPeer) -> list[tuple[str, str]]:
    return [
        (event.position.value, event.cause)
        for event in cloud.of(records.BarrierState)
        if event.point == POINT
    ]


def alarms(cloud: CloudPeer, kind: BarrierAlarm) -> list[records.Alarm]:
    return [alarm for alarm in cloud.of(records.Alarm) if alarm.kind == kind]


async def test_a_car_a_hand_and_a_restart(box: Box, cloud: CloudPeer, yard: Yard) -> None:
    camera = free_port()
    async with box.agent() as agent:
        await cloud.configure(wanted(yard, camera))
        await cloud.put(make_pass(valid_until=None))
        await cloud.until(lambda: places(cloud) == [("closed", "seen")])
        await eventually(lambda: agent.gate.site.board.refusal(POINT) is None)
        await push(camera, "X711TT90")
        await cloud.until(lambda: places(cloud)[-1] == ("closed", "stay_over"))
        assert [place for place, _ in places(cloud)] == ["closed", "opening", "open", "closing", "closed"]
        assert {cause for _, cause in places(cloud)[1:3]} == {"grant"}
        [actuation] = cloud.of(records.Actuation)
        assert actuation.done
        yard.body.crank(0.5)
        await cloud.until(lambda: alarms(cloud, BarrierAlarm.FORCED))
        assert (await agent.report())["barriers"][str(POINT)] == "forced"
    async with box.agent():
        await cloud.until(lambda: places(cloud)[-1] == ("forced", "hand"))
        yard.body.crank(0.0)
        await cloud.until(lambda: len(alarms(cloud, BarrierAlarm.FORCED)) == 2)
    raised, cleared = alarms(cloud, BarrierAlarm.FORCED)
    assert (raised.alarm, raised.source, raised.raised) == (cleared.alarm, POINT, True)
    assert not cleared.raised


async def test_a_sluice_refuses_with_a_reason_and_fire_opens_both(
    box: Box, cloud: CloudPeer, yard: Yard
) -> None:
    camera = free_port()
    async with box.agent() as agent:
        await cloud.configure(wanted(yard, camera, stay_s=60.0))
        await cloud.put(make_pass(valid_until=None, entries=5))
        board = lambda: agent.gate.site.board  # noqa: E731
        await eventually(lambda: board().drivers and board().refusal(POINT) is None)
        await eventually(lambda: board().refusal(OTHER) is None)
        await push(camera, "X711TT90")
        await cloud.until(lambda: cloud.of(records.Actuation))
        expires = cloud.now() + timedelta(seconds=10)
        await cloud.command(CommandKind.OPEN, target=OTHER, expires_at=expires)
        await cloud.until(lambda: cloud.of(records.CommandResult))
        [answer] = cloud.of(records.CommandResult)
        assert (answer.outcome, answer.detail) == (
            CommandOutcome.FAILED,
            "the other gate of the sluice is not closed",
        )
        yard.module.put(5, is_closed=True)
        await cloud.until(lambda: alarms(cloud, BarrierAlarm.FIRE))
        await eventually(lambda: yard.module.outputs[0] and yard.module.outputs[2])
        assert alarms(cloud, BarrierAlarm.FIRE)[0].severity is records.Severity.CRITICAL
        yard.module.put(5, is_closed=False)
        await cloud.until(lambda: len(alarms(cloud, BarrierAlarm.FIRE)) == 2)
        await eventually(lambda: not any(yard.module.outputs))
    assert all(event.reason is Reason.GRANTED for event in cloud.of(records.Passage))


async def test_a_car_before_a_sluice_that_is_not_ready_is_refused_and_spends_nothing(
    box: Box, cloud: CloudPeer, yard: Yard
) -> None:
    camera = free_port()
    async with box.agent() as agent:
        await cloud.configure(wanted(yard, camera))
        guest = make_pass(valid_until=None, entries=1)
        await cloud.put(guest)
        board = lambda: agent.gate.site.board  # noqa: E731
        await eventually(lambda: board().drivers and board().refusal(OTHER) is None)
        await cloud.command(CommandKind.OPEN, target=OTHER)
        await cloud.until(lambda: cloud.of(records.CommandResult))
        await push(camera, "X711TT90")
        await cloud.until(lambda: cloud.of(records.Passage))
        assert cloud.of(records.Passage)[0].reason is Reason.POINT_NOT_READY
        await eventually(lambda: board().refusal(POINT) is None)
        await push(camera, "X711TT90")
        await cloud.until(lambda: cloud.of(records.Actuation))
        assert [event.use for event in cloud.of(records.Passage)] == [None, 1]
