"""A person is put on the blacklist by document, and comes under another name."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def test_a_pass_with_a_listed_document_is_refused(open_page: OpenPage) -> None:
    number = f"{uuid4().int % 10**6:06}"
    page = open_page("manager")
    open_section(page, "/desk/blacklist", "Чёрный список")
    page.get_by_role("button", name="Внести в список").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Человек", exact=True).click()
    dialog.get_by_label("Документ").fill("паспорт")
    dialog.get_by_label("Причина").fill("Драка")
    dialog.get_by_role("button", name="Добавить").click()
    expect(dialog.get_by_label("Документ")).to_have_attribute("aria-invalid", "true", timeout=VISIBLE_MS)
    dialog.get_by_label("Документ").fill(f"паспорт 45 08 № {number}")
    dialog.get_by_role("button", name="Добавить").click()
    expect(dialog).to_be_hidden(timeout=VISIBLE_MS)
    open_section(page, f"/desk/blacklist?q={number}", "Чёрный список")
    expect(page.locator("tbody tr").filter(has_text=number)).to_be_visible(timeout=VISIBLE_MS)

    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Гость", exact=True).fill("Иной Человек")
    form.get_by_label("Документ гостя").fill(f"4508{number}")
    form.get_by_role("button", name="Выдать пропуск").click()
    expect(form).to_contain_text("Драка", timeout=VISIBLE_MS)
    expect(form.get_by_label("Документ гостя")).to_have_value(f"4508{number}")
