"""The contract's passages of an hour ago: found by words, lane and what became of them, page by page, one whole."""

from typing import Any

import pytest

from tests.contract.guard.gate_acts import PLATE, a_pass, newest
from tests.contract.guard.server import Browser, new_id

OTHERS = ("A001AA77", "B002BB77")


async def an_hour(page: Browser) -> dict[str, dict[str, Any]]:
    """A guest, two cars that nobody knows, one of them opened for by hand. By plate."""
    await page.server.hold(a_pass(entries=None))
    await page.on_duty()
    for plate in (PLATE, *OTHERS):
        await page.server.car(plate)
        await newest(page, plate=plate)
    opened = await newest(page, plate=OTHERS[-1])
    answer = await page.decide(verdict="open", reason="ordered", note="Звонил хозяин", passage=opened["id"])
    assert answer.status_code == 200, answer.text
    return {each["plate"]: each for each in (await page.get("/passages"))["items"]}


async def plates(page: Browser, **asked: Any) -> list[str]:
    return [each["plate"] for each in (await page.get("/passages", **asked))["items"]]


async def test_passages_are_shown_by_what_became_of_them(page: Browser) -> None:
    await an_hour(page)
    guest, refused, opened = PLATE, *OTHERS
    for show, expected in (
        ("all", [opened, refused, guest]),
        ("let_through", [opened, guest]),
        ("denied", [refused]),
        ("by_guard", [opened]),
        ("not_opened", []),
    ):
        assert await plates(page, show=show) == expected, show
    unknown = await page.client.get("/passages", params={"show": "whatever"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "show")


async def test_what_a_guard_refused_is_denied(page: Browser) -> None:
    await page.server.hold(a_pass())
    await page.on_duty()
    await page.server.leave_guests_to_guard()
    await page.server.car(PLATE)
    passage = await newest(page, waits=True)
    await page.decide(verdict="refuse", reason="host_refused", passage=passage["id"])
    assert await plates(page, show="denied") == [PLATE]
    assert await plates(page, show="by_guard") == [PLATE]
    assert await plates(page, show="let_through") == []


@pytest.mark.parametrize(
    "typed",
    [
        "711",
        "х711",
        "Х 711 ТТ 90",
        "семёнова",
        "иванова 711",
        "кифису а2",
        "+7 (912) 345-67-01",
        "2026000123",
    ],
)
async def test_a_passage_is_found_by_its_plate_and_by_its_pass(page: Browser, typed: str) -> None:
    await an_hour(page)
    assert await plates(page, q=typed) == [PLATE]
    assert await plates(page, q=f"{typed} qqq") == [], "each word must be found"
    assert await plates(page, q="a001") == [OTHERS[0]], "who had no pass is found, too"
    assert await plates(page, q="…") == []


async def test_passages_of_a_lane_come_page_by_page_and_none_twice(page: Browser) -> None:
    await an_hour(page)
    lane = str(page.server.lane)
    assert await plates(page, point=new_id()) == []
    seen: list[str] = []
    asked: dict[str, Any] = {"point": lane, "limit": 1}
    while True:
        part = await page.get("/passages", **asked)
        seen += [each["plate"] for each in part["items"]]
        if not part["more"]:
            break
        asked |= {"before": part["items"][-1]["at"], "before_id": part["items"][-1]["id"]}
    assert seen == [*reversed(OTHERS), PLATE]
    oldest = await page.get("/passages", before=asked["before"])
    assert [each["plate"] for each in oldest["items"]] == [PLATE], "a time alone is before"
    assert await plates(page, after=asked["before"]) == list(reversed(OTHERS))[:1], "and so it is after"
    assert await plates(page, after=asked["before"], q="a001") == []


async def test_a_passage_is_told_whole_with_who_decided_and_what_was_noted(page: Browser) -> None:
    listed = await an_hour(page)
    passage = listed[OTHERS[-1]]
    await page.done("POST", "/notes", {"id": new_id(), "text": "Тягач", "passage": passage["id"]})
    card = await page.get(f"/passages/{passage['id']}")
    assert (card["passage"]["id"], card["passage"]["plate"]) == (passage["id"], OTHERS[-1])
    assert card["passage"]["decided"]["verdict"] == "open"
    assert card["passage"]["decided"]["guard"]["name"]
    assert [each["text"] for each in card["notes"]] == ["Тягач"]
    guest = await page.get(f"/passages/{listed[PLATE]['id']}")
    assert (guest["passage"]["held"]["holder"], guest["notes"]) == ("Семёнова Анна", [])
    for path in (f"/passages/{new_id()}", "/passages/none"):
        assert (await page.client.get(path)).status_code == 404
