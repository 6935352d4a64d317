"""The whole agent at an entrance with a panel and an ONVIF camera: calls, codes, opening from afar, residents."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from firmware_sim import picture
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.onvif import Fault, OnvifDevice
from firmware_sim.panel import Panel

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import free_port
from edge.drivers.http_panel.decode import face_id
from protocols import config, records
from protocols.faces import key_of
from protocols.fields import Direction
from protocols.held import ItemKind, PassKind
from protocols.messages import CommandKind
from protocols.records import CallPhase, CommandOutcome, DeviceStatus, Outcome, Reason
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.drivers.support import eventually
from tests.edge.world import POINT, make_block, make_pass, uid

PANEL, CAMERA, LOCK = UUID(int=70), UUID(int=71), UUID(int=72)
TOKEN = "a-long-enough-token"


@pytest.fixture
def box(tmp_path: Path, broker: MosquittoServer) -> Box:
    return Box(tmp_path / "box", "127.0.0.1", broker.port)


@pytest.fixture
async def cloud(box: Box) -> AsyncIterator[CloudPeer]:
    async with serving(box.peer(), box.host, box.port) as peer:
        yield peer


class Entrance:
    """A panel and a camera beside it."""

    def __init__(self, folder: Path) -> None:
        journal = Journal(folder / "devices.jsonl", SystemClock())
        self.port = free_port()
        self.panel = Panel("tower", journal=journal, push_url=f"http://127.0.0.1:{self.port}/panels/{TOKEN}")
        still = picture.take(camera="tower", plate="", caption="")
        self.camera = OnvifDevice("tower", journal=journal, take=lambda: still, clock_off_s=-7200.0)

    def wanted(self, **more: Any) -> config.Configuration:
        panel = {"url": self.panel.url, "port": self.port, "token": TOKEN, "probe_s": 0.5} | more
        camera = {"host": "127.0.0.1", "port": self.camera.port, "user": "admin", "password": "k9"}
        point = config.Point(
            id=POINT,
            name="Tower",
            barrier=config.Barrier(device=PANEL, output=0),
            readers=[config.Reader(device=PANEL, direction=Direction.IN)],
            camera=CAMERA,
        )
        return config.Configuration(
            site=uid(),
            site_name="Tower",
            time_zone="Europe/Moscow",
            devices=[
                config.Device(id=PANEL, driver="http_panel", name="panel", settings=panel),
                config.Device(id=CAMERA, driver="onvif_camera", name="camera", settings=camera),
            ],
            points=[point],
        )


@pytest.fixture
async def entrance(tmp_path: Path) -> AsyncIterator[Entrance]:
    there = Entrance(tmp_path)
    await there.panel.served.start()
    await there.camera.start()
    yield there
    await there.panel.served.stop()
    await there.camera.stop()


@contextlib.asynccontextmanager
async def at_work(box: Box, cloud: CloudPeer, entrance: Entrance) -> AsyncIterator[Any]:
    async with box.agent() as agent:
        await cloud.configure(entrance.wanted())
        both = {PANEL: DeviceStatus.ONLINE, CAMERA: DeviceStatus.ONLINE}
        await eventually(lambda: agent.running.states == both)
        yield agent


async def test_a_call_with_a_picture_is_answered_by_opening_from_afar(
    box: Box, cloud: CloudPeer, entrance: Entrance
) -> None:
    async with at_work(box, cloud, entrance):
        name = await entrance.panel.ring("12", with_picture=False)
        await cloud.until(lambda: cloud.of(records.Still))
        soon = cloud.now() + timedelta(seconds=10)
        order = await cloud.command(CommandKind.OPEN, target=POINT, expires_at=soon)
        await cloud.until(lambda: len(cloud.of(records.Call)) == 2)
        await entrance.panel.tell(event="ended", call=name)
        await cloud.until(lambda: len(cloud.of(records.Call)) == 3)
        await cloud.until(lambda: cloud.of(records.CommandResult))
        await cloud.until(lambda: len(cloud.of(records.Still)) == 2)
    calls, [still, of_opening] = cloud.of(records.Call), cloud.of(records.Still)
    assert [call.phase for call in calls] == [CallPhase.RINGING, CallPhase.OPENED, CallPhase.ENDED]
    assert {(call.call, call.point, call.source) for call in calls} == {(calls[0].id, POINT, PANEL)}
    assert calls[0].number == "12"
    assert (still.passage, of_opening.passage) == (calls[0].id, order.id)
    assert still.size > 10_000
    assert still.at - calls[0].at < timedelta(minutes=1)  # by the box's clock, not the camera's
    assert cloud.of(records.CommandResult)[0].outcome is CommandOutcome.DONE
    assert entrance.panel.opened == [1]


async def test_a_call_is_refused_from_afar_and_only_while_it_lasts(
    box: Box, cloud: CloudPeer, entrance: Entrance
) -> None:
    async with at_work(box, cloud, entrance):
        name = await entrance.panel.ring("12")
        await cloud.until(lambda: cloud.of(records.Call))
        call = cloud.of(records.Call)[0].id
        for count, target in enumerate((call, call, POINT), start=1):
            soon = cloud.now() + timedelta(seconds=10)
            await cloud.command(CommandKind.HANG_UP, target=target, expires_at=soon)
            await cloud.until(lambda count=count: len(cloud.of(records.CommandResult)) == count)  # type: ignore[misc]
            await cloud.until(lambda: len(cloud.of(records.Call)) == 2)
    assert [each.phase for each in cloud.of(records.Call)] == [CallPhase.RINGING, CallPhase.ENDED]
    assert [(each.outcome, each.reason) for each in cloud.of(records.CommandResult)] == [
        (CommandOutcome.DONE, "done"),
        (CommandOutcome.REFUSED, "call_over"),
        (CommandOutcome.REFUSED, "call_over"),
    ]
    assert entrance.panel.hung_up == [name]
    assert entrance.panel.opened == [0]


async def test_whoever_rings_beside_another_lock_is_let_in_and_the_panel_falls_silent(
    box: Box, cloud: CloudPeer, entrance: Entrance, tmp_path: Path
) -> None:
    lock = Panel("lock", journal=Journal(tmp_path / "lock.jsonl", SystemClock()))
    await lock.served.start()
    settings = {"url": lock.url, "port": free_port(), "token": TOKEN, "probe_s": 0.5}
    wanted = entrance.wanted()
    [point] = wanted.points
    device = config.Device(id=LOCK, driver="http_panel", name="lock", settings=settings)
    locked = msgspec.structs.replace(point, barrier=config.Barrier(device=LOCK, output=0))
    wanted = msgspec.structs.replace(wanted, devices=[*wanted.devices, device], points=[locked])
    try:
        async with box.agent() as agent:
            await cloud.configure(wanted)
            await eventually(lambda: list(agent.running.states.values()) == [DeviceStatus.ONLINE] * 3)
            name = await entrance.panel.ring("12")
            await cloud.until(lambda: cloud.of(records.Call))
            soon = cloud.now() + timedelta(seconds=10)
            await cloud.command(CommandKind.OPEN, target=POINT, expires_at=soon)
            await cloud.until(lambda: len(cloud.of(records.Call)) == 3)
    finally:
        await lock.served.stop()
    phases = [each.phase for each in cloud.of(records.Call)]
    assert phases == [CallPhase.RINGING, CallPhase.OPENED, CallPhase.ENDED]
    assert len({each.call for each in cloud.of(records.Call)}) == 1
    assert (lock.opened, entrance.panel.opened, entrance.panel.hung_up) == ([1], [0], [name])


async def test_a_code_that_the_panel_does_not_know_is_judged_by_the_box(
    box: Box, cloud: CloudPeer, entrance: Entrance
) -> None:
    async with at_work(box, cloud, entrance) as agent:
        await cloud.put(make_pass(keys=["PIN:480913"], plates=[], valid_until=None, entries=1))
        await eventually(lambda: len(agent.held.passes) == 1)
        await entrance.panel.tell(event="code", code="480913")
        await cloud.until(lambda: cloud.of(records.Actuation))
        await entrance.panel.tell(event="code", code="999999")
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 2 and len(cloud.of(records.Still)) == 2)
    granted, denied = cloud.of(records.Passage)
    assert (granted.outcome, denied.reason) == (Outcome.GRANTED, Reason.UNKNOWN_CREDENTIAL)
    assert "480913" not in granted.read
    assert entrance.panel.opened == [1]


async def test_a_resident_is_known_to_the_panel_until_the_pass_is_gone(
    box: Box, cloud: CloudPeer, entrance: Entrance
) -> None:
    async with at_work(box, cloud, entrance) as agent:
        resident = make_pass(kind=PassKind.RESIDENT, keys=["UID:04A1B2C3"], valid_until=None)
        await cloud.put(resident)
        await cloud.put(make_pass(keys=["UID:04FFFFFF"], valid_until=None))  # a guest asks the box
        await eventually(lambda: entrance.panel.grants == {("card", "04A1B2C3")})
        await cloud.put(make_block(keys=["UID:04A1B2C3"]), kind=ItemKind.BLOCK)
        await eventually(lambda: entrance.panel.grants == set())
        await eventually(lambda: agent.running.keepers[PANEL].report == {"desired": 0, "held": 0})
        assert (await agent.report())["panels"][str(PANEL)] == {"desired": 0, "held": 0}


@contextlib.asynccontextmanager
async def pictures_at_the_cloud(pictures: dict[str, bytes]) -> AsyncIterator[str]:
    """What edge-api answers to a box that asks for faces."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].rpartition(b"/")[2].decode()
        data = pictures.get(name)
        status = b"200 OK" if data else b"404 Not Found"
        body = data or b""
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/edge/files"


