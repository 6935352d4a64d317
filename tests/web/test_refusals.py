"""A refusal stands beside its field, or in the server's own words, and what was typed stays."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, expect_guarded, open_section

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def open_form(page: Page, path: str, heading: str, button: str) -> Locator:
    """The section's dialog."""
    open_section(page, path, heading)
    page.get_by_role("button", name=button).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=VISIBLE_MS)
    return dialog


def issue_form(page: Page) -> Locator:
    """Of a pass; nothing is typed yet."""
    return open_form(page, "/desk/passes", "Пропуска", "Выдать пропуск")


def send(dialog: Locator, button: str) -> None:
    """As a person does who has filled in all."""
    dialog.get_by_role("button", name=button, exact=True).click()


def test_a_guest_without_end_is_refused_where_the_end_is_chosen(open_page: OpenPage) -> None:
    dialog = issue_form(open_page("dispatcher"))
    entries = dialog.get_by_label("Число въездов")
    dialog.get_by_label("Номер машины или карты").fill("Х 911 ТТ 90")
    dialog.get_by_text("Постоянно", exact=True).click()
    expect(entries).to_have_value("")
    send(dialog, "Выдать пропуск")
    refusal = dialog.get_by_role("alert")
    expect(refusal).to_contain_text("до какого времени", timeout=VISIBLE_MS)
    expect(dialog.get_by_text("Проверьте выделенные поля")).to_have_count(0)
    dialog.get_by_text("Сегодня", exact=True).click()
    expect(refusal).to_have_count(0)
    expect(entries).to_have_value("1")


