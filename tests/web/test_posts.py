"""Posts: an administrator adds one on the site's page, a computer becomes it by the code that is shown once."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS
from tests.web.test_code_keys import post
from tests.web.test_screens import faults_of, folder_of

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_post_is_added_joined_and_removed(open_page: OpenPage, tmp_path: Path, width: int) -> None:
    def look(name: str) -> None:
        page.wait_for_timeout(300)
        page.screenshot(
            path=folder_of(tmp_path) / f"desk-{name}-{'phone' if width < 500 else 'desktop'}-ru-light.png"
        )
        assert faults_of(page) == []

    page = open_page("administrator", width=width)
    page.goto("/desk/sites")
    site = post(page, "/api/sites", {"name": f"Объект с постом {width}", "time_zone": "Europe/Moscow"})
    page.goto(f"/desk/sites/{site['id']}")
    page.get_by_role("button", name="Посты охраны").click(timeout=VISIBLE_MS)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Постов ещё нет", timeout=VISIBLE_MS)
    dialog.get_by_role("button", name="Добавить пост").click()
    dialog.get_by_role("button", name="Добавить", exact=True).click()
    expect(dialog).to_contain_text("Заполните поле.")
    dialog.get_by_label("Название").fill("КПП, стол у окна")
    dialog.get_by_role("button", name="Добавить", exact=True).click()
    code = dialog.get_by_test_id("post-code")
    expect(code).to_have_text(re.compile("^[A-Z0-9]{4}-[A-Z0-9]{4}$"), timeout=VISIBLE_MS)
    look("post-code")
    gate = open_page(None, width=width)
    gate.goto("/gate")
    gate.get_by_role("button", name="Это пост охраны").click(timeout=VISIBLE_MS)
    gate.get_by_label("Код поста").fill(code.inner_text())
    gate.get_by_role("button", name="Подключить").click()
    expect(gate.get_by_role("heading", name="Кто заступает?")).to_be_visible(timeout=VISIBLE_MS)
    dialog.get_by_role("button", name="Закрыть").click()
    expect(dialog).to_contain_text("Работает", timeout=VISIBLE_MS)
    look("posts")
    dialog.get_by_role("button", name="Новый код: КПП, стол у окна").click()
    expect(dialog).to_contain_text("Прежний компьютер перестанет", timeout=VISIBLE_MS)
    dialog.get_by_role("button", name="Закрыть").click()
    expect(dialog).to_contain_text("Ждёт кода до", timeout=VISIBLE_MS)
    dialog.get_by_role("button", name="Удалить: КПП, стол у окна").click()
    dialog.get_by_role("button", name="Удалить", exact=True).click()
    expect(dialog).to_contain_text("Постов ещё нет", timeout=VISIBLE_MS)
    gate.reload()
    expect(gate.get_by_role("button", name="Это пост охраны")).to_be_visible(timeout=VISIBLE_MS)
