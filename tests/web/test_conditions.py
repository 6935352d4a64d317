"""A nanny's pass by weekdays and hours at one point: made at the desk, told on its card, judged by the box."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.demo.company import TIME_ZONE
from deploy.demo.sites import GATE
from tests.web.conftest import House, OpenPage
from tests.web.pages import (
    VISIBLE_MS,
    boxes_know_the_passes,
    open_section,
    stay_clear_of_midnight,
    until,
)

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]
DAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
POINT = "Въезд"


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("DOMOVOY_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def choose(dialog: Locator, field: str, option: str) -> None:
    """In a list that comes down over the form."""
    dialog.get_by_role("combobox", name=field).or_(dialog.get_by_label(field, exact=True)).first.click()
    dialog.page.get_by_role("option", name=option, exact=True).click()


def press(dialog: Locator, *days: str) -> None:
    for day in days:
        dialog.get_by_role("button", name=day, exact=True).click()


def passage_of(page: Page, pass_id: str) -> Callable[[], bool]:
    def is_there() -> bool:
        found = page.request.get("/api/access/passages", params={"pass_id": pass_id}).json()
        return bool(found["total"])

    return is_there


def nanny(page: Page, name: str, car: str) -> str:
    """Issue it by the form."""
    stay_clear_of_midnight(page)
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Ещё условия")).to_have_attribute("aria-expanded", "false")
    expect(dialog.get_by_role("group", name="Дни и часы")).to_have_count(0)
    dialog.get_by_label("Гость", exact=True).fill(name)
    plate = dialog.get_by_label("Номер машины или карты")
    plate.fill(car)
    dialog.get_by_role("group", name="Что распознано").get_by_role("button").click()
    choose(dialog, "Вид", "Многократный")
    dialog.get_by_text("Сегодня", exact=True).click()
    expect(dialog.get_by_label("Число въездов")).to_have_value("")

    week = dialog.get_by_role("group", name="Дни и часы")
    week.get_by_label("Со скольки").fill("9:00")
    week.get_by_label("До скольки").fill("1800")
    dialog.get_by_role("button", name="Выдать пропуск").click()
    expect(week).to_contain_text("Выберите дни недели", timeout=VISIBLE_MS)
    expect(week.get_by_role("button", name=DAYS[0])).to_be_focused()
    picture(page, "nanny-refused")
    press(dialog, *DAYS[:5])
    dialog.get_by_role("button", name="Ещё условия").click()
    choose(dialog, "Точки", POINT)
    page.keyboard.press("Escape")
    picture(page, "nanny-form")
    dialog.get_by_role("button", name="Выдать пропуск").click()
    expect(dialog).to_have_count(0, timeout=VISIBLE_MS)
    [row] = page.request.get("/api/access/passes", params={"q": name}).json()["items"]
    return str(row["id"])


def test_a_nanny_comes_on_weekdays_from_nine_to_six_by_one_way(house: House, open_page: OpenPage) -> None:
    page, name = open_page("dispatcher"), f"Няня {uuid4().hex[:6]}"
    car = f"M{uuid4().int % 900 + 100}XX72"  # of no other pass, of an earlier run neither
    pass_id = nanny(page, name, car)
    card = page.get_by_role("complementary")
    expect(card).to_contain_text("пн–пт 09:00–18:00", timeout=VISIBLE_MS)
    expect(card.locator("dl > div").filter(has_text="Точки")).to_contain_text(POINT)
    picture(page, "nanny-card")
    made = page.request.get(f"/api/access/passes/{pass_id}").json()
    assert made["schedule"] == [{"days": [1, 2, 3, 4, 5], "from_minute": 540, "until_minute": 1080}]
    assert (made["point_names"], made["entries"]) == ([POINT], None)

    # Whatever the hour of this test: a day on which it is not.
    other = (datetime.now(UTC).astimezone(ZoneInfo(TIME_ZONE)) + timedelta(days=3)).isoweekday()
    card.get_by_role("button", name="Изменить", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("До скольки")).to_have_value("18:00", timeout=VISIBLE_MS)
    expect(dialog.get_by_role("button", name="Ещё условия")).to_have_attribute("aria-expanded", "true")
    pressed = [day for place, day in enumerate(DAYS, 1) if place <= 5]
    press(dialog, *(day for day in pressed if day != DAYS[other - 1]))
    if other > 5:
        press(dialog, DAYS[other - 1])
    dialog.get_by_role("button", name="Сохранить", exact=True).click()
    expect(dialog).to_have_count(0, timeout=VISIBLE_MS)

    boxes_know_the_passes(page)
    house.simulators.leave(GATE.lanes[0].camera)
    house.simulators.car(GATE.lanes[0].camera, car)
    until(page, passage_of(page, pass_id))
    [passage] = page.request.get("/api/access/passages", params={"pass_id": pass_id}).json()["items"]
    assert (passage["outcome"], passage["reason"]) == ("denied", "outside_schedule")


def test_what_is_refused_behind_the_button_is_shown_and_what_was_typed_stays(open_page: OpenPage) -> None:
    page, name = open_page("dispatcher"), f"Бригада {uuid4().hex[:6]}"
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Гость", exact=True).fill(name)
    choose(dialog, "Вид", "Подрядчик")
    dialog.get_by_label("Заявка", exact=True).fill("2022: Замена насоса")
    page.route("**/api/access/passes", lambda route: route.fulfill(status=422, json=REFUSED))
    dialog.get_by_role("button", name="Выдать пропуск").click()
    points = dialog.locator(".mantine-MultiSelect-root")
    expect(points).to_contain_text("Въезды считает один контроллер", timeout=VISIBLE_MS)
    expect(dialog.get_by_label("Заявка", exact=True)).to_have_value("2022: Замена насоса")
    page.unroute("**/api/access/passes")
    choose(dialog, "Точки", POINT)
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Выдать пропуск").click()
    expect(dialog).to_have_count(0, timeout=VISIBLE_MS)
    card = page.get_by_role("complementary")
    expect(card).to_contain_text("2022: Замена насоса", timeout=VISIBLE_MS)

    card.get_by_role("button", name="Изменить", exact=True).click()
    dialog.get_by_label("Заявка", exact=True).fill("", timeout=VISIBLE_MS)
    dialog.get_by_role("button", name="Сохранить", exact=True).click()
    expect(dialog).to_have_count(0, timeout=VISIBLE_MS)
    expect(card.locator("dl")).not_to_contain_text("2022: Замена насоса", timeout=VISIBLE_MS)


REFUSED = {
    "type": "about:blank",
    "title": "Исправьте отмеченные поля.",
    "status": 422,
    "code": "invalid",
    "fields": [
        {
            "path": "points",
            "code": "spread_over_boxes",
            "message": "Въезды считает один контроллер. Выберите точки одного контроллера.",
        }
    ],
}
