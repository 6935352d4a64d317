"""Who is inside: somebody drives in and stands there by itself, is found, counted by zone, and leaves again."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from deploy.demo import company
from deploy.demo.company import GROUNDS, PARKING
from deploy.demo.sites import GATE
from tests.web.conftest import House, OpenPage
from tests.web.pages import (
    VISIBLE_MS,
    boxes_know_the_passes,
    issue_by_form,
    open_section,
    plate_words,
    row_with,
    wait_live,
    words_of,
)

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

PATH, TITLE = "/desk/passes/inside", "Кто внутри"
ENTRY, EXIT = (lane.camera for lane in GATE.lanes)


def count_on(page: Page, zone: str) -> int:
    chip = page.get_by_role("group", name="Зоны").get_by_role("button", name=re.compile(f"^{zone}"))
    expect(chip).to_be_visible(timeout=VISIBLE_MS)
    found = re.search(r"(\d+) из \d+", chip.inner_text())
    assert found is not None
    return int(found[1])


def test_who_drives_in_is_there_by_itself_and_gone_after_driving_out(
    house: House, open_page: OpenPage
) -> None:
    plate, guest = f"P{uuid4().int % 900 + 100}TX72", f"Гость {uuid4().hex[:6]}"
    desk = open_page("dispatcher")
    open_section(desk, "/desk/passes", "Пропуска")
    issue_by_form(desk, plate=plate, guest=guest)
    expect(desk.get_by_role("complementary")).to_contain_text(guest, timeout=VISIBLE_MS)
    desk.get_by_role("main").get_by_role("link", name=TITLE).click()

    page = desk
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible(timeout=VISIBLE_MS)
    wait_live(page)
    before = count_on(page, GROUNDS)
    house.simulators.leave(ENTRY)
    page.wait_for_timeout(1500)  # a visit of its own
    boxes_know_the_passes(page)
    house.simulators.car(ENTRY, plate)
    chip = page.get_by_role("group", name="Зоны").get_by_role("button", name=re.compile(f"^{GROUNDS}"))
    expect(chip).to_contain_text(f"{before + 1} из 120", timeout=VISIBLE_MS)
    page.get_by_role("textbox", name="Номер машины, гость").fill(guest)
    row = row_with(page, guest)
    expect(row).to_contain_text(GROUNDS, timeout=VISIBLE_MS)
    expect(row).to_contain_text(words_of(plate_words(plate)))
    row.click()
    expect(page.get_by_role("complementary")).to_contain_text("Въезд", timeout=VISIBLE_MS)
    expect(page).to_have_url(re.compile("open=[0-9a-f-]{36}"))

    house.simulators.leave(EXIT)
    page.wait_for_timeout(1500)
    house.simulators.car(EXIT, plate)
    expect(chip).to_contain_text(f"{before} из 120", timeout=VISIBLE_MS)
    page.get_by_role("main").get_by_role(
        "button", name="Обновить"
    ).click()  # a row under the hand stays till then
    expect(page.get_by_role("main")).to_contain_text("Внутри нет никого, кто подходит", timeout=VISIBLE_MS)


def test_a_zone_is_chosen_by_its_chip_and_the_rest_by_filters(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, PATH, TITLE)
    zones = page.get_by_role("group", name="Зоны")
    parking = zones.get_by_role("button", name=re.compile(f"^{PARKING}"))
    parking.click(timeout=VISIBLE_MS)
    expect(parking).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("zone=[0-9a-f-]{36}"))
    expect(page.get_by_role("main")).to_contain_text("Внутри нет никого, кто подходит", timeout=VISIBLE_MS)
    page.get_by_role("button", name="Сбросить фильтры").click()
    expect(page).not_to_have_url(re.compile("zone="))
    page.get_by_label("Задержались").check()
    expect(page).to_have_url(re.compile("late=yes"))


def test_without_zones_it_says_what_is_missing(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_section(page, PATH, TITLE)
    page.get_by_role("banner").get_by_role("button", name=re.compile("^Комплекс: ")).click(timeout=VISIBLE_MS)
    page.get_by_role("option", name=company.TOWER).click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Кто внутри, пока не видно", timeout=VISIBLE_MS)
    main.get_by_role("link", name="Объекты").click()
    expect(page.get_by_role("heading", level=1, name="Объекты")).to_be_visible(timeout=VISIBLE_MS)


def test_a_list_that_cannot_be_had_says_so(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    page.route(re.compile("/api/access/inside"), lambda route: route.fulfill(status=500, body="{}"))
    open_section(page, PATH, TITLE)
    expect(page.get_by_role("alert")).to_contain_text("Сервер отказал (код 500)", timeout=VISIBLE_MS)
    page.unroute(re.compile("/api/access/inside"))
    page.get_by_role("button", name="Повторить").click()
    expect(page.get_by_role("alert")).to_have_count(0, timeout=VISIBLE_MS)
