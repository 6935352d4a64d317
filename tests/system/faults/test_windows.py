"""Kills aimed inside the windows where a promise has been made and not yet kept."""

import random
import sys

import pytest

from deploy.demo.servers.processes import ChildProcess
from tests.system.faults import truths
from tests.system.faults.house import House
from tests.system.faults.scene import Scene
from tests.system.faults.traffic import draw_up_pass

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
_DEATHS = 2


def _dying_box(house: House, stage: str, times: int) -> ChildProcess:
    command = [sys.executable, "-m", "tests.system.faults.dying_box", str(house.files.box), stage, str(times)]
    return ChildProcess("dying-box", command, log=house.layout.logs / "dying-box.log")


def _dying_ingest(house: House) -> ChildProcess:
    command = [sys.executable, "-m", "tests.system.faults.dying_ingest"]
    log = house.layout.logs / "dying-ingest.log"
    return ChildProcess("dying-ingest", command, log=log, env=house.stack.environment("ingest", 1))


def test_ingest_that_dies_between_commit_and_acknowledgement_counts_nothing_twice(scene: Scene) -> None:
    house = scene.house
    dying = _dying_ingest(house)
    unanswered: list[int] = []
    with scene.traffic(random.Random("commit and acknowledgement")) as traffic:
        for name in ("ingest-1", "ingest-2"):
            house.service(name).process.kill()
        while len(unanswered) < _DEATHS:
            dying.start()
            traffic.wait(1)
            house.wait(lambda: not dying.is_running(), "ingest dies after a commit")
            assert dying.returncode == -9, house.last_words()
            dying.kill()
            if records := _unanswered(
                house
            ):  # else it was one that the broker brought again, long acknowledged
                unanswered.append(records)
        for name in ("ingest-1", "ingest-2"):
            house.service(name).start()
        traffic.wait(3)
    scene.check(f"ingest killed between commit and acknowledgement of {unanswered} records")


def _unanswered(house: House) -> int:
    """Records that the cloud has committed and the box does not know of."""
    committed = truths.cloud(house).streams
    return sum(
        max(committed[stream.id][1] - stream.acked, 0)
        for stream in truths.box(house)
        if not stream.closed and stream.id in committed
    )


@pytest.mark.parametrize("stage", ["passage written", "coil written", "before commit", "after commit"])
def test_a_box_that_dies_between_use_and_coil_neither_forgets_nor_repeats(scene: Scene, stage: str) -> None:
    house = scene.house
    dying = _dying_box(house, stage, times=3 if stage.startswith("passage") else 2)
    allowed = scene.welcome()
    house.stop_box()
    with scene.traffic(random.Random(stage), allowed) as traffic:
        dying.start()
        house.wait(lambda: not dying.is_running(), f"the box dies at «{stage}»")
        assert dying.returncode == -9, house.last_words()
        dying.kill()
        house.start_box()
        traffic.wait(4)
    scene.check(f"the box killed at «{stage}»")


@pytest.mark.parametrize("stage", ["before swap", "after swap", "changes written"])
def test_a_box_that_dies_as_passes_change_holds_the_old_set_or_the_new_one(scene: Scene, stage: str) -> None:
    """While it is cut off afterwards, all who were welcome before still are."""
    house = scene.house
    allowed = scene.welcome()
    house.stop_box()
    if stage == "changes written":
        draw_up_pass(house)
    else:
        house.stack.run("restored")
    dying = _dying_box(house, stage, times=1)
    dying.start()
    house.wait(lambda: not dying.is_running(), f"the box dies at «{stage}»")
    assert dying.returncode == -9, house.last_words()
    dying.kill()
    with scene.cut_line():
        house.start_box()
        with scene.traffic(random.Random(stage), allowed) as traffic:
            traffic.wait(6)
    house.wait_held()
    scene.check(f"the box killed at «{stage}»")
