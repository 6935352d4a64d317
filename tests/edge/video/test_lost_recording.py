"""A camera that is to be recorded and is not: one lasting alarm, whatever the reason, over restarts; once back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from firmware_sim.rtsp import Fault, RtspCamera

from deploy.demo.servers.mosquitto import MosquittoServer
from edge.settings import DiskSettings, VideoSettings
from edge.video import recording, studio
from edge.video.command import Programs
from protocols import config, records
from protocols.records import DeviceAlarm
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.drivers.support import eventually
from tests.edge.guardhouse.desk import (
    LANE_IN,
    LANE_OUT,
    Gate,
    gate,
    relay_module,
    site,
    station,
    with_page,
)
from tests.edge.video.test_watching import CAMERA, filmed, video_of

RECORDING = DeviceAlarm.CAMERA_RECORDING
STALL_S = 12.0
"""As in `test_reel`; lost after twice that."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "LOOK_S", 0.2)
    monkeypatch.setattr(studio, "LATE_STALLS", 2)


def told(cloud: CloudPeer) -> list[bool]:
    return [each.raised for each in alarms(cloud)]


def alarms(cloud: CloudPeer) -> list[records.Alarm]:
    return [each for each in cloud.of(records.Alarm) if each.kind == RECORDING]


def recorded(modbus: int, at: Gate, camera: RtspCamera, **changes: Any) -> config.Configuration:
    """The site, the camera over its lane in being recorded."""
    plan = filmed(site(modbus, at.cameras), camera, record=True)
    devices = [
        msgspec.structs.replace(each, settings=each.settings | changes) if each.id == CAMERA else each
        for each in plan.devices
    ]
    return msgspec.structs.replace(plan, devices=devices)


@asynccontextmanager
async def house(folder: Path, broker: MosquittoServer) -> AsyncIterator[tuple[Box, CloudPeer, int]]:
    box = Box(folder / "box", "127.0.0.1", broker.port)
    with_page(box)
    box.settings = msgspec.structs.replace(box.settings, video=VideoSettings(stall_s=STALL_S))
    async with serving(box.peer(), box.host, box.port) as cloud, relay_module() as modbus:
        yield box, cloud, modbus


async def test_a_stream_that_stalls_is_one_alarm_at_cloud_and_lane_over_a_restart_until_it_is_back(
    tmp_path: Path, broker: MosquittoServer, camera: RtspCamera, programs: Programs
) -> None:
    async with house(tmp_path, broker) as (box, cloud, modbus):
        async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
            await cloud.configure(recorded(modbus, at, camera))
            await eventually(lambda: video_of(at.agent)["segments"] >= 1)
            assert told(cloud) == []
            camera.fault = Fault.STALL
            await cloud.until(lambda: told(cloud) == [True])
            await desk.on_duty(at.guard.id)
            lanes = (await desk.get("/board")).json()["lanes"]
            assert {each["id"]: each["alarms"] for each in lanes} == {
                str(LANE_IN): [RECORDING],
                str(LANE_OUT): [],
            }
        async with box.agent() as agent:
            await eventually(lambda: agent.studio.archive.size > 0)
            await eventually(lambda: video_of(agent).get("runs", 0) >= 1)
            await asyncio.sleep(1.0)  # several looks
            assert told(cloud) == [True]
            camera.fault = Fault.NONE
            await cloud.until(lambda: told(cloud) == [True, False])
            before = video_of(agent)["segments"]
            await eventually(lambda: video_of(agent)["segments"] > before)
            assert told(cloud) == [True, False]
        raised, cleared = alarms(cloud)
        assert (raised.alarm, raised.source) == (cleared.alarm, CAMERA)
        assert raised.detail.endswith(("no segment within 12 s", "no picture came"))


async def test_a_camera_that_refuses_the_sign_in_says_so_without_it(
    tmp_path: Path, broker: MosquittoServer, camera: RtspCamera, programs: Programs
) -> None:
    async with house(tmp_path, broker) as (box, cloud, modbus), gate(box, cloud, modbus) as at:
        await cloud.configure(recorded(modbus, at, camera, password="not-this-one"))
        await cloud.until(lambda: told(cloud) == [True])
        assert "401" in alarms(cloud)[0].detail
        assert "not-this-one" not in alarms(cloud)[0].detail
        await cloud.configure(recorded(modbus, at, camera))
        await cloud.until(lambda: told(cloud) == [True, False])


