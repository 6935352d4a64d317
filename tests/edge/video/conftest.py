"""A camera's stream on a real socket, and ffmpeg of the system."""

import contextlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.rtsp import RtspCamera

from edge.video.command import Programs
from edge.video.studio import find_programs

PASSWORD = "k9 secret/'"  # with all that an address and a list have to escape


@pytest.fixture(scope="session")
def programs() -> Programs:
    found = find_programs()
    if found is None:
        pytest.skip("ffmpeg is not installed")
    return found


@pytest.fixture(scope="session")
def elementary(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """H.264, 320x240, 10 pictures a second, a key picture each second, 6 s."""
    file = tmp_path_factory.mktemp("stream") / "test.h264"
    source = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=6"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-bf", "0", "-pix_fmt", "yuv420p"]
    subprocess.run(
        [programs.ffmpeg, "-nostdin", "-loglevel", "error", *source, *coded, str(file)],
        check=True,
        timeout=30,
    )
    return file.read_bytes()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "devices.jsonl", SystemClock())


@pytest.fixture
async def camera(journal: Journal, elementary: bytes) -> AsyncIterator[RtspCamera]:
    made = RtspCamera("lane", journal=journal, stream=elementary, password=PASSWORD)
    await made.start()
    with contextlib.closing(journal):
        yield made
        await made.stop()
