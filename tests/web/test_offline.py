"""Without a network: what cannot be had says so within seconds, and is there once the network is."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section, wait_live

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

SECONDS_MS = 15_000


def test_a_list_and_a_section_say_that_the_network_is_lost(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/people", "Жители")
    wait_live(page)
    page.context.set_offline(True)
    sections = page.get_by_role("navigation", name="Разделы")

    sections.get_by_role("link", name="Пропуска").click()
    told = page.get_by_role("main").get_by_role("alert").filter(has_text="Нет связи с сервером")
    expect(told).to_be_visible(timeout=SECONDS_MS)
    expect(told.get_by_role("button", name="Повторить")).to_be_visible()

    sections.get_by_role("link", name="Счётчики").click()  # never opened: its code is not here either
    lost = page.get_by_role("alert").filter(has_text="Нет связи с сервером")
    again = lost.get_by_role("button", name="Повторить")
    expect(again).to_be_visible(timeout=SECONDS_MS)
    expect(page.get_by_text("Страница сломалась")).to_have_count(0)
    again.click()
    page.wait_for_timeout(1_000)
    expect(again).to_be_visible()  # asked too early, the page is not lost

    page.context.set_offline(False)  # the page comes by itself, too
    expect(page.get_by_role("heading", level=1, name="Счётчики")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)


def test_a_list_comes_by_itself_when_the_network_is_back(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/people", "Жители")
    wait_live(page)
    page.context.set_offline(True)
    page.get_by_role("navigation", name="Разделы").get_by_role("link", name="Пропуска").click()
    expect(page.get_by_role("alert").filter(has_text="Нет связи с сервером")).to_be_visible(
        timeout=SECONDS_MS
    )
    page.context.set_offline(False)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)
