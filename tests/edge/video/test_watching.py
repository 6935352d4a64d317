"""A guard looks at video: of a passage, of a time, live; with a token of the own session, as long as that lasts."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from firmware_sim.rtsp import RtspCamera

from deploy.demo.servers.mosquitto import MosquittoServer
from edge.agent import Agent
from edge.video import studio
from edge.video.command import Programs
from protocols import config
from protocols.guard_api import ROOT
from tests.edge.boxes import Box, serving
from tests.edge.drivers.support import eventually
from tests.edge.guardhouse.desk import (
    LANE_IN,
    Gate,
    Station,
    gate,
    relay_module,
    site,
    station,
    until,
    with_page,
)
from tests.edge.video.conftest import PASSWORD
from tests.edge.world import uid

CAMERA = uid(9400)


def filmed(before: config.Configuration, camera: RtspCamera, *, record: bool) -> config.Configuration:
    """The site, with a camera over its lane in."""
    settings = {
        "url": "http://127.0.0.1:9/still.jpg",
        "stream": camera.url,
        "user": "admin",
        "password": PASSWORD,
        "record": record,
    }
    device = config.Device(id=CAMERA, driver="http_camera", name="Обзорная", settings=settings)
    points = [
        msgspec.structs.replace(point, camera=CAMERA if point.id == LANE_IN else point.camera)
        for point in before.points
    ]
    return msgspec.structs.replace(before, devices=[*before.devices, device], points=points)


@asynccontextmanager
async def watched(
    folder: Path, broker: MosquittoServer, camera: RtspCamera, *, record: bool
) -> AsyncIterator[tuple[Gate, Station]]:
    """A box whose lane is filmed, and a guard on duty."""
    box = Box(folder / "box", "127.0.0.1", broker.port)
    with_page(box)
    async with (
        serving(box.peer(), box.host, box.port) as cloud,
        relay_module() as modbus,
        gate(box, cloud, modbus) as at,
        station(at.agent) as desk,
    ):
        await cloud.configure(filmed(site(modbus, at.cameras), camera, record=record))
        await eventually(lambda: at.agent.studio.shows(CAMERA))
        await desk.on_duty(at.guard.id)
        yield at, desk


def video_of(agent: Agent) -> dict[str, Any]:
    report: Any = agent.studio.report()["cameras"]
    return dict(report.get(str(CAMERA), {"segments": 0}))


async def played(desk: Station, video: dict[str, Any]) -> tuple[list[str], list[bytes]]:
    """As a player does: the playlist, and all that it names."""
    path = video["playlist"].removeprefix(ROOT)
    answer = await desk.get(path)
    answer.raise_for_status()
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.text.splitlines()
    pieces = [await desk.client.get(f"{path.rpartition('/')[0]}/{line}") for line in lines if line[0] != "#"]
    assert {(each.status_code, each.headers["content-type"]) for each in pieces} == {(200, "video/mp2t")}
    return lines, [each.content for each in pieces]


async def test_the_video_of_a_passage_and_of_a_time(
    tmp_path: Path, broker: MosquittoServer, camera: RtspCamera, programs: Programs
) -> None:
    async with watched(tmp_path, broker, camera, record=True) as (at, desk):
        await eventually(lambda: video_of(at.agent)["segments"] >= 1)
        await at.car("А123ВС77")

        async def passages() -> list[dict[str, Any]]:
            return list((await desk.get("/passages")).json()["items"])

        await until(passages)
        [passage] = await passages()
        assert passage["video"] == f"{ROOT}/passages/{passage['id']}/video"
        before = video_of(at.agent)["segments"]
        await eventually(lambda: video_of(at.agent)["segments"] >= before + 2)
        video = (await desk.get(passage["video"].removeprefix(ROOT))).json()
        assert video["since"] <= passage["at"] <= video["until"]
        lines, pieces = await played(desk, video)
        assert (lines[0], lines[-1]) == ("#EXTM3U", "#EXT-X-ENDLIST")
        assert len(pieces) == sum(line.startswith("#EXTINF") for line in lines) >= 2
        assert all(piece[0] == 0x47 and len(piece) % 188 == 0 for piece in pieces)  # MPEG-TS
        when = datetime.fromisoformat(passage["at"])
        asked = {"since": (when - timedelta(hours=2)).isoformat(), "until": when.isoformat()}
        refused = await desk.get(f"/cameras/{CAMERA}/video", **asked)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "until")
        asked["since"] = (when - timedelta(minutes=1)).isoformat()
        by_time = await desk.get(f"/cameras/{CAMERA}/video", **asked)
        assert (await played(desk, by_time.json()))[1][0] == pieces[0]
        asked = {
            name: (datetime.fromisoformat(at) - timedelta(days=1)).isoformat() for name, at in asked.items()
        }
        gone = await desk.get(f"/cameras/{CAMERA}/video", **asked)
        assert (gone.status_code, gone.json()["code"]) == (404, "no_video")
        assert PASSWORD not in str(await at.agent.report())


async def test_a_token_is_of_one_session_one_time_and_some_minutes(
    tmp_path: Path, broker: MosquittoServer, camera: RtspCamera, programs: Programs
) -> None:
    async with watched(tmp_path, broker, camera, record=True) as (at, desk), station(at.agent) as other:
        await eventually(lambda: video_of(at.agent)["segments"] >= 2)
        now = datetime.now(UTC)
        asked = {
            "since": (now - timedelta(seconds=6)).isoformat(),
            "until": (now - timedelta(seconds=5)).isoformat(),
        }
        video = (await desk.get(f"/cameras/{CAMERA}/video", **asked)).json()
        path = video["playlist"].removeprefix(ROOT)
        lines, _ = await played(desk, video)
        assert (await other.get(path)).status_code == 401
        await other.on_duty(at.guard.id)
        for station_, wanted in ((other, path), (desk, path.replace("/video/", "/video/x"))):
            refused = await station_.get(wanted)
            assert (refused.status_code, refused.json()["code"]) == (403, "video_expired")
        later = now + timedelta(seconds=30)
        await eventually(lambda: video_of(at.agent)["segments"] >= 4)
        whole = at.agent.studio.archive.find(
            CAMERA, int(now.timestamp() * 1000), int(later.timestamp() * 1000)
        )
        newest = whole[-1]
        beyond = await desk.get(f"{path.rpartition('/')[0]}/segment.ts", at=newest.start_ms)
        assert (beyond.status_code, beyond.json()["code"]) == (404, "no_video")
        expires = datetime.fromisoformat(video["expires"])
        assert timedelta(minutes=9) < expires - now < timedelta(minutes=11)
        assert re.fullmatch(r"segment\.ts\?at=\d{13}", lines[-2])


async def test_live_video_is_filmed_while_somebody_watches(
    tmp_path: Path,
    broker: MosquittoServer,
    camera: RtspCamera,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(studio, "LIVE_IDLE_S", 6.0)
    async with watched(tmp_path, broker, camera, record=False) as (_, desk):
        assert camera.watched == 0
        lane = next(each for each in (await desk.get("/board")).json()["lanes"] if each["id"] == str(LANE_IN))
        answer = await desk.get(lane["video"].removeprefix(ROOT))
        assert answer.status_code == 200, answer.text
        video = answer.json()
        assert (video["since"], video["until"]) == (None, None)
        first, pieces = await played(desk, video)
        assert camera.watched == 1
        assert pieces
        assert "#EXT-X-ENDLIST" not in first
        for _ in range(40):  # as a player asks; it goes on as long as somebody does
            await asyncio.sleep(0.7)
            later, _ = await played(desk, video)
            if later != first:
                break
        assert later != first
        await eventually(lambda: camera.watched == 0)
        await eventually(lambda: not list((tmp_path / "box" / "video").rglob("*.ts")))


async def test_a_box_without_ffmpeg_says_that_there_is_no_video(
    tmp_path: Path,
    broker: MosquittoServer,
    camera: RtspCamera,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    box = Box(tmp_path / "box", "127.0.0.1", broker.port)
    with_page(box)
    async with (
        serving(box.peer(), box.host, box.port) as cloud,
        relay_module() as modbus,
        gate(box, cloud, modbus) as at,
        station(at.agent) as desk,
    ):
        await cloud.configure(filmed(site(modbus, at.cameras), camera, record=True))
        await eventually(lambda: "video is off" in caplog.text)
        await desk.on_duty(at.guard.id)
        await at.car("А123ВС77")  # as ever
        refused = await desk.get(f"/lanes/{LANE_IN}/video")
        assert (refused.status_code, refused.json()["detail"]) == (404, "there is no ffmpeg here")
        assert at.agent.studio.report()["ffmpeg"] is False
