"""A disk that is really full: a small tmpfs, filled to the last block."""

import asyncio
import contextlib
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import streams
from edge.access.journal import Journal
from edge.disk import DiskGuard
from edge.ids import Ids
from edge.link.files import Pictures
from edge.settings import DiskSettings
from edge.store import StoreFullError
from edge.telemetry.recorder import Recorder
from protocols.messages import Stream
from protocols.records import Reading, Readings, Shortage
from tests.edge.conftest import open_store
from tests.edge.world import HandClock, records_of

SIZE_MB = 24


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no tmpfs here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def test_events_are_written_though_readings_and_strangers_filled_the_disk(small_disk: Path) -> None:
    clock = HandClock()
    store = open_store(small_disk / "store.sqlite")
    store.start()
    pictures, recorder = Pictures(small_disk / "stills", store, clock), Recorder(store)
    journal = Journal(store, clock, Ids(clock, random.Random(1).randbytes))
    told: dict[str, int] = {}

    async def report(kind: str, count: int, _detail: str) -> None:
        told[kind] = count

    guard = DiskGuard(
        small_disk,
        DiskSettings(low_mb=3, stills_mb=3, reserve_mb=8),
        store=store,
        stills=pictures,
        report=report,
        take_lost=recorder.take_lost,
    )
    journal.relieve = guard.relieve
    await guard.look()
    chunk = Readings(at_ms=1, values=[Reading(1, 0, 10**9, 1.5)] * 500)
    while recorder.lost_chunks < 5:
        await recorder.keep(chunk)
    with (small_disk / "stranger").open("wb", buffering=0) as stranger:  # something else took what was left
        with pytest.raises(OSError, match="No space"):
            stranger.write(bytes(SIZE_MB * 2**20))
        await asyncio.gather(
            *(
                journal.add(Shortage(**journal.stamp(), kind="test", count=n, detail="x" * 400))
                for n in range(1, 301)
            )
        )
    written = [event["count"] for event in (await records_of(store))[1:]]
    assert sorted(written) == list(range(1, 301))
    await guard.look()
    assert told["readings_dropped"] >= recorder.lost_chunks >= 5
    head = await store.write(lambda connection: streams.head(connection, Stream.READINGS))
    run = await store.write(lambda connection: streams.next_run(connection, Stream.READINGS))
    assert run is not None
    assert run.first > 1  # the oldest went: the cloud will record a gap
    assert run.oldest == run.first
    assert head.last == run.first + len(await records_of(store, "readings")) - 1
    store.close()


async def test_what_has_happened_is_written_once_there_is_room_again(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left to give up: a decision is refused its record, but an opening that was done keeps asking."""
    monkeypatch.setattr("edge.access.journal.FULL_PAUSE_S", 0.05)
    clock = HandClock()
    store = open_store(small_disk / "store.sqlite")
    store.start()
    journal = Journal(store, clock, Ids(clock, random.Random(1).randbytes))
    stranger = small_disk / "stranger"
    with stranger.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(small_disk).free)

    def event(count: int) -> Shortage:
        return Shortage(**journal.stamp(), kind="test", count=count, detail="x" * 400)

    written = 0
    with contextlib.suppress(StoreFullError):
        while True:
            await journal.add(event(written + 1))
            written += 1
    insisting = asyncio.create_task(journal.insist(event(written + 1)))
    await asyncio.sleep(0.3)
    assert not insisting.done()
    stranger.unlink()
    await insisting
    assert [event["count"] for event in (await records_of(store))[1:]] == list(range(1, written + 2))
    store.close()
