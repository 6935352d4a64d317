"""A guard looks back at who passed an hour ago, makes a violation of it, and learns why a pass made here is refused."""

import re

import msgspec
import pytest
from playwright.sync_api import Page, expect

from protocols.acts import GuardNote, PassDrafted, Violation
from tests.web.gate.booth import LANE_IN, Booth
from tests.web.gate.conftest import OpenGate, sign_in
from tests.web.gate.people import a_pass, held
from tests.web.pages import VISIBLE_MS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


@pytest.fixture
def page(at: Booth, open_gate: OpenGate) -> Page:
    """On duty; three cars have come, one of them out."""
    at.hold(*held())
    page = open_gate()
    sign_in(page)
    at.car("T254MK72")
    at.car("E999EE77")
    at.car("T254MK72", out=True)
    return page


def test_who_passed_is_found_by_words_lane_and_decision_and_told_whole(page: Page, at: Booth) -> None:
    page.get_by_role("link", name="Проезды", exact=True).click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3, timeout=VISIBLE_MS)
    page.get_by_role("link", name="Отказано", exact=True).click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("На этот номер пропуска нет")
    page.get_by_role("link", name="Все", exact=True).click()
    page.get_by_label("Поиск проездов").fill("орлов")
    expect(rows).to_have_count(2)
    page.get_by_label("Где").select_option("Выезд")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(r"point="))
    page.get_by_label("Где").select_option("Въезд")
    expect(rows).to_contain_text("въезд")
    rows.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("T 254 MK")
    expect(page.get_by_role("img", name="Снимок проезда")).to_have_js_property("complete", True)
    expect(page.get_by_role("main")).to_contain_text("Въезд, въезд")
    expect(page.get_by_role("link", name="Орлов Денис Сергеевич")).to_be_visible()
    page.get_by_label("Новая запись").fill("С прицепом")
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="С прицепом")).to_be_visible()
    assert at.seen(GuardNote)[0].passage is not None


def test_what_comes_while_one_looks_back_moves_no_line(page: Page, at: Booth) -> None:
    page.get_by_role("link", name="Проезды", exact=True).click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3, timeout=VISIBLE_MS)
    first = rows.first.inner_text()
    at.car("A555AA77")
    fresh = page.get_by_role("button", name="Показать 1 новый проезд")
    expect(fresh).to_be_visible(timeout=VISIBLE_MS)
    assert rows.first.inner_text() == first
    fresh.click()
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("A 555 AA")


def test_a_violation_begins_at_a_lane_with_what_was_seen_there(page: Page, at: Booth) -> None:
    lane = page.locator(f"[data-lane='{LANE_IN}']")
    expect(lane).to_contain_text("E 999 EE", timeout=VISIBLE_MS)
    lane.get_by_role("button", name="Нарушение").click()
    expect(page.get_by_label("Номер машины")).to_have_value("E999EE77", timeout=VISIBLE_MS)
    expect(page.get_by_role("img", name="Фото 1")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("main")).to_contain_text("Проезд: Въезд, въезд")
    page.get_by_role("button", name="Скорость").click()
    page.get_by_role("button", name="Записать нарушение").click()
    item = page.get_by_role("listitem").filter(has_text="Скорость")
    expect(item.get_by_role("img")).to_have_count(1, timeout=VISIBLE_MS)
    [violation] = at.seen(Violation)
    assert (violation.plate, len(violation.photos)) == ("E999EE77", 1)
    assert violation.passage is not None


def test_a_violation_of_somebody_with_a_pass_brings_the_premises(page: Page, at: Booth) -> None:
    at.hold(a_pass(70, holder="Гость", plates=["B777BB77"], household=a_pass(71).id))
    at.car("B777BB77")
    page.get_by_role("link", name="Проезды", exact=True).click()
    page.locator("tbody tr").first.get_by_role("link").click(timeout=VISIBLE_MS)
    page.get_by_role("button", name="Отметить нарушение").click()
    expect(page.get_by_label("Адрес")).to_have_value("к/п Афины, ул. Кифису, д. А2", timeout=VISIBLE_MS)
    expect(page.get_by_role("img", name="Фото 1")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("button", name="Парковка").click()
    page.get_by_role("button", name="Записать нарушение").click()
    [violation] = at.seen(Violation)
    assert violation.household == a_pass(71).id


def test_a_pass_that_was_made_here_and_is_refused_says_why(page: Page, at: Booth) -> None:
    page.goto("/gate/passes/new")
    page.get_by_label("Кто").fill("Курьер")
    page.get_by_role("button", name="Оформить").click()
    expect(page.get_by_text("Оформлен здесь, облако ещё не приняло")).to_be_visible(timeout=VISIBLE_MS)
    [made] = at.seen(PassDrafted)
    refused = msgspec.structs.replace(a_pass(80, holder="Курьер"), id=made.pass_id, revoked=True)
    at.hold(msgspec.structs.replace(refused, refusal="Такой пропуск согласует управляющий."))
    expect(page.get_by_role("alert")).to_have_text(
        "Компания не приняла этот пропуск: Такой пропуск согласует управляющий.", timeout=VISIBLE_MS
    )
    page.goto("/gate/passes?q=курьер")
    expect(page.locator("tbody tr")).to_contain_text("Не принят компанией", timeout=VISIBLE_MS)


def test_the_keys_are_told_while_nothing_is_typed(page: Page) -> None:
    search = page.get_by_role("searchbox", name="Поиск пропусков")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Горячие клавиши")
    expect(dialog).to_contain_text("F2")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(search).to_have_value("")
    search.press_sequentially("72?")
    expect(search).to_have_value("72?")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Настройки и выход").click()
    page.get_by_role("button", name="Горячие клавиши").click()
    expect(dialog).to_be_visible()


def test_the_chosen_filter_is_marked(page: Page) -> None:
    for path, other in (("passes", "Сегодня"), ("visits", "Карты на руках"), ("passages", "Отказано")):
        page.goto(f"/gate/{path}")
        filters = page.locator("main [role=group] a[aria-current=page]")
        expect(filters).to_have_count(1, timeout=VISIBLE_MS)
        page.get_by_role("link", name=re.compile(f"^{other}")).click()
        expect(filters).to_have_text(re.compile(f"^{other}"))
        expect(filters).to_have_css("color", "rgb(255, 255, 255)")
