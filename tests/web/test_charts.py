"""A meter's chart without a mouse: by keyboard, by touch, and on the site's clock whoever looks at it."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

DAY_MS = 86_400_000
THUMB_PX = 44


def open_meter(page: Page) -> Locator:
    """The buttons that move what the chart of a simulated household's meter shows."""
    page.goto("/desk/meters?q=SDM-2107731")
    page.locator("tbody tr, main li button").first.click(timeout=VISIBLE_MS)
    expect(page.locator("canvas")).to_be_visible(timeout=VISIBLE_MS)
    return page.get_by_role("group", name="Показанное время")


def part(page: Page, begun: re.Pattern[str] = re.compile("from=")) -> tuple[int, int]:
    """From when until when, ms, as the address says."""
    expect(page).to_have_url(begun, timeout=VISIBLE_MS)
    query = parse_qs(urlsplit(page.url).query)
    return int(query["from"][0]), int(query["until"][0])


def test_the_keyboard_zooms_and_steps_through_time(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    buttons = open_meter(page)
    earlier, later, closer, farther, whole = buttons.get_by_role("button").all()
    expect(later).to_be_disabled()  # it ends now
    expect(whole).to_be_disabled()
    stands = page.get_by_test_id("chart").bounding_box()
    earlier.focus()
    page.keyboard.press("Enter")
    first = part(page)
    assert first[1] - first[0] == DAY_MS
    page.keyboard.press("Tab")
    expect(later).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page).not_to_have_url(re.compile(f"from={first[0]}"))
    near = part(page)
    assert near == (first[0] + DAY_MS // 4, first[1] - DAY_MS // 4)
    expect(closer).to_be_focused()
    page.keyboard.press("Tab")
    expect(farther).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"from={first[0]}&until={first[1]}"))
    expect(page.get_by_test_id("chart").or_(page.get_by_text("За это время показаний нет"))).to_be_visible()
    page.go_back()
    assert part(page, re.compile(f"from={near[0]}")) == near
    whole.focus()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("from="))
    expect(whole).to_be_focused()  # what leads nowhere any more keeps the focus
    assert page.get_by_test_id("chart").bounding_box() == stands, "the chart has moved"


def test_a_thumb_zooms_and_steps_through_time(open_page: OpenPage) -> None:
    page = open_page("dispatcher", width=390, height=844, has_touch=True)
    buttons = open_meter(page)
    for button in buttons.get_by_role("button").all():
        size = button.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= THUMB_PX
    chart = page.get_by_test_id("chart")
    chart.scroll_into_view_if_needed()
    stands = chart.bounding_box()
    buttons.get_by_role("button", name="Ближе").tap()
    begin, end = part(page)
    assert end - begin == DAY_MS // 2
    expect(chart).to_be_visible(timeout=VISIBLE_MS)
    assert chart.bounding_box() == stands, "the chart has moved"
    buttons.get_by_role("button", name="Раньше").tap()
    expect(page).to_have_url(re.compile(f"until={begin}"), timeout=VISIBLE_MS)


def test_times_are_the_sites_whoever_looks(open_page: OpenPage) -> None:
    page = open_page("dispatcher", zone="Europe/Moscow")
    open_meter(page)
    age = page.locator("main time").first
    expect(age).to_have_attribute("title", re.compile(r"\d\d:\d\d:\d\d"), timeout=VISIBLE_MS)
    there = """([moment, zone]) => new Intl.DateTimeFormat('en-GB',
        {timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}).format(new Date(moment))"""
    moment, told = age.evaluate("it => [it.dateTime, it.title]")
    assert page.evaluate(there, [moment, "Asia/Yekaterinburg"]) in told

    page.goto("/wall")
    clock = page.locator("main time").first
    expect(clock).to_have_text(re.compile(r"\d\d:\d\d$"), timeout=VISIBLE_MS)
    told = (clock.text_content() or "")[-5:]
    moments = [page.evaluate("Date.now()") - ago for ago in (0, 60_000)]  # looked at after the clock was
    assert told in [page.evaluate(there, [moment, "Asia/Yekaterinburg"]) for moment in moments]


def test_more_readings_than_a_chart_holds_are_offered_by_the_hour(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    page.route(re.compile(r"/points\?.*resolution=raw"), refuse_the_range)
    open_meter(page)
    page.get_by_role("group", name="С каким шагом").or_(
        page.get_by_role("radiogroup", name="С каким шагом")
    ).get_by_text("Показания").click()
    notice = page.get_by_role("alert").filter(has_text="показаний больше, чем помещается")
    expect(notice.get_by_role("button", name="Повторить")).to_have_count(0)
    notice.get_by_role("button", name="Показать по часам").click(timeout=VISIBLE_MS)
    expect(page).to_have_url(re.compile("step=hour"))
    expect(notice).to_have_count(0)


def refuse_the_range(route: Route) -> None:
    body = {"title": "Неверный промежуток", "status": 400, "code": "range_invalid", "data": {"limit": 10000}}
    route.fulfill(status=400, content_type="application/problem+json", body=json.dumps(body))
