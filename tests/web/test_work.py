"""What staff do at the desk beside issuing passes, by hand and eye, in a browser."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.web.conftest import House, OpenPage
from tests.web.newcomer import link_to
from tests.web.pages import VISIBLE_MS, open_section, plate_words, row_with, until, wait_live

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def choose(page: Page, label: str, typed: str, option: str) -> None:
    """Type into a field that offers what it finds, and take what is meant."""
    field = page.get_by_role("dialog").get_by_label(re.compile(rf"^{label}( \*)?$")).first
    field.click()
    field.fill(typed)
    page.get_by_role("option", name=option).first.click(timeout=VISIBLE_MS)


def test_a_complex_a_building_with_an_entrance_and_premises_are_made_and_renamed(open_page: OpenPage) -> None:
    name = f"Спарта {uuid4().hex[:6]}"
    page = open_page("manager")
    open_section(page, "/desk/housing", "Жилой фонд")
    page.get_by_role("button", name="Добавить комплекс").first.click()
    page.get_by_role("dialog").get_by_label("Название").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    row_with(page, name).first.click(timeout=VISIBLE_MS)

    panel = page.get_by_role("complementary")
    panel.get_by_role("button", name="Изменить").click()
    page.get_by_role("dialog").get_by_label("Название").fill(f"{name}-2")
    page.get_by_role("dialog").get_by_role("button", name="Сохранить").click()
    expect(panel).to_contain_text(f"{name}-2", timeout=VISIBLE_MS)

    panel.get_by_role("link", name="Дома и участки").click()
    page.get_by_role("button", name="Добавить дом").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Название").fill("корп. 3")
    dialog.get_by_role("button", name="Создать").click()
    row_with(page, "корп. 3").first.click(timeout=VISIBLE_MS)
    panel.get_by_placeholder("Новый подъезд").fill("2")
    panel.get_by_role("button", name="Добавить").click()
    expect(panel.get_by_text("2", exact=True)).to_be_visible(timeout=VISIBLE_MS)

    panel.get_by_role("link", name="Помещения").click()
    page.get_by_role("button", name="Добавить помещение").first.click()
    choose(page, "Дом", name, f"{name}-2, корп. 3")
    page.get_by_role("dialog").get_by_label("Подъезд", exact=True).first.click()
    page.get_by_role("option", name="2", exact=True).click()
    page.get_by_role("dialog").get_by_label("Номер").fill("17")
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    row_with(page, f"{name}-2").first.click(timeout=VISIBLE_MS)
    expect(panel.locator("dd").filter(has_text=re.compile("^2$"))).to_be_visible(timeout=VISIBLE_MS)


def test_a_pass_is_changed_and_has_a_page_of_its_own(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes?q=kia", "Пропуска")
    row_with(page, "KIA").first.click(timeout=VISIBLE_MS)
    panel = page.get_by_role("complementary")
    panel.get_by_role("button", name="Изменить").click()
    note = f"Позвонить хозяину {uuid4().hex[:6]}"
    page.get_by_role("dialog").get_by_label("Комментарий").fill(note)
    page.get_by_role("dialog").get_by_role("button", name="Сохранить").click()
    expect(panel).to_contain_text(note, timeout=VISIBLE_MS)
    panel.get_by_role("link", name="Открыть на отдельной странице").click()
    page.wait_for_url(re.compile(r"/desk/passes/[0-9a-f-]{36}(\?|$)"))
    other = open_page("manager")
    other.goto(page.url)
    expect(other.locator("dd").get_by_text(note, exact=True)).to_be_visible(timeout=VISIBLE_MS)
    expect(other.get_by_text("KIA").first).to_be_visible()


def test_a_passage_has_a_page_of_its_own(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    page.locator("tbody tr").first.click(timeout=VISIBLE_MS)
    page.wait_for_url(re.compile(r"/desk/board/[0-9a-f-]{36}(\?|$)"))
    expect(page.get_by_text("Решение принято за")).to_be_visible(timeout=VISIBLE_MS)


def test_an_alarm_is_taken(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/alarms?state=all", "Тревоги")
    row_with(page, "отложена").first.click(timeout=VISIBLE_MS)
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("лежит среди отложенных", timeout=VISIBLE_MS)
    take = panel.get_by_role("button", name="Принять")
    if take.count():
        take.click()
    expect(panel).to_contain_text("Кто принял", timeout=VISIBLE_MS)
    expect(take).to_have_count(0)


def test_what_was_set_aside_is_shown_with_the_reason(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_section(page, "/admin/quarantine", "Отложенное")
    row_with(page, "Не разобрать").first.click(timeout=VISIBLE_MS)
    expect(page.get_by_role("complementary").locator("code, pre").first).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("tab", name="Неизвестные типы").click()
    expect(page).to_have_url(re.compile("tab=types"))


def test_a_meter_is_made_and_taken_out_of_polling(open_page: OpenPage) -> None:
    name = f"Ввод {uuid4().hex[:6]}"
    page = open_page("administrator")
    open_section(page, "/desk/meters", "Счётчики")
    page.get_by_role("button", name="Добавить счётчик").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Название").fill(name)
    choose(page, "Линия Modbus", "КПП", "КПП: Линия Modbus")
    choose(page, "Модель", "SDM120", "Eastron SDM120")
    dialog.get_by_label("Адрес на линии").fill("77")
    dialog.get_by_role("button", name="Создать").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_text("За это время показаний нет")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("button", name="Снять с опроса").click()
    page.get_by_role("dialog").get_by_role("button", name="Снять с опроса").click()
    expect(page.get_by_role("heading", level=1, name="Счётчики")).to_be_visible(timeout=VISIBLE_MS)
    expect(row_with(page, name)).to_have_count(0)


def test_a_chart_is_zoomed_by_dragging_and_shown_whole_again(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/meters?q=SDM-2107731", "Счётчики")
    row_with(page, "SDM-2107731").first.click(timeout=VISIBLE_MS)
    over = page.locator(".u-over")
    expect(over).to_be_visible(timeout=VISIBLE_MS)
    box = over.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, middle, steps=8)
    page.mouse.up()
    expect(page).to_have_url(re.compile("from=.*until="), timeout=VISIBLE_MS)
    whole = page.get_by_role("button", name="Показать всё")
    whole.click()
    expect(page).not_to_have_url(re.compile("from="))
    expect(whole).to_be_disabled()


def test_a_gate_is_opened_from_afar(house: House, open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/sites", "Объекты")
    page.get_by_role("link", name="КПП к/п Афины").click()
    row = row_with(page, "Въезд").first
    row.get_by_role("button", name="Открыть").click(timeout=VISIBLE_MS)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Причина").fill("Скорая помощь")
    before = house.simulators.last_entry()
    dialog.get_by_role("button", name="Открыть", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("Открыто", timeout=VISIBLE_MS)
    assert house.simulators.log(before, "coil"), "nothing was switched on"


def order(page: Page, move: str, reason: str) -> Locator:
    """The dialog, once the box has answered."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Причина").fill(reason)
    dialog.get_by_role("button", name=move, exact=True).click()
    expect(dialog.get_by_role("status")).not_to_contain_text("ждём", timeout=VISIBLE_MS)
    return dialog


