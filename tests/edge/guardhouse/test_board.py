"""The board and the passages as they are told by the journal; who is inside, and who for too long."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from edge.settings import GuardhouseSettings, Settings
from protocols import records
from protocols.acts import GateDecision
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import LANE_IN, LANE_OUT, gate, station, until, with_page
from tests.edge.world import make_pass, uid


async def test_a_page_that_is_switched_on_later_knows_what_the_journal_knows(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    on = box.settings
    box.settings = Settings(gate=on.gate, guardhouse=GuardhouseSettings())
    async with gate(box, cloud, modbus) as at:
        await at.hold(make_pass(valid_until=None))
        for plate in ("X711TT90", "A001AA77"):
            await at.car(plate)
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 2)
        guard = at.guard
    with_page(box)
    async with box.agent() as agent, station(agent) as desk:
        await desk.sign_in(guard.id)

        async def is_known() -> bool:
            return len((await desk.get("/passages")).json()["items"]) == 2

        await until(is_known)
        newest, before = (await desk.get("/passages")).json()["items"]
        assert (newest["outcome"], before["outcome"], before["opened"]) == ("denied", "granted", True)
        assert before["held"]["plates"] == ["X711TT90"]
        page = (await desk.get("/passages", before=newest["at"], limit="1")).json()["items"]
        assert [each["id"] for each in page] == [before["id"]]


async def test_passages_of_an_earlier_agent_are_found_too(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at:
        await at.hold(make_pass(valid_until=None))
        for plate in ("X711TT90", "A001AA77"):
            await at.car(plate)
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 2)
        guard = at.guard
    with closing(sqlite3.connect(box.folder / "store.sqlite")) as store, store:
        store.execute("UPDATE passage SET granted = NULL, text = NULL")
        store.execute("DELETE FROM meta WHERE key = 'chronicle completed'")
    async with box.agent() as agent, station(agent) as desk:
        await desk.sign_in(guard.id)

        async def is_complete() -> bool:
            return bool((await desk.get("/passages", q="а001", show="denied")).json()["items"])

        await until(is_complete)
        [found] = (await desk.get("/passages", q="x711", show="let_through")).json()["items"]
        assert found["plate"] == "X711TT90"


async def test_the_board_says_what_stands_at_each_lane(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.sign_in(at.guard.id)
        await at.car("A001AA77")

        async def is_told() -> bool:
            board = (await desk.get("/board")).json()
            return board["lanes"][0]["last"] is not None

        await until(is_told)
        board = (await desk.get("/board")).json()
        lanes = {lane["id"]: lane for lane in board["lanes"]}
        assert [lanes[str(lane)]["directions"] for lane in (LANE_IN, LANE_OUT)] == [["in"], ["out"]]
        assert lanes[str(LANE_IN)]["last"]["reason"] == "unknown_plate"
        assert (lanes[str(LANE_IN)]["trouble"], lanes[str(LANE_IN)]["live"]) == ([], None)
        assert (board["link"]["away_since"], board["link"]["clock"]) == (None, "trusted")
        assert (await desk.get(f"/lanes/{LANE_IN}/still")).json()["code"] == "no_camera"


async def test_a_cut_link_shows_with_what_is_queued(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.sign_in(at.guard.id)
        before = datetime.now(UTC)
        at.agent.uplink.connected.clear()
        cloud.mute = True
        await at.car("A001AA77")
        link = (await desk.get("/board")).json()["link"]
        assert link["queued"] >= 1
        assert datetime.fromisoformat(link["away_since"]) >= before - timedelta(seconds=2)
        at.make_stale()
        assert (await desk.get("/board")).json()["link"]["stale"]
        at.agent.uplink.connected.set()
        cloud.mute = False


async def test_whoever_is_inside_is_shown_and_whoever_for_too_long(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.sign_in(at.guard.id)
        guest = make_pass(valid_until=None)
        await at.hold(guest)
        await at.car("X711TT90")
        inside = (await desk.get("/passes", show="inside")).json()
        assert [(row["id"], row["status"]) for row in inside["items"]] == [(str(guest.id), "inside")]
        assert inside["items"][0]["inside_since"] is not None
        assert (await desk.get("/passes", show="inside", q="qqq")).json()["items"] == []
        ended = make_pass(id=guest.id, valid_until=datetime.now(UTC) - timedelta(minutes=1))
        await at.hold(ended)
        late = (await desk.get("/passes", show="overstayed")).json()
        assert [(row["id"], row["status"]) for row in late["items"]] == [(str(guest.id), "overstayed")]
        counts = (await desk.get("/board")).json()["counts"]
        assert (counts["inside"], counts["overstayed"]) == (1, 1)


async def test_the_journal_followed_anew_tells_nothing_twice(box: Box, cloud: CloudPeer, modbus: int) -> None:
    """As after a fork, which moves what was not acknowledged into a new stream."""
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        order = {"id": str(uid()), "direction": "in", "verdict": "open", "reason": "police"}
        await desk.post(f"/lanes/{LANE_IN}/decide", order)
        await at.car("A001AA77")
        await cloud.until(lambda: cloud.of(GateDecision) and cloud.of(records.Passage))
    with closing(sqlite3.connect(box.folder / "store.sqlite")) as store, store:
        store.execute(
            "UPDATE meta SET value = '[0,0]' WHERE key = 'chronicle'"
        )  # as if nothing had been followed
    async with box.agent() as agent, station(agent) as desk:
        await desk.sign_in(at.guard.id)

        async def is_followed() -> bool:
            return bool((await desk.get("/passages")).json()["items"])

        await until(is_followed)
        await asyncio.sleep(0.3)
        assert len((await desk.get("/passages")).json()["items"]) == 1
        report = (await desk.get("/me")).json()["shift"]["id"]
        found = (await desk.get(f"/shifts/{report}/report")).json()
        assert [(each["id"], each["opened"]) for each in found["opened_by_hand"]] == [(order["id"], True)]
        assert found["denied"] == 1
