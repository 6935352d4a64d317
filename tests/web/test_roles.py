"""Roles: two administrators at once."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def boxes(page: Page) -> Locator:
    """Of dispatchers, a permission each."""
    return page.get_by_role("checkbox", name=re.compile("^Диспетчер: "))


def turn(page: Page, name: str, *, on: bool) -> None:
    box = page.get_by_role("checkbox", name=name, exact=True)
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/roles/" in answer.url
    ) as put:
        box.click(force=True)
    assert put.value.status == 204
    expect(box).to_be_checked(checked=on)
    expect(box).to_be_enabled(timeout=VISIBLE_MS)


def test_a_permission_that_another_gave_meanwhile_stays(open_page: OpenPage) -> None:
    first, second = open_page("administrator"), open_page("administrator")
    for page in (first, second):
        open_section(page, "/admin/roles", "Роли")
        expect(boxes(page).first).to_be_visible(timeout=VISIBLE_MS)
    named = [box.get_attribute("aria-label") or "" for box in boxes(first).all() if not box.is_checked()]
    theirs, mine = named[:2]
    turn(second, theirs, on=True)
    turn(first, mine, on=True)
    second.reload()
    for name in (theirs, mine):
        expect(second.get_by_role("checkbox", name=name, exact=True)).to_be_checked(timeout=VISIBLE_MS)
        turn(second, name, on=False)
