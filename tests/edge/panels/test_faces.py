"""Which faces a panel should hold, and how it comes to hold them: by example, by property, over real sockets."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.panel import Fault, Panel
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.servers.processes import free_port
from edge.drivers.base import DeviceError, UnsupportedError
from edge.drivers.http_panel.decode import face_id
from edge.link.fetching import FetchError, GoneError
from edge.panels import faces as keeping
from edge.panels.faces import FaceKeeper, difference
from edge.panels.wanted import faces_of
from protocols.faces import key_of
from protocols.held import Window
from tests.edge.drivers.test_http_panel import driver
from tests.edge.panels.test_panels import NOW, POINT, gate_pass, until

PICTURES = {sha256(data).hexdigest(): data for data in (b"\xff\xd8 one", b"\xff\xd8 two", b"\xff\xd8 three")}
ONE, TWO, THREE = PICTURES
STRANGER = {"17": b"by hand"}


def wanted(**more: Any) -> list[str]:
    return list(faces_of(gate_pass(keys=["UID:04A1B2C3", key_of(ONE), "FACE:17"], **more), POINT, NOW))


def test_what_the_box_judges_is_no_reason_to_keep_a_face_away() -> None:
    window = Window(days=[1], from_minute=0, until_minute=60)
    assert wanted() == wanted(points=[POINT]) == wanted(schedule=[window], entries=3) == [ONE]


@pytest.mark.parametrize(
    "more",
    [
        {"revoked": True},
        {"valid_until": NOW},
        {"valid_from": NOW + timedelta(seconds=1)},
        {"points": [UUID(int=6)]},
    ],
)
def test_whoever_may_not_come_is_not_known_there(more: dict[str, Any]) -> None:
    assert wanted(**more) == []


NAMES = st.sampled_from(["a", "b", "c", "d"])


@given(desired=st.frozensets(NAMES), held=st.dictionaries(NAMES, NAMES), but=st.frozensets(NAMES))
def test_afterwards_it_holds_what_it_should(
    desired: frozenset[str], held: dict[str, str], but: frozenset[str]
) -> None:
    change = difference(desired, held, but)
    now = {face: has for face, has in held.items() if face not in change.drop}
    now |= {face: face for face in change.put}
    assert now.keys() - but == desired - but
    assert all(has == face for face, has in now.items() if face not in but)
    assert now.keys() <= desired
    assert not set(change.put) & set(change.drop)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "devices.jsonl", SystemClock())


class Cloud:
    """Has the pictures, and counts how often each was asked for."""

    def __init__(self) -> None:
        self.has = dict(PICTURES)
        self.is_away = False
        self.asked: list[str] = []
        self.told: list[tuple[bool, str]] = []

    async def fetch(self, face: str) -> bytes:
        self.asked.append(face)
        if self.is_away:
            raise FetchError("no line")
        if face not in self.has:
            raise GoneError("the cloud has this picture no more")
        return self.has[face]


@contextlib.asynccontextmanager
async def kept(
    journal: Journal, desired: set[str], *, recognises: bool = True, knows_faces: bool = True
) -> AsyncIterator[tuple[Panel, FaceKeeper, Cloud]]:
    simulator, cloud = Panel("door", journal=journal, knows_faces=knows_faces), Cloud()
    simulator.faces = dict(STRANGER)
    await simulator.served.start()

    async def supply() -> frozenset[str]:
        return frozenset(desired)

    panel = driver(simulator.url, free_port(), recognises=recognises)
    keeper = FaceKeeper(
        "door",
        panel,
        supply,
        cloud.fetch,
        random=random.Random(7).random,
        monotonic_ns=lambda: 0,
        tell=lambda active, detail: cloud.told.append((active, detail)),
    )
    try:
        yield simulator, keeper, cloud
    finally:
        await simulator.served.stop()


def of(*faces: str) -> dict[str, bytes]:
    return STRANGER | {face_id(face): PICTURES[face] for face in faces}


async def test_faces_are_written_replaced_and_removed_and_strangers_left_alone(journal: Journal) -> None:
    desired = {ONE, TWO}
    async with kept(journal, desired) as (simulator, keeper, cloud):
        await keeper.keep()
        assert simulator.faces == of(ONE, TWO)
        assert keeper.report == {"desired": 2, "held": 2}
        simulator.faces[face_id(ONE)] = b"another picture"
        desired.remove(TWO)
        await keeper.keep()
        assert simulator.faces == of(ONE)
        asked = len(cloud.asked)
        await keeper.keep()
        assert len(cloud.asked) == asked  # nothing to do, nothing fetched


async def test_who_withdrew_goes_though_the_cloud_cannot_be_reached(journal: Journal) -> None:
    desired = {ONE}
    async with kept(journal, desired) as (simulator, keeper, cloud):
        await keeper.keep()
        desired ^= {ONE, TWO}
        cloud.is_away = True
        with pytest.raises(FetchError):
            await keeper.keep()
        assert simulator.faces == of()


async def test_what_cannot_be_written_is_stated_and_keeps_nobody_else_out(journal: Journal) -> None:
    async with kept(journal, {ONE, TWO, THREE}) as (simulator, keeper, cloud):
        del cloud.has[TWO]
        simulator.fault = Fault.FACELESS
        await keeper.keep()
        assert simulator.faces == of()
        assert keeper.report["held"] == 0
        unwritten = keeper.report["unwritten"]
        assert isinstance(unwritten, dict)
        assert "no more" in unwritten[TWO[:8]]
        assert "422" in unwritten[ONE[:8]]
        cloud.asked.clear()
        await keeper.keep()
        assert cloud.asked == []  # not every minute
        assert [active for active, _ in cloud.told] == [True]
        assert cloud.told[0][1].startswith("3 faces: ")


async def test_a_refused_picture_is_tried_again_after_a_while(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AGAIN_S", 0.0)
    async with kept(journal, {ONE}) as (simulator, keeper, cloud):
        simulator.fault = Fault.FACELESS
        await keeper.keep()
        simulator.fault = Fault.NONE
        await keeper.keep()
        assert simulator.faces == of(ONE)
        assert keeper.report == {"desired": 1, "held": 1}
        assert [active for active, _ in cloud.told] == [True, False]


@pytest.mark.parametrize("fault", [Fault.GARBAGE, Fault.REFUSE, Fault.BROKEN, Fault.FORGETS])
async def test_a_panel_that_fails_is_told_of(journal: Journal, fault: Fault) -> None:
    async with kept(journal, {ONE}) as (simulator, keeper, _):
        simulator.fault = fault
        with pytest.raises(DeviceError):
            await keeper.keep()
        assert simulator.faces == STRANGER


async def test_a_panel_that_recognises_no_more_loses_what_is_ours(journal: Journal) -> None:
    async with kept(journal, {ONE}, recognises=False) as (simulator, keeper, cloud):
        simulator.faces |= of(ONE, TWO)
        await keeper.keep()
        assert simulator.faces == STRANGER
        assert cloud.asked == []


async def test_a_panel_without_faces_is_left_in_peace_unless_it_should_have_some(journal: Journal) -> None:
    for recognises in (True, False):
        async with kept(journal, {ONE}, recognises=recognises, knows_faces=False) as (_, keeper, cloud):
            with pytest.raises(UnsupportedError):
                await keeper.keep()
            running = asyncio.create_task(keeper.run())
            await until(lambda: ("fault" in keeper.report) is recognises)  # noqa: B023
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            assert cloud.asked == []


async def test_it_is_kept_so_for_as_long_as_the_box_runs(journal: Journal) -> None:
    desired = {ONE}
    async with kept(journal, desired) as (simulator, keeper, cloud):
        cloud.is_away = True
        running = asyncio.create_task(keeper.run())
        try:
            await until(lambda: "fault" in keeper.report)
            cloud.is_away = False
            await until(lambda: simulator.faces == of(ONE))
            desired.clear()
            keeper.wake()
            await until(lambda: simulator.faces == of())
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
