"""A disk that is really full: stills and readings go, and that is recorded; events stay, and the gate decides."""

import contextlib
import errno
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge import streams
from protocols.messages import Stream
from protocols.records import Shortage
from tests.system.faults import truths
from tests.system.faults.account import BEFORE_KILL_NS
from tests.system.faults.house import House
from tests.system.faults.scene import Scene

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(600),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a tmpfs takes root"),
]
_ROOM_BYTES = 40 * 1024 * 1024
_PAGE_BYTES = 4096
_SETTINGS = "[disk]\nlow_mb = 8\nstills_mb = 4\nreserve_mb = 8\n[retention]\nreadings_days = 0.0001\n"
"""What the cloud has of the readings is forgotten at the start, else only that would be given up."""
_LEFT_BYTES = 32 * 1024


@contextmanager
def _small_disk(house: House) -> Iterator[Path]:
    """Within: the box's data lie on a small disk of their own. The box must not run at either end."""
    aside, settings = house.data.with_name("aside"), house.files.box / "edge.toml"
    house.data.rename(aside)
    (aside / "reserve").unlink(missing_ok=True)
    house.data.mkdir(mode=0o700)
    with contextlib.closing(sqlite3.connect(aside / "store.sqlite", isolation_level=None)) as store:
        streams.forget_before(store, Stream.READINGS, at_ms=time.time_ns() // 1_000_000, limit=1_000_000)
        store.execute("VACUUM")  # pages free within, now or soon, would be room that no ballast takes
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    options = f"size={_held_bytes(aside) + _ROOM_BYTES},mode=0700"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(house.data)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        house.data.rmdir()
        aside.rename(house.data)
        house.start_box()
        pytest.skip(f"a tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    try:
        shutil.copytree(aside, house.data, dirs_exist_ok=True)
        settings.write_text(_SETTINGS)
        yield house.data
        shutil.rmtree(aside)
        shutil.copytree(house.data, aside)
    finally:
        house.box.process.stop()
        subprocess.run(["umount", house.data], check=True)
        settings.unlink()
        house.data.rmdir()
        aside.rename(house.data)


def _held_bytes(folder: Path) -> int:
    """What its files take in whole pages: the longer the history before, the more pictures."""
    return sum(-(-file.stat().st_size // _PAGE_BYTES) * _PAGE_BYTES for file in folder.rglob("*"))


def _fill(folder: Path) -> Path:
    """Take all room but a little, though the box writes meanwhile, or removes what it may."""
    ballast, reserve = folder / "ballast", folder / "reserve"
    with ballast.open("wb") as file:
        while (room := shutil.disk_usage(folder).free - _LEFT_BYTES) > 0 and reserve.exists():
            try:  # measured before the reserve was seen: what it leaves when it goes is the box's
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), room)
            except OSError as error:
                if error.errno != errno.ENOSPC:  # the room has gone since it was asked about
                    raise
    return ballast


def test_a_full_disk_costs_stills_and_readings_and_no_event(scene: Scene) -> None:
    """It stays full until the box has given up its reserve, and with it readings that the cloud lacks."""
    house = scene.house
    allowed = scene.welcome()
    began = len(scene.visits)
    house.stop_box()
    scene.expected.remembered += truths.box(house)
    with _small_disk(house) as folder:
        house.start_box()
        house.wait((folder / "reserve").exists, "the reserve is laid")
        with scene.traffic(random.Random("full disk"), allowed) as traffic:
            house.wait(lambda: _backlog(house) == 0, "the cloud has all readings, and has said so")
            with scene.cut_line():
                made = _made(house)  # of these the cloud may have some whose acknowledgement was cut off
                house.wait(lambda: _made(house) > made, "there is a reading that the cloud cannot have")
                scene.expected.remembered += truths.box(house)
                ballast = _fill(folder)
                house.wait(lambda: not (folder / "reserve").exists(), "the reserve is given up")
                traffic.wait(10)
                ballast.unlink()
            traffic.wait(3)
        house.wait(lambda: "readings_dropped" in _shortages(house), "the box says what it gave up")
        house.wait(lambda: "over" in _shortages(house), "the box says that it is over")
        since_ns = time.time_ns() + BEFORE_KILL_NS
        house.wait(
            lambda: truths.devices(house).served[-1].at_ns > since_ns, "meters are read again for a while"
        )
        scene.expected.disk_is_full = True
        scene.check("the disk was full")
        scene.expected.disk_is_full = False
        print(f"  the box gave up: {_shortages(house)}")
        assert scene.expected.gaps
        assert set(_shortages(house)) >= {"readings_thinned", "readings_dropped"}
        assert all(visit.accepted for visit in scene.visits[began:])
        house.stop_box()
    house.start_box()


def _made(house: House) -> int:
    """Chunks of readings, of the stream that is open."""
    return sum(
        stream.last for stream in truths.box(house) if stream.kind is Stream.READINGS and not stream.closed
    )


def _backlog(house: House) -> int:
    """Chunks of readings that the cloud has not acknowledged."""
    return sum(
        stream.last - stream.acked
        for stream in truths.box(house)
        if stream.kind is Stream.READINGS and not stream.closed
    )


def _shortages(house: House) -> dict[str, int]:
    """What the box says that it gave up for want of room: kind → how many."""
    told: dict[str, int] = {}
    for stream in truths.box(house):
        for event in truths.events(stream):
            if isinstance(event, Shortage):
                told[event.kind] = told.get(event.kind, 0) + event.count
    return told