async def test_a_disk_without_room_is_not_filled_and_said(
    tmp_path: Path, broker: MosquittoServer, camera: RtspCamera, programs: Programs
) -> None:
    async with house(tmp_path, broker) as (box, cloud, modbus):
        roomy = box.settings
        box.settings = msgspec.structs.replace(roomy, disk=DiskSettings(low_mb=10**9))
        async with gate(box, cloud, modbus) as at:
            await cloud.configure(recorded(modbus, at, camera))
            await cloud.until(lambda: told(cloud) == [True])
            assert "the disk has no room for video" in alarms(cloud)[0].detail
            assert at.agent.studio.archive.size == 0
            assert camera.watched == 0
        box.settings = roomy
        async with box.agent():
            await cloud.until(lambda: told(cloud) == [True, False])


_LARGE_SEGMENTS = """#!/bin/sh
cat >/dev/null
n=0
while :; do
  head -c 700000 /dev/zero >$n.ts
  echo $n.ts,$((n * 4)).0,$((n * 4 + 4)).0
  n=$((n + 1))
  sleep 1
done
"""


async def test_a_quota_that_holds_no_more_than_minutes_is_said(
    tmp_path: Path, broker: MosquittoServer, camera: RtspCamera, programs: Programs
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(_LARGE_SEGMENTS)
    program.chmod(0o700)
    async with house(tmp_path, broker) as (box, cloud, modbus):
        roomy = box.settings
        box.settings = msgspec.structs.replace(roomy, video=VideoSettings(stall_s=STALL_S, quota_mb=1))
        async with gate(box, cloud, modbus) as at:
            at.agent.studio.programs = Programs(str(program))
            await cloud.configure(recorded(modbus, at, camera))
            await cloud.until(lambda: told(cloud)[-1:] == [True])
            assert alarms(cloud)[-1].detail == "the quota is too small: what is kept goes within minutes"
            assert told(cloud) == [True]
        box.settings = roomy
        async with box.agent():
            await cloud.until(lambda: told(cloud) == [True, False])


_ONE_SEGMENT = """#!/bin/sh
cat >/dev/null
head -c 188 /dev/zero >000000.ts
echo 000000.ts,0.000000,4.000000
echo "it fell over" >&2
exit 1
"""


async def test_an_ffmpeg_that_dies_again_and_again_is_an_alarm_though_segments_come(
    tmp_path: Path,
    broker: MosquittoServer,
    camera: RtspCamera,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "BREAKS_WITHIN_S", 30.0)
    program = tmp_path / "ffmpeg"
    program.write_text(_ONE_SEGMENT)
    program.chmod(0o700)
    async with house(tmp_path, broker) as (box, cloud, modbus), gate(box, cloud, modbus) as at:
        at.agent.studio.programs = Programs(str(program))
        await cloud.configure(recorded(modbus, at, camera))
        await cloud.until(lambda: told(cloud) == [True])
        assert alarms(cloud)[0].detail == "it breaks off again and again: it fell over"
        program.write_text(f'#!/bin/sh\nexec {programs.ffmpeg} "$@"\n')
        await cloud.until(lambda: told(cloud) == [True, False])


async def test_a_box_without_ffmpeg_says_so_until_nothing_is_to_be_recorded(
    tmp_path: Path, broker: MosquittoServer, camera: RtspCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "find_programs", lambda: None)
    async with house(tmp_path, broker) as (box, cloud, modbus), gate(box, cloud, modbus) as at:
        await cloud.configure(recorded(modbus, at, camera))
        await cloud.until(lambda: told(cloud) == [True])
        assert alarms(cloud)[0].detail == "there is no ffmpeg here"
        await cloud.configure(recorded(modbus, at, camera, record=False))
        await cloud.until(lambda: told(cloud) == [True, False])
