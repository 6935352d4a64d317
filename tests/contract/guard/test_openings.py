"""The contract's openings that are no passage: found among the passages, by who opened, why, and what became of it."""

import asyncio
from typing import Any

import pytest

from tests.contract.guard.gate_acts import PLATE, a_pass, newest
from tests.contract.guard.server import Browser

WHY = "Курьер с пиццей"


async def rows(page: Browser, **asked: Any) -> list[dict[str, Any]]:
    """Both kinds as the page draws them: newest first."""
    found = await page.get("/passages", **({"rows": "all"} | asked))
    return sorted([*found["items"], *found["openings"]], key=lambda row: (row["at"], row["id"]), reverse=True)


async def until(page: Browser, count: int, **asked: Any) -> list[dict[str, Any]]:
    """So many rows, once the server shows them."""
    async with asyncio.timeout(60):
        while True:
            found = await rows(page, **asked)
            if len(found) == count:
                return found
            await asyncio.sleep(0.05)


async def an_hour(page: Browser) -> list[dict[str, Any]]:
    """By hand for an ambulance, a guest's passage, from afar by a dispatcher, by a crank. The newest first."""
    await page.server.hold(a_pass(entries=None))
    await page.on_duty()
    opened = await page.decide(verdict="open", reason="ambulance", note="Подъезд 3", plate="E777KX77")
    assert opened.status_code == 200, opened.text
    await until(page, 1)
    await page.server.car(PLATE)
    await newest(page, plate=PLATE)
    await page.server.open_from_afar(WHY)
    await until(page, 3)
    await page.server.force()
    return await until(page, 4)


async def test_openings_stand_among_the_passages(page: Browser) -> None:
    forced, ordered, passage, by_hand = await an_hour(page)
    assert (by_hand["by"], by_hand["reason"], by_hand["why"]) == ("guard", "ambulance", "Подъезд 3")
    assert (by_hand["plate"], by_hand["direction"], by_hand["opened"]) == ("E777KX77", "in", True)
    assert by_hand["person"] == (await page.get("/me"))["guard"]["name"]
    assert (ordered["by"], ordered["why"], ordered["opened"]) == ("dispatcher", WHY, True)
    assert ordered["person"]
    assert ordered["detail"] == ""
    assert (forced["by"], forced["person"], forced["opened"]) == ("nobody", "", True)
    assert passage["plate"] == PLATE
    lane = str(page.server.lane)
    assert {row["point"] for row in (forced, ordered, by_hand)} == {lane}
    assert all(row["point_name"] for row in (forced, ordered, by_hand))


async def test_a_page_asks_for_one_kind_of_rows_or_for_both(page: Browser) -> None:
    forced, ordered, passage, by_hand = await an_hour(page)
    opened = [forced, ordered, by_hand]
    for kind, expected in (
        ("all", [forced, ordered, passage, by_hand]),
        ("passages", [passage]),
        ("openings", opened),
    ):
        assert await rows(page, rows=kind) == expected, kind
    assert (await page.get("/passages"))["openings"] == [], "who asks as before hears as before"
    for show, shown in (("let_through", opened), ("denied", []), ("by_guard", [by_hand]), ("not_opened", [])):
        assert await rows(page, rows="openings", show=show) == shown, show
    assert await rows(page, point=str(page.server.lane)) == await rows(page)
    wrong = await page.client.get("/passages", params={"rows": "whatever"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "rows")


async def test_openings_are_found_by_words(page: Browser) -> None:
    _, ordered, passage, by_hand = await an_hour(page)
    for typed, expected in (
        ("пицц", [ordered]),
        ("е777", [by_hand]),
        ("подъезд", [by_hand]),
        ("711", [passage]),
        ("ничего", []),
    ):
        assert await rows(page, q=typed) == expected, typed
    person = ordered["person"].split()[-1].lower()
    assert await rows(page, q=person, rows="openings") == [ordered]


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_of_both_kinds_leave_out_nothing_and_show_nothing_twice(
    page: Browser, limit: int
) -> None:
    every = await an_hour(page)
    seen: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"rows": "all", "limit": limit}
    while True:
        part = await page.get("/passages", **asked)
        here = await rows(page, **asked)
        assert len(here) <= limit
        seen += here
        if not part["more"]:
            break
        asked |= {"before": here[-1]["at"], "before_id": here[-1]["id"]}
    assert seen == every
    assert await rows(page, after=every[1]["at"]) == every[:1]
