"""Records that say nothing any more: each costs the lists that show it itself, and nothing else."""

import logging
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from edge.store import Store
from protocols import records
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import LANE_IN, Gate, Station, gate, station, until
from tests.edge.world import make_pass, uid

PLATE, OTHER, THIRD = "X711TT90", "A001AA77", "B002BB77"
_BROKEN = 'UPDATE {table} SET body = CAST(\'{{"type":"pas\' AS BLOB) WHERE {where}'


async def broken(store: Store, table: str, where: str) -> None:
    """As after a flipped bit."""

    def job(connection: sqlite3.Connection) -> int:
        return connection.execute(_BROKEN.format(table=table, where=where)).rowcount

    assert await store.write(job) == 1


async def an_hour(at: Gate, desk: Station) -> dict[str, Any]:
    """A guest, two cars that nobody knows, the last of which the guard has let in; by plate."""
    await at.hold(make_pass(valid_until=None))
    for plate in (PLATE, OTHER, THIRD):
        await at.car(plate)

    async def is_told() -> bool:
        return len((await desk.get("/passages")).json()["items"]) == 3

    await until(is_told)
    items = {each["plate"]: each for each in (await desk.get("/passages")).json()["items"]}
    for number, plate in enumerate((OTHER, THIRD)):
        await decided(desk, items[plate]["id"], number)
    return items


async def decided(desk: Station, passage: str, number: int) -> None:
    order = {"id": str(uid(80 + number)), "direction": "in", "verdict": "open", "reason": "police"}
    (await desk.post(f"/lanes/{LANE_IN}/decide", order | {"passage": passage})).raise_for_status()


def named(passage: str) -> str:
    return f"id = x'{passage.replace('-', '')}'"


async def test_a_broken_passage_costs_its_lists_nothing_else(
    box: Box, cloud: CloudPeer, modbus: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        shift = await desk.on_duty(at.guard.id)
        items = await an_hour(at, desk)
        whole = (await desk.get(f"/shifts/{shift}/report")).json()
        await broken(at.agent.store, "passage", named(items[THIRD]["id"]))
        caplog.set_level(logging.ERROR)
        for asked in ({}, {"show": "by_guard"}, {"show": "let_through"}, {"q": "в"}):
            page = (await desk.get("/passages", **asked)).json()
            assert page["unreadable"] == 1, asked
            assert THIRD not in {each["plate"] for each in page["items"]}
        listed = (await desk.get("/passages")).json()["items"]
        assert [each["plate"] for each in listed] == [OTHER, PLATE]
        report = (await desk.get(f"/shifts/{shift}/report")).json()
        assert (report["unreadable"], report["denied"]) == (1, whole["denied"] - 1)
        assert report["granted_in"] == whole["granted_in"] == 1
        lane = (await desk.get("/board")).json()["lanes"][0]
        assert lane["last"]["plate"] == OTHER
        assert (await desk.get(f"/passages/{items[THIRD]['id']}")).status_code == 404
        await broken(at.agent.store, "passage", named(items[PLATE]["id"]))
        card = (await desk.get(f"/passes/{items[PLATE]['held']['id']}")).json()
        assert (card["passages"], card["unreadable"]) == ([], 1)
        told = [line for line in caplog.messages if items[THIRD]["id"] in line]
        assert len(told) == 1, "however often it is asked for"
        stream, sequence = record_of(box, items[THIRD]["id"])
        assert f"{stream} {sequence}" in told[0]


def record_of(box: Box, passage: str) -> tuple[str, int]:
    with closing(sqlite3.connect(box.folder / "store.sqlite")) as store:
        [(stream, sequence)] = store.execute(
            "SELECT hex(stream.id), sequence FROM record JOIN stream USING (n)"
            " WHERE CAST(body AS TEXT) LIKE '{\"type\":\"passage\"%' || ? || '%'",
            (passage,),
        )
    plain = stream.lower()
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:])), sequence


