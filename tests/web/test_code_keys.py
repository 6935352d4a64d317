"""Keys of guests' codes: an administrator sees them on a site's page and revokes one that has leaked."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

POST = """async ([path, body]) => {
  const me = await (await fetch('/api/session')).json();
  const company = { 'X-CSRF-Token': me.csrf_token, 'X-Organisation': localStorage['domovoy.company'] };
  const headers = { 'Content-Type': 'application/json', ...company };
  const answer = await fetch(path, { method: 'POST', body: JSON.stringify(body), headers });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}"""


def post(page: Page, path: str, body: dict[str, Any]) -> Any:
    return page.evaluate(POST, [path, body])


@pytest.mark.parametrize("width", [1440, 390])
def test_a_key_that_has_leaked_is_revoked(open_page: OpenPage, width: int) -> None:
    page = open_page("administrator", width=width)
    page.goto("/desk/sites")
    site = post(page, "/api/sites", {"name": f"Объект с ключом {width}", "time_zone": "Europe/Moscow"})
    page.goto(f"/desk/sites/{site['id']}")
    button = page.get_by_role("button", name="Ключи гостевых кодов")
    button.click(timeout=VISIBLE_MS)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Первый ключ появится с первым пропуском")
    dialog.get_by_role("button", name="Закрыть").click()
    post(page, "/api/access/passes", {"site_id": site["id"], "holder": "Гость", "kind": "resident"})
    page.reload()
    button.click(timeout=VISIBLE_MS)
    expect(dialog).to_contain_text("Подписывает новые коды")
    revoke = dialog.get_by_role("button", name=re.compile("Отозвать: [0-9a-f]{8}"))
    revoke.click()
    expect(dialog).to_contain_text("перестанут открывать")
    dialog.get_by_role("button", name="Отозвать", exact=True).click()
    expect(dialog).to_contain_text("Заполните поле.")
    dialog.get_by_label("Причина").fill("Ключ попал к постороннему")
    dialog.get_by_role("button", name="Отозвать", exact=True).click()
    expect(dialog).to_contain_text("Отозван ")
    expect(dialog).to_contain_text("Подписывает новые коды")
    expect(revoke).to_have_count(1)
