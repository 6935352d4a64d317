"""A picture of everybody who comes, within a second, by the whole agent; what a camera that is late or gone costs."""

import asyncio
import statistics
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.responses import Response

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import free_port
from protocols import config
from protocols.fields import Direction
from protocols.messages import CommandKind
from protocols.records import (
    Actuation,
    CommandOutcome,
    CommandResult,
    DeviceState,
    DeviceStatus,
    Passage,
    Still,
    StillMissed,
)
from tests.edge.boxes import Box, device_id, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.drivers.test_http_camera import JPEG, camera_on
from tests.edge.guardhouse.desk import relay_module
from tests.edge.test_agent import TOKEN, push
from tests.edge.world import POINT, make_pass, uid

BUS, RELAY, PLATES, VIEW = (device_id(number) for number in range(4))
WITHIN = timedelta(seconds=1)
PICTURE = sha256(JPEG).hexdigest()


@dataclass
class Lane:
    """`answers`: cleared, the lane's camera keeps whoever asks it waiting."""

    cloud: CloudPeer
    plates: int
    answers: asyncio.Event

    def about(self, kind: type, subject: UUID) -> list[Any]:
        """The records of a kind that name this."""
        return [each for each in self.cloud.of(kind) if each.passage == subject]

    async def car(self) -> Passage:
        """One is let in; its record, once the barrier is open."""
        known = {each.id for each in self.cloud.of(Passage)}
        await push(self.plates, "X711TT90")
        await self.cloud.until(lambda: len(self.cloud.of(Passage)) > len(known))
        [passage] = [each for each in self.cloud.of(Passage) if each.id not in known]
        assert isinstance(passage, Passage)
        await self.cloud.until(lambda: self.about(Actuation, passage.id))
        [opened] = self.about(Actuation, passage.id)
        assert opened.done, opened.detail
        return passage

    async def picture(self, subject: UUID) -> Still:
        """Which is there by now, or comes."""
        await self.cloud.until(lambda: self.about(Still, subject))
        [still] = self.about(Still, subject)
        assert isinstance(still, Still)
        assert (still.sha256, still.size, still.media_type) == (PICTURE, len(JPEG), "image/jpeg")
        return still


@pytest.fixture
async def lane(tmp_path: Path, broker: MosquittoServer) -> AsyncIterator[Lane]:
    answers = asyncio.Event()
    answers.set()

    async def answer(_request: Request) -> Response:
        await answers.wait()
        return Response(JPEG, media_type="image/jpeg")

    box = Box(tmp_path / "box", "127.0.0.1", broker.port)
    async with AsyncExitStack() as stack:
        modbus = await stack.enter_async_context(relay_module())
        url = await stack.enter_async_context(camera_on(answer))
        stack.callback(answers.set)
        cloud = await stack.enter_async_context(serving(box.peer(), box.host, box.port))
        await stack.enter_async_context(box.agent())
        made = Lane(cloud, free_port(), answers)
        await cloud.put(make_pass(plates=["X711TT90"], entries=None, valid_until=None))
        await cloud.configure(configuration(modbus, made.plates, url))
        there = {RELAY, PLATES, VIEW}
        await cloud.until(lambda: there <= {each.device for each in online(cloud)})
        yield made


def online(cloud: CloudPeer) -> list[DeviceState]:
    return [each for each in cloud.of(DeviceState) if each.status is DeviceStatus.ONLINE]


def configuration(modbus: int, plates: int, url: str) -> config.Configuration:
    def device(identity: UUID, driver: str, **settings: Any) -> config.Device:
        return config.Device(id=identity, driver=driver, name=driver, settings=settings)

    return config.Configuration(
        site=uid(),
        site_name="Gate",
        time_zone="Europe/Moscow",
        devices=[
            device(BUS, "modbus_tcp", host="127.0.0.1", port=modbus),
            device(RELAY, "modbus_relay", bus=str(BUS), unit=1, profile="wb_mr6c_v2"),
            device(PLATES, "plate_http", port=plates, token=TOKEN),
            device(VIEW, "http_camera", url=url, timeout_ms=2500, probe_s=3600),
        ],
        points=[
            config.Point(
                id=POINT,
                name="Gate",
                barrier=config.Barrier(device=RELAY, output=0, pulse_ms=50),
                readers=[config.Reader(device=PLATES, direction=Direction.IN)],
                camera=VIEW,
            )
        ],
    )


async def test_a_passage_has_its_picture_within_a_second(lane: Lane) -> None:
    """By the box's clock; the middle of five, for a machine that is busy with something else."""
    took = []
    for _ in range(5):
        passage = await lane.car()
        took.append((await lane.picture(passage.id)).at - passage.at)
    assert statistics.median(took) < WITHIN
    assert lane.cloud.of(StillMissed) == []


async def test_a_picture_that_comes_late_keeps_nobody_waiting_and_is_attached(lane: Lane) -> None:
    lane.answers.clear()
    passage = await lane.car()
    assert lane.about(Still, passage.id) == []
    await asyncio.sleep(WITHIN.total_seconds())
    lane.answers.set()
    late = await lane.picture(passage.id)
    assert late.at - passage.at >= WITHIN
    assert lane.about(StillMissed, passage.id) == []


async def test_a_passage_without_a_picture_stands_and_says_so(lane: Lane) -> None:
    lane.answers.clear()
    passage = await lane.car()
    await lane.cloud.until(lambda: lane.about(StillMissed, passage.id))
    [missed] = lane.about(StillMissed, passage.id)
    assert (missed.source, missed.detail) == (VIEW, "http_camera: no picture in 2500 ms")
    assert lane.about(Still, passage.id) == []
    lane.answers.set()
    after = await lane.car()
    assert await lane.picture(after.id), "the next one has its picture"


async def test_an_opening_from_afar_has_a_picture_by_its_orders_id(lane: Lane) -> None:
    order = await lane.cloud.command(CommandKind.OPEN, target=POINT)
    still = await lane.picture(order.id)
    await lane.cloud.until(lambda: lane.cloud.of(CommandResult))
    [answer] = lane.cloud.of(CommandResult)
    assert (answer.command, answer.outcome) == (order.id, CommandOutcome.DONE)
    assert still.at - answer.at < WITHIN

    lane.answers.clear()
    again = await lane.cloud.command(CommandKind.OPEN, target=POINT)
    await lane.cloud.until(lambda: len(lane.cloud.of(CommandResult)) == 2)
    assert lane.cloud.of(CommandResult)[-1].outcome is CommandOutcome.DONE, "it waits for no picture"
    await lane.cloud.until(lambda: lane.about(StillMissed, again.id))
