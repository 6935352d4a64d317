"""Lists of thousands: they load on as one scrolls, draw only what is seen, and keep keys, choice, address and place."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.conftest import Entry, House, OpenPage
from tests.web.pages import VISIBLE_MS, open_section, wait_live

pytestmark = [pytest.mark.web, pytest.mark.timeout(600)]  # issuing a thousand passes takes its time

COMPANY = "УК «Длинный список»"
PASSES = 1_050  # more than the server counts
MOST_DRAWN = 70
SCROLLS_S = 120
IS_IN_SIGHT = (
    "it => it.getBoundingClientRect().top > 90 && it.getBoundingClientRect().bottom < innerHeight - 30"
)
SCROLL = (
    "y => new Promise(done => { scrollTo(0, y); requestAnimationFrame(() => requestAnimationFrame(done)) })"
)


@dataclass(frozen=True)
class Crowd:
    """A company of its own with many passes: «Жилец 00000» and so on, the newest on top."""

    client: httpx.Client
    company: str
    site: str

    def issue(self, holder: str) -> None:
        answer = self.client.post(
            "/api/access/passes", json={"site_id": self.site, "holder": holder, "kind": "resident"}
        )
        assert answer.is_success, answer.text


def a_site(client: httpx.Client, company: str) -> str:
    sites = client.get("/api/sites", params={"company": company}).json()["items"]
    draft = {"name": "Двор", "time_zone": "Asia/Yekaterinburg"}
    return str((sites or [client.post("/api/sites", json=draft).json()])[0]["id"])


@pytest.fixture(scope="module")
def crowd(house: House, entries: Callable[[str], Entry]) -> Iterator[Crowd]:
    cookies = {each["name"]: each["value"] for each in entries("administrator").cookies["cookies"]}
    headers = {"X-CSRF-Token": cookies["domovoy_csrf"], "Origin": house.url}
    with httpx.Client(
        base_url=house.url, cookies=cookies, headers=headers, timeout=60, trust_env=False
    ) as client:
        known = {each["name"]: each["id"] for each in client.get("/api/session").json()["companies"]}
        company = known.get(COMPANY) or client.post("/api/companies", json={"name": COMPANY}).json()["id"]
        client.headers["X-Organisation"] = company
        crowd = Crowd(client, company, a_site(client, company))
        if COMPANY not in known:
            with ThreadPoolExecutor(4) as hands:
                list(hands.map(lambda number: crowd.issue(f"Жилец {number:05d}"), range(PASSES)))
        yield crowd


@pytest.fixture
def passes(open_page: OpenPage, crowd: Crowd) -> Page:
    """The list of the crowd's passes, by name."""
    return show(open_page, crowd, "/desk/passes?sort=holder")


def show(open_page: OpenPage, crowd: Crowd, path: str, **how: int) -> Page:
    page = open_page("administrator", **how)
    page.add_init_script(f"localStorage['domovoy.company'] = '{crowd.company}'")
    open_section(page, path, "Пропуска")
    expect(page.locator("tr[aria-rowindex], li[aria-posinset]").nth(3)).to_be_visible(timeout=VISIBLE_MS)
    return page


def scroll_to(page: Page, name: str, *, step: int = 1200) -> None:
    """Scroll down as a wheel does until the row is drawn."""
    row = page.locator("tbody tr, main li").filter(has_text=name)
    deadline = time.monotonic() + SCROLLS_S
    while not row.count():
        assert time.monotonic() < deadline, f"no {name}"
        page.evaluate(SCROLL, page.evaluate("scrollY") + step)
        page.wait_for_timeout(40)


def drawn(page: Page) -> int:
    return page.locator("tbody tr, main li[data-index]").count()


