"""Sites as an administrator keeps them: devices by forms, errors beside their fields, removal asked about once."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.demo.sites import TOWER
from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

NAME = "Реле паркинга"


def open_site(page: Page) -> None:
    open_section(page, "/desk/sites", "Объекты")
    page.get_by_role("link", name=TOWER.name).click()
    expect(page.get_by_role("button", name="Добавить устройство")).to_be_visible(timeout=VISIBLE_MS)


def field(form: Locator, label: str) -> Locator:
    """By its whole label, the mark of what must be filled in aside."""
    return form.get_by_label(re.compile(rf"^{label}( \*)?$")).first


def add_device(page: Page, name: str, driver: str) -> None:
    page.get_by_role("button", name="Добавить устройство").click()
    form = page.get_by_role("dialog")
    field(form, "Название").fill(name)
    field(form, "Контроллер").click()
    page.get_by_role("option", name="Паркинг").first.click()
    field(form, "Тип").click()
    page.get_by_role("option", name=driver, exact=True).click()


def save(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()


def remove(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Удалить: {name}", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Удалить", exact=True).click()


def test_devices_are_made_by_forms_and_removed(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    add_device(page, "Линия паркинга", "Линия Modbus TCP")
    form = page.get_by_role("dialog")
    wait = form.get_by_label("Ждать ответа, мс")
    for typed, why in (("-", "Введите число."), ("5", "Нужно число от 20 до 10000.")):
        wait.fill(typed)
        save(page)
        expect(form.get_by_text(why)).to_be_visible()
        expect(wait).to_have_value(typed)
    wait.fill("500")
    save(page)
    expect(form.get_by_text("Заполните поле.")).to_be_visible()
    form.get_by_label("Адрес в сети").fill("192.168.1.10")
    save(page)
    devices = page.get_by_role("table", name="Устройства")
    expect(devices.get_by_text("Линия паркинга")).to_be_visible()

    add_device(page, NAME, "Модуль реле")
    field(form, "Линия").click()
    page.get_by_role("option", name="Линия паркинга").click()
    field(form, "Модель").click()
    page.get_by_role("option", name="WB-MR6C").click()
    form.get_by_label("Адрес на линии").fill("12")
    save(page)
    expect(devices.get_by_text(NAME)).to_be_visible()

    remove(page, "Линия паркинга")
    expect(form.get_by_text(f"Используется: {NAME}. Сначала уберите оттуда.")).to_be_visible()
    form.get_by_role("button", name="Отмена").click()
    for name in (NAME, "Линия паркинга"):
        remove(page, name)
        expect(devices.get_by_text(name, exact=True)).to_have_count(0)
        expect(devices.locator("tr :focus")).to_have_count(1)  # in the next row, not at the top of the page


def test_a_box_says_that_it_was_not_sent_what_changed(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    unsent = page.get_by_text("Есть изменения, которые контроллеру не отправлены")
    before = unsent.count()
    page.get_by_role("button", name="Добавить устройство").click()
    form = page.get_by_role("dialog")
    field(form, "Название").fill("Линия подъезда")
    field(form, "Контроллер").click()
    page.get_by_role("option").filter(has_not_text="Паркинг").first.click()
    form.get_by_label("Адрес в сети").fill("192.168.1.10")
    save(page)
    expect(form).to_have_count(0)
    expect(unsent).to_have_count(before + 1, timeout=VISIBLE_MS)
    page.get_by_role("link", name="Объекты").last.click()
    tile = page.locator("main a").filter(has_text="Есть неотправленные изменения")
    expect(tile.first).to_be_visible(timeout=VISIBLE_MS)
    page.go_back()
    expect(unsent).to_have_count(before + 1, timeout=VISIBLE_MS)
    remove(page, "Линия подъезда")
    expect(unsent).to_have_count(before, timeout=VISIBLE_MS)


def test_a_secret_is_written_and_never_shown(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    add_device(page, "Калитка паркинга", "Считыватель OSDP")
    form = page.get_by_role("dialog")
    form.get_by_label("Адрес в сети").fill("192.168.1.20")
    field(form, "Порт").fill("4001")
    save(page)
    expect(form.get_by_text("Нужен ключ; без него отметьте «Без ключа, открыто».")).to_be_visible()
    form.get_by_label("Ключ защищённого канала").fill("00112233445566778899aabbccddeeff")
    save(page)
    row = page.get_by_role("row", name="Калитка паркинга")
    row.get_by_role("button", name="Изменить").click()
    expect(form.get_by_label("Ключ защищённого канала")).to_have_value("")
    expect(form.get_by_text("Задан; оставьте пустым, чтобы не менять")).to_be_visible()
    field(form, "Порт").fill("4002")
    form.get_by_role("button", name="Сохранить").click()
    expect(form).to_have_count(0)
    page.get_by_role("button", name="Настройки", exact=True).first.click()
    differing = page.get_by_role("dialog").get_by_text("Устройство: Калитка паркинга").first
    expect(differing).to_be_visible(timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    remove(page, "Калитка паркинга")
    expect(row).to_have_count(0)


def test_a_site_is_removed_unless_something_stands_there(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    page.get_by_role("button", name="Удалить объект").click()
    confirm = page.get_by_role("dialog")
    confirm.get_by_role("button", name="Удалить", exact=True).click()
    expect(confirm.get_by_role("alert")).to_contain_text("Используется")
    confirm.get_by_role("button", name="Отмена").click()
    page.goto("/desk/sites")
    page.get_by_role("button", name="Добавить объект").click()
    page.get_by_role("dialog").get_by_label("Название").fill("Лишний объект")
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    page.get_by_role("link", name="Лишний объект").click()
    page.get_by_role("button", name="Удалить объект").click()
    confirm.get_by_role("button", name="Удалить", exact=True).click()
    expect(page).to_have_url(re.compile(r"/desk/sites(\?complex=all)?$"))
    expect(page.get_by_role("link", name="Лишний объект")).to_have_count(0)


def test_a_device_form_keeps_what_was_typed_for_another_driver(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    add_device(page, "Линия", "Линия Modbus TCP")
    form = page.get_by_role("dialog")
    form.get_by_label("Адрес в сети").fill("192.168.1.10")
    for driver in ("Модуль реле", "Линия Modbus TCP"):
        field(form, "Тип").click()
        page.get_by_role("option", name=driver, exact=True).click()
    expect(form.get_by_label("Адрес в сети")).to_have_value("192.168.1.10")


def test_another_box_has_other_lines_and_decimals_have_a_comma(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    page.get_by_role("button", name="Добавить устройство").click()
    form = page.get_by_role("dialog")
    field(form, "Тип").click()
    page.get_by_role("option", name="Модуль реле", exact=True).click()
    field(form, "Контроллер").click()
    page.get_by_role("option").filter(has_not_text="Паркинг").first.click()
    line = field(form, "Линия")
    line.click()
    page.get_by_role("option").first.click()
    expect(line).not_to_have_value("")
    poll = form.get_by_label("Проверять состояние каждые")
    expect(poll).to_have_value("2")
    for typed in ("0,55", "0.55"):
        poll.fill("")
        poll.press_sequentially(typed)
        poll.blur()
        expect(poll).to_have_value(typed)
        expect(poll).not_to_have_attribute("aria-invalid", "true")
    field(form, "Контроллер").click()
    page.get_by_role("option", name="Паркинг").first.click()
    expect(line).to_have_value("")


def test_a_point_is_refused_beside_its_fields_until_they_are_mended(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    points = page.get_by_role("table", name="Точки прохода и проезда")
    points.get_by_role("button", name="Изменить").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Выход", exact=True).fill("60")
    form.get_by_role("button", name="Добавить считыватель").click()
    form.get_by_role("button", name="Добавить считыватель").click()
    form.get_by_role("button", name="Сохранить").click()
    output = form.get_by_text("Такого выхода у модуля нет")
    twice = form.get_by_text("Этот считыватель уже читает здесь в ту же сторону.")
    expect(output).to_be_visible()
    expect(twice.first).to_be_visible()
    form.get_by_label("Выход", exact=True).fill("0")
    expect(output).to_have_count(0)
    expect(twice.first).to_be_visible()
    form.get_by_label("Направление").last.click()
    page.get_by_role("option", name="выезд").click()
    expect(twice).to_have_count(0)


def test_a_site_that_is_not_there_leads_back_to_the_list(open_page: OpenPage) -> None:
    page = open_page("administrator")
    page.goto("/desk/sites/0193514c-8a00-7000-8000-000000000001")
    expect(page.get_by_role("heading", name="Объект не найден")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("main").get_by_role("link", name="Объекты").click()
    expect(page.get_by_role("link", name=TOWER.name)).to_be_visible(timeout=VISIBLE_MS)


def test_points_and_devices_are_at_hand_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("administrator", width=390, height=844)
    page.goto("/desk/sites")
    page.get_by_role("link", name=TOWER.name).click()
    for label in ("Точки прохода и проезда", "Устройства"):
        change = page.get_by_role("list", name=label).get_by_role("button", name="Изменить").first
        expect(change).to_be_visible(timeout=VISIBLE_MS)
        box = change.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390


def test_a_site_says_what_counts_once_a_box_has_long_been_without_the_cloud(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    page.get_by_role("button", name="Изменить объект").click()
    form = page.get_by_role("dialog")
    hours = form.get_by_label("Список устаревает без сверки через, ч")
    expect(hours).to_have_value("")
    expect(form.get_by_label("Гости")).to_have_count(0)
    hours.fill("0")
    expect(field(form, "Гости")).to_have_value("решает охрана")
    save = form.get_by_role("button", name="Сохранить")
    save.click()
    expect(hours).to_have_attribute("aria-invalid", "true", timeout=VISIBLE_MS)
    hours.fill("1,5")
    field(form, "Гости").click()
    page.get_by_role("option", name="не пускать").click()
    save.click()
    expect(form).to_have_count(0, timeout=VISIBLE_MS)
    page.get_by_role("button", name="Настройки", exact=True).first.click()
    expect(form.get_by_role("table", name="Контроллер")).to_be_visible(timeout=VISIBLE_MS)  # it is to be sent
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Изменить объект").click()
    expect(hours).to_have_value("1,5")
    expect(field(form, "Гости")).to_have_value("не пускать")
    hours.fill("")
    save.click()
    expect(form).to_have_count(0, timeout=VISIBLE_MS)


def make_relay(page: Page, line: str, relay: str) -> None:
    """A line and a relay module on it, of the box that waits to be enrolled."""
    form = page.get_by_role("dialog")
    add_device(page, line, "Линия Modbus TCP")
    form.get_by_label("Адрес в сети").fill("192.168.1.11")
    save(page)
    add_device(page, relay, "Модуль реле")
    field(form, "Линия").click()
    page.get_by_role("option", name=line).click()
    field(form, "Модель").click()
    page.get_by_role("option", name="WB-MR6C").click()
    form.get_by_label("Адрес на линии").fill("14")
    save(page)
    expect(page.get_by_role("table", name="Устройства").get_by_text(relay)).to_be_visible()


def test_a_gate_is_described_by_a_form_that_asks_what_its_kind_needs(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    make_relay(page, "Линия ворот", "Реле ворот")
    page.get_by_role("button", name="Добавить точку").click()
    form = page.get_by_role("dialog")
    field(form, "Название").fill("Ворота паркинга")
    field(form, "Контроллер").click()
    page.get_by_role("option", name="Паркинг").first.click()
    expect(form.get_by_label("Петля", exact=True)).to_have_count(
        0
    )  # nothing is asked before there is a module
    field(form, "Модуль реле").click()
    page.get_by_role("option", name="Реле ворот").click()
    form.get_by_role("radio", name="Замок").click()
    expect(form.get_by_label("Петля", exact=True)).to_have_count(0)
    expect(form.get_by_label("Кнопка выхода", exact=True)).to_be_visible()
    form.get_by_role("radio", name="Открыть и закрыть").click()
    for label in ("Закрыто", "Стоит открытым"):
        form.get_by_label(label, exact=True).fill("-")
    save(page)
    expect(form.get_by_text("Введите число.")).to_have_count(2)
    expect(form.get_by_label("Закрыто", exact=True)).to_have_value("-")
    form.get_by_label("Стоит открытым", exact=True).fill("5")
    form.get_by_label("Закрыто", exact=True).fill("9")
    save(page)
    expect(form.get_by_text("Нужен выход, который закрывает.")).to_be_visible()
    expect(form.get_by_text("Нужна петля или фотоэлемент")).to_be_visible()
    form.get_by_label("Выход «закрыть»").fill("1")
    form.get_by_label("Петля", exact=True).fill("2")
    save(page)
    expect(form.get_by_text("Такого входа у модуля нет")).to_be_visible()
    form.get_by_label("Закрыто", exact=True).fill("0")
    form.get_by_label("Стоит открытым").fill("7,5")
    save(page)
    row = page.get_by_role("table", name="Точки").get_by_role("row").filter(has_text="Ворота паркинга")
    expect(row).to_contain_text("Открыть и закрыть: Реле ворот, выход 0")
    row.get_by_role("button", name="Изменить").click()
    expect(form.get_by_role("radio", name="Открыть и закрыть")).to_be_checked()
    expect(form.get_by_label("Петля", exact=True)).to_have_value("2")
    expect(form.get_by_label("Петля: нормально замкнут")).to_be_checked()
    expect(form.get_by_label("Стоит открытым")).to_have_value("7,5")
    form.get_by_role("button", name="Отмена").click()
    say_what_fire_opens(page)
    page.get_by_role("button", name="Вывести из работы: Ворота паркинга").click()
    form.get_by_role("button", name="Вывести из работы").click()
    expect(row).to_have_count(0)
    for name in ("Реле ворот", "Линия ворот"):
        remove(page, name)
        expect(page.get_by_role("table", name="Устройства").get_by_text(name, exact=True)).to_have_count(0)


def say_what_fire_opens(page: Page) -> None:
    card = page.locator("[data-row]").filter(has_text="Паркинг").first
    form = page.get_by_role("dialog")
    card.get_by_role("button", name="Пожарные входы").click()
    form.get_by_role("button", name="Добавить вход").click()
    form.get_by_label("Вход, с нуля").fill("-")
    form.get_by_role("button", name="Сохранить").click()
    expect(form.get_by_text("Введите число.")).to_be_visible()
    expect(form.get_by_label("Вход, с нуля")).to_have_value("-")
    form.get_by_label("Вход, с нуля").fill("9")
    form.get_by_role("button", name="Сохранить").click()
    expect(form.get_by_text("Такого входа у модуля нет.")).to_be_visible()
    form.get_by_label("Вход, с нуля").fill("5")
    form.get_by_role("button", name="Сохранить").click()
    expect(form).to_have_count(0)
    card.get_by_role("button", name="Пожарные входы").click()
    expect(form.get_by_label("Вход, с нуля")).to_have_value("5")
    form.get_by_role("button", name="Убрать").first.click()
    form.get_by_role("button", name="Сохранить").click()
    expect(form).to_have_count(0)


def test_a_form_that_is_opened_again_at_once_begins_with_what_was_saved(open_page: OpenPage) -> None:
    """It writes the whole point back: what it began with counts, too."""
    page = open_page("administrator")
    open_site(page)
    change = page.get_by_role("table", name="Точки прохода").get_by_role("button", name="Изменить").first
    form = page.get_by_role("dialog")
    stays = form.get_by_label("Стоит открытым", exact=True)
    change.click()
    before = stays.input_value()
    for typed, is_slow in (("37", True), (before, False)):
        stays.fill(typed)
        if is_slow:
            page.route("**/api/points?**", lambda _route: None)  # the answer does not come
        form.get_by_role("button", name="Сохранить").click()
        expect(form).to_have_count(0)
        change.click()
        expect(stays).to_have_value(typed)
        page.unroute_all(behavior="ignoreErrors")