async def test_pages_go_on_behind_passages_that_cannot_be_read(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        items = await an_hour(at, desk)
        for plate in (THIRD, OTHER):
            await broken(at.agent.store, "passage", named(items[plate]["id"]))
        first = (await desk.get("/passages", limit="1")).json()
        assert [each["plate"] for each in first["items"]] == [PLATE]
        assert (first["more"], first["unreadable"]) == (False, 2)


async def test_a_broken_decision_is_no_decision_that_another_may_make(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        shift = await desk.on_duty(at.guard.id)
        items = await an_hour(at, desk)
        await broken(at.agent.store, "act", f"id = x'{uid(81).hex}'")
        for show in ("all", "by_guard", "denied", "not_opened"):
            assert (await desk.get("/passages", show=show)).status_code == 200, show
        page = (await desk.get("/passages")).json()
        assert ([each["plate"] for each in page["items"]], page["unreadable"]) == ([OTHER, PLATE], 1)
        report = (await desk.get(f"/shifts/{shift}/report")).json()
        assert ([each["id"] for each in report["opened_by_hand"]], report["unreadable"]) == (
            [str(uid(80))],
            1,
        )
        order = {"direction": "in", "verdict": "open", "reason": "police", "passage": items[THIRD]["id"]}
        lane = f"/lanes/{LANE_IN}/decide"
        assert (await desk.post(lane, {"id": str(uid()), **order})).status_code == 404
        again = await desk.post(lane, {"id": str(uid(81)), **order})
        assert (again.status_code, again.json()["code"]) == (409, "unreadable")


async def test_a_broken_remark_or_visit_costs_its_lists_nothing_else(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        shift = await desk.on_duty(at.guard.id)
        for number in (1, 2):
            note = {"id": str(uid(number)), "text": f"Записка {number}"}
            (await desk.post("/notes", note)).raise_for_status()
            violation = {"id": str(uid(10 + number)), "kind": "noise", "note": f"Шум {number}"}
            (await desk.post("/violations", violation)).raise_for_status()
            visit = {"state": "inside", "name": f"Гость {number}"}
            (await desk.put(f"/visits/{uid(20 + number)}", visit)).raise_for_status()
        for table, number in (("act", 1), ("act", 11), ("visit", 21)):
            await broken(at.agent.store, table, f"id = x'{uid(number).hex}'")
        violations = (await desk.get("/violations")).json()
        assert [each["note"] for each in violations["items"]] == ["Шум 2"]
        visits = (await desk.get("/visits")).json()
        assert ([each["name"] for each in visits["items"]], visits["total"]) == (["Гость 2"], 1)
        assert (violations["unreadable"], visits["unreadable"]) == (1, 1)
        report = (await desk.get(f"/shifts/{shift}/report")).json()
        assert [each["text"] for each in report["notes"]] == ["Записка 2"]
        assert (len(report["violations"]), report["visitors"], report["unreadable"]) == (1, 2, 2)
        again = await desk.post("/notes", {"id": str(uid(1)), "text": "Записка 1"})
        assert (again.status_code, again.json()["code"]) == (409, "unreadable")
        mended = await desk.put(f"/visits/{uid(21)}", {"state": "left", "name": "Гость 1"})
        assert (mended.status_code, mended.json()["state"]) == (200, "left")


async def test_violations_are_shown_beside_one_whose_record_is_broken(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        cloud.mute = True
        for number in (11, 12):
            (await desk.post("/violations", {"id": str(uid(number)), "kind": "noise"})).raise_for_status()

        def job(connection: sqlite3.Connection) -> int:
            head = '{"type":"violation"%'
            whose = f"CAST(body AS TEXT) LIKE '{head}{uid(11)}%'"
            return connection.execute(
                f'UPDATE record SET body = CAST(\'{{"type":"violation","id":\' AS BLOB) WHERE {whose}'
            ).rowcount

        assert await at.agent.store.write(job) == 1
        shown = (await desk.get("/violations")).json()["items"]
        assert {each["id"]: each["sent"] for each in shown}[str(uid(12))] is False
        cloud.mute = False


async def test_the_page_begins_beside_what_it_cannot_read_of_its_own(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.sign_in(at.guard.id)
        await at.car(OTHER)
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 1)
        jar = dict(desk.client.cookies)
    with closing(sqlite3.connect(box.folder / "store.sqlite")) as store, store:
        store.execute("UPDATE meta SET value = CAST('[0' AS BLOB) WHERE key = 'chronicle'")
        strange = (b"\0" * 32, uid(5).bytes, "by face", "-", 0)
        columns = "token, guard, way, station, begun_ms"
        store.execute(f"INSERT INTO guard_session ({columns}) VALUES (?, ?, ?, ?, ?)", strange)
    async with box.agent() as agent, station(agent) as desk:
        desk.client.cookies.update(jar)
        await push_more(agent, desk)


async def push_more(agent: Any, desk: Station) -> None:
    """What comes next is told as ever."""
    order = {"id": str(uid()), "direction": "in", "verdict": "open", "reason": "police"}
    assert (await desk.get("/me")).json()["guard"] is not None
    (await desk.post("/shifts", {"id": str(uid())})).raise_for_status()
    assert (await desk.post(f"/lanes/{LANE_IN}/decide", order)).status_code == 200

    async def is_followed() -> bool:
        def job(connection: sqlite3.Connection) -> Any:
            return connection.execute("SELECT value FROM meta WHERE key = 'chronicle'").fetchone()[0]

        return (await agent.store.write(job)) not in (b"[0", b"[0,0]")

    await until(is_followed)
