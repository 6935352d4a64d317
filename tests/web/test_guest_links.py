"""What a guest is given: a PIN, a code, a link with a QR code; and what the link says once the pass is revoked."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section, stay_clear_of_midnight

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

PIN, CODE = "PIN для клавиатуры", "Код для охраны или сканера"
PIN_SHOWN = re.compile(r"^\d{6}$")
LINK = re.compile("/api/access/passes/[0-9a-f-]+/link")
CODE_SHOWN = re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$")


def issue(page: Page, *ways: str) -> Locator:
    """A guest's pass for today; its card beside the list."""
    stay_clear_of_midnight(page)
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Гость", exact=True).fill(f"Гость {uuid4().hex[:6]}")
    for way in ways:
        form.get_by_label(way).check()
    form.get_by_role("button", name="Выдать пропуск").click()
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("Выдан", timeout=VISIBLE_MS)
    return panel


def test_a_pass_is_given_a_pin_and_a_code_that_stay(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    panel = issue(page, PIN)
    pin = panel.get_by_text(PIN_SHOWN)
    expect(pin).to_be_visible()
    expect(panel.get_by_text(CODE)).to_have_count(0)
    before = pin.inner_text()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.get_by_role("button", name=f"Скопировать: {PIN}").click()
    expect(panel.get_by_role("button", name=f"Скопировано: {PIN}")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == before

    panel.get_by_role("button", name="Изменить").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_label(PIN)).to_be_disabled()
    expect(form.get_by_label(PIN)).to_be_checked()
    expect(form).to_contain_text("Уже выдан и остаётся у пропуска")
    expect(form.get_by_text(before)).to_have_count(0)  # it is no card
    form.get_by_label(CODE).check()
    form.get_by_role("button", name="Сохранить").click()
    expect(panel.get_by_text(CODE_SHOWN)).to_be_visible(timeout=VISIBLE_MS)
    expect(pin).to_have_text(before)


def test_a_guest_is_sent_a_link_which_says_so_once_the_pass_is_revoked(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    panel = issue(page)
    panel.get_by_role("button", name="Ссылка гостю").click()
    dialog = page.get_by_role("dialog")
    code = dialog.get_by_role("img", name="QR-код пропуска")
    expect(code).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_function("it => it.complete && it.naturalWidth > 0", arg=code.element_handle())
    expect(dialog).to_contain_text("Этот код действует до")
    address = dialog.get_by_label("Адрес страницы гостя").input_value()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_role("button", name="Скопировать").click()
    expect(dialog.get_by_role("button", name="Скопировано")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.keyboard.press("Escape")

    guest = open_page(None, width=390, height=844)
    guest.goto(address)
    expect(guest.get_by_text("Покажите на въезде")).to_be_visible(timeout=VISIBLE_MS)

    panel.get_by_role("button", name="Аннулировать").click()
    dialog.get_by_label("Причина").fill("Гость не приедет")
    dialog.get_by_role("button", name="Аннулировать").click()
    expect(panel).to_contain_text("Аннулирован", timeout=VISIBLE_MS)
    expect(panel.get_by_role("button", name="Изменить")).to_have_count(0)
    panel.get_by_role("button", name="Ссылка гостю").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Пропуск аннулирован", timeout=VISIBLE_MS)
    expect(dialog.get_by_role("img", name="QR-код пропуска")).to_have_count(0)


def test_a_link_that_cannot_be_had_says_why_and_is_asked_for_again(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    panel = issue(page)
    page.route(LINK, lambda route: route.abort())
    panel.get_by_role("button", name="Ссылка гостю").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=VISIBLE_MS)
    page.unroute(LINK)
    dialog.get_by_role("button", name="Повторить").click()
    expect(dialog.get_by_role("img", name="QR-код пропуска")).to_be_visible(timeout=VISIBLE_MS)


def test_who_may_not_issue_is_shown_no_link(open_page: OpenPage) -> None:
    page = open_page("guard")
    open_section(page, "/desk/passes", "Пропуска")
    page.locator("tbody tr").first.click(timeout=VISIBLE_MS)
    panel = page.get_by_role("complementary")
    expect(panel.get_by_text("Дата визита").or_(panel.get_by_text("Вид", exact=True)).first).to_be_visible(
        timeout=VISIBLE_MS
    )
    expect(panel.get_by_role("button", name="Ссылка гостю")).to_have_count(0)
