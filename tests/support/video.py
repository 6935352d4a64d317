"""A camera's video as its encoder would make it, and ffmpeg of the system."""

import subprocess

import pytest

from edge.video.command import Programs
from edge.video.studio import find_programs


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
