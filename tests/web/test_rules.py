"""What a company says of a point, and a change of many passes; looked at on a desk and on a phone."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, expect_guarded, issue_by_form, open_section, row_with

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
POINTS = "/admin/policies?of=points"


def point_of(page: Page, name: str) -> None:
    """Open the rules of a point."""
    page.locator("tbody tr, main li button").filter(has_text=name).first.click()


def save(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Сохранить").click()
    expect(dialog).to_be_hidden(timeout=VISIBLE_MS)


@pytest.fixture
def strict(open_page: OpenPage) -> Iterator[str]:
    """A point of the settlement's gate that guests' passes do not open, for as long as the test runs."""
    page = open_page("administrator")
    open_section(page, POINTS, "Правила выдачи")
    name = "Въезд"
    point_of(page, name)
    guests = page.get_by_role("dialog").get_by_label("Гостевой")
    guests.uncheck()
    save(page)
    expect(row_with(page, name).first).not_to_contain_text("любые", timeout=VISIBLE_MS)
    yield name
    point_of(page, name)
    guests.check()
    save(page)
    expect(row_with(page, name).first).to_contain_text("любые", timeout=VISIBLE_MS)


def test_hours_that_are_no_time_are_told_at_their_field(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_section(page, POINTS, "Правила выдачи")
    page.get_by_role("textbox", name="Название точки").fill("zzzqqq")
    expect(page.get_by_text("Ничего не нашлось")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("textbox", name="Название точки").fill("Въезд")
    point_of(page, "Въезд")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Пускать с").fill("25:00")
    dialog.get_by_role("button", name="Сохранить").click()
    expect(dialog.get_by_label("Пускать с")).to_have_attribute("aria-invalid", "true", timeout=VISIBLE_MS)
    expect(dialog).to_contain_text("Время пишется как 9:00")


def test_a_guests_pass_says_what_it_does_not_open(open_page: OpenPage, strict: str) -> None:
    guest = f"Гость {uuid4().hex[:6]}"
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    issue_by_form(page, plate="А 327 ВС 72", guest=guest)
    card = page.get_by_role("complementary")
    expect(card).to_contain_text("Не открывает", timeout=VISIBLE_MS)
    expect(card).to_contain_text(strict)


def choose(page: Page, guest: str) -> None:
    open_section(page, f"/desk/passes?q={guest}", "Пропуска")
    found = page.locator("tbody tr, main li").filter(has_text=guest).first
    expect(found).to_be_visible(timeout=VISIBLE_MS)
    found.get_by_role("checkbox").check()
    page.get_by_role("button", name="Срок, точки, часы").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_many_passes_are_given_points_after_a_look_at_each_verdict(
    open_page: OpenPage, strict: str, width: str, tmp_path: Path
) -> None:
    guest = f"Гость {uuid4().hex[:6]}"
    wide, high = WIDTHS[width]
    page = open_page("dispatcher", width=wide, height=high)
    open_section(page, "/desk/passes", "Пропуска")
    issue_by_form(page, plate="А 328 ВС 72", guest=guest)
    expect(page.get_by_text(guest).first).to_be_visible(timeout=VISIBLE_MS)
    choose(page, guest)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Проверить").click()
    expect(dialog).to_contain_text("Укажите новый срок, точки или часы", timeout=VISIBLE_MS)
    dialog.get_by_text("Выбрать", exact=True).first.click()
    dialog.get_by_label("Точки и зоны").first.click()
    page.get_by_role("option", name=re.compile(f"^{strict}")).first.click()
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Проверить").click()
    verdict = dialog.get_by_role("status")
    expect(verdict).to_contain_text("не открывается", timeout=VISIBLE_MS)
    expect(verdict).to_contain_text("Останутся как есть: 1.")
    page.screenshot(path=tmp_path / f"many-{width}.png")
    expect_guarded(dialog)
    dialog.get_by_text("Все точки", exact=True).click()
    dialog.get_by_role("button", name="Проверить").click()
    dialog.get_by_role("button", name="Изменить 1 пропуск").click(timeout=VISIBLE_MS)
    expect(page.get_by_text("Изменено пропусков: 1")).to_be_visible(timeout=VISIBLE_MS)
