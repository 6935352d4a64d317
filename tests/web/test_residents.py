"""A resident is invited from the desk, joins by the letter, and refuses a call that the desk sees live."""

import os
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from deploy.demo import company
from deploy.demo.servers.processes import wait_until
from deploy.demo.sites import GATE
from tests.web.conftest import House, OpenPage
from tests.web.newcomer import link_to
from tests.web.pages import VISIBLE_MS, open_section, row_with, wait_live

pytestmark = [pytest.mark.web, pytest.mark.timeout(600)]

RESIDENT = next(each for each in company.RESIDENTS if each.home == "А2")
PASSWORD = "длинная фраза жителя 7"
SHOTS = os.environ.get("DOMOVOY_SHOTS")
CALL_S = 60


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


@pytest.fixture(scope="module")
def email() -> str:
    return f"resident-{uuid4().hex[:8]}@afiny.example"


def invite(page: Page, email: str) -> None:
    open_section(page, f"/desk/people?q={RESIDENT.name}", "Жители")
    row_with(page, RESIDENT.name).click()
    expect(page.get_by_text("Приложение жителя")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_label("Почта для приглашения").fill(email)
    shot(page, "people-before")
    page.get_by_role("button", name="Пригласить", exact=True).click()
    expect(page.get_by_text("Приглашение отправлено", exact=True)).to_be_visible(timeout=VISIBLE_MS)
    shot(page, "people-invited")


def join(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name="Приложение жителя")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_label("Пароль").fill(PASSWORD)
    shot(page, "resident-invitation-phone")
    page.get_by_role("button", name="Принять приглашение").click()
    expect(page.get_by_text("Готово: доступ жителя")).to_be_visible(timeout=VISIBLE_MS)
    shot(page, "resident-done-phone")


def signed_in(house: House, email: str) -> httpx.Client:
    body = {"email": email, "password": PASSWORD, "kind": "app"}
    token = httpx.post(f"{house.url}/api/session", json=body, timeout=CALL_S).json()["token"]
    known = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=house.url, headers=known, timeout=CALL_S)


def test_from_the_invitation_to_a_refused_call(house: House, open_page: OpenPage, email: str) -> None:
    desk = open_page("dispatcher")
    invite(desk, email)
    join(open_page(None, width=390, height=844), link_to(house.mail, email, "resident-invitation"))
    open_section(desk, "/desk/calls", "Вызовы")
    wait_live(desk)
    with signed_in(house, email) as api:
        assert [each["number"] for each in api.get("/api/resident/premises").json()] == ["А2"]
        house.simulators.ring(GATE.lanes[0].panel, "A2")  # a panel's keys are Latin
        ringing: list[str] = []

        def rings() -> bool:
            found = api.get("/api/resident/calls", params={"state": "ringing"}).json()["items"]
            ringing[:] = [each["id"] for each in found]
            return bool(ringing)

        assert wait_until(rings, CALL_S), "the call did not come"
        row = row_with(desk, "д. А2").first
        expect(row.get_by_text("Звонит")).to_be_visible(timeout=VISIBLE_MS)
        shot(desk, "calls-ringing")
        answered = api.post(f"/api/resident/calls/{ringing[0]}/answer", json={"open": False})
        assert answered.status_code == 200, answered.text
        order = answered.json()["order_id"]
        assert wait_until(lambda: api.get(f"/api/resident/orders/{order}").json()["state"] == "done", CALL_S)
        assert wait_until(
            lambda: api.get(f"/api/resident/calls/{ringing[0]}").json()["ended_at"] is not None, CALL_S
        ), "the panel did not tell that it hung up"
    expect(row.get_by_text("Отказано")).to_be_visible(timeout=VISIBLE_MS)
    row.click()
    expect(desk.get_by_text(f"{RESIDENT.name}: отказ").first).to_be_visible(timeout=VISIBLE_MS)
    shot(desk, "calls-panel")
    if SHOTS:
        look_around(open_page)


def look_around(open_page: OpenPage) -> None:
    for name, (width, height) in {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}.items():
        for theme in ("light", "dark"):
            page = open_page("dispatcher", width=width, height=height, theme=theme)
            open_section(page, "/desk/calls", "Вызовы")
            expect(page.get_by_text("Отказано").first).to_be_visible(timeout=VISIBLE_MS)
            shot(page, f"calls-{name}-{theme}")
        page = open_page("administrator", width=width, height=height)
        page.goto("/desk/sites")
        page.get_by_role("link", name=GATE.name).click()
        expect(page.get_by_text("Открывают жители").first).to_be_visible(timeout=VISIBLE_MS)
        point = page.locator("tr, li").filter(has_text="Открывают жители").first
        point.get_by_role("button", name="Изменить").click()
        door = page.get_by_role("dialog").get_by_text("Жителям можно открывать")
        door.scroll_into_view_if_needed()
        expect(door).to_be_visible(timeout=VISIBLE_MS)
        shot(page, f"point-{name}")
        page = open_page("dispatcher", width=width, height=height)
        page.goto(f"/desk/people?q={RESIDENT.name}")
        page.get_by_text(RESIDENT.name).first.click()
        app = page.get_by_text("Пользуется приложением")
        expect(app).to_be_visible(timeout=VISIBLE_MS)
        app.scroll_into_view_if_needed()
        shot(page, f"person-{name}")
        page = open_page("administrator", width=width, height=height)
        open_section(page, "/admin/policies", "Правила выдачи")
        expect(page.get_by_text("заказывают").first).to_be_visible(timeout=VISIBLE_MS)
        shot(page, f"policies-{name}")
