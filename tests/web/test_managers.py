"""What a manager decides: a kind of pass that must be approved; and what comes as a table instead of one by one."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, issue_by_form, open_section, row_with

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


@pytest.fixture
def rules(open_page: OpenPage) -> Iterator[Page]:
    """The rules of guests' passes ask for approval, for as long as the test runs."""
    page = open_page("administrator")
    open_section(page, "/admin/policies", "Правила выдачи")
    ask_for_approval(page)
    yield page
    ask_for_approval(page)


def ask_for_approval(page: Page) -> None:
    """Turn the switch of guests' passes."""
    page.get_by_role("button", name="Изменить правила: Гостевой").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Согласует управляющий").click(force=True)
    dialog.get_by_role("button", name="Сохранить").click()
    expect(dialog).to_be_hidden(timeout=VISIBLE_MS)


def test_a_guests_pass_waits_for_the_manager(open_page: OpenPage, rules: Page) -> None:
    guest = f"Гость {uuid4().hex[:6]}"
    expect(row_with(rules, "Гостевой")).to_contain_text("согласует управляющий")
    desk = open_page("dispatcher")
    open_section(desk, "/desk/passes", "Пропуска")
    issue_by_form(desk, plate="А 321 ВС 72", guest=guest)
    expect(desk.get_by_text("отправлен на согласование")).to_be_visible(timeout=VISIBLE_MS)
    card = desk.get_by_role("complementary")
    expect(card).to_contain_text("Ждёт согласования", timeout=VISIBLE_MS)
    expect(card.get_by_role("button", name="Согласовать")).to_have_count(0)

    manager = open_page("administrator")
    open_section(manager, "/desk/passes?state=requested", "Пропуска")
    row_with(manager, guest).click()
    manager.get_by_role("complementary").get_by_role("button", name="Согласовать").click()
    expect(card).to_contain_text("Выдан", timeout=VISIBLE_MS)


WEDDING = "ФИО;Номер машины\nПетров {mark};Х 321 ТТ 90\nСидорова {mark};\nКто-то;АБВГД\n"


def test_a_table_is_looked_at_and_then_issued(open_page: OpenPage) -> None:
    mark = uuid4().hex[:6]
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Из таблицы").click()
    dialog = page.get_by_role("dialog")
    table = WEDDING.format(mark=mark).encode("cp1251")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name=re.compile("Файл со списком")).click()
    chooser.value.set_files({"name": "гости.csv", "mimeType": "text/csv", "buffer": table})
    dialog.get_by_label("Группа").fill(f"Свадьба {mark}")
    dialog.get_by_role("button", name="Проверить").click()
    verdicts = dialog.get_by_role("table", name="Строки таблицы")
    expect(verdicts.locator("tbody tr").first).to_contain_text("не похоже на номер", timeout=VISIBLE_MS)
    expect(dialog.get_by_role("status")).to_contain_text("2 строки подходят")
    expect(dialog.get_by_role("status")).to_contain_text("1 строка с ошибкой")
    dialog.get_by_role("button", name="Выдать 2 пропуска").click()
    expect(dialog).to_be_hidden(timeout=VISIBLE_MS)
    expect(page).to_have_url(re.compile("group=[0-9a-f-]{36}"))
    expect(row_with(page, f"Петров {mark}")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Только эта группа").click()
    expect(page).not_to_have_url(re.compile("group="))
