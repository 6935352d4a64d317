"""A pass's card says what was changed, from what to what, and why."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, issue_by_form, open_section, row_with

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def test_a_change_stands_in_the_history_in_plain_words(open_page: OpenPage) -> None:
    page, guest = open_page("dispatcher"), f"Гость {uuid4().hex[:8]}"
    open_section(page, "/desk/passes", "Пропуска")
    issue_by_form(page, plate="Х 411 ТТ 90", guest=guest)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=VISIBLE_MS)
    open_section(page, f"/desk/passes?q={guest}", "Пропуска")
    row_with(page, guest).click()
    panel = page.get_by_role("complementary")
    panel.get_by_role("button", name="Изменить", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Автомобиль").fill("KIA RIO")
    form.get_by_label("Телефон гостя").fill("8 912 345-67-89")
    form.get_by_label("Почему меняется").fill("Приедет на другой машине")
    form.get_by_role("button", name="Сохранить", exact=True).click()
    expect(form).to_have_count(0, timeout=VISIBLE_MS)
    history = panel.get_by_label("История")
    expect(history).to_contain_text("Изменён", timeout=VISIBLE_MS)
    expect(history).to_contain_text("Приедет на другой машине")
    expect(history).to_contain_text("Автомобиль: — → KIA RIO")
    expect(history).to_contain_text("Телефон гостя: указан")
    expect(history).not_to_contain_text("912")
