"""People of several companies: what is shown as the company at work is the one that is asked for and written to."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from deploy.demo.company import COMPANY
from tests.web.conftest import Entry, House, OpenPage
from tests.web.pages import VISIBLE_MS, open_section, row_with

pytestmark = pytest.mark.web

ANOTHER = "Альфа-Управдом"  # before the demo's own in a list by name
CHOSEN = "localStorage['domovoy.company']"


@dataclass(frozen=True)
class Another:
    """A second company of the administrator's, with a site."""

    client: httpx.Client
    id: str
    site: str


@pytest.fixture(scope="module")
def another(house: House, entries: Callable[[str], Entry]) -> Iterator[Another]:
    cookies = {each["name"]: each["value"] for each in entries("administrator").cookies["cookies"]}
    headers = {"X-CSRF-Token": cookies["domovoy_csrf"], "Origin": house.url}
    with httpx.Client(
        base_url=house.url, cookies=cookies, headers=headers, timeout=60, trust_env=False
    ) as client:
        known = {each["name"]: each["id"] for each in client.get("/api/session").json()["companies"]}
        company = known.get(ANOTHER) or client.post("/api/companies", json={"name": ANOTHER}).json()["id"]
        client.headers["X-Organisation"] = company
        site = client.post(
            "/api/sites", json={"name": f"Двор {uuid4().hex[:6]}", "time_zone": "Europe/Moscow"}
        )
        yield Another(client, company, site.json()["id"])


def ours_of(another: Another) -> str:
    companies = another.client.get("/api/session").json()["companies"]
    return str(next(each["id"] for each in companies if each["name"] == COMPANY))


def chosen_before(page: Page, company: str | None, *, shows_all: bool = False) -> None:
    """What the browser kept of whoever worked in it last, when it is opened."""
    kept = f"{CHOSEN} = '{company}'" if company else "localStorage.removeItem('domovoy.company')"
    all_ = "localStorage['domovoy.allCompanies'] = '1'" if shows_all else ""
    page.add_init_script(f"if (!sessionStorage.seen) {{ {kept}; {all_}; sessionStorage.seen = 1 }}")


def test_a_fresh_browser_works_in_the_company_that_it_shows(open_page: OpenPage, another: Another) -> None:
    page = open_page("administrator")
    chosen_before(page, None)
    open_section(page, "/desk/people", "Жители")
    shown = page.get_by_role("button", name="Компания: ")
    name = str(shown.get_attribute("title"))
    companies = {each["name"]: each["id"] for each in another.client.get("/api/session").json()["companies"]}
    assert page.evaluate(CHOSEN) == companies[name]
    guest = f"Новый {uuid4().hex[:6]}"
    page.get_by_role("button", name="Добавить жителя").first.click()  # an empty list has another
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Фамилия, имя, отчество").fill(guest)
    dialog.get_by_role("button", name="Сохранить").click()
    expect(dialog).to_be_hidden(timeout=VISIBLE_MS)
    found = page.request.get("/api/people", params={"q": guest, "company": companies[name]}).json()["items"]
    assert [person["organisation_id"] for person in found] == [companies[name]]


def test_another_persons_choice_is_none_of_whoever_signs_in_next(
    open_page: OpenPage, another: Another
) -> None:
    page = open_page("dispatcher")
    chosen_before(page, another.id)
    open_section(page, "/desk/passes", "Пропуска")
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)


def test_what_is_done_to_a_row_is_done_in_its_company(open_page: OpenPage, another: Another) -> None:
    guest = f"Чужой {uuid4().hex[:6]}"
    made = another.client.post(
        "/api/access/passes", json={"site_id": another.site, "holder": guest, "kind": "resident"}
    )
    assert made.is_success, made.text
    page = open_page("administrator")
    chosen_before(page, ours_of(another), shows_all=True)
    open_section(page, f"/desk/passes?q={guest}", "Пропуска")
    row = row_with(page, guest)
    expect(row).to_contain_text(ANOTHER)
    row.click()
    page.get_by_role("complementary").get_by_role("button", name="Аннулировать").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Причина").fill("уехал")
    dialog.get_by_role("button", name="Аннулировать").click()
    expect(page.get_by_role("complementary")).to_contain_text("Аннулирован", timeout=VISIBLE_MS)


def switch_to(page: Page, name: str) -> None:
    page.get_by_role("button", name="Компания: ").click()
    page.get_by_role("menuitem", name=name).click()
    expect(page.get_by_role("button", name=f"Компания: {name}")).to_be_visible(timeout=VISIBLE_MS)


