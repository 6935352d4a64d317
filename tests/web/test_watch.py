"""What guards did, at the desk: visitors and shifts appear by themselves, a violation goes its way as a case."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.web.conftest import Entry, House, OpenPage
from tests.web.pages import VISIBLE_MS, open_section, row_with, wait_live
from tests.web.watching import Watch

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


@pytest.fixture
def guard(playwright: Playwright, house: House, entries: Callable[[str], Entry]) -> Iterator[Watch]:
    """On duty."""
    watch = Watch(playwright, house, entries)
    watch.begin()
    yield watch
    watch.end()


def test_a_visitor_appears_by_itself_and_is_found(open_page: OpenPage, guard: Watch) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/watch", "Охрана")
    wait_live(page)
    name = f"Гостева {uuid4().hex[:6]}"
    guard.visitor(name)
    expect(row_with(page, name)).to_contain_text("Внутри", timeout=VISIBLE_MS)
    page.get_by_role("search").get_by_role("textbox").fill("никого такого")
    expect(page.get_by_text("Ничего не нашлось")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("search").get_by_role("textbox").fill(name)
    expect(row_with(page, name)).to_be_visible(timeout=VISIBLE_MS)


def test_a_visitor_who_is_listed_later_is_a_conflict_until_somebody_has_seen_it(
    open_page: OpenPage, guard: Watch
) -> None:
    name = f"Гостева {uuid4().hex[:6]}"
    guard.visitor(name)
    page, hand = open_page("dispatcher"), open_page("dispatcher")
    open_section(page, f"/desk/watch?q={name}", "Охрана")
    wait_live(page)
    expect(row_with(page, name)).to_contain_text("Внутри", timeout=VISIBLE_MS)
    bar(hand, name)
    row = row_with(page, name)
    expect(row).to_contain_text("Причина: Драка", timeout=VISIBLE_MS)
    row.get_by_role("button", name="Разобрано").click(timeout=VISIBLE_MS)
    expect(row).to_contain_text("Разобрал", timeout=VISIBLE_MS)
    open_section(page, f"/desk/watch?q={name}&state=conflict", "Охрана")
    expect(page.get_by_text("Ничего не нашлось")).to_be_visible(timeout=VISIBLE_MS)
    let_in(hand, name)


def bar(page: Page, person: str) -> None:
    """Put a person on the blacklist."""
    open_section(page, "/desk/blacklist", "Чёрный список")
    page.get_by_role("button", name="Внести в список").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Человек", exact=True).click()
    dialog.get_by_label("Человек", exact=False).last.fill(person)
    dialog.get_by_label("Причина").fill("Драка")
    dialog.get_by_role("button", name="Добавить").click()
    expect(dialog).to_have_count(0, timeout=VISIBLE_MS)


def let_in(page: Page, person: str) -> None:
    """Take a person off the blacklist."""
    row_with(page, person).get_by_role("button", name="Снять").click(timeout=VISIBLE_MS)
    page.get_by_role("dialog").get_by_role("button", name="Снять").click(timeout=VISIBLE_MS)
    expect(row_with(page, person)).to_have_count(0, timeout=VISIBLE_MS)


def test_a_shift_is_opened_beside_its_list(open_page: OpenPage, guard: Watch) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/watch?show=shifts", "Охрана")
    row_with(page, "Мартынов").first.click(timeout=VISIBLE_MS)
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("Смена: Мартынов", timeout=VISIBLE_MS)
    expect(panel).to_contain_text("Посетителей")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_violation_goes_its_way_as_a_case(open_page: OpenPage, guard: Watch) -> None:
    note = f"На газоне, {uuid4().hex[:6]}"
    guard.violation("о552не72", note)
    page = open_page("manager")
    open_section(page, "/desk/violations", "Нарушения")
    row_with(page, note).first.click(timeout=VISIBLE_MS)
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("img").first).to_be_visible(timeout=VISIBLE_MS)
    for step, state in (("Известить", "Извещён"), ("Подтвердить", "Подтверждено")):
        panel.get_by_role("button", name=step).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Комментарий").fill(f"{step}: по фото")
        dialog.get_by_role("button", name=step).click()
        expect(dialog).to_have_count(0, timeout=VISIBLE_MS)
        expect(panel.get_by_text(state, exact=True).first).to_be_visible(timeout=VISIBLE_MS)
    expect(panel).to_contain_text("Известить: по фото")
    panel.get_by_role("button", name="Закрыть").click()
    expect(row_with(page, note)).to_contain_text("Подтверждено", timeout=VISIBLE_MS)
