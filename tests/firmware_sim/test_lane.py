"""Cars in a lane: they wait for the barrier, pass over its loop, and one is there at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from firmware_sim import lane as lanes
from firmware_sim.boom import Barrier
from firmware_sim.camera import Camera
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.lane import Lane, OccupiedError, Phase

PLATE = "T254MK72"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMING_S", "PASSING_S", "LEAVING_S", "BACKING_S"):
        monkeypatch.setattr(lanes, name, 0.05)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = Journal(tmp_path / "devices.jsonl", SystemClock())
    yield journal
    journal.close()


def gate(journal: Journal) -> Barrier:
    return Barrier("entry", journal, move_ms=20, stay_ms=10_000, is_driven=True)


async def until(condition: Callable[[], object]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come to that")


async def phase(lane: Lane, wanted: Phase | None) -> None:
    await until(lambda: (lane.car.phase if lane.car else None) is wanted)


async def test_a_car_waits_until_the_barrier_is_open_and_passes_over_its_loop(journal: Journal) -> None:
    barrier = gate(journal)
    lane = Lane("entry", barrier=barrier, camera=None, journal=journal)
    lane.drive_up(PLATE, read_as=PLATE, confidence=1)
    await phase(lane, Phase.WAITING)
    await asyncio.sleep(0.1)
    assert lane.car is not None
    assert lane.car.phase is Phase.WAITING
    assert not barrier.contact("loop")
    barrier.drive("open", on=True)
    await phase(lane, Phase.PASSING)
    assert barrier.contact("loop")
    assert barrier.contact("photocell")
    await phase(lane, None)
    assert not barrier.contact("loop")
    told = [entry["phase"] for entry in journal.after(0, frozenset({"car"}))]
    assert told == ["coming", "waiting", "passing", "leaving"]


async def test_there_is_room_for_one_and_whoever_waits_may_turn_round(journal: Journal) -> None:
    barrier = gate(journal)
    lane = Lane("entry", barrier=barrier, camera=None, journal=journal)
    with pytest.raises(OccupiedError, match="no car"):
        lane.drive_back()
    lane.drive_up(PLATE, read_as=PLATE, confidence=1)
    with pytest.raises(OccupiedError, match=PLATE):
        lane.drive_up("X711TT90", read_as="X711TT90", confidence=1)
    await phase(lane, Phase.WAITING)
    lane.drive_back()
    await phase(lane, None)
    barrier.drive("open", on=True)
    await asyncio.sleep(0.1)
    assert not barrier.contact("loop")


async def test_whoever_passes_cannot_turn_round(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PASSING_S", 5)
    barrier = gate(journal)
    lane = Lane("entry", barrier=barrier, camera=None, journal=journal)
    barrier.drive("open", on=True)
    lane.drive_up(PLATE, read_as=PLATE, confidence=1)
    await phase(lane, Phase.PASSING)
    with pytest.raises(OccupiedError):
        lane.drive_back()
    await lane.stop()
    assert not barrier.contact("loop")


async def test_a_plate_that_does_not_reach_the_box_is_told_and_the_car_waits(journal: Journal) -> None:
    camera = Camera("entry-camera", push_url="", journal=journal, clock=SystemClock())
    lane = Lane("entry", barrier=gate(journal), camera=camera, journal=journal)
    lane.drive_up(PLATE, read_as=PLATE, confidence=1)
    await until(lambda: lane.car and lane.car.fault)
    assert lane.car is not None
    assert lane.car.phase is Phase.WAITING
    assert "push_url" in lane.car.fault
    await lane.stop()


async def test_the_photocell_alone_keeps_a_driven_gate_from_being_safe(journal: Journal) -> None:
    barrier = gate(journal)
    barrier.block(is_blocked=True)
    assert barrier.contact("photocell")
    assert not barrier.contact("loop")
    barrier.crank(1.0)
    barrier.drive("close", on=True)
    states = [entry["state"] for entry in journal.after(0, frozenset({"arm"}))]
    assert states == ["open", "closing", "crushed"]
    assert barrier.look()["state"] == "closing"


async def test_a_barrier_of_its_own_controller_opens_again_for_the_photocell(journal: Journal) -> None:
    barrier = Barrier("own", journal, move_ms=200, stay_ms=10)
    barrier.trigger()
    await until(lambda: barrier.state == "closing")
    barrier.block(is_blocked=True)
    assert barrier.state == "opening"


async def test_a_jammed_boom_stays_where_it_was(journal: Journal) -> None:
    barrier = Barrier("entry", journal, move_ms=2000, stay_ms=10_000, is_driven=True)
    barrier.drive("open", on=True)
    await until(lambda: barrier.place > 0.3)
    before = barrier.place
    barrier.jam(is_jammed=True)
    assert before <= barrier.place < before + 0.2
    stood = barrier.place
    barrier.drive("close", on=True)
    await asyncio.sleep(0.1)
    assert (barrier.state, barrier.place) == ("stopped", stood)
    barrier.jam(is_jammed=False)
    barrier.drive("close", on=True)
    assert barrier.state == "closing"
