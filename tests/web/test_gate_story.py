"""Sign in, issue a pass, see the car come; revoke it, see it refused: by hand and eye, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import House, OpenPage
from tests.web.pages import (
    VISIBLE_MS,
    boxes_know_the_passes,
    issue_by_form,
    open_section,
    row_with,
    wait_live,
)

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def test_a_pass_is_issued_and_its_passage_arrives_by_itself(house: House, open_page: OpenPage) -> None:
    page = open_page(None)
    page.goto("/desk/passes")
    page.get_by_label("Электронная почта").fill("dispatcher@afiny.example")
    page.get_by_label("Пароль", exact=False).first.fill(house.passwords["dispatcher@afiny.example"])
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", level=1, name="Пропуска")).to_be_visible(timeout=VISIBLE_MS)

    issue_by_form(page, plate="к 717 ор 72", guest="Серов Илья")
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("Серов Илья", timeout=VISIBLE_MS)
    expect(panel).to_contain_text("Выдан")

    board = open_page("dispatcher")
    open_section(board, "/desk/board", "Проезды")
    wait_live(board)
    boxes_know_the_passes(board)
    house.simulators.car(house.camera, "K717OP72")
    lane = board.locator("[data-lane]").filter(has_text="K 717 OP")
    expect(lane).to_contain_text("Пропущен", timeout=VISIBLE_MS)
    expect(lane).to_contain_text("Пропуск действует")
    expect(lane).to_contain_text("Серов Илья")
    expect(panel).to_contain_text("Въезд", timeout=VISIBLE_MS)  # on the first page, untouched

    panel.get_by_role("button", name="Аннулировать").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Причина").fill("Гость уехал")
    dialog.get_by_role("button", name="Аннулировать").click()
    expect(panel).to_contain_text("Аннулирован", timeout=VISIBLE_MS)
    house.simulators.leave(house.camera)
    board.wait_for_timeout(1500)  # a new visit of the same car
    boxes_know_the_passes(board)
    house.simulators.car(house.camera, "K717OP72")
    expect(lane).to_contain_text("Отказано", timeout=VISIBLE_MS)
    expect(lane).to_contain_text("Пропуск аннулирован")


def test_a_wrong_password_says_so_and_keeps_what_was_typed(open_page: OpenPage) -> None:
    page = open_page(None)
    page.goto("/sign-in")
    page.get_by_label("Электронная почта").fill("dispatcher@afiny.example")
    page.get_by_label("Пароль", exact=False).first.fill("не тот пароль")
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_label("Электронная почта")).to_have_value("dispatcher@afiny.example")


def test_an_error_stands_beside_its_field_and_what_was_typed_stays(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Гость", exact=True).fill("Серов Илья")
    dialog.get_by_label("Телефон").fill("не телефон")
    dialog.get_by_role("button", name="Выдать пропуск").click()
    expect(dialog.locator(".mantine-InputWrapper-error").first).to_be_visible(timeout=VISIBLE_MS)
    expect(dialog.get_by_label("Гость", exact=True)).to_have_value("Серов Илья")
    expect(dialog.get_by_label("Телефон")).to_have_value("не телефон")


def test_an_ambiguous_card_is_asked_about(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Номер машины или карты").fill("01823011")
    readings = dialog.get_by_role("group", name="Что распознано")
    expect(readings).to_contain_text("Что имеется в виду?", timeout=VISIBLE_MS)
    expect(readings.get_by_role("button").nth(1)).to_be_visible()


def test_the_address_is_the_state(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes?q=kia&sort=number", "Пропуска")
    expect(row_with(page, "KIA").first).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("search").get_by_role("textbox").first).to_have_value("kia")
    row_with(page, "KIA").first.click()
    expect(page.get_by_role("complementary")).to_be_visible(timeout=VISIBLE_MS)
    expect(page).to_have_url(re.compile("open="))
    address = page.url
    other = open_page("manager")
    other.goto(address)
    expect(other.get_by_role("complementary")).to_be_visible(timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("open="))