async def test_whom_the_panel_knows_the_box_judges_until_the_consent_is_gone(
    box: Box, cloud: CloudPeer, entrance: Entrance
) -> None:
    face = b"\xff\xd8 a face"
    name = sha256(face).hexdigest()
    entrance.panel.faces = {"17": b"by hand"}
    agreed = make_pass(kind=PassKind.RESIDENT, keys=[key_of(name)], plates=[], valid_until=None, entries=1)
    async with pictures_at_the_cloud({name: face}) as box.files_url, box.agent() as agent:
        await cloud.configure(entrance.wanted(recognises=True))
        await cloud.put(agreed)
        await eventually(lambda: entrance.panel.faces == {"17": b"by hand", face_id(name): face})
        await entrance.panel.recognise(face_id(name))
        await cloud.until(lambda: cloud.of(records.Actuation))
        await entrance.panel.recognise(face_id(name))  # the one entry is spent
        await entrance.panel.recognise("17")
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 3)
        await cloud.put(msgspec.structs.replace(agreed, keys=[]))
        await eventually(lambda: entrance.panel.faces == {"17": b"by hand"})
        await eventually(lambda: agent.running.report()["faces"] == {str(PANEL): {"desired": 0, "held": 0}})
        assert not [path for path in box.folder.rglob("*") if path.is_file() and face in path.read_bytes()]
    granted, spent, stranger = cloud.of(records.Passage)
    assert (granted.outcome, granted.pass_id) == (Outcome.GRANTED, agreed.id)
    assert (granted.credential, granted.read) == (f"FACE:…{name[-8:]}", f"face {name[-8:]}")
    assert (spent.outcome, spent.reason) == (Outcome.DENIED, Reason.NO_ENTRIES_LEFT)
    assert (stranger.reason, stranger.credential) == (Reason.UNKNOWN_CREDENTIAL, None)
    assert entrance.panel.opened == [1]


async def test_a_camera_that_is_silent_costs_the_picture_and_nothing_else(
    box: Box, cloud: CloudPeer, entrance: Entrance
) -> None:
    async with at_work(box, cloud, entrance) as agent:
        entrance.camera.fault = Fault.SILENT
        await cloud.put(make_pass(keys=["PIN:480913"], plates=[], valid_until=None))
        await eventually(lambda: len(agent.held.passes) == 1)
        await entrance.panel.tell(event="code", code="480913")
        await cloud.until(lambda: cloud.of(records.Actuation))
        await cloud.until(lambda: cloud.of(records.StillMissed))
    assert cloud.of(records.Actuation)[0].done
    assert [each.passage for each in cloud.of(records.StillMissed)] == [cloud.of(records.Passage)[0].id]
    assert cloud.of(records.Still) == []