def test_a_number_that_is_none_or_too_large_stays_and_is_not_sent(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    dialog = issue_form(page)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    entries = dialog.get_by_label("Число въездов")
    for typed, why in (
        ("99999999999999999999", "Слишком большое число"),
        ("-", "Введите число"),
        ("два", "Введите число"),
        ("1,5", "Введите целое число"),
        ("0", "не меньше 1"),
    ):
        entries.fill(typed)
        send(dialog, "Выдать пропуск")
        expect(dialog.get_by_text(why)).to_be_visible(timeout=VISIBLE_MS)
        expect(entries).to_have_value(typed)
        expect(entries).to_be_focused()
        expect(entries).to_have_attribute("aria-invalid", "true")
    assert [url for url in sent if url.endswith("/api/access/passes")] == []
    entries.fill("2")
    expect(entries).not_to_have_attribute("aria-invalid", "true")


def test_a_host_that_is_nobody_listed_becomes_a_name_and_an_address_stays(open_page: OpenPage) -> None:
    dialog = issue_form(open_page("dispatcher"))
    host = dialog.get_by_role("combobox", name="Принимающая сторона")
    name = dialog.get_by_label("Или просто имя")
    host.fill("Сидорова Анна")
    page = host.page
    page.keyboard.press("Tab")
    expect(name).to_have_value("Сидорова Анна")
    expect(host).to_have_value("")

    host.fill("Другая Анна")  # the name's place is taken
    page.keyboard.press("Tab")
    address = dialog.get_by_role("combobox", name="Адрес")
    address.fill("ул. Которой Нет, 5")
    page.keyboard.press("Tab")
    send(dialog, "Выдать пропуск")
    expect(dialog.get_by_text("В списке такого нет")).to_have_count(2, timeout=VISIBLE_MS)
    expect(host).to_have_value("Другая Анна")
    expect(address).to_have_value("ул. Которой Нет, 5")
    expect(address).to_be_focused()
    address.fill("")
    expect(dialog.get_by_text("В списке такого нет")).to_have_count(1)


def test_the_blacklist_says_what_is_missing_and_offers_the_readings_of_a_card(open_page: OpenPage) -> None:
    dialog = open_form(open_page("dispatcher"), "/desk/blacklist", "Чёрный список", "Внести в список")
    reason = f"Проверка {uuid4().hex[:6]}"
    dialog.get_by_label("Причина").fill(reason)
    dialog.get_by_text("Человек", exact=True).first.click()
    person = dialog.get_by_role("textbox", name="Человек")
    send(dialog, "Добавить")
    expect(person).to_have_attribute("aria-invalid", "true", timeout=VISIBLE_MS)
    expect(dialog.get_by_text("Укажите номер машины, карту или человека")).to_be_visible()
    person.fill("Некто")
    expect(person).not_to_have_attribute("aria-invalid", "true")

    dialog.get_by_text("Номер машины", exact=True).first.click()
    plate = dialog.get_by_role("textbox", name="Номер машины")
    plate.fill("???")
    send(dialog, "Добавить")
    expect(plate).to_have_attribute("aria-invalid", "true", timeout=VISIBLE_MS)
    plate.fill("Х 1")
    expect(plate).not_to_have_attribute("aria-invalid", "true")

    dialog.get_by_text("Карта", exact=True).first.click()
    dialog.get_by_role("textbox", name="Карта").fill("1234567890")
    send(dialog, "Добавить")
    expect(dialog.get_by_text("Выберите ниже, что имеется в виду")).to_be_visible(timeout=VISIBLE_MS)
    dialog.get_by_role("group", name="Что распознано").get_by_role("button").first.click()
    send(dialog, "Добавить")
    expect(dialog).to_have_count(0, timeout=VISIBLE_MS)
    expect(dialog.page.locator("tbody tr").filter(has_text=reason)).to_contain_text(
        "1234567890", timeout=VISIBLE_MS
    )


def test_a_page_that_is_refused_says_why_in_the_server_s_words(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    page.goto("/desk/passes/abc")
    expect(page.get_by_role("alert")).to_contain_text("В адресе страницы ошибка", timeout=VISIBLE_MS)
    expect(page.get_by_text(re.compile("Проверьте выделенные поля"))).to_have_count(0)


def test_columns_that_are_not_understood_are_named_before_anything_is_issued(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    dialog = open_form(page, "/desk/passes", "Пропуска", "Из таблицы")
    table = {
        "name": "гости.csv",
        "mimeType": "text/csv",
        "buffer": "ФИО;Номер\nПетров;А 123 ВС 72\n".encode(),
    }
    page.locator("input[type=file]").set_input_files([table])
    dialog.get_by_label("Группа").fill("Проверка")
    send(dialog, "Проверить")
    expect(dialog.get_by_role("alert")).to_contain_text("ничего не будет: Номер", timeout=VISIBLE_MS)
    expect(dialog.get_by_role("status")).to_contain_text("1 строка подходит")
    expect(dialog.get_by_text("пропущен")).to_have_count(0)
    expect_guarded(dialog)  # it was judged, and nothing was issued
    expect(dialog.get_by_label("Группа")).to_have_value("Проверка")


def test_a_session_that_ends_takes_nothing_that_was_typed(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    dialog = issue_form(page)
    guest = f"Ждущий {uuid4().hex[:6]}"
    dialog.get_by_label("Гость", exact=True).fill(guest)
    session = page.context.cookies()
    page.context.clear_cookies()
    with page.expect_response(lambda answer: answer.status == 401):
        # What is shown is asked for anew, as of one who comes back to the page.
        page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")
        send(dialog, "Выдать пропуск")
    expect(dialog.get_by_role("alert")).to_contain_text("Сеанс закончился", timeout=VISIBLE_MS)
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name="Войти в новой вкладке").click()
    expect(opened.value.get_by_label("Пароль")).to_be_visible(timeout=VISIBLE_MS)
    page.context.add_cookies([*session])
    opened.value.close()
    expect(dialog.get_by_label("Гость", exact=True)).to_have_value(guest)
    send(dialog, "Выдать пропуск")
    expect(dialog).to_have_count(0, timeout=VISIBLE_MS)
    expect(page.get_by_text(guest).first).to_be_visible(timeout=VISIBLE_MS)
