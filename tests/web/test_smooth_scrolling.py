"""Ten thousand rows: few are drawn, and keys and places stay right."""

import copy
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section

pytestmark = [pytest.mark.web, pytest.mark.timeout(600)]

ROWS = 10_000
PAGE_SIZE = 100
COUNTED = 1_000  # the server counts no further
ROW_PX = 36
SETTLES_MS = 120
SCROLLS_S = 200


def answer_by_pages() -> Callable[[Route], None]:
    """Ten thousand passes like the first that the server has, «Жилец 00000» and so on."""
    known: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        if not known:
            known.append(route.fetch().json()["items"][0])
        page = int(parse_qs(urlsplit(route.request.url).query).get("page", ["1"])[0])
        first = (page - 1) * PAGE_SIZE
        items = [row(known[0], number) for number in range(first, min(first + PAGE_SIZE, ROWS))]
        following = page + 1 if first + PAGE_SIZE < ROWS else None
        route.fulfill(json={"items": items, "total": COUNTED, "total_capped": True, "next": following})

    return answer


def row(like: dict[str, Any], number: int) -> dict[str, Any]:
    one = copy.copy(like)
    one |= {"id": f"019abf31-0000-7000-8000-{number:012d}", "number": number, "holder": f"Жилец {number:05d}"}
    return one


@pytest.fixture
def crowd(open_page: OpenPage) -> Page:
    page = open_page("dispatcher")
    page.route(re.compile(r"/api/access/passes\?"), answer_by_pages())
    open_section(page, "/desk/passes", "Пропуска")
    expect(page.get_by_text("Жилец 00003")).to_be_visible(timeout=VISIBLE_MS)
    return page


def scroll_to_the_end(page: Page) -> int:
    """As a wheel does; the most rows that were drawn at a time."""
    most = 0
    last = page.locator("tbody tr").filter(has_text=f"Жилец {ROWS - 1:05d}")
    deadline = time.monotonic() + SCROLLS_S
    while time.monotonic() < deadline:
        page.evaluate("scrollBy(0, 1_200)")
        page.wait_for_timeout(60)
        most = max(most, page.locator("tbody tr").count())
        if last.count():
            return most
    place = page.evaluate("[scrollY, document.documentElement.scrollHeight]")
    raise AssertionError(
        f"the end was not reached: {place}, {page.locator('tbody tr').all_inner_texts()[::8]}"
    )


def test_ten_thousand_rows_are_walked_with_few_drawn(crowd: Page) -> None:
    assert scroll_to_the_end(crowd) < 100
    crowd.wait_for_timeout(SETTLES_MS)
    crowd.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    crowd.locator("tbody tr").filter(has_text=f"Жилец {ROWS - 1:05d}").focus()
    for number in (ROWS - 2, ROWS - 3):
        crowd.keyboard.press("k")
        expect(crowd.locator("tr:focus")).to_contain_text(f"Жилец {number:05d}")
    crowd.keyboard.press("j")
    expect(crowd.locator("tr:focus")).to_contain_text(f"Жилец {ROWS - 2:05d}")
    assert crowd.locator("tr:focus").get_attribute("aria-rowindex") == str(ROWS)  # the head is the first

    top = crowd.evaluate("document.querySelector('tbody').getBoundingClientRect().top + scrollY")
    crowd.evaluate(f"scrollTo(0, {top + 5_000 * ROW_PX})")
    middle = crowd.locator("tbody tr").filter(has_text="Жилец 05010")
    expect(middle).to_be_in_viewport(timeout=VISIBLE_MS)
    place = middle.evaluate("it => it.getBoundingClientRect().top + scrollY")
    assert abs(place - top - 5_010 * ROW_PX) < ROW_PX
    assert crowd.locator("tbody tr").count() < 100
    expect(crowd.locator("tr:focus")).to_contain_text(f"Жилец {ROWS - 2:05d}")  # not lost by scrolling away
