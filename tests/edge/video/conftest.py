"""A camera's stream on a real socket."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.film import Prepared
from firmware_sim.journal import Journal
from firmware_sim.rtsp import RtspCamera

PASSWORD = "k9 secret/'"  # with all that an address and a list have to escape


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "devices.jsonl", SystemClock())


@pytest.fixture
async def camera(journal: Journal, elementary: bytes) -> AsyncIterator[RtspCamera]:
    made = RtspCamera("lane", journal=journal, film=Prepared(elementary), password=PASSWORD)
    await made.start()
    with contextlib.closing(journal):
        yield made
        await made.stop()