def test_all_rows_come_as_one_scrolls_and_few_are_drawn(passes: Page) -> None:
    expect(passes.get_by_text("Больше 1 000 записей")).to_be_visible(timeout=VISIBLE_MS)
    most = 0
    for number in (150, 480, 1020, PASSES - 1):
        scroll_to(passes, f"Жилец {number:05d}")
        most = max(most, drawn(passes))
    assert 20 < most <= MOST_DRAWN
    head = passes.locator("thead th").nth(1)
    assert 0 <= head.evaluate("it => it.getBoundingClientRect().top") < 130, "the head is out of sight"
    assert passes.locator("tbody tr").first.evaluate("it => it.offsetHeight") == 36


def test_keys_go_on_across_pages(passes: Page) -> None:
    scroll_to(passes, "Жилец 00098", step=700)
    passes.locator("tbody tr").filter(has_text="Жилец 00098").focus()
    for number in range(99, 104):
        passes.keyboard.press("j")
        row = passes.locator("tr:focus")
        expect(row).to_contain_text(f"Жилец {number:05d}", timeout=VISIBLE_MS)
        passes.wait_for_function(IS_IN_SIGHT, arg=row.element_handle())
    passes.evaluate(SCROLL, passes.evaluate("scrollY") + 3000)
    expect(passes.locator("tr:focus")).to_contain_text("Жилец 00103")  # it is not lost by scrolling away
    passes.keyboard.press("k")
    expect(passes.locator("tr:focus")).to_contain_text("Жилец 00102", timeout=VISIBLE_MS)
    passes.keyboard.press("Enter")
    expect(passes.get_by_role("complementary")).to_contain_text("Жилец 00102", timeout=VISIBLE_MS)
    expect(passes.locator("tr[data-open]")).to_contain_text("Жилец 00102")


def test_what_is_chosen_stays_chosen_out_of_sight(passes: Page) -> None:
    passes.get_by_label("Выбрать строку").first.check(timeout=VISIBLE_MS)
    scroll_to(passes, "Жилец 00300")
    passes.locator("tbody tr").filter(has_text="Жилец 00300").get_by_label("Выбрать строку").check()
    expect(passes.get_by_text("Выбрано 2 строки")).to_have_count(1)
    passes.evaluate(SCROLL, 0)
    expect(passes.get_by_label("Выбрать строку").first).to_be_checked(timeout=VISIBLE_MS)
    expect(passes.get_by_label("Выбрать строку").nth(1)).not_to_be_checked()


def test_the_address_leads_back_to_the_place(passes: Page, open_page: OpenPage, crowd: Crowd) -> None:
    scroll_to(passes, "Жилец 00440")
    passes.wait_for_url(re.compile(r"page=[45]"))
    place = passes.evaluate("scrollY")
    row = passes.locator("tbody tr").filter(has_text="Жилец 00440")
    row.click()
    expect(passes.get_by_role("complementary")).to_contain_text("Жилец 00440", timeout=VISIBLE_MS)
    assert abs(passes.evaluate("scrollY") - place) < 60, "opening a card moved the list"
    link = passes.url
    passes.get_by_role("complementary").locator("a[href^='/desk/passes/']").last.click()
    passes.wait_for_url(re.compile("/desk/passes/"))
    passes.go_back()
    expect(row).to_be_visible(timeout=VISIBLE_MS)
    other = show(open_page, crowd, link.partition(passes.evaluate("location.origin"))[2])
    expect(other.locator("tbody tr").filter(has_text=re.compile("Жилец 00[34][0-9]{2}")).first).to_be_visible(
        timeout=VISIBLE_MS
    )
    expect(other.locator("tr[data-open]").or_(other.get_by_role("complementary")).first).to_be_visible()


def test_the_menu_leads_back_to_the_place(passes: Page) -> None:
    scroll_to(passes, "Жилец 00240")
    passes.wait_for_url(re.compile("page=3"))
    menu = passes.get_by_role("navigation")
    menu.get_by_role("link", name="Жители").click()
    expect(passes.get_by_role("heading", level=1, name="Жители")).to_be_visible(timeout=VISIBLE_MS)
    menu.get_by_role("link", name="Пропуска").click()
    row = passes.locator("tbody tr").filter(has_text=re.compile("Жилец 002[0-9]{2}")).first
    expect(row).to_be_visible(timeout=VISIBLE_MS)
    passes.wait_for_timeout(600)  # longer than a scroll takes to be told by the address
    expect(row).to_be_in_viewport()
    expect(passes).to_have_url(re.compile("page=3"))


