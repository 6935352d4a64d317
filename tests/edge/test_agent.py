"""The whole agent on a real broker, against a cloud that speaks the wire: streams, passes, configuration, commands."""

import asyncio
import json
import shutil
import urllib.request
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import free_port
from edge.agent import Agent
from protocols import config, records
from protocols.fields import ClockState, Direction
from protocols.held import ItemKind
from protocols.messages import CommandKind, Uses
from protocols.records import CommandOutcome, ConfigAct, DeviceStatus, Outcome, Reason
from tests.edge.boxes import Box, device_id, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.world import POINT, make_block, make_pass, uid

BUS, RELAY, CAMERA_IN, METER = (device_id(number) for number in range(4))
TOKEN = "a-token-of-the-camera"


@pytest.fixture
def box(tmp_path: Path, broker: MosquittoServer) -> Box:
    return Box(tmp_path / "box", "127.0.0.1", broker.port)


@pytest.fixture
async def cloud(box: Box) -> AsyncIterator[CloudPeer]:
    async with serving(box.peer(), box.host, box.port) as peer:
        yield peer


@pytest.fixture
async def modbus() -> AsyncIterator[int]:
    """A relay module (unit 1: WB-MR6C v2) and a meter (unit 2: SDM120) behind one port."""
    port = free_port()
    relay = SimDevice(
        id=1,
        simdata=(
            [SimData(0, count=200, values=False, datatype=DataType.BITS)],
            [SimData(0, count=200, values=False, datatype=DataType.BITS)],
            [SimData(0, count=2000, values=0, datatype=DataType.REGISTERS)],
            [SimData(0, count=2000, values=0, datatype=DataType.REGISTERS)],
        ),
    )
    meter = SimDevice(
        id=2,
        simdata=(
            [SimData(0, count=16, values=False, datatype=DataType.BITS)],
            [SimData(0, count=16, values=False, datatype=DataType.BITS)],
            [SimData(0, count=1, values=0, datatype=DataType.REGISTERS)],
            [SimData(0, count=200, values=230.5, datatype=DataType.FLOAT32)],
        ),
    )
    server = ModbusTcpServer([relay, meter], address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    yield port
    await server.shutdown()


def configuration(modbus_port: int, camera_port: int) -> config.Configuration:
    return config.Configuration(
        site=uid(),
        site_name="Gate",
        time_zone="Europe/Moscow",
        devices=[
            config.Device(
                id=BUS, driver="modbus_tcp", name="bus", settings={"host": "127.0.0.1", "port": modbus_port}
            ),
            config.Device(
                id=RELAY,
                driver="modbus_relay",
                name="relay",
                settings={"bus": str(BUS), "unit": 1, "profile": "wb_mr6c_v2"},
            ),
            config.Device(
                id=CAMERA_IN,
                driver="plate_http",
                name="camera",
                settings={"port": camera_port, "token": TOKEN},
            ),
        ],
        points=[
            config.Point(
                id=POINT,
                name="Gate",
                barrier=config.Barrier(device=RELAY, output=0, pulse_ms=50),
                readers=[config.Reader(device=CAMERA_IN, direction=Direction.IN)],
            )
        ],
        meters=[
            config.Meter(
                id=METER,
                device=BUS,
                profile="eastron_sdm120",
                unit=2,
                period_s=0.2,
                channels=[config.MeterChannel(channel="voltage", series=7)],
            )
        ],
    )


async def push(port: int, plate: str) -> None:
    patient = httpx.AsyncHTTPTransport(retries=6)  # a box that has just begun may not listen yet
    async with httpx.AsyncClient(transport=patient) as client:
        answer = await client.post(f"http://127.0.0.1:{port}/plates/{TOKEN}", json={"plate": plate})
        assert answer.status_code < 300, answer.text


def there(cloud: CloudPeer) -> set[UUID]:
    """The devices that the cloud has heard to be there."""
    states = cloud.of(records.DeviceState)
    return {state.device for state in states if state.status is DeviceStatus.ONLINE}


async def agreed(agent: Agent) -> None:
    """Until the box has heard that the cloud has all its events."""
    async with asyncio.timeout(60):
        while (await agent.report())["backlog"]["events"]:  # noqa: ASYNC110 - acknowledgements raise no events here
            await asyncio.sleep(0.01)


async def online(agent: Agent, devices: set[UUID]) -> None:
    """Wait until the agent has heard that these devices are there."""
    async with asyncio.timeout(60):
        while any(agent.running.states.get(each) is not DeviceStatus.ONLINE for each in devices):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # states of many kinds have no one event


async def test_the_thin_thread(box: Box, cloud: CloudPeer, modbus: int) -> None:
    """Configuration, a pass, a car, a coil, a reading; every record once, in order, signed."""
    camera = free_port()
    guest = make_pass(entries=1, valid_until=None)
    async with box.agent() as agent:
        version = await cloud.configure(configuration(modbus, camera))
        await cloud.until(lambda: [event for event in cloud.of(records.ConfigApplied) if event.applied])
        await cloud.put(guest)
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        assert cloud.states[-1].pass_digest == cloud.digest
        assert cloud.states[-1].events.oldest_held_at is not None
        await cloud.until(lambda: there(cloud) >= {BUS, RELAY, CAMERA_IN, METER})
        await push(camera, "Х 711 ТТ 90")
        await cloud.until(lambda: cloud.of(records.Actuation))
        await push(camera, "X711TT90")  # a second visit
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 2)
        await cloud.until(lambda: len(cloud.readings) >= 3)
        report = await agent.report()
    first, second = cloud.of(records.Passage)
    assert (first.outcome, first.use, first.pass_id, first.pass_version) == (Outcome.GRANTED, 1, guest.id, 1)
    assert second.reason is Reason.NO_ENTRIES_LEFT
    (actuation,) = cloud.of(records.Actuation)
    assert actuation.done, actuation.detail
    assert actuation.passage == first.id
    assert isinstance(cloud.events[0], records.StreamOpened)
    assert report["config_version"] == version
    value = cloud.readings[0].values[0]
    assert (value.series, value.value, value.quality) == (7, 230.5, records.Quality.GOOD)
    assert len({event.id for event in cloud.events}) == len(cloud.events)
    assert not cloud.gaps
    await cloud.until(lambda: not cloud.states[-1].online)


