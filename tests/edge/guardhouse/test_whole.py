"""A guard's night on a box that is a process: two guards, the link cut, the power cut between decision and coil."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import free_port, wait_until
from edge.access.interrupted import NOT_KNOWN
from protocols import acts, records
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import LANE_IN, Station, gate, make_guard, push
from tests.edge.guardhouse.test_decisions import confirmation, waiting
from tests.edge.world import make_pass
from tests.support.processes import RunProcess


def on_the_disk(box: Box, query: str) -> int:
    with closing(sqlite3.connect(box.folder / "store.sqlite")) as store:
        return int(store.execute(query).fetchone()[0])


async def reachable(desk: Station) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                (await desk.get("/me")).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.mark.parametrize("stage", ["decision written", "coil written"])
async def test_a_power_cut_between_decision_and_coil(
    box: Box,
    cloud: CloudPeer,
    modbus: int,
    broker: MosquittoServer,
    run_process: RunProcess,
    stage: str,
) -> None:
    """The decision stands, the entry is counted, nothing opens twice, nobody decides again; the cloud hears of it."""
    page, nobody = free_port(), free_port()
    first, second, guest = (
        make_guard(name="Пётр"),
        make_guard(name="Анна"),
        make_pass(entries=1, valid_until=None),
    )
    async with gate(box, cloud, modbus) as at:
        await at.hold(first, second, guest)
        cameras = at.cameras
    with closing(sqlite3.connect(box.folder / "store.sqlite")) as store, store:
        store.execute("DELETE FROM meta WHERE key = 'confirmed_ms'")  # the list is as old as can be

    def command(port: int, dies_at: str) -> list[str | Path]:
        module = "tests.edge.guardhouse.dying"
        return [sys.executable, "-m", module, box.folder, str(port), str(page), dies_at]

    root = Path(__file__).parents[3]
    dying = run_process("dying", *command(nobody, stage), cwd=root)
    desks = [Station(f"http://127.0.0.1:{page}") for _ in range(2)]
    for desk, guard in zip(desks, (first, second), strict=True):
        await reachable(desk)
        await desk.on_duty(guard.id)
    assert (await desks[0].get("/board")).json()["link"]["away_since"] is not None
    await push(cameras[0], "X711TT90")
    passage = await waiting(desks[0])
    order = confirmation(passage)
    with pytest.raises(httpx.TransportError):
        await desks[0].post(f"/lanes/{LANE_IN}/decide", order)
    assert await asyncio.to_thread(wait_until, lambda: not dying.is_running(), 60)
    assert dying.returncode == -9

    alive = run_process("alive", *command(broker.port, "never"), cwd=root)
    await reachable(desks[0])
    assert (await desks[0].get("/me")).json()["guard"]["id"] == str(first.id), "the session outlives the cut"
    again = (await desks[0].post(f"/lanes/{LANE_IN}/decide", order)).json()
    assert (again["id"], again["opened"], bool(again["detail"])) == (order["id"], None, True)
    other = await desks[1].post(f"/lanes/{LANE_IN}/decide", confirmation(passage))
    assert (other.status_code, other.json()["decided"]["id"]) == (409, order["id"])
    await cloud.until(lambda: cloud.of(acts.GateDecision))
    await cloud.until(lambda: cloud.of(acts.SignIn) and len(cloud.of(acts.Shift)) == 2)
    assert [str(each.id) for each in cloud.of(acts.GateDecision)] == [order["id"]]

    def answers() -> list[records.Actuation]:
        return [each for each in cloud.of(records.Actuation) if str(each.passage) == order["id"]]

    await cloud.until(lambda: bool(answers()))
    assert [(each.opened, each.detail) for each in answers()] == [(None, NOT_KNOWN)]
    assert on_the_disk(box, "SELECT entries FROM uses") == 1
    for desk in desks:
        await desk.client.aclose()
    alive.stop()