def test_a_gate_is_held_open_until_it_is_released(house: House, open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    lane = page.locator("[data-lane='Выезд']")
    lane.get_by_role("button", name="Другие команды: Выезд").click(timeout=VISIBLE_MS)
    page.get_by_role("menuitem", name="Держать открытым").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Отпустим сами")
    dialog.get_by_label("До какого времени").fill("25:00")
    dialog.get_by_label("Причина").fill("Переезд, кв. 5")
    dialog.get_by_role("button", name="Держать открытым", exact=True).click()
    expect(dialog.get_by_text("Время как 04:00")).to_be_visible()
    dialog.get_by_role("button", name="3 ч", exact=True).click()
    order(page, "Держать открытым", "Переезд, кв. 5")
    expect(dialog.get_by_role("status")).to_contain_text("Держится открытым")
    dialog.get_by_role("button", name="Отмена").click()
    held = lane.locator("[data-held]")
    expect(held).to_contain_text("Держат открытым до", timeout=VISIBLE_MS)
    expect(held).to_contain_text("Переезд, кв. 5")
    lane.get_by_role("button", name="Больше не держать").click()
    order(page, "Больше не держать", "Переехали")
    expect(dialog.get_by_role("status")).to_contain_text("Больше не держится")
    dialog.get_by_role("button", name="Отмена").click()
    expect(held).to_have_count(0, timeout=VISIBLE_MS)


def test_a_box_gets_a_code_to_enrol_with(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_section(page, "/desk/sites", "Объекты")
    page.get_by_role("link", name="Подъезд ЖК").click()
    page.get_by_role("button", name="Добавить контроллер").click(timeout=VISIBLE_MS)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Название").fill(f"Паркинг {uuid4().hex[:6]}")
    dialog.get_by_role("button", name="Создать").click()
    dialog.get_by_role("button", name="Получить код").click(timeout=VISIBLE_MS)
    code = dialog.get_by_test_id("enrolment-code")
    expect(code).to_be_visible(timeout=VISIBLE_MS)
    expect(dialog).to_contain_text(f"--code {code.inner_text()}")


def test_the_next_tab_goes_on_where_the_leading_one_ended(house: House, open_page: OpenPage) -> None:
    leader = open_page("dispatcher")
    open_section(leader, "/desk/board", "Проезды")
    wait_live(leader)
    follower = leader.context.new_page()
    open_section(follower, "/desk/board", "Проезды")
    wait_live(follower)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    follower.route(re.compile("/api/stream"), hold)
    leader.close()
    until(follower, lambda: bool(held))  # the follower takes the lead
    assert "after=" in held[0].request.url
    plate = f"M{uuid4().int % 900 + 100}AP72"
    house.simulators.leave(house.camera)
    follower.wait_for_timeout(1000)
    house.simulators.car(house.camera, plate)
    follower.wait_for_timeout(2000)  # it has long been told to whoever listened
    expect(row_with(follower, plate_words(plate))).to_have_count(0)
    held[0].continue_()
    expect(row_with(follower, plate_words(plate)).first).to_be_visible(timeout=VISIBLE_MS)


def test_somebody_invited_joins_and_is_given_a_key_for_the_second_factor(
    house: House, open_page: OpenPage
) -> None:
    login, password = f"novikov-{uuid4().hex[:8]}@afiny.example", f"длинный пароль {uuid4().hex}"
    boss = open_page("administrator")
    open_section(boss, "/admin/staff", "Сотрудники")
    boss.get_by_role("button", name="Пригласить сотрудника").click()
    dialog = boss.get_by_role("dialog")
    dialog.get_by_label("Имя и фамилия").fill("Новиков Нил")
    dialog.get_by_label("Электронная почта").fill(login)
    dialog.locator(".mantine-MultiSelect-input").click()
    boss.get_by_role("option", name="Инженер").click()
    dialog.get_by_label("Имя и фамилия").click()
    dialog.get_by_role("button", name="Отправить приглашение").click()

    page = open_page(None)
    page.goto(link_to(house.mail, login, "invitation"))
    page.get_by_label("Пароль").first.fill(password)
    page.get_by_role("button", name="Принять приглашение").click()

    def enter_password() -> None:
        page.get_by_label("Электронная почта").fill(login, timeout=VISIBLE_MS)
        page.get_by_label("Пароль").first.fill(password)
        page.get_by_role("button", name="Войти").click()

    enter_password()
    page.get_by_role("button", name="Меню пользователя").click(timeout=VISIBLE_MS)
    page.get_by_role("menuitem", name="Мой профиль").click()
    page.get_by_role("button", name="Включить двухэтапный вход").click(timeout=VISIBLE_MS)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("pre")).to_have_text(re.compile("^[A-Z2-7]{16,}$"), timeout=VISIBLE_MS)
    expect(dialog.get_by_role("img", name="QR-код")).to_be_visible()


def test_companies_are_switched(open_page: OpenPage) -> None:
    name = f"УК «Спарта {uuid4().hex[:6]}»"
    page = open_page("administrator")
    open_section(page, "/admin/companies", "Компании")
    page.get_by_role("button", name="Добавить компанию").click()
    page.get_by_role("dialog").get_by_label("Название").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=VISIBLE_MS)
    page.get_by_role("button", name=re.compile("^Компания: ")).click(timeout=VISIBLE_MS)
    page.get_by_role("menuitem", name=name).click()
    open_section(page, "/desk/passes", "Пропуска")
    expect(page.get_by_text("Пропусков ещё нет")).to_be_visible(timeout=VISIBLE_MS)
