"""ffmpeg against a camera's stream: segments come, and when they do not, it is begun anew; nobody sees the password."""

import asyncio
import itertools
import logging
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from firmware_sim.rtsp import Fault, RtspCamera

from edge.drivers.base import Stream
from edge.video.archive import Archive
from edge.video.command import Programs, arguments, fed
from edge.video.playlist import follows
from edge.video.recording import Recording
from edge.video.reel import Reel, Source
from tests.edge.drivers.support import eventually
from tests.edge.video.conftest import PASSWORD

CAMERA = UUID(int=77)
STALL_S = 12.0
"""Longer than a slow machine takes to begin."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def reel_of(
    camera: RtspCamera, folder: Path, programs: Programs, *, password: str = PASSWORD, keeps: bool = True
) -> Reel:
    async def ask() -> Stream:
        return Stream(camera.url, "admin", password)

    archive = Archive(folder)
    archive.open()
    return Reel(
        source=Source(camera=CAMERA, name="lane", ask=ask, recorded=True),
        archive=archive,
        programs=programs,
        random=random.Random(1).random,
        now_ms=now_ms,
        stall_s=STALL_S,
        recording=Recording(begun_s=0.0, late_s=STALL_S) if keeps else None,
    )


@asynccontextmanager
async def filmed(reel: Reel) -> AsyncIterator[None]:
    task = asyncio.create_task(reel.run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def processes(word: str) -> dict[int, str]:
    """Command lines in which the word stands, as anybody may read them."""
    found = {}
    for each in Path("/proc").iterdir():
        if each.name.isdecimal():
            try:
                line = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if word in line:
                found[int(each.name)] = line
    return found


def own_ffmpeg(folder: Path) -> dict[int, str]:
    """Those that work in the folder."""
    found = {}
    for process, line in processes("ffmpeg").items():
        try:
            is_here = str(folder) in str(Path(f"/proc/{process}/cwd").readlink())
        except OSError:
            continue
        if is_here:
            found[process] = line
    return found


async def test_segments_follow_each_other_and_can_be_played(
    camera: RtspCamera, tmp_path: Path, programs: Programs
) -> None:
    folder = tmp_path / "video"
    reel = reel_of(camera, folder, programs)
    begun_ms = now_ms()
    async with filmed(reel):
        await eventually(lambda: reel.state.segments >= 3)
        [(_process, line)] = own_ffmpeg(folder).items()
        assert PASSWORD not in line
        assert "rtsp://" not in line
    assert own_ffmpeg(folder) == {}
    found = reel.archive.find(CAMERA, begun_ms - 5000, now_ms())
    assert len(found) == reel.state.segments
    assert all(follows(one, other) for one, other in itertools.pairwise(found))
    assert -4000 < found[0].start_ms - begun_ms < 30_000
    assert sum(each.size for each in found) == reel.archive.size
    assert not (folder / str(CAMERA) / "now").exists()
    for each in found:
        assert _pictures(reel.archive.path(each), programs) == pytest.approx(each.duration_ms / 100, abs=2)


def _pictures(file: Path, programs: Programs) -> int:
    """How many can be decoded."""
    decoded = subprocess.run(
        [programs.ffmpeg, "-nostdin", "-v", "error", "-i", str(file), "-f", "framehash", "-"],
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert decoded.stderr == b""
    return sum(not line.startswith(b"#") for line in decoded.stdout.splitlines())


async def test_a_stream_that_stalls_is_begun_anew_and_told_of_once(
    camera: RtspCamera, tmp_path: Path, programs: Programs, caplog: pytest.LogCaptureFixture
) -> None:
    reel = reel_of(camera, tmp_path / "video", programs)
    with caplog.at_level(logging.INFO, "edge.video"):
        async with filmed(reel):
            await eventually(lambda: reel.state.segments >= 1)
            camera.fault = Fault.STALL
            await eventually(lambda: reel.state.going is False)
            assert reel.state.detail == f"no segment within {STALL_S:g} s"
            camera.fault = Fault.NONE
            before = reel.state.segments
            await eventually(lambda: reel.state.segments > before)
    told = [record.getMessage() for record in caplog.records if record.name == "edge.video.reel"]
    assert told == [
        "video of lane comes",
        f"video of lane does not come: no segment within {STALL_S:g} s",
        "video of lane comes",
    ]


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.GARBAGE, Fault.SILENT])
async def test_refusal_garbage_and_silence(
    camera: RtspCamera, tmp_path: Path, programs: Programs, fault: Fault
) -> None:
    camera.fault = fault
    reel = reel_of(camera, tmp_path / "video", programs)
    async with filmed(reel):
        await eventually(lambda: reel.state.going is False)
        assert PASSWORD not in reel.state.detail
        camera.fault = Fault.NONE
        await eventually(lambda: reel.state.going is True)


async def test_another_password_is_told_without_it(
    camera: RtspCamera, tmp_path: Path, programs: Programs, caplog: pytest.LogCaptureFixture
) -> None:
    reel = reel_of(camera, tmp_path / "video", programs, password="not-this-one")
    with caplog.at_level(logging.DEBUG):
        async with filmed(reel):
            await eventually(lambda: reel.state.going is False)
    assert "401" in reel.state.detail
    assert "not-this-one" not in caplog.text


async def test_what_is_only_shown_goes(camera: RtspCamera, tmp_path: Path, programs: Programs) -> None:
    reel = reel_of(camera, tmp_path / "video", programs, keeps=False)
    async with filmed(reel):
        await eventually(lambda: reel.state.segments >= 1)
        segments, sequence = reel.playing()
        assert sequence == segments[0].start_ms // 1000
    await reel.forget()
    assert (reel.archive.size, list((tmp_path / "video").rglob("*.ts"))) == (0, [])


async def test_ffmpeg_dies_with_the_agent(camera: RtspCamera, tmp_path: Path, programs: Programs) -> None:
    """The agent's place is taken by a process that is killed and can tidy nothing up."""
    if not programs.setpriv:
        pytest.skip("setpriv is not installed")
    feed = tmp_path / "feed"
    feed.write_bytes(fed(Stream(camera.url, "admin", PASSWORD)))
    code = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen({arguments(programs)!r}, stdin=open({str(feed)!r}), stdout=subprocess.DEVNULL,"
        f" cwd={str(tmp_path)!r}, start_new_session=True)\n"
        "time.sleep(60)\n"
    )
    agent = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    try:
        await eventually(lambda: bool(own_ffmpeg(tmp_path)))
    finally:
        agent.send_signal(signal.SIGKILL)
        await agent.wait()
    await eventually(lambda: not own_ffmpeg(tmp_path))
