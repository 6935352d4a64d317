"""Calendars speak the page's language, and their weeks begin on Monday."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

RUSSIAN = re.compile(
    r"^(январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь) 20\d\d( г\.)?$"
)
ENGLISH = re.compile(
    r"^(January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d$"
)


@pytest.mark.parametrize(
    ("language", "month", "monday"), [("ru", RUSSIAN, "пн"), ("en", ENGLISH, "Mo")], ids=["ru", "en"]
)
def test_calendars_speak_the_pages_language(
    open_page: OpenPage, language: str, month: re.Pattern[str], monday: str
) -> None:
    page = open_page("dispatcher", language=language)
    page.goto("/desk/passes")
    page.locator("[role=search] [data-dates-input]").click(timeout=VISIBLE_MS)
    calendar = page.locator("[data-dates-dropdown]")
    expect(calendar.get_by_role("button", name=month)).to_have_text(month, timeout=VISIBLE_MS)
    expect(calendar.locator("thead th").first).to_have_text(monday)
    page.keyboard.press("Escape")

    page.locator("main button:has(svg)").first.click()
    form = page.get_by_role("dialog")
    form.locator("input[value=period] + label").click(timeout=VISIBLE_MS)
    form.locator("[data-dates-input]").first.click()
    expect(calendar.locator("thead th").first).to_have_text(monday, timeout=VISIBLE_MS)
    days = calendar.locator("tbody button")
    expect(days.nth(15)).to_have_attribute(
        "aria-label", re.compile(r"[а-я]" if language == "ru" else r"[A-Z]")
    )


def test_calendars_follow_a_change_of_the_language(open_page: OpenPage) -> None:
    page = open_page("manager", language="en")
    page.goto("/desk/passes")
    page.route("**/api/account/preferences/*", lambda route: route.fulfill(json={"key": "x", "value": {}}))
    page.get_by_role("button", name=re.compile("^EN:|Русский|Russian")).click(timeout=VISIBLE_MS)
    page.locator("[role=search] [data-dates-input]").click()
    expect(page.locator("[data-dates-dropdown] thead th").first).to_have_text("пн", timeout=VISIBLE_MS)
