"""The contract's times and reasons, which box and cloud have from one place: who waits and for how long, whom a near
plate is offered, what «today» is.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from protocols.guard_views import CONFIRMED_WITHIN, NEAR_FOR
from protocols.held import PassKind
from tests.contract.guard.gate_acts import PLATE, a_pass, newest
from tests.contract.guard.server import Browser, new_id

A_WHILE = timedelta(seconds=40)


async def lane_of(page: Browser) -> dict[str, Any]:
    lanes: list[dict[str, Any]] = (await page.get("/board"))["lanes"]
    return next(each for each in lanes if each["id"] == str(page.server.lane))


async def test_who_waits_is_confirmed_within_the_same_time_and_no_longer(page: Browser) -> None:
    await page.server.hold(a_pass(entries=None))
    await page.on_duty()
    await page.server.leave_guests_to_guard()
    await page.server.car(PLATE)
    passage = await newest(page, waits=True)
    await page.server.later(CONFIRMED_WITHIN - A_WHILE)
    assert [each["id"] for each in (await lane_of(page))["waiting"]] == [passage["id"]]
    await page.server.later(2 * A_WHILE)
    assert (await lane_of(page))["waiting"] == []
    late = await page.decide(verdict="confirm", passage=passage["id"])
    assert (late.status_code, late.json()["code"]) == (409, "late")


async def test_whom_the_sites_rule_refuses_for_a_stale_list_waits_for_nobody(page: Browser) -> None:
    await page.server.hold(a_pass())
    await page.on_duty()
    await page.server.refuse_by_rule(PLATE)
    passage = await newest(page, reason="stale_list")
    assert (passage["outcome"], passage["waits"]) == ("denied", False)
    assert (await lane_of(page))["waiting"] == []
    refused = await page.decide(verdict="confirm", passage=passage["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_confirmable")


async def test_what_nobody_left_to_the_guard_is_not_confirmed(page: Browser) -> None:
    guest = a_pass()
    await page.server.hold(guest)
    await page.on_duty()
    await page.server.car("X771TT90")
    passage = await newest(page, reason="unknown_plate")
    refused = await page.decide(verdict="confirm", passage=passage["id"], pass_id=str(guest.id))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_confirmable")
    nothing = await page.decide(verdict="confirm", pass_id=str(guest.id))
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "passage")


async def test_near_plates_are_offered_for_the_same_time_until_somebody_decided(page: Browser) -> None:
    guest = a_pass()
    await page.server.hold(guest, *(a_pass(number=f"20{n}", plates=[f"X71{n}TT90"]) for n in range(2, 7)))
    await page.on_duty()
    await page.server.car("X719TT90")
    assert len((await newest(page, plate="X719TT90"))["near"]) == 3, "as many as are seen at a glance"
    await page.server.later(NEAR_FOR - A_WHILE)
    passage = await newest(page)
    assert len(passage["near"]) == 3
    await page.decide(verdict="refuse", reason="behaviour", passage=passage["id"])
    assert (await newest(page))["near"] == []
    await page.server.car("X718TT90")
    assert (await newest(page, plate="X718TT90"))["near"] != []
    await page.server.later(NEAR_FOR)
    assert (await newest(page))["near"] == []


async def test_todays_visitors_are_those_of_the_sites_day(page: Browser) -> None:
    await page.on_duty()
    path, visit = f"/visits/{new_id()}", {"name": "Вчерашний"}
    await page.done("PUT", path, visit | {"state": "inside"})
    assert (await page.get("/visits", show="today"))["total"] == 1
    await page.server.later(timedelta(hours=24))
    await page.on_duty()
    await page.done("PUT", path, visit | {"state": "left"})
    assert (await page.get("/visits", show="today"))["items"] == []
    await page.done("PUT", f"/visits/{new_id()}", {"name": "Сегодняшний", "state": "inside"})
    assert [each["name"] for each in (await page.get("/visits", show="today"))["items"]] == ["Сегодняшний"]


async def test_todays_passes_are_visitors_whose_pass_stands(page: Browser) -> None:
    now = datetime.now(UTC)
    resident = a_pass(number="101", kind=PassKind.RESIDENT, plates=["A001AA77"], valid_until=None)
    next_week = a_pass(number="102", plates=["B002BB77"], valid_from=now + timedelta(days=7))
    guest = a_pass(number="103")
    await page.server.hold(
        resident, msgspec.structs.replace(next_week, valid_until=now + timedelta(days=8)), guest
    )
    await page.on_duty()
    made = await page.done("POST", "/passes", {"id": new_id(), "holder": "Курьер"})
    await page.done("POST", f"/passes/{made['id']}/withdraw", {})
    found = await page.get("/passes", show="today")
    assert [row["number"] for row in found["items"]] == ["103"]
    assert (await page.get("/board"))["counts"]["today"] == 1