def test_new_rows_move_nothing_deep_in_the_list_and_wait(passes: Page, crowd: Crowd) -> None:
    wait_live(passes)
    scroll_to(passes, "Жилец 00250", step=700)
    row = passes.locator("tbody tr").filter(has_text="Жилец 00250")
    place = row.evaluate("it => it.getBoundingClientRect().top")
    crowd.issue("Аа, первый по алфавиту")
    new = passes.get_by_role("button", name=re.compile("нов(ая|ые|ых)$"))
    expect(new).to_be_visible(timeout=VISIBLE_MS)
    assert abs(row.evaluate("it => it.getBoundingClientRect().top") - place) < 1
    new.click()
    expect(passes.locator("tbody tr").first).to_contain_text("Аа, первый", timeout=VISIBLE_MS)
    passes.wait_for_function("scrollY < 300")


def test_a_page_that_did_not_come_is_told_and_asked_for_again(passes: Page) -> None:
    passes.route(re.compile(r"/api/access/passes\?.*page=3"), refuse)
    scroll_to(passes, "Жилец 00190", step=700)
    told = passes.get_by_role("alert").filter(has=passes.get_by_role("button", name="Повторить"))
    expect(told).to_be_visible(timeout=VISIBLE_MS)
    passes.unroute_all()
    told.get_by_role("button", name="Повторить").click()
    expect(told).to_have_count(0, timeout=VISIBLE_MS)
    scroll_to(passes, "Жилец 00210", step=300)


def refuse(route: Route) -> None:
    route.fulfill(status=500, json={"title": "Сломалось", "status": 500, "code": "internal"})


def test_cards_on_a_phone_load_on_too(open_page: OpenPage, crowd: Crowd) -> None:
    page = show(open_page, crowd, "/desk/passes?sort=holder", width=390, height=844)
    scroll_to(page, "Жилец 00130", step=2000)
    assert drawn(page) <= MOST_DRAWN
    card = page.locator("main li").filter(has_text="Жилец 00130")
    assert card.get_attribute("aria-posinset") is not None
    card.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("Жилец 00130", timeout=VISIBLE_MS)


def test_cards_on_a_phone_are_chosen_and_ordered(open_page: OpenPage, crowd: Crowd) -> None:
    page = show(open_page, crowd, "/desk/passes", width=390, height=844)
    page.get_by_label("Порядок").select_option("-holder")
    page.wait_for_url(re.compile("sort=-holder"))
    cards = page.locator("main li[aria-posinset]")
    expect(cards.first).to_contain_text(f"Жилец {PASSES - 1:05d}", timeout=VISIBLE_MS)
    for place in (0, 1):
        cards.nth(place).get_by_label("Выбрать строку").check()
    expect(page.get_by_text("Выбрано 2 строки")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("dialog")).to_have_count(0)  # choosing opens nothing
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Аннулировать", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Аннулировать 2 пропуска?", timeout=VISIBLE_MS)


def test_columns_follow_the_person_to_another_browser(open_page: OpenPage, crowd: Crowd) -> None:
    first = show(open_page, crowd, "/desk/passes?sort=holder")
    head = first.get_by_role("columnheader", name="Изменён")
    was_shown = head.count()
    first.get_by_role("button", name="Столбцы").click()
    with first.expect_response(re.compile("/api/account/preferences/columns.passes")) as kept:
        first.get_by_role("menuitem").filter(has_text="Изменён").click()
    assert kept.value.ok
    expect(head).to_have_count(1 - was_shown)
    second = show(open_page, crowd, "/desk/passes?sort=holder")
    expect(second.get_by_role("columnheader", name="Изменён")).to_have_count(1 - was_shown)
    crowd.client.delete("/api/account/preferences/columns.passes")
