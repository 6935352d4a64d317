"""The polygon's page: a car drives through, the boom with it; the photocell keeps the gate open; the link is cut."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.demo.polygon import STRANGER
from deploy.demo.sites import GATE, TOWER
from tests.web.conftest import House, OpenPage
from tests.web.pages import (
    VISIBLE_MS,
    boxes_know_the_passes,
    issue_by_form,
    open_section,
    plate_words,
    wait_live,
    words_of,
)

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

ENTRY, DOOR = GATE.lanes[0].name, TOWER.lanes[0].name
STAY_MS = 5_000  # how long the gate stays open once the way is free
SEE = """() => {
    window.seen = [];
    const look = () => seen.push([
        ...[...document.querySelectorAll('.car')].map(it => `car ${it.dataset.phase}: ${it.textContent}`),
        ...[...document.querySelectorAll('.boom')].map((it, at) => `boom ${at} at ${it.dataset.place}`),
        document.querySelector('[role=tabpanel]:not([hidden])').textContent,
    ].join('; '));
    const all = {subtree: true, childList: true, attributes: true, characterData: true};
    new MutationObserver(look).observe(document.body, all);
}"""
"""What passes is kept: it may be over before a test looks."""


@pytest.fixture
def polygon(house: House, open_page: OpenPage) -> Iterator[Page]:
    """The page, with the entry free; whatever a test did to the devices is undone."""
    page = open_page(None)
    page.goto(house.polygon)
    expect(page.get_by_role("tab", name=ENTRY)).to_have_attribute("aria-selected", "true", timeout=VISIBLE_MS)
    expect(boom(page)).to_have_attribute("data-place", "0", timeout=VISIBLE_MS)
    page.evaluate(SEE)
    yield page
    with httpx.Client(base_url=house.polygon) as hand:
        hand.put("/uplink", json={"cut": False})
        hand.post("/sites/gate/barriers/entry", json={"blocked": False})
        hand.post("/sites/gate/lanes/entry/leave")


def saw(page: Page, what: str) -> None:
    """It was to be seen since the page was opened, or is."""
    page.wait_for_function("what => seen.some(text => text.includes(what))", arg=what)


def boom(page: Page) -> Locator:
    return page.locator(".boom").first


def car(page: Page) -> Locator:
    return page.locator(".car").first


def new_plate() -> str:
    return f"K{uuid4().int % 900 + 100}TX72"


def let_in(open_page: OpenPage, plate: str) -> Page:
    """A desk whose dispatcher gave a pass to this car, and looks at the board."""
    desk = open_page("dispatcher")
    open_section(desk, "/desk/passes", "Пропуска")
    issue_by_form(desk, plate=plate, guest=f"Гость {plate}")
    expect(desk.get_by_role("complementary")).to_contain_text(plate, timeout=VISIBLE_MS)
    open_section(desk, "/desk/board", "Проезды")
    wait_live(desk)
    boxes_know_the_passes(desk)
    return desk


def drive_up(page: Page, plate: str) -> None:
    page.get_by_role("tabpanel", name=ENTRY).get_by_label("Номер машины").fill(plate)
    page.get_by_role("button", name="Подъехать").click()


def seen_at_the_desk(desk: Page, plate: str) -> None:
    lane = desk.locator(f"[data-lane='{ENTRY}']")
    expect(lane).to_contain_text(words_of(plate_words(plate)), timeout=VISIBLE_MS)
    expect(lane).to_contain_text("Пропущен")


def test_a_car_drives_through_the_boom_moves_and_the_desk_shows_it(
    polygon: Page, open_page: OpenPage
) -> None:
    plate = new_plate()
    desk = let_in(open_page, plate)
    drive_up(polygon, plate)
    for what in (f"car passing: {plate}", "boom 0 at 1", "Петля: занята"):
        saw(polygon, what)
    seen_at_the_desk(desk, plate)
    expect(car(polygon)).to_have_attribute("visibility", "hidden", timeout=VISIBLE_MS)
    expect(boom(polygon)).to_have_attribute("data-place", "0", timeout=VISIBLE_MS + STAY_MS)
    expect(polygon.get_by_role("region", name="Что произошло")).to_contain_text(f"{plate} проезжает")


def test_the_photocell_keeps_the_gate_open(polygon: Page, open_page: OpenPage) -> None:
    plate = new_plate()
    let_in(open_page, plate)
    cell = polygon.get_by_role("button", name="Заслонить фотоэлемент").first
    drive_up(polygon, plate)
    expect(boom(polygon)).to_have_attribute("data-place", "1", timeout=VISIBLE_MS)
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(car(polygon)).to_have_attribute("visibility", "hidden", timeout=VISIBLE_MS)
    polygon.wait_for_timeout(STAY_MS + 3_000)
    expect(boom(polygon)).to_have_attribute("data-place", "1")
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "false")
    expect(boom(polygon)).to_have_attribute("data-place", "0", timeout=VISIBLE_MS + STAY_MS)


def test_a_stranger_waits_before_a_closed_boom_and_turns_round(polygon: Page) -> None:
    drive_up(polygon, STRANGER)
    expect(car(polygon)).to_have_attribute("data-phase", "waiting", timeout=VISIBLE_MS)
    polygon.wait_for_timeout(2_000)
    expect(boom(polygon)).to_have_attribute("data-place", "0")
    drive_up(polygon, STRANGER)
    expect(polygon.get_by_role("status")).to_contain_text("не вышло")
    polygon.get_by_role("button", name="Развернуться").click()
    expect(car(polygon)).to_have_attribute("visibility", "hidden", timeout=VISIBLE_MS)


def test_with_the_link_cut_the_gate_opens_and_the_desk_hears_of_it_later(
    polygon: Page, open_page: OpenPage
) -> None:
    plate = new_plate()
    desk = let_in(open_page, plate)
    polygon.get_by_role("button", name="Оборвать связь с облаком").click()
    mend = polygon.get_by_role("button", name="Связь с облаком оборвана: восстановить")
    expect(mend).to_have_attribute("aria-pressed", "true")
    drive_up(polygon, plate)
    saw(polygon, "boom 0 at 1")
    expect(car(polygon)).to_have_attribute("visibility", "hidden", timeout=VISIBLE_MS)
    expect(desk.locator(f"[data-lane='{ENTRY}']")).not_to_contain_text(words_of(plate_words(plate)))
    mend.click()
    expect(desk.locator(f"[data-lane='{ENTRY}']")).to_contain_text(
        words_of(plate_words(plate)), timeout=90_000
    )
    seen_at_the_desk(desk, plate)


def test_a_card_opens_the_towers_door_and_the_panel_rings(polygon: Page) -> None:
    polygon.get_by_role("tab", name=ENTRY).press("ArrowLeft")  # the last of them, by the keyboard
    tab = polygon.get_by_role("tab", name=DOOR)
    expect(tab).to_be_focused()
    panel = polygon.get_by_role("tabpanel", name=DOOR)
    expect(panel).to_contain_text("Дверь: закрыта")
    panel.get_by_label("Карта").select_option(label="021,50101 · Зайцев Роман Игоревич")
    panel.get_by_role("button", name="Приложить").press("Enter")
    saw(polygon, "Дверь: открыта")
    expect(panel).to_contain_text("Дверь: закрыта", timeout=VISIBLE_MS)
    panel.get_by_label("Квартира").fill("17")
    panel.get_by_role("button", name="Позвонить").click()
    expect(polygon.get_by_role("status")).to_contain_text("Сделано: Позвонить")
    journal = polygon.get_by_role("region", name="Что произошло")
    expect(journal).to_contain_text(f"{DOOR}: приложена карта 021,50101")
    expect(journal).to_contain_text(f"{DOOR}: звонок, квартира 17")


def test_a_fire_opens_both_lanes_and_a_silent_reader_is_said_to_be_so(polygon: Page) -> None:
    stage = polygon.get_by_role("region", name=GATE.name)
    fire = stage.get_by_role("button", name="Пожарная тревога")
    fire.click()
    for which in (polygon.locator(".boom").nth(0), polygon.locator(".boom").nth(1)):
        expect(which).to_have_attribute("data-place", "1", timeout=VISIBLE_MS)
    fire.click()
    expect(fire).to_have_attribute("aria-pressed", "false")
    for which in (polygon.locator(".boom").nth(0), polygon.locator(".boom").nth(1)):
        expect(which).to_have_attribute("data-place", "0", timeout=VISIBLE_MS + 2 * STAY_MS)

    panel = polygon.get_by_role("tabpanel", name=ENTRY)
    plug = panel.get_by_role("button", name="Считыватель")
    plug.click()
    expect(panel).to_contain_text("Считыватель: нет связи с контроллером", timeout=VISIBLE_MS)
    expect(plug).to_have_attribute("aria-pressed", "true")
    plug.click()
    expect(panel).not_to_contain_text("нет связи с контроллером", timeout=2 * VISIBLE_MS)


def test_the_page_speaks_english_too_and_remembers_it(polygon: Page) -> None:
    polygon.get_by_role("button", name="English").click()
    expect(polygon.get_by_role("heading", level=1, name="Polygon")).to_be_visible()
    expect(polygon.get_by_role("button", name="Drive up").first).to_be_visible()
    polygon.reload()
    expect(polygon.get_by_role("heading", level=1, name="Polygon")).to_be_visible(timeout=VISIBLE_MS)
    left = polygon.locator("main").inner_text()
    assert re.findall(r"Шлагбаум|Карта|Панель вызова", left) == []
