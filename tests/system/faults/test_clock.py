"""The box's system clock steps: its own time goes on, and where it cannot know the time it says so."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from deploy.demo.servers.processes import ChildProcess
from protocols.records import DeviceState, DeviceStatus
from tests.system.faults import truths
from tests.system.faults.house import House
from tests.system.faults.scene import Scene
from tests.system.faults.site import READER

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed (package faketime)"),
]


class WrongClock:
    """A box whose system clock can be stepped; its monotonic clock is left alone, as by a real step."""

    def __init__(self, house: House) -> None:
        self._file = house.files.folder / "faketime"
        self.step("+0")
        environment = {
            **os.environ,
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",  # s; else each look at the clock reads the file, and the box is slow
            "DONT_FAKE_MONOTONIC": "1",
        }
        log = house.layout.logs / "wrong-clock-box.log"
        self.process = ChildProcess("wrong-clock-box", house.box.process.command, log=log, env=environment)

    def step(self, offset: str) -> None:
        """Replaced in one go: the library reads it at any moment."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(offset)
        fresh.replace(self._file)


@contextmanager
def _with_wrong_clock(scene: Scene) -> Iterator[WrongClock]:
    """Within: the box runs under a clock that can be stepped."""
    wrong = WrongClock(scene.house)
    scene.house.stop_box()
    try:
        scene.house.start_box(wrong.process)
        yield wrong
        scene.house.note_outage()
    finally:
        wrong.process.stop()
    scene.house.start_box()


@pytest.mark.parametrize("offset", ["+3d", "-3d"])
def test_a_step_of_the_clock_moves_no_record_and_stops_no_decision(scene: Scene, offset: str) -> None:
    """The line is cut meanwhile, too: the new connection is made under the wrong clock.

    The card reader is connected anew at each step (its library counts by that clock), so only cars come just then.
    """
    reader = scene.house.site.devices[READER]
    with _with_wrong_clock(scene) as clock:
        with scene.traffic(random.Random(offset)) as traffic:
            traffic.wait(3)
            for step in (offset, "+0"):
                traffic.cards.clear()
                traffic.wait(1)
                before = _times_online(scene.house, reader)
                clock.step(step)
                traffic.wait(4)
                scene.house.wait(partial(_came_back, scene.house, reader, before), "the reader is back")
                traffic.cards.set()
                with scene.cut_line():
                    traffic.wait(5)
            traffic.wait(3)
        scene.house.wait_held()
    scene.check(f"the box's clock stepped by {offset}")


def _times_online(house: House, device: str) -> int:
    """How often the box has said that the device came."""
    return sum(
        isinstance(event, DeviceState) and str(event.device) == device and event.status is DeviceStatus.ONLINE
        for stream in truths.box(house)
        for event in truths.events(stream)
    )


def _came_back(house: House, device: str, before: int) -> bool:
    return _times_online(house, device) > before


def test_a_box_that_starts_with_an_old_clock_says_so_until_the_cloud_tells_the_time(scene: Scene) -> None:
    allowed = scene.welcome()
    began = len(scene.visits)
    with scene.cut_line(), _with_wrong_clock(scene) as clock:
        clock.step("-3d")
        scene.house.note_outage()
        clock.process.stop()
        scene.house.start_box(clock.process)
        with scene.traffic(random.Random("old clock"), allowed) as traffic:
            traffic.wait(6)
    scene.house.wait_held()
    scene.check("the box started with a clock three days behind")
    texts = [visit.text for visit in scene.visits[began:] if visit.accepted]
    with scene.house.database() as connection:
        rows = connection.execute(
            "SELECT clock_trusted, reason FROM passage WHERE read = ANY(%s) AND outcome = 'granted'", (texts,)
        ).fetchall()
    assert rows
    assert set(rows) == {(False, "granted_clock_unknown")}