async def test_a_restart_keeps_passes_configuration_and_uses_without_the_cloud(
    box: Box, cloud: CloudPeer, modbus: int, broker: MosquittoServer
) -> None:
    camera = free_port()
    guest = make_pass(entries=2, valid_until=None)
    async with box.agent():
        await cloud.configure(configuration(modbus, camera))
        await cloud.put(guest)
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        await cloud.until(lambda: cloud.of(records.ConfigApplied))
        await cloud.until(lambda: there(cloud) >= {RELAY, CAMERA_IN})
        await push(camera, "X711TT90")
        await cloud.until(lambda: cloud.of(records.Actuation))
    box.port = free_port()  # nobody listens there: the cloud is out of reach
    async with box.agent() as agent:
        await online(agent, {RELAY, CAMERA_IN})
        await push(camera, "X711TT90")
        await agent.gate.drain()
        await push(camera, "X711TT90")
        await agent.gate.drain()
        report = await agent.report()
        assert not report["connected"]
        assert report["backlog"]["events"] >= 3
    box.port = broker.port
    async with box.agent():
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 3)
    assert [event.use for event in cloud.of(records.Passage)] == [1, 2, None]
    assert cloud.of(records.Passage)[2].reason is Reason.NO_ENTRIES_LEFT


async def test_a_box_whose_store_is_gone_takes_all_from_the_cloud_again(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    """What docs/restoring.md promises of a damaged store without a copy."""
    camera = free_port()
    async with box.agent():
        version = await cloud.configure(configuration(modbus, camera))
        await cloud.put(make_pass(valid_until=None))
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
    for file in box.folder.glob("store.sqlite*"):
        file.unlink()
    cloud.states.clear()
    async with box.agent() as agent:
        await cloud.until(
            lambda: [s for s in cloud.states if (s.pass_version, s.config_version) == (1, version)]
        )
        await online(agent, {RELAY, CAMERA_IN})
        await push(camera, "X711TT90")
        await cloud.until(lambda: cloud.of(records.Actuation))
    assert len({event.id for event in cloud.of(records.StreamOpened)}) == 2


async def test_a_wrong_time_of_the_cloud_is_doubted_until_the_right_one_comes(
    box: Box, cloud: CloudPeer
) -> None:
    async with box.agent() as agent:
        await cloud.put(make_pass())
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        right, kept = cloud.now, agent.clock.highest_trusted_ns
        cloud.now = lambda: right() + timedelta(days=365)
        await cloud.put(make_pass())
        await cloud.until(lambda: cloud.states[-1].clock is ClockState.UNKNOWN)
        assert agent.clock.now().utc < right() + timedelta(days=1)
        assert agent.clock.highest_trusted_ns < kept + 3600 * 10**9
        cloud.now = right
        await cloud.put(make_pass())
        await cloud.until(lambda: cloud.states[-1].clock is ClockState.TRUSTED)


async def test_changes_removals_and_a_snapshot_lead_to_the_same_set(box: Box, cloud: CloudPeer) -> None:
    passes = [make_pass(plates=[f"A00{number}AA77"]) for number in range(5)]
    async with box.agent() as agent:
        for item in passes:
            await cloud.put(item)
        await cloud.remove(passes[0].id)
        await cloud.put(make_block(plates=["X000XX77"]), ItemKind.BLOCK)
        await cloud.until(lambda: cloud.states[-1:] and cloud.states[-1].pass_version == 7)
        assert cloud.states[-1].pass_digest == cloud.digest
        assert len(agent.held.passes) == 4
        # the cloud comes back from an older backup: a new epoch, another set
        cloud.epoch, cloud.version, cloud.log = uid(), 3, []
        cloud.items.pop((ItemKind.PASS, passes[1].id))
        cloud.uses = [Uses(pass_id=passes[2].id, entries=4)]
        agent.replica.wake()
        await cloud.until(lambda: cloud.states[-1].pass_epoch == cloud.epoch)
        assert (cloud.states[-1].pass_version, cloud.states[-1].pass_digest) == (3, cloud.digest)
        assert len(agent.held.passes) == 3
        assert agent.held.uses.of(passes[2].id.bytes) == 4
        assert agent.replica.counts["snapshots"] >= 1
    async with box.agent() as again:
        assert again.held.standing.digest_hex == cloud.digest
        assert again.held.uses.of(passes[2].id.bytes) == 4


async def test_a_change_whose_digest_is_not_the_clouds_is_not_applied(box: Box, cloud: CloudPeer) -> None:
    async with box.agent() as agent:
        await cloud.put(make_pass())
        await cloud.until(lambda: cloud.states[-1:] and cloud.states[-1].pass_version == 1)
        hidden = make_pass()
        cloud.items[ItemKind.PASS, hidden.id] = b'{"type":"pass","id":"not what was sent"}'
        cloud.items.pop((ItemKind.PASS, hidden.id))
        cloud.version += 1  # a change that the box never hears of
        cloud.log.append(cloud.log[-1])
        await cloud.put(make_pass())
        await cloud.until(lambda: cloud.states[-1].pass_version == cloud.version)
        assert agent.held.standing.digest_hex == cloud.digest


async def test_commands_have_one_answer(box: Box, cloud: CloudPeer, modbus: int) -> None:
    camera = free_port()
    async with box.agent() as agent:
        await cloud.configure(configuration(modbus, camera))
        await cloud.until(lambda: cloud.of(records.ConfigApplied))
        await cloud.until(lambda: there(cloud) >= {RELAY})
        opened = await cloud.command(CommandKind.OPEN, target=POINT)
        await cloud.until(lambda: cloud.of(records.CommandResult))
        now = cloud.now()
        late = await cloud.command(CommandKind.OPEN, target=POINT, expires_at=now - timedelta(seconds=1))
        astray = await cloud.command(CommandKind.OPEN, target=uid())
        read = await cloud.command(CommandKind.READ_NOW)
        await cloud.until(lambda: len(cloud.of(records.CommandResult)) == 4)
        answers = {result.command: result for result in cloud.of(records.CommandResult)}
        assert answers[opened.id].outcome is CommandOutcome.DONE, answers[opened.id]
        assert answers[late.id].outcome is CommandOutcome.EXPIRED
        assert (answers[astray.id].outcome, answers[astray.id].reason) == (
            CommandOutcome.REFUSED,
            "unknown_target",
        )
        assert answers[read.id].outcome is CommandOutcome.DONE
        await cloud.command(CommandKind.OPEN, id=opened.id, target=POINT)  # asked again
        await cloud.until(lambda: len(cloud.of(records.CommandResult)) == 5)
        assert cloud.of(records.CommandResult)[4] == answers[opened.id]
        assert agent.commands.counts["done"] == 2  # nothing was done twice


async def test_what_is_not_the_clouds_word_is_not_obeyed(box: Box, cloud: CloudPeer) -> None:
    async with box.agent() as agent:
        await cloud.until(lambda: cloud.states)
        await cloud.command(CommandKind.OPEN, box=uid(), target=POINT)
        honest = cloud.sign(b'{"type":"command"}')  # by the right key, and not to be read
        forged = type(honest)(key=honest.key, payload=honest.payload, signature="AAAA")
        stranger = type(honest)(key=uid(), payload=honest.payload, signature=honest.signature)
        for signed in (honest, forged, stranger):
            await cloud.send(cloud_commands(), signed)
        await cloud.put(make_pass())
        await cloud.until(lambda: cloud.states[-1].pass_version == 1)
        assert agent.inbox.counts["bad_signature"] == 3
        assert agent.inbox.counts["malformed"] == 1  # the cloud's own, and no command
        assert not cloud.of(records.CommandResult)


def cloud_commands():
    from protocols.topics import Channel

    return Channel.DOWN_COMMANDS


async def test_a_configuration_restarts_only_what_it_changes(box: Box, cloud: CloudPeer, modbus: int) -> None:
    """Cars come all the while; every one of them is judged, and every point of the old or the new set opens."""
    camera, other = free_port(), free_port()
    first = configuration(modbus, camera)
    async with box.agent() as agent:
        await cloud.configure(first)
        await cloud.put(make_pass(valid_until=None))
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        await cloud.until(lambda: there(cloud) >= {RELAY, CAMERA_IN})
        before, poller = dict(agent.running.plan.devices.all), agent.running.pollers[METER]
        renamed = [msgspec.structs.replace(first.points[0], name="Main gate")]
        slower = [msgspec.structs.replace(first.meters[0], period_s=0.3)]
        pushes = 0
        for change in ({"points": renamed}, {"points": renamed, "meters": slower}):
            applied = len(cloud.of(records.ConfigApplied))
            await cloud.configure(msgspec.structs.replace(first, **change))
            while len(cloud.of(records.ConfigApplied)) == applied:
                await push(camera, "X711TT90")
                pushes += 1
        await cloud.until(lambda: len(cloud.of(records.Passage)) == pushes)
        assert {event.reason for event in cloud.of(records.Passage)} == {Reason.GRANTED}
        await cloud.until(lambda: agent.running.plan.site.points[POINT].name == "Main gate")
        assert agent.running.plan.devices.all == before
        assert agent.running.pollers[METER] is not poller
        moved = msgspec.structs.replace(first.devices[2], settings={"port": other, "token": TOKEN})
        await cloud.configure(msgspec.structs.replace(first, devices=[*first.devices[:2], moved]))
        await cloud.until(lambda: agent.running.plan.devices.all[CAMERA_IN] is not before[CAMERA_IN])
        assert agent.running.plan.devices.all[RELAY] is before[RELAY]
        await cloud.until(lambda: agent.running.states.get(CAMERA_IN) is DeviceStatus.ONLINE)
        await push(other, "X711TT90")
        await cloud.until(lambda: len(cloud.of(records.Passage)) == pushes + 1)
        assert agent.gate.counts["unassigned"] == 0


async def test_a_bad_configuration_is_refused_whole_and_names_every_place(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    camera = free_port()
    good = configuration(modbus, camera)
    async with box.agent() as agent:
        await cloud.configure(good)
        await cloud.until(lambda: cloud.of(records.ConfigApplied))
        bad = config.Configuration(
            site=good.site,
            site_name="Gate",
            time_zone="Europe/Atlantis",
            devices=good.devices,
            points=[
                config.Point(
                    id=POINT,
                    name="Gate",
                    barrier=config.Barrier(device=uid(), output=0),
                    readers=[config.Reader(device=RELAY)],
                )
            ],
            meters=[config.Meter(id=METER, device=BUS, profile="no_such", unit=2, channels=[])],
        )
        await cloud.configure(bad)
        await cloud.until(lambda: len(cloud.of(records.ConfigApplied)) == 2)
        first, refused = cloud.of(records.ConfigApplied)
        assert not refused.applied
        assert first.person == refused.person == "Test"
        assert {(each.section, each.act) for each in first.changes} == {
            (section, ConfigAct.ADDED) for section in ("points", "devices", "meters")
        }
        told = {(each.section, each.name): set(each.settings) for each in refused.changes}
        assert told["box", ""] == {"time_zone"}
        assert "barrier.device" in told["points", "Gate"]
        text = " | ".join(refused.errors)
        for place in ("Europe/Atlantis", "barrier.device", "no reader", "no_such"):
            assert place in text
        assert (await agent.report())["config_version"] == 1
        assert set(agent.running.pollers) == {METER}
    async with box.agent():  # what is in force after a restart is what the next one is held against
        await cloud.configure(config.Configuration(**(msgspec.structs.asdict(good) | {"site_name": "Hill"})))
        await cloud.until(lambda: len(cloud.of(records.ConfigApplied)) == 3)
    [renamed] = cloud.of(records.ConfigApplied)[2].changes
    assert (renamed.section, renamed.settings) == ("box", ["site_name"])


async def test_a_box_restored_from_a_copy_opens_a_new_stream(
    box: Box, cloud: CloudPeer, tmp_path: Path
) -> None:
    async with box.agent() as agent:
        guest = make_pass()
        await cloud.put(guest)
        await cloud.until(lambda: cloud.states[-1:] and cloud.states[-1].pass_version == 1)
        await cloud.until(lambda: len(cloud.events) >= 1)
        await agreed(agent)
    old_stream = next(iter(cloud.marks))
    shutil.copytree(box.folder, tmp_path / "copy")
    async with box.agent() as agent:  # goes on, seen by the cloud
        await agent.journal.add(shortage(agent, "seen"))
        await cloud.until(lambda: cloud.of(records.Shortage))
    shutil.rmtree(box.folder)
    shutil.copytree(tmp_path / "copy", box.folder)
    cloud.mute = True
    async with box.agent() as agent:  # works offline past its old head
        for number in range(3):
            await agent.journal.add(shortage(agent, f"offline {number}"))
    cloud.mute = False
    cloud.uses = [Uses(pass_id=guest.id, entries=3)]  # counted since the copy was taken
    async with box.agent() as agent:
        await cloud.until(lambda: len(cloud.of(records.Shortage)) == 4)
        assert agent.outboxes["events"].counts["forks"] == 1
        await cloud.until(lambda: agent.held.uses.of(guest.id.bytes) == 3)
    opened = cloud.of(records.StreamOpened)[-1]
    assert (opened.old_stream, opened.cause) == (old_stream, "forked")
    assert opened.old_sequence is not None
    assert cloud.marks[old_stream].sequence > opened.old_sequence
    assert [event.detail for event in cloud.of(records.Shortage)][1:] == [f"offline {n}" for n in range(3)]
    assert [alarm.kind for alarm in cloud.of(records.Alarm)] == ["stream_forked"]


async def test_a_cloud_restored_from_a_backup_gets_everything_again(box: Box, cloud: CloudPeer) -> None:
    async with box.agent() as agent:
        for number in range(5):
            await agent.journal.add(shortage(agent, str(number)))
        await cloud.until(lambda: len(cloud.of(records.Shortage)) == 5)
        (mark,) = cloud.marks.values()
        told = [event.detail for event in cloud.of(records.Shortage)]
        cloud.events.clear()
        cloud.marks.clear()
        await agent.journal.add(shortage(agent, "new"))
        await cloud.until(lambda: len(cloud.of(records.Shortage)) == 6)
        assert [event.detail for event in cloud.of(records.Shortage)] == [*told, "new"]
        assert mark.sequence > 0


async def test_a_cloud_restored_from_before_a_fork_gets_the_closed_stream_again(
    box: Box, cloud: CloudPeer, tmp_path: Path
) -> None:
    async with box.agent() as agent:
        await agent.journal.add(shortage(agent, "agreed 0"))
        await cloud.until(lambda: len(cloud.of(records.Shortage)) == 1)
        ((old, mark),) = cloud.marks.items()
        dump = (mark.sequence, mark.head, list(cloud.events))
        await agent.journal.add(shortage(agent, "agreed 1"))
        await cloud.until(lambda: len(cloud.of(records.Shortage)) == 2)
        await agreed(agent)
    shutil.copytree(box.folder, tmp_path / "copy")
    async with box.agent() as agent:
        await agent.journal.add(shortage(agent, "of the history that the copy does not know"))
        await cloud.until(lambda: len(cloud.of(records.Shortage)) == 3)
    shutil.rmtree(box.folder)
    shutil.copytree(tmp_path / "copy", box.folder)
    cloud.mute = True
    async with box.agent() as agent:
        for number in range(4):
            await agent.journal.add(shortage(agent, f"new {number}"))
    cloud.mute = False
    async with box.agent() as agent:
        await cloud.until(lambda: len(cloud.of(records.Shortage)) == 7)
        cloud.marks.clear()
        mark.sequence, mark.head, cloud.events = dump
        cloud.marks[old] = mark
        await agent.journal.add(shortage(agent, "after the restore"))
        await cloud.until(lambda: len(cloud.of(records.Shortage)) == 7)
    assert [event.detail for event in cloud.of(records.Shortage)] == [
        "agreed 0",
        "agreed 1",
        *(f"new {number}" for number in range(4)),
        "after the restore",
    ]
    assert len({event.id for event in cloud.events}) == len(cloud.events)
    assert cloud.gaps == []


async def test_a_broker_that_dies_loses_nothing(box: Box, start_broker, tmp_path: Path) -> None:
    port = free_port()
    folder = tmp_path / "broker"
    first = MosquittoServer(folder, port=port)
    first.start()
    box.port = port
    peer = box.peer()
    try:
        async with box.agent() as agent:
            async with serving(peer, box.host, port):
                await peer.until(lambda: peer.states)
                first.kill()
                for number in range(20):
                    await agent.journal.add(shortage(agent, str(number)))
            first.start()
            async with serving(peer, box.host, port):
                await peer.until(lambda: len(peer.of(records.Shortage)) == 20)
            assert agent.uplink.connections == 2
        assert [event.detail for event in peer.of(records.Shortage)] == [str(n) for n in range(20)]
    finally:
        first.stop()


async def test_clock_unknown_refuses_remote_opening(box: Box, cloud: CloudPeer) -> None:
    box.world = type(box.world)(
        wall_ns=lambda: 0,
        monotonic_ns=box.world.monotonic_ns,
        synchronised=lambda: False,
        random=box.world.random,
        random_bytes=box.world.random_bytes,
    )
    cloud.mute = True  # no acknowledgement, so nothing tells the time
    cloud._answer = nothing  # type: ignore[method-assign]
    async with box.agent():
        await cloud.until(lambda: cloud.states)
        assert cloud.states[-1].clock is ClockState.UNKNOWN
        command = await cloud.command(CommandKind.OPEN, target=POINT)
        cloud.mute = False
        await cloud.until(lambda: cloud.of(records.CommandResult))
    (answer,) = cloud.of(records.CommandResult)
    assert (answer.command, answer.outcome, answer.reason) == (
        command.id,
        CommandOutcome.REFUSED,
        "clock_unknown",
    )
    assert cloud.events[0].clock is ClockState.UNKNOWN


async def nothing(_request: object) -> None:
    return None


async def test_health_tells_how_the_box_fares(box: Box, cloud: CloudPeer) -> None:
    async with box.agent() as agent:
        await cloud.until(lambda: cloud.states)
        told = agent.data / "health.port"
        await cloud.until(lambda: told.exists() and told.read_text().strip())
        port = int(told.read_text())

        def get(path: str, method: str = "GET") -> str:
            asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
            with urllib.request.urlopen(asked, timeout=60) as response:
                assert int(response.headers["Content-Length"]) > 0
                return response.read().decode()

        assert await asyncio.to_thread(get, "/health", "HEAD") == ""
        report = json.loads(await asyncio.to_thread(get, "/health"))
        assert report["connected"] is True
        metrics = await asyncio.to_thread(get, "/metrics")
        assert "domovoy_edge_connected 1\n" in metrics
        assert {
            sample.name for family in text_string_to_metric_families(metrics) for sample in family.samples
        }


def shortage(agent, detail: str) -> records.Shortage:
    return records.Shortage(**agent.journal.stamp(), kind="test", detail=detail)
