"""The desk without a mouse."""

import pytest
from playwright.sync_api import expect

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
    page.keyboard.type("х711")
    expect(page.locator("tbody tr")).to_have_count(1, timeout=VISIBLE_MS)
    assert everything > 1


def test_the_palette_finds_sections_and_passes(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    page.keyboard.press("Control+k")
    page.keyboard.type("счётч")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Счётчики")).to_be_visible(timeout=VISIBLE_MS)
    page.keyboard.press("Control+k")
    page.keyboard.type("х711")
    found = page.get_by_role("dialog").get_by_role("button").filter(has_text="X711TT90")
    expect(found.first).to_be_visible(timeout=VISIBLE_MS)


def test_question_mark_shows_the_shortcuts(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog")).to_contain_text("Горячие клавиши", timeout=VISIBLE_MS)
