"""The desk without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def test_rows_are_walked_opened_and_left(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)
    page.keyboard.press("j")
    expect(page.locator("tbody tr").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("tbody tr").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_be_visible(timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_have_count(0)


def test_slash_leads_to_the_search_and_typing_filters(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)
    everything = page.locator("tbody tr").count()
    page.keyboard.press("/")
    expect(page.get_by_role("search").locator("input").first).to_be_focused()
    page.keyboard.type("х711")
    expect(page.locator("tbody tr")).to_have_count(1, timeout=VISIBLE_MS)
    assert everything > 1


def test_the_palette_finds_sections_and_passes(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Номер пропуска")).to_be_focused(timeout=VISIBLE_MS)
    page.keyboard.type("счётч")
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_text(["Счётчики"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Счётчики")).to_be_visible(timeout=VISIBLE_MS)
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Номер пропуска")).to_be_focused(timeout=VISIBLE_MS)
    page.keyboard.type("х711")
    found = page.get_by_role("dialog").get_by_role("button").filter(has_text=re.compile(r"X\s711\sTT\s90"))
    expect(found.first).to_be_visible(timeout=VISIBLE_MS)


def test_question_mark_shows_the_shortcuts(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog")).to_contain_text("Горячие клавиши", timeout=VISIBLE_MS)


def press(page: Page, key: str, code: str, *, ctrl: bool = False, shift: bool = False) -> None:
    """A key as a layout other than the tester's sends it."""
    page.evaluate(
        "init => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', init))",
        {"key": key, "code": code, "ctrlKey": ctrl, "shiftKey": shift, "bubbles": True, "cancelable": True},
    )


def test_shortcuts_are_the_same_keys_on_a_russian_layout(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)
    press(page, "о", "KeyJ")
    expect(page.locator("tbody tr").first).to_be_focused()
    press(page, "о", "KeyJ")
    press(page, "л", "KeyK")
    expect(page.locator("tbody tr").first).to_be_focused()
    press(page, ".", "Slash")
    expect(
        page.get_by_role("searchbox").or_(page.get_by_role("search").locator("input")).first
    ).to_be_focused()
    page.keyboard.press("Escape")
    press(page, "л", "KeyK", ctrl=True)
    palette = page.get_by_placeholder("Номер пропуска")
    expect(palette).to_be_focused(timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    expect(palette).to_have_count(0)
    press(page, "т", "KeyN")
    expect(page.get_by_role("dialog")).to_contain_text("Номер машины или карты", timeout=VISIBLE_MS)


def test_nothing_opens_above_an_open_dialog(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    press(page, ",", "Slash", shift=True)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Горячие клавиши", timeout=VISIBLE_MS)
    page.keyboard.press("Control+k")
    page.keyboard.press("Shift+?")
    page.wait_for_timeout(300)
    expect(dialog).to_have_count(1)
    expect(dialog).to_contain_text("Горячие клавиши")


def test_the_palette_finds_everything_and_does_things(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    for typed, shown in (
        ("№ 3", "№ 3"),
        ("SDM-2107731", "SDM-2107731"),
        ("КПП к/п", "КПП к/п Афины"),
        ("кв. 1", "кв. 1"),
    ):
        page.keyboard.press("Control+k")
        expect(page.get_by_placeholder("Номер пропуска")).to_be_focused(timeout=VISIBLE_MS)
        page.keyboard.type(typed)
        found = page.get_by_role("dialog").get_by_role("button").filter(has_text=shown)
        expect(found.first).to_be_visible(timeout=VISIBLE_MS)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Номер пропуска")).to_be_focused(timeout=VISIBLE_MS)
    page.keyboard.type("выдать")
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_text(["Выдать пропуск"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Пропуска")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("dialog")).to_contain_text("Номер машины или карты", timeout=VISIBLE_MS)


def test_escape_closes_the_menu_and_not_the_card_behind_it(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    page.locator("tbody tr").first.click(timeout=VISIBLE_MS)
    card = page.get_by_role("complementary")
    expect(card).to_be_visible(timeout=VISIBLE_MS)
    for button, role in (
        ("Столбцы", "menu"),
        ("Меню пользователя", "menu"),
        (re.compile("^Комплекс: "), "listbox"),
    ):
        opener = page.get_by_role("button", name=button)
        opener.click()
        menu = page.get_by_role(role)
        expect(menu).to_be_visible(timeout=VISIBLE_MS)
        expect(menu.locator(":focus") if role == "menu" else opener.locator(":scope:focus")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
        expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


def test_escape_leads_from_a_page_to_its_list(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes?q=kia", "Пропуска")
    page.locator("tbody tr").first.click(timeout=VISIBLE_MS)
    page.get_by_role("complementary").locator("a[href^='/desk/passes/']").click(timeout=VISIBLE_MS)
    expect(page.get_by_role("heading", level=1, name=re.compile("^Пропуск №"))).to_be_visible(
        timeout=VISIBLE_MS
    )
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1, name="Пропуска")).to_be_visible(timeout=VISIBLE_MS)
    expect(page).to_have_url(re.compile("q=kia"))


def test_sites_are_walked_opened_and_left(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/sites", "Объекты")
    sites = page.locator("main a[href^='/desk/sites/']")
    expect(sites.nth(1)).to_be_visible(timeout=VISIBLE_MS)
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(sites.nth(place)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Контроллеры")).to_be_visible(timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1, name="Объекты")).to_be_visible(timeout=VISIBLE_MS)


def test_the_palette_says_that_the_server_cannot_be_reached(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    page.route("**/api/**", lambda route: route.abort("internetdisconnected"))
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Номер пропуска")).to_be_focused(timeout=VISIBLE_MS)
    page.keyboard.type("Белова")
    expect(page.get_by_role("dialog")).to_contain_text("Нет связи с сервером", timeout=VISIBLE_MS)
    expect(page.get_by_role("dialog")).not_to_contain_text("Ничего не нашлось")


def test_the_palette_says_where_it_could_not_look_beside_what_it_found(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    refusal = {"title": "Сломалось", "status": 422, "code": "broken"}
    page.route(re.compile(r"/api/people\?"), lambda route: route.fulfill(status=422, json=refusal))
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Номер пропуска")).to_be_focused(timeout=VISIBLE_MS)
    page.keyboard.type("х711")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Не удалось посмотреть: жители. Сломалось", timeout=VISIBLE_MS)
    found = dialog.get_by_role("button").filter(has_text=re.compile(r"X\s711\sTT\s90"))
    expect(found.first).to_be_visible()
    page.unroute_all()
    dialog.get_by_role("button").filter(has_text="Не удалось посмотреть").click()
    expect(dialog).not_to_contain_text("Не удалось посмотреть", timeout=VISIBLE_MS)
    expect(found.first).to_be_visible()