def test_a_tab_keeps_its_company_whatever_another_chooses(open_page: OpenPage, another: Another) -> None:
    ours, guest = ours_of(another), f"Новый {uuid4().hex[:6]}"
    tab = open_page("administrator")
    chosen_before(tab, ours)
    open_section(tab, "/desk/people", "Жители")
    tab.get_by_role("button", name="Добавить жителя").first.click()
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Фамилия, имя, отчество").fill(guest)
    other = tab.context.new_page()
    open_section(other, "/desk/people", "Жители")
    switch_to(other, ANOTHER)
    dialog.get_by_role("button", name="Сохранить").click()
    expect(dialog).to_be_hidden(timeout=VISIBLE_MS)
    found = [
        tab.request.get("/api/people", params={"q": guest, "company": company}).json()["total"]
        for company in (ours, another.id)
    ]
    assert found == [1, 0]
    expect(tab.get_by_role("button", name=f"Компания: {COMPANY}")).to_be_visible()
    open_section(tab, f"/desk/people?q={guest}", "Жители")  # it is so after a reload, too
    expect(row_with(tab, guest)).to_be_visible(timeout=VISIBLE_MS)
    open_section(other, f"/desk/people?q={guest}", "Жители")
    expect(other.get_by_role("button", name=f"Компания: {ANOTHER}")).to_be_visible(timeout=VISIBLE_MS)
    expect(row_with(other, guest)).to_have_count(0)


def test_a_link_to_what_another_company_has_offers_to_look_there(
    open_page: OpenPage, another: Another
) -> None:
    guest = f"Гость {uuid4().hex[:6]}"
    body = {"site_id": another.site, "holder": guest, "kind": "resident"}
    pass_id = another.client.post("/api/access/passes", json=body).json()["id"]
    page = open_page("administrator")
    chosen_before(page, ours_of(another))
    links = {
        f"/desk/passes/{pass_id}": guest,
        f"/desk/passes?open={pass_id}": guest,
        f"/desk/sites/{another.site}": "Двор",
    }
    for link, told in links.items():
        page.goto(link)
        main = page.get_by_role("main")
        expect(main).to_contain_text(f"Сейчас открыта компания «{COMPANY}»", timeout=VISIBLE_MS)
        expect(main.get_by_role("button", name="Повторить")).to_have_count(0)
        main.get_by_role("button", name=ANOTHER).click()
        expect(main.get_by_text(told).first).to_be_visible(timeout=VISIBLE_MS)
        expect(page).to_have_url(re.compile(re.escape(link)))
        expect(page.get_by_role("button", name=f"Компания: {ANOTHER}")).to_be_visible()
        expect(page.get_by_text("Сейчас открыта компания")).to_have_count(0)
        switch_to(page, COMPANY)


def test_who_is_of_one_company_is_offered_no_other(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    page.goto(f"/desk/passes/{uuid4()}")
    expect(page.get_by_role("alert")).to_contain_text("не найден", timeout=VISIBLE_MS)
    expect(page.get_by_text("Сейчас открыта компания")).to_have_count(0)


def test_an_administrator_demands_a_second_factor_and_is_led_to_it(
    open_page: OpenPage, another: Another
) -> None:
    """Who runs no installation changes the company; then nothing works but the profile, which says so."""
    name = f"Яуза {uuid4().hex[:6]}"
    made = another.client.post("/api/companies", json={"name": name}).json()["id"]
    page = open_page("administrator")
    chosen_before(page, made)
    page.route(re.compile(r"/api/session(\?|$)"), as_no_operator)
    open_section(page, "/admin/staff", "Сотрудники")
    page.get_by_role("link", name="Компании").click()
    card = page.locator("main .mantine-Card-root").filter(has_text=name)
    card.get_by_role("button", name="Изменить").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Двухэтапный вход администраторов").check(force=True)
    dialog.get_by_role("button", name="Сохранить").click()
    told = dialog.get_by_role("alert")
    expect(told).to_contain_text("ваши права в этой компании перестанут действовать")
    expect(told.get_by_role("link", name="Включить в профиле")).to_have_attribute("href", "/desk/account")
    dialog.get_by_label("Двухэтапный вход администраторов").uncheck(force=True)
    expect(told).to_have_count(0)
    dialog.get_by_label("Двухэтапный вход администраторов").check(force=True)
    dialog.get_by_role("button", name="Всё равно потребовать").click()
    expect(dialog).to_be_hidden(timeout=VISIBLE_MS)
    open_section(page, "/desk/passes", "Нужен двухэтапный вход")
    page.get_by_role("link", name="Включить в профиле").click()
    expect(page.get_by_text("Компания требует двухэтапного входа")).to_be_visible(timeout=VISIBLE_MS)


def as_no_operator(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "is_operator": False})
