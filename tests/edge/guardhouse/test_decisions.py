"""A guard's decisions at a lane: written before the coil, once, by one guard; and what the blacklist forbids."""

import asyncio
from typing import Any

import msgspec

from protocols import acts, records
from protocols.fields import Direction
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.conftest import Lines
from tests.edge.guardhouse.desk import (
    LANE_IN,
    LANE_OUT,
    ZONE,
    Gate,
    Station,
    gate,
    make_guard,
    station,
    until,
)
from tests.edge.world import make_block, make_pass, uid


async def waiting(desk: Station) -> dict[str, Any]:
    """The passage that waits for the guard at the lane in."""
    async with asyncio.timeout(60):
        while True:
            lane = next(
                each for each in (await desk.get("/board")).json()["lanes"] if each["id"] == str(LANE_IN)
            )
            if lane["waiting"]:
                return lane["waiting"][0]
            await asyncio.sleep(0.02)


async def last(desk: Station, lane: object = LANE_IN) -> dict[str, Any]:
    """The newest passage, once the page knows it."""
    async with asyncio.timeout(60):
        while True:
            found = (await desk.get("/passages", point=str(lane))).json()["items"]
            if found:
                return found[0]
            await asyncio.sleep(0.02)


def confirmation(passage: dict[str, Any], **changes: object) -> dict[str, object]:
    return {"id": str(uid()), "direction": "in", "verdict": "confirm", "passage": passage["id"]} | changes


async def a_guest_waits(at: Gate, desk: Station, **changes: object) -> dict[str, Any]:
    """The list is stale: guests are the guard's to decide."""
    await at.hold(make_pass(valid_until=None, **changes))
    at.make_stale()
    await at.car("X711TT90")
    return await waiting(desk)


