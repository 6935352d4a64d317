"""At 200 % zoom of a small screen nothing is cut off, lies over another, or makes the page scroll sideways."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.demo.sites import GATE
from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

ZOOMED = {"width": 640, "height": 360}  # 1280 × 720 at 200 %
ROWS = "tbody tr, main li"
PAGES = {
    "/desk/board": ("dispatcher", "[data-lane]"),
    "/desk/alarms?state=all": ("dispatcher", ROWS),
    "/desk/passes": ("dispatcher", ROWS),
    "/desk/passes/inside": ("dispatcher", "main [role=group] button"),
    "/desk/blacklist": ("dispatcher", "main h1"),
    "/desk/people": ("dispatcher", ROWS),
    "/desk/housing": ("manager", ROWS),
    "/desk/housing?tab=premises": ("manager", ROWS),
    "/desk/sites": ("administrator", "main a[href^='/desk/sites/']"),
    "/desk/meters": ("administrator", ROWS),
    "/desk/account": ("dispatcher", "main section"),
    "/admin/companies": ("administrator", "main dl"),
    "/admin/staff": ("administrator", ROWS),
    "/admin/roles": ("administrator", "tbody tr"),
    "/admin/quarantine": ("administrator", ROWS),
    "/admin/audit": ("administrator", ROWS),
}
FAULTS = """
() => {
    const faults = [];
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) faults.push(`the page scrolls sideways by ${wide} px`);
    const told = it => `${it.tagName} “${(it.innerText || it.ariaLabel || '').slice(0, 30)}”`;
    const isWithin = (it, has) => {
        for (let up = it; up; up = up.parentElement) if (has(getComputedStyle(up))) return true;
        return false;
    };
    const scrolls = it => isWithin(it.parentElement, ({ overflowX }) => /auto|scroll/.test(overflowX));
    const rests = it => isWithin(it, ({ position }) => /fixed|sticky/.test(position));
    const field = it => it.closest('.mantine-Input-wrapper');
    const shown = { visibilityProperty: true, opacityProperty: true };
    const within = ['header', 'main', '[role=dialog]'].map(part => `${part} :is(button, a, input)`).join();
    const pressed = [...document.querySelectorAll(within)].filter(it =>
        it.checkVisibility(shown) && it.offsetWidth > 1 && !it.closest('[aria-hidden=true], label, .skip-link')
        && !scrolls(it));
    const boxes = pressed.map(it => [it, it.getBoundingClientRect()]);
    for (const [it, { left, right }] of boxes)
        if (left < -1 || right > innerWidth + 1) faults.push(`${told(it)} is beyond the edge`);
    for (const [one, a] of boxes) for (const [other, b] of boxes) {
        if (one === other || one.contains(other) || other.contains(one) || rests(one) !== rests(other)) continue;
        if (a.top > b.top || (field(one) && field(one) === field(other))) continue;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 2 && down > 2) faults.push(`${told(one)} and ${told(other)} lie over each other`);
    }
    return faults;
}
"""


LARGE_TEXT = """
addEventListener("DOMContentLoaded", () => {
    const sheet = document.createElement("style");
    sheet.textContent = "html { font-size: 200% }";
    document.head.append(sheet);
});
"""


def zoomed(open_page: OpenPage, role: str) -> Page:
    return open_page(role, **ZOOMED)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_at_200_percent(path: str, open_page: OpenPage) -> None:
    role, loaded = PAGES[path]
    page = zoomed(open_page, role)
    page.goto(path)
    expect(page.locator(loaded).first).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(500)
    assert page.evaluate(FAULTS) == []


def test_the_page_of_a_site_is_whole_at_200_percent(open_page: OpenPage) -> None:
    page = zoomed(open_page, "administrator")
    page.goto("/desk/sites")
    page.locator(f"main a:has-text('{GATE.name}')").first.click(timeout=VISIBLE_MS)
    expect(page.get_by_role("heading", level=2, name="Устройства")).to_be_visible(timeout=VISIBLE_MS)
    assert page.evaluate(FAULTS) == []


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/desk/passes", "dispatcher"),
        ("/desk/sites", "administrator"),
        ("/desk/meters", "administrator"),
        ("/desk/blacklist", "dispatcher"),
        ("/admin/companies", "administrator"),
    ],
)
def test_a_form_can_be_filled_and_sent_at_200_percent(path: str, role: str, open_page: OpenPage) -> None:
    page = zoomed(open_page, role)
    page.goto(path)
    page.locator("main button:has(svg)").first.click(timeout=VISIBLE_MS)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input:visible").first).to_be_in_viewport(timeout=VISIBLE_MS)
    page.wait_for_timeout(300)
    assert page.evaluate(FAULTS) == []
    send = dialog.get_by_role("button").last
    send.scroll_into_view_if_needed()
    expect(send).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_list_tells_a_screen_reader_its_size_places_and_heads(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    page.goto("/desk/passes")
    rows = page.locator("tbody tr")
    expect(rows.nth(2)).to_be_visible(timeout=VISIBLE_MS)
    table = page.get_by_role("table", name="Пропуска")
    total = int(re.sub(r"\D", "", page.get_by_text(re.compile("запис")).inner_text()))
    expect(table).to_have_attribute("aria-rowcount", str(total + 1))  # with the head
    assert [rows.nth(place).get_attribute("aria-rowindex") for place in (0, 1)] == ["2", "3"]
    heads = table.locator("thead th")
    assert {heads.nth(place).get_attribute("scope") for place in range(heads.count())} == {"col"}
    assert page.locator("main [aria-live], main [role=status]").filter(has_text="запис").count() == 1


@pytest.mark.parametrize("path", ["/desk/passes", "/desk/people", "/desk/account", "/admin/companies"])
def test_a_page_is_whole_where_the_browser_s_text_is_twice_as_large(path: str, open_page: OpenPage) -> None:
    page = open_page("administrator")
    page.add_init_script(LARGE_TEXT)
    page.goto(path)
    expect(page.locator(PAGES[path][1]).first).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(500)
    assert page.evaluate(FAULTS) == []
    assert page.locator("main .mantine-Button-label:visible").evaluate_all(CUT_WORDS) == []
    for size in page.locator("tbody td").evaluate_all("all => all.map(it => getComputedStyle(it).fontSize)"):
        assert size == "27px"


CUT_WORDS = "all => all.filter(it => it.scrollWidth > it.clientWidth + 1).map(it => it.innerText)"
CUT_PLATES = """
() => [...document.querySelectorAll('[data-plate]')].filter(it => it.checkVisibility()).flatMap(it => {
    const { left, top, right, bottom } = it.getBoundingClientRect();
    const told = by => [`${it.innerText.replace(/\\s+/g, ' ')} in ${by}`];
    if (it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 1) return told('its frame');
    const letters = document.createRange();
    letters.selectNodeContents(it);
    for (const line of letters.getClientRects())
        if (line.top < top - 1 || line.bottom > bottom + 1 || line.right > right + 1) return told('its frame');
    for (let up = it.parentElement; up && up !== document.body; up = up.parentElement) {
        const style = getComputedStyle(up);
        const room = up.getBoundingClientRect();
        if (style.overflowX !== 'visible' && (left < room.left - 1 || right > room.right + 1))
            return told(`${up.tagName} ${up.className}`);
        if (style.overflowY === 'hidden' && (top < room.top - 1 || bottom > room.bottom + 1))
            return told(`${up.tagName} ${up.className}`);
    }
    return left < -1 || right > innerWidth + 1 ? told('the window') : [];
})
"""
"""Plates of which not all is seen, and what cuts them."""
BROKEN_WORDS = """
root => {
    const words = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    const broken = [];
    for (let text = words.nextNode(); text; text = words.nextNode())
        for (const { index, 0: word } of text.data.matchAll(/[^\\s-]+/g)) {
            range.setStart(text, index);
            range.setEnd(text, index + word.length);
            if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word);
        }
    return broken;
}
"""
SIZES = [(1280, 720), (1920, 1080)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("path", ["/desk/board", "/desk/passes", "/desk/passes/inside", "/wall"])
def test_plates_are_whole_where_the_user_s_text_is_twice_as_large(
    path: str, width: int, height: int, open_page: OpenPage, large_browser: Browser
) -> None:
    page = open_page("dispatcher", width=width, height=height, of=large_browser)
    page.goto(path)
    expect(page.locator("[data-plate]:visible").first).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(500)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate(CUT_PLATES) == []
    for link in page.locator("[data-lane] a[href^='tel:']").all():
        assert (
            link.evaluate(
                "it => it.closest('article').getBoundingClientRect().right - it.getBoundingClientRect().right"
            )
            > 0
        )


@pytest.mark.parametrize("path", ["/desk/board", "/desk/passes/inside"])
def test_a_phone_whose_text_is_twice_as_large_shows_a_page_whole(
    path: str, open_page: OpenPage, large_browser: Browser
) -> None:
    page = open_page("dispatcher", width=390, height=844, of=large_browser)
    page.goto(path)
    expect(page.locator("[data-plate]:visible").first).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(500)
    assert page.evaluate(FAULTS) == []
    for zone in page.get_by_role("group", name="Зоны").get_by_role("button").all():
        assert zone.evaluate("it => it.scrollWidth - it.clientWidth") <= 0


def large_phone(open_page: OpenPage, large_browser: Browser, role: str = "dispatcher") -> Page:
    return open_page(role, width=390, height=844, of=large_browser)


def test_a_button_that_is_wider_than_a_phone_takes_two_lines(
    open_page: OpenPage, large_browser: Browser
) -> None:
    page = large_phone(open_page, large_browser, "administrator")
    page.goto("/admin/companies")
    expect(page.get_by_role("button", name="Добавить компанию")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.locator("main dl").first).to_be_visible(timeout=VISIBLE_MS)
    assert page.evaluate(FAULTS) == []
    assert page.locator("main .mantine-Button-label:visible").evaluate_all(CUT_WORDS) == []


def test_a_phone_with_large_text_parts_the_day_and_the_time_alone(
    open_page: OpenPage, large_browser: Browser
) -> None:
    page = large_phone(open_page, large_browser)
    page.goto("/desk/board")
    time = page.locator("main li").first.get_by_text(re.compile(r"\d\d:\d\d:\d\d"))
    expect(time).to_be_visible(timeout=VISIBLE_MS)
    assert [word for word in page.evaluate(BROKEN_WORDS, "main ul") if re.search(r"\d[.:]\d", word)] == []


def test_readings_of_a_card_are_told_apart_on_a_phone_with_large_text(
    open_page: OpenPage, large_browser: Browser
) -> None:
    page = large_phone(open_page, large_browser)
    page.goto("/desk/passes")
    page.get_by_role("button", name="Выдать пропуск").first.click(timeout=VISIBLE_MS)
    page.get_by_label("Номер машины или карты").fill("12345678")
    readings = page.get_by_role("group", name="Что распознано")
    expect(readings.get_by_text("= 123,45678")).to_be_visible(timeout=VISIBLE_MS)
    assert readings.locator("button, button *").evaluate_all(CUT_WORDS) == []
    assert page.evaluate(BROKEN_WORDS, "[role=group][aria-label='Что распознано']") == []


def test_verdicts_stand_below_their_lines_on_a_phone_with_large_text(
    open_page: OpenPage, large_browser: Browser
) -> None:
    page = large_phone(open_page, large_browser)
    page.goto("/desk/cards")
    page.get_by_role("button", name="Списком").click(timeout=VISIBLE_MS)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Карты, по одной в строке").fill("120,02591;Брелок\nжук\n")
    dialog.get_by_role("button", name="Проверить").click()
    table = dialog.get_by_role("table")
    expect(table.get_by_role("cell")).to_have_count(6, timeout=VISIBLE_MS)
    expect(table.get_by_role("columnheader")).to_have_count(3)
    number, what, told = table.get_by_role("row").nth(1).get_by_role("cell").all()
    expect(told).to_contain_text("не похоже на номер карты")
    places = [each.bounding_box() for each in (number, what, told)]
    first, beside, below = [each for each in places if each is not None]
    assert first["x"] < beside["x"]
    assert below["y"] >= beside["y"] + beside["height"]
    assert below["x"] == pytest.approx(first["x"], abs=1)
    wider = "it => { for (; it; it = it.parentElement) if (it.scrollWidth > it.clientWidth + 1) return it.className }"
    assert table.evaluate(wider) is None
    assert page.evaluate(BROKEN_WORDS, "[role=dialog] tbody") == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_card_is_whole_where_the_user_s_text_is_twice_as_large(
    width: int, height: int, open_page: OpenPage, large_browser: Browser
) -> None:
    page = open_page("dispatcher", width=width, height=height, of=large_browser)
    page.goto("/desk/passes")
    row = page.locator("tbody tr[aria-rowindex], main li").filter(has=page.locator("[data-plate]")).first
    row.click(timeout=VISIBLE_MS)
    panel = page.get_by_role("dialog").or_(page.get_by_role("complementary"))
    expect(panel.locator("dl")).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(500)
    assert page.evaluate(CUT_PLATES) == []
    assert page.evaluate(BROKEN_WORDS, "dl") == []
