"""What the tests do on a page more than once."""

import re

from playwright.sync_api import Locator, Page, expect

VISIBLE_MS = 15_000
"""Tests run beside others on small machines."""


def open_section(page: Page, path: str, heading: str) -> None:
    """Go there and wait until it is drawn."""
    page.goto(path)
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible(timeout=VISIBLE_MS)


def wait_live(page: Page) -> None:
    """Until changes arrive by themselves."""
    expect(page.locator("[data-live=open]")).to_be_visible(timeout=VISIBLE_MS)


def row_with(page: Page, text: str) -> Locator:
    """The table's row that holds the text, spaces of any kind being one."""
    pattern = re.compile(r"\s*".join(map(re.escape, text.split())))
    return page.locator("tbody tr").filter(has_text=pattern)


def issue_by_form(page: Page, *, plate: str, guest: str) -> None:
    """Issue a guest pass for today, as a dispatcher types it."""
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Номер машины или карты").fill(plate)
    readings = dialog.get_by_role("group", name="Что распознано")
    expect(readings.get_by_role("button")).to_have_count(1, timeout=VISIBLE_MS)
    readings.get_by_role("button").click()
    dialog.get_by_label("Гость", exact=True).fill(guest)
    dialog.get_by_role("button", name="Выдать пропуск").click()