async def test_a_confirmed_car_is_let_in_and_counted(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        shift = await desk.on_duty(at.guard.id)
        passage = await a_guest_waits(at, desk, entries=1)
        assert (passage["reason"], passage["waits"]) == ("guard_confirmation", True)
        order = confirmation(passage)
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", order)
        assert answer.status_code == 200, answer.text
        assert answer.json()["opened"] is True
        await cloud.until(lambda: cloud.of(records.Actuation))
        (decision,), (done,) = cloud.of(acts.GateDecision), cloud.of(records.Actuation)
        assert (str(decision.id), done.passage, done.done) == (order["id"], decision.id, True)
        assert (decision.use, decision.zone, decision.behind, decision.carrier) == (1, ZONE, ZONE, "X711TT90")
        assert (str(decision.shift), decision.guard) == (shift, at.guard.id)
        row = (await desk.get("/passes", q="711")).json()["items"][0]
        assert (row["status"], row["used"]) == ("inside", 1)
        again = await desk.post(f"/lanes/{LANE_IN}/decide", order)
        assert again.json() == answer.json()
        assert len(cloud.of(acts.GateDecision)) == 1

        async def is_shown() -> bool:
            shown = await last(desk)
            return not shown["waits"] and bool(shown["decided"]["opened"])

        await until(is_shown)


async def test_of_two_guards_the_second_hears_of_the_first(box: Box, cloud: CloudPeer, modbus: int) -> None:
    other = make_guard(name="Анна")
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk, station(at.agent) as second:
        await at.hold(other)
        await desk.on_duty(at.guard.id)
        await second.on_duty(other.id)
        passage = await a_guest_waits(at, desk)
        refusal = confirmation(passage, verdict="refuse", reason="host_refused")
        answers = await asyncio.gather(
            desk.post(f"/lanes/{LANE_IN}/decide", confirmation(passage)),
            second.post(f"/lanes/{LANE_IN}/decide", refusal),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        lost = next(answer.json() for answer in answers if answer.status_code == 409)
        won = next(answer.json() for answer in answers if answer.status_code == 200)
        assert lost["code"] == "already_decided"
        assert lost["decided"]["guard"] == won["guard"]
        assert await asyncio.wait_for(at.agent.gate.drain(), 60) is None
        late = await second.post(f"/lanes/{LANE_IN}/decide", confirmation(passage))
        assert (late.status_code, late.json()["decided"]["id"]) == (409, won["id"])


async def test_an_ambulance_is_let_in_with_one_button_and_no_pass(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        order = {"id": str(uid()), "direction": "in", "verdict": "open", "reason": "ambulance"}
        assert (await desk.post(f"/lanes/{LANE_IN}/decide", order)).json()["opened"]
        await cloud.until(lambda: cloud.of(records.Actuation))
        (decision,) = cloud.of(acts.GateDecision)
        assert (decision.reason, decision.pass_id) == (acts.ManualReason.AMBULANCE, None)


async def test_an_opening_by_hand_says_why(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        order = {"id": str(uid()), "direction": "in", "verdict": "open"}
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", order)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", order | {"reason": "other"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "note")


async def test_the_blacklist_is_opened_by_hand_alone_and_told(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        passage = await a_guest_waits(at, desk)
        await at.hold(make_block(plates=["X711TT90"], reason="Долг"))
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", confirmation(passage))
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
            409,
            "blacklisted",
            "Долг",
        )
        by_hand = confirmation(passage, verdict="open", reason="ordered")
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", by_hand)
        assert (answer.json()["opened"], answer.json()["blacklisted"]) == (True, True)
        await cloud.until(lambda: cloud.of(acts.GateDecision))
        assert cloud.of(acts.GateDecision)[0].blacklisted


async def test_a_wrong_character_is_offered_and_let_in_by_the_guard(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        guest = make_pass(valid_until=None)
        await at.hold(guest)
        await at.car("X771TT90")
        passage = await last(desk)
        assert (passage["outcome"], [row["id"] for row in passage["near"]]) == ("denied", [str(guest.id)])
        order = confirmation(passage, verdict="open", reason="near_plate", pass_id=str(guest.id))
        assert (await desk.post(f"/lanes/{LANE_IN}/decide", order)).json()["opened"]
        await cloud.until(lambda: cloud.of(acts.GateDecision))
        (decision,) = cloud.of(acts.GateDecision)
        assert (decision.plate, decision.carrier, decision.pass_id) == ("X771TT90", "X711TT90", guest.id)
        await at.car("X711TT90", out=True)  # and by its own plate it goes out
        passage = await last(desk, LANE_OUT)
        assert passage["outcome"] == "granted"
        assert not [place for _, place in at.agent.held.presence.everyone()]


async def test_what_was_read_too_long_ago_is_not_confirmed(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        passage = await a_guest_waits(at, desk)
        msgspec.structs.force_setattr(at.agent.settings.guardhouse, "confirm_within_s", -1.0)
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", confirmation(passage))
        assert (answer.status_code, answer.json()["code"]) == (409, "late")


async def test_a_point_that_cannot_open_says_why_and_nothing_counts(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        passage = await a_guest_waits(at, desk, entries=1)
        at.agent.gate.suspend({at.agent.gate.site.points[LANE_IN].barrier.device})
        answer = (await desk.post(f"/lanes/{LANE_IN}/decide", confirmation(passage))).json()
        assert (answer["opened"], bool(answer["detail"])) == (False, True)
        row = (await desk.get("/passes", q="711")).json()["items"][0]
        assert (row["used"], row["status"]) == (0, "issued")
        await cloud.until(lambda: cloud.of(records.Actuation))
        (done,) = cloud.of(records.Actuation)
        assert (done.entry_returned, done.undone) == (True, True)


async def test_nobody_decides_without_a_shift(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.sign_in(at.guard.id)
        order = {"id": str(uid()), "direction": Direction.IN, "verdict": "open", "reason": "fault"}
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", order)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_on_duty")


async def test_the_same_request_twice_at_once_is_one(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        shift = await desk.on_duty(at.guard.id)
        opening = {"id": str(uid()), "direction": "in", "verdict": "open", "reason": "police"}
        orders = {
            "/passes": {"id": str(uid()), "holder": "Курьер", "plate": "A123BC72"},
            "/notes": {"id": str(uid()), "text": "Тихо"},
            "/violations": {"id": str(uid()), "kind": "noise"},
            f"/lanes/{LANE_IN}/decide": opening,
        }
        for path, order in orders.items():
            answers = await asyncio.gather(*(desk.post(path, order) for _ in range(3)))
            assert [answer.status_code for answer in answers] == [200] * 3, path
            assert len({answer.text for answer in answers}) == 1, path
        report = (await desk.get(f"/shifts/{shift}/report")).json()
        assert [len(report[name]) for name in ("opened_by_hand", "violations", "notes")] == [1, 1, 1]
        assert report["passes_made"] == 1


async def test_a_guards_request_and_decision_have_ids(
    box: Box, cloud: CloudPeer, modbus: int, lines: Lines
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        answer = await desk.client.get("/me", headers={"X-Correlation-Id": "beep-0001"})
        assert answer.headers["X-Correlation-Id"] == "beep-0001"
        assert len((await desk.get("/me")).headers["X-Correlation-Id"]) == 16
        await desk.on_duty(at.guard.id)
        order = {"id": str(uid()), "direction": "in", "verdict": "open", "reason": "ordered"}
        (await desk.post(f"/lanes/{LANE_IN}/decide", order)).raise_for_status()
    (line,) = lines.of("edge.guardhouse.decisions")
    assert (line["message"], line["correlation_id"]) == ("a guard's decision: open", order["id"])
