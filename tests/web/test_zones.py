"""Zones of a site: laid out as a tree, points lead into them; what is wrong stands beside its field."""

from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.demo.company import GROUNDS, PARKING
from deploy.demo.sites import GATE, TOWER
from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section
from tests.web.test_sites import field, open_site

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def zones_of(page: Page) -> Locator:
    return page.get_by_role("table", name="Зоны")


def begin(page: Page) -> Locator:
    page.get_by_role("button", name="Добавить зону").click()
    return page.get_by_role("dialog")


def make(page: Page, name: str, *, within: str | None = None) -> None:
    form = begin(page)
    field(form, "Название").fill(name)
    if within is not None:
        field(form, "Внутри какой зоны").click()
        page.get_by_role("option", name=within).click()
    form.get_by_role("button", name="Создать").click()
    expect(zones_of(page).get_by_role("row", name=name)).to_be_visible(timeout=VISIBLE_MS)


def remove(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=f"Удалить: {name}", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Удалить", exact=True).click()
    return dialog


def test_zones_are_laid_out_changed_and_removed(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    yard, cellar = f"Двор {uuid4().hex[:4]}", f"Подвал {uuid4().hex[:4]}"
    make(page, yard)
    make(page, cellar, within=yard)
    row = zones_of(page).get_by_role("row", name=cellar)
    expect(row).to_contain_text("Не следить")
    expect(row).to_contain_text(f"внутри: {yard}")

    row.get_by_role("button", name="Изменить").click()
    form = page.get_by_role("dialog")
    expect(form).to_contain_text("Откажем: одним пропуском двое не войдут")
    form.get_by_label("Не пускать").check()
    form.get_by_label("Забывать, кто внутри, в").fill("25:00")
    form.get_by_label("Сколько помещается").fill("12")
    form.get_by_role("button", name="Сохранить").click()
    wrong = form.get_by_text("Время как 04:00")
    expect(wrong).to_be_visible()
    form.get_by_label("Забывать, кто внутри, в").fill("4:00")
    expect(wrong).to_have_count(0)
    form.get_by_label("Считать только машины").check()
    form.get_by_role("button", name="Сохранить").click()
    expect(row).to_contain_text("Не пускать, забывать в 04:00", timeout=VISIBLE_MS)
    expect(row).to_contain_text("12, только машины")

    refused = remove(page, yard)
    expect(refused.get_by_role("alert")).to_contain_text(f"Используется: {cellar}", timeout=VISIBLE_MS)
    refused.get_by_role("button", name="Отмена").click()
    for name in (cellar, yard):
        remove(page, name)
        expect(zones_of(page).get_by_role("row", name=name)).to_have_count(0, timeout=VISIBLE_MS)


def test_a_point_leads_into_a_zone_that_one_box_counts(open_page: OpenPage) -> None:
    page = open_page("administrator")
    open_site(page)
    hall = f"Холл {uuid4().hex[:4]}"
    form = begin(page)
    field(form, "Название").fill(hall)
    form.get_by_label("Пускать и отмечать").check()
    form.get_by_role("button", name="Создать").click()
    expect(zones_of(page).get_by_role("row", name=hall)).to_be_visible(timeout=VISIBLE_MS)

    points = page.get_by_role("table", name="Точки прохода и проезда")
    door = points.get_by_role("row", name=TOWER.lanes[0].name)
    door.get_by_role("button", name="Изменить").click()
    field(form, "Ведёт в зону").click()
    page.get_by_role("option", name=hall).click()
    form.get_by_role("button", name="Сохранить").click()
    expect(door).to_contain_text(hall, timeout=VISIBLE_MS)
    expect(zones_of(page).get_by_role("row", name=hall)).to_contain_text(TOWER.lanes[0].name)

    page.get_by_role("button", name="Добавить точку").click()
    field(form, "Название").fill("Въезд в паркинг")
    field(form, "Контроллер").click()
    page.get_by_role("option", name="Паркинг").first.click()
    field(form, "Ведёт в зону").click()
    page.get_by_role("option", name=hall).click()
    form.get_by_role("button", name="Создать").click()
    expect(form.get_by_text("Кто внутри, считает один контроллер")).to_be_visible(timeout=VISIBLE_MS)
    form.get_by_role("button", name="Отмена").click()

    page.get_by_role("button", name=f"Удалить: {hall}", exact=True).click()
    expect(form).to_contain_text(f"Точки {TOWER.lanes[0].name} больше не будут вести ни в какую зону.")
    form.get_by_role("button", name="Удалить", exact=True).click()
    expect(zones_of(page).get_by_role("row", name=hall)).to_have_count(0, timeout=VISIBLE_MS)
    expect(door).not_to_contain_text(hall)


def test_zones_are_at_hand_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("administrator", width=390, height=844)
    open_section(page, "/desk/sites", "Объекты")
    page.get_by_role("link", name=GATE.name).click()
    zones = page.get_by_role("list", name="Зоны")
    expect(zones.get_by_text(f"{GROUNDS} › {PARKING}")).to_be_visible(timeout=VISIBLE_MS)
    expect(zones.get_by_role("button", name="Изменить").first).to_be_visible()


def test_who_may_only_read_a_site_changes_no_zone(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/sites", "Объекты")
    page.get_by_role("link", name=GATE.name).click()
    expect(zones_of(page)).to_contain_text(PARKING, timeout=VISIBLE_MS)
    expect(page.get_by_role("button", name="Добавить зону")).to_have_count(0)
    expect(zones_of(page).get_by_role("button")).to_have_count(0)
