"""What a box noticed beside its decision is told in words, on the board and on the passage's own page."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from deploy.demo.sites import GATE
from tests.web.conftest import House, OpenPage
from tests.web.pages import (
    VISIBLE_MS,
    boxes_know_the_passes,
    open_section,
    plate_words,
    row_with,
    stay_clear_of_midnight,
    wait_live,
    words_of,
)

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

ENTRY = GATE.lanes[0]
TWICE = "Уже был внутри: вошёл повторно"


def issue(page: Page, plate: str) -> str:
    """For as many entries as one likes; the number of the pass."""
    stay_clear_of_midnight(page)
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Номер машины или карты").fill(plate)
    form.get_by_label("Число въездов").fill("")
    form.get_by_role("button", name="Выдать пропуск").click()
    title = page.get_by_role("complementary").get_by_text(re.compile(r"^Пропуск № \d+$"))
    expect(title).to_be_visible(timeout=VISIBLE_MS)
    return re.sub(r"\D", "", title.inner_text())


def test_who_comes_in_twice_is_let_in_and_noted(house: House, open_page: OpenPage) -> None:
    plate = f"E{uuid4().int % 900 + 100}KH72"
    page = open_page("dispatcher")
    issue(page, plate)
    open_section(page, "/desk/board", "Проезды")
    wait_live(page)
    boxes_know_the_passes(page)
    lane = page.locator(f"[data-lane='{ENTRY.name}']")
    for said in (0, 1):
        house.simulators.leave(ENTRY.camera)
        page.wait_for_timeout(1500)  # a visit of its own
        house.simulators.car(ENTRY.camera, plate)
        expect(lane).to_contain_text(words_of(plate_words(plate)), timeout=VISIBLE_MS)
        expect(lane.get_by_text(TWICE)).to_have_count(said, timeout=VISIBLE_MS)
    expect(lane).to_contain_text("Пропущен")
    row = row_with(page, plate_words(plate)).filter(has_text=TWICE)
    row.first.click(timeout=VISIBLE_MS)
    page.wait_for_url(re.compile(r"/desk/board/[0-9a-f-]{36}(\?|$)"))
    expect(page.get_by_text("Решение принято за")).to_be_visible(timeout=VISIBLE_MS)  # no more the board
    expect(page.get_by_role("main").get_by_text(TWICE)).to_be_visible()


def test_what_is_rare_is_told_with_its_age_and_the_way_to_the_other_pass(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    number = issue(page, f"O{uuid4().int % 900 + 100}BT72")
    expect(page).to_have_url(re.compile("open=[0-9a-f-]{36}"))
    found = re.search(r"open=([0-9a-f-]{36})", page.url)
    assert found is not None
    noticed: dict[str, Any] = {
        "flags": ["code", "stale_list", "left_as_other", "with_other_pass"],
        "list_age_s": 26 * 3600,
        "left_carrier": "X711TT90",
        "other_pass_id": found[1],
        "other_pass_number": int(number),
    }

    def tell(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | noticed)

    page.route(re.compile(r"/api/access/passages/[0-9a-f-]{36}"), tell)
    open_section(page, "/desk/board", "Проезды")
    page.locator("tbody tr").first.click(timeout=VISIBLE_MS)
    main = page.get_by_role("main")
    expect(main).to_contain_text("По коду гостя", timeout=VISIBLE_MS)
    expect(main).to_contain_text("Список не сверялся с облаком 26 часов")
    expect(main).to_contain_text(re.compile(r"въезжал на X\s711\sTT\s90"))
    main.get_by_role("link", name=f"Машина въехала по пропуску № {number}").click()
    expect(page.get_by_role("heading", level=1, name=f"Пропуск № {number}")).to_be_visible(timeout=VISIBLE_MS)
