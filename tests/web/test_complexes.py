"""One complex of several, chosen at the top: every list shows it, links name it; lists are found as they were left."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.demo import company
from deploy.demo.sites import GATE, TOWER
from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section, row_with
from tests.web.test_screens import AXE

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

ALL = "Все комплексы"
IN_TOWER, IN_SETTLEMENT = "Белова Наталья", "Иванова Мария"


def switch(page: Page) -> Locator:
    return page.get_by_role("banner").get_by_role("button", name=re.compile("^Комплекс: "))


def choose(page: Page, name: str) -> None:
    switch(page).click(timeout=VISIBLE_MS)
    page.get_by_role("option", name=name).click()
    expect(switch(page)).to_have_accessible_name(f"Комплекс: {name}", timeout=VISIBLE_MS)


def go_to(page: Page, section: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=section).click()
    expect(page.get_by_role("heading", level=1, name=section)).to_be_visible(timeout=VISIBLE_MS)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page("dispatcher")


def test_every_list_shows_the_chosen_complex(page: Page) -> None:
    open_section(page, "/desk/people", "Жители")
    expect(switch(page)).to_have_accessible_name(f"Комплекс: {ALL}", timeout=VISIBLE_MS)
    expect(row_with(page, IN_SETTLEMENT)).to_be_visible(timeout=VISIBLE_MS)
    choose(page, company.TOWER)
    expect(row_with(page, IN_SETTLEMENT)).to_have_count(0, timeout=VISIBLE_MS)
    expect(row_with(page, IN_TOWER)).to_be_visible()
    go_to(page, "Пропуска")
    expect(row_with(page, IN_TOWER)).to_be_visible(timeout=VISIBLE_MS)
    expect(row_with(page, IN_SETTLEMENT)).to_have_count(0)
    go_to(page, "Проезды")
    lanes = page.locator("[data-lane]")
    expect(lanes).to_have_count(len(TOWER.lanes), timeout=VISIBLE_MS)
    expect(lanes.first).to_contain_text(TOWER.lanes[0].name)
    go_to(page, "Счётчики")
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)
    assert {row.inner_text().count(TOWER.name) for row in page.locator("tbody tr").all()} == {1}
    go_to(page, "Жилой фонд")
    page.get_by_role("tab", name="Помещения").click()
    expect(page.locator("tbody tr").first).to_contain_text("Афинская, 7", timeout=VISIBLE_MS)
    choose(page, company.SETTLEMENT)
    expect(page.locator("tbody tr").first).to_contain_text("Кифису", timeout=VISIBLE_MS)
    go_to(page, "Проезды")
    expect(lanes).to_have_count(len(GATE.lanes), timeout=VISIBLE_MS)


def test_a_link_shows_a_colleague_the_same_and_what_was_chosen_is_remembered(
    page: Page, open_page: OpenPage
) -> None:
    open_section(page, "/desk/people", "Жители")
    expect(page).to_have_url(re.compile("complex=all"), timeout=VISIBLE_MS)
    of_all = page.url
    choose(page, company.TOWER)
    expect(page).to_have_url(re.compile("complex=[0-9a-f-]{36}"))
    of_tower = page.url

    colleague = open_page("manager")
    open_section(colleague, of_tower, "Жители")
    expect(switch(colleague)).to_have_accessible_name(f"Комплекс: {company.TOWER}", timeout=VISIBLE_MS)
    expect(row_with(colleague, IN_TOWER)).to_be_visible(timeout=VISIBLE_MS)
    expect(row_with(colleague, IN_SETTLEMENT)).to_have_count(0)
    colleague.goto("/desk")
    expect(switch(colleague)).to_have_accessible_name(f"Комплекс: {ALL}", timeout=VISIBLE_MS)

    for path in ("/", "/desk/passes"):
        page.goto(path)
        expect(switch(page)).to_have_accessible_name(f"Комплекс: {company.TOWER}", timeout=VISIBLE_MS)
        expect(page).to_have_url(re.compile("complex=[0-9a-f-]{36}"))
    open_section(page, of_all, "Жители")
    expect(row_with(page, IN_SETTLEMENT)).to_be_visible(timeout=VISIBLE_MS)


def test_what_no_complex_bears_leaves_all_of_them(page: Page) -> None:
    for nonsense in ("x", str(uuid4())):
        open_section(page, f"/desk/people?complex={nonsense}", "Жители")
        expect(switch(page)).to_have_accessible_name(f"Комплекс: {ALL}", timeout=VISIBLE_MS)
        expect(row_with(page, IN_SETTLEMENT)).to_be_visible(timeout=VISIBLE_MS)


def test_forms_and_the_palette_begin_in_the_chosen_complex(page: Page) -> None:
    open_section(page, "/desk/passes", "Пропуска")
    choose(page, company.TOWER)
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox", name="Объект")).to_have_value(TOWER.name, timeout=VISIBLE_MS)
    dialog.get_by_role("combobox", name="Адрес").click()
    expect(page.get_by_role("option", name=re.compile("Афинская, 7")).first).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("option", name=re.compile("Кифису"))).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=VISIBLE_MS)
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Номер пропуска")).to_be_focused(timeout=VISIBLE_MS)
    page.keyboard.type("+7 912 345")
    found = page.get_by_role("dialog").get_by_role("button")
    expect(found.filter(has_text=IN_TOWER).first).to_be_visible(timeout=VISIBLE_MS)
    expect(found.filter(has_text=IN_SETTLEMENT)).to_have_count(0)


def test_the_palette_says_that_one_complex_alone_was_searched(page: Page) -> None:
    open_section(page, "/desk/passes", "Пропуска")
    choose(page, company.TOWER)
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Номер пропуска")).to_be_focused(timeout=VISIBLE_MS)
    page.keyboard.type(IN_SETTLEMENT)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Показан только комплекс «{company.TOWER}»", timeout=VISIBLE_MS)
    dialog.get_by_role("button", name="Показать все комплексы").click()
    expect(dialog.get_by_role("button").filter(has_text=IN_SETTLEMENT).first).to_be_visible(
        timeout=VISIBLE_MS
    )


def test_a_card_of_another_complex_is_left_for_its_list(page: Page) -> None:
    open_section(page, "/desk/meters", "Счётчики")
    page.locator("tbody tr").filter(has_text=GATE.name).first.click(timeout=VISIBLE_MS)
    page.wait_for_url(re.compile("/desk/meters/[0-9a-f-]{36}"))
    choose(page, company.TOWER)
    expect(page).to_have_url(re.compile(r"/desk/meters\?complex=[0-9a-f-]{36}"), timeout=VISIBLE_MS)
    expect(page.locator("tbody tr").first).to_contain_text(TOWER.name, timeout=VISIBLE_MS)


def test_a_list_is_found_again_as_it_was_left(page: Page) -> None:
    open_section(page, "/desk/passes?q=kia&kind=guest", "Пропуска")
    row = page.locator("tbody tr").first
    row.click(timeout=VISIBLE_MS)
    page.get_by_role("complementary").locator("a[href^='/desk/passes/']").click(timeout=VISIBLE_MS)
    expect(page.get_by_role("heading", level=1, name=re.compile("^Пропуск №"))).to_be_visible(
        timeout=VISIBLE_MS
    )
    page.reload()
    page.get_by_role("main").get_by_role("link", name="Пропуска").click(timeout=VISIBLE_MS)
    expect(page).to_have_url(re.compile("q=kia.*kind=guest|kind=guest.*q=kia"), timeout=VISIBLE_MS)
    go_to(page, "Жители")
    page.go_back()
    expect(page).to_have_url(re.compile("q=kia"), timeout=VISIBLE_MS)
    page.go_forward()
    expect(page.get_by_role("heading", level=1, name="Жители")).to_be_visible(timeout=VISIBLE_MS)
    go_to(page, "Пропуска")
    expect(page).to_have_url(re.compile("q=kia"), timeout=VISIBLE_MS)
    expect(page).not_to_have_url(re.compile("open="))
    choose(page, company.TOWER)
    go_to(page, "Жители")
    go_to(page, "Пропуска")
    expect(page).to_have_url(re.compile("q=kia"), timeout=VISIBLE_MS)
    go_to(page, "Пропуска")  # once more: the whole list
    expect(page).not_to_have_url(re.compile("q=kia"), timeout=VISIBLE_MS)
    expect(page).to_have_url(re.compile("complex=[0-9a-f-]{36}"))


def test_the_crumb_of_a_site_keeps_the_complex(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_section(page, "/desk/sites", "Объекты")
    choose(page, company.TOWER)
    cards = page.locator("main a[href^='/desk/sites/']")
    expect(cards).to_have_count(1, timeout=VISIBLE_MS)
    cards.click()
    expect(page.get_by_role("heading", level=1, name=TOWER.name)).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("button", name="Изменить объект").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox", name="Комплекс")).to_have_value(company.TOWER, timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    page.get_by_role("main").get_by_role("link", name="Объекты").click()
    expect(cards).to_have_count(1, timeout=VISIBLE_MS)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_switch_is_within_reach_and_axe_finds_nothing(open_page: OpenPage, width: int) -> None:
    page = open_page("dispatcher", width=width, height=844)
    open_section(page, "/desk/people", "Жители")
    choose(page, company.TOWER)
    expect(switch(page)).to_be_focused()  # the focus is still there
    page.keyboard.press("Enter")
    expect(page.get_by_role("option", name=ALL)).to_be_visible(timeout=VISIBLE_MS)
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = switch(page).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["height"] >= 24


def test_where_there_is_no_choice_there_is_no_switch_and_many_are_searched(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_section(page, "/admin/companies", "Компании")
    name = f"УК «Микены {uuid4().hex[:6]}»"
    page.get_by_role("button", name="Добавить компанию").click()
    page.get_by_role("dialog").get_by_label("Название").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=VISIBLE_MS)
    page.get_by_role("button", name=re.compile("^Компания: ")).click(timeout=VISIBLE_MS)
    page.get_by_role("menuitem", name=name).click()
    make = """async (name) => (await fetch('/api/housing/complexes', {
        method: 'POST',
        body: JSON.stringify({name, kind: 'settlement'}),
        headers: {
            'Content-Type': 'application/json',
            'X-Organisation': localStorage['domovoy.company'],
            'X-CSRF-Token': document.cookie.match(/domovoy_csrf=([^;]+)/)[1],
        },
    })).status"""
    assert page.evaluate(make, "Посёлок 1") == 201
    open_section(page, "/desk/housing", "Жилой фонд")
    expect(row_with(page, "Посёлок 1")).to_be_visible(timeout=VISIBLE_MS)
    expect(switch(page)).to_have_count(0)
    assert "complex=" not in page.url
    for number in range(2, 11):
        assert page.evaluate(make, f"Посёлок {number}") == 201
    open_section(page, "/desk/housing", "Жилой фонд")
    switch(page).click(timeout=VISIBLE_MS)
    page.get_by_placeholder("Найти комплекс").fill("лок 10")
    page.get_by_role("option").click()
    expect(switch(page)).to_have_accessible_name("Комплекс: Посёлок 10", timeout=VISIBLE_MS)


@pytest.mark.parametrize("path", ["/desk/people", "/admin/staff"])
def test_on_a_phone_a_companys_name_leaves_room_for_what_stands_beside_it(
    open_page: OpenPage, path: str
) -> None:
    page = open_page("administrator", width=390, height=844)
    page.goto("/admin/companies")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=VISIBLE_MS)
    make = """async (name) => (await fetch('/api/companies', {
        method: 'POST',
        body: JSON.stringify({name}),
        headers: {
            'Content-Type': 'application/json',
            'X-CSRF-Token': document.cookie.match(/domovoy_csrf=([^;]+)/)[1],
        },
    })).status"""
    assert page.evaluate(make, f"Товарищество собственников жилья «Микены {uuid4().hex[:6]}»") == 201
    page.goto(path)
    company_button = page.get_by_role("button", name=re.compile("^Компания: "))
    search = page.get_by_role("banner").get_by_role("button", name=re.compile("Поиск"))
    expect(company_button).to_be_visible(timeout=VISIBLE_MS)
    named, beside = company_button.bounding_box(), search.bounding_box()
    assert named is not None
    assert beside is not None
    assert named["x"] + named["width"] <= beside["x"]
