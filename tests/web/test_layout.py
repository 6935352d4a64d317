"""Pages keep their room while their parts load, one after the other: what one is about to click stays where it is."""

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.sites import GATE
from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

MOST_SHIFTED = 0.01
"""The sum of the page's shifts, each a part of the window times a part of its height (Layout Instability API)."""

SLOW = """
const order = %s, fetched = window.fetch;
let asked = 0;
window.fetch = async (...what) => {
    const place = asked++ %% 6;
    await new Promise(done => setTimeout(done, 120 + 160 * (order === 'forth' ? place : 5 - place)));
    return fetched(...what);
};
"""
SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
    for (const each of list.getEntries()) {
        if (each.hadRecentInput) continue;
        const moved = each.sources.map(({ node, previousRect: was, currentRect: is }) =>
            `${node?.nodeName} ${node?.className ?? ''} “${(node?.textContent ?? '').slice(0, 40)}”: `
            + `${was.x},${was.y} ${was.width}×${was.height} → ${is.x},${is.y} ${is.width}×${is.height}`);
        window.shifts.push({ value: each.value, at: Math.round(each.startTime), moved });
    }
}).observe({ type: 'layout-shift', buffered: true });
"""
ROWS = "tbody tr, main li"
PAGES = {
    "board": ("/desk/board", "dispatcher", "tbody tr, main li"),
    "alarms": ("/desk/alarms?state=all", "dispatcher", ROWS),
    "passes": ("/desk/passes", "dispatcher", ROWS),
    "inside": ("/desk/passes/inside", "dispatcher", ROWS),
    "blacklist": ("/desk/blacklist", "dispatcher", ROWS),
    "people": ("/desk/people", "dispatcher", ROWS),
    "complexes": ("/desk/housing", "manager", ROWS),
    "premises": ("/desk/housing?tab=premises", "manager", ROWS),
    "sites": ("/desk/sites", "administrator", "main a[href^='/desk/sites/']"),
    "meters": ("/desk/meters", "administrator", ROWS),
    "account": ("/desk/account", "dispatcher", "main section"),
    "watch": ("/desk/watch", "dispatcher", "main [role=search], main h1"),
    "violations": ("/desk/violations", "manager", "main [role=search], main h1"),
    "statistics": ("/desk/statistics", "dispatcher", "main svg[role=img]"),
    "companies": ("/admin/companies", "administrator", "main dl"),
    "staff": ("/admin/staff", "administrator", ROWS),
    "roles": ("/admin/roles", "administrator", "tbody tr"),
    "quarantine": ("/admin/quarantine", "administrator", ROWS),
    "audit": ("/admin/audit", "administrator", ROWS),
}
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LOOKS = [("desktop", "forth"), ("phone", "back")]
LEADS = {
    "site": ("sites", f"main a:has-text('{GATE.name}')", "main section:nth-of-type(4) :is(tbody tr, li)"),
    "pass": ("passes", None, "main dl"),
    "passage": ("board", None, "main dl"),
    "meter": ("meters", None, "canvas"),
}
"""Pages of one thing: the list in which it stands, its link there, what shows that it is loaded."""


def slowly(page: Page, order: str) -> None:
    page.add_init_script(SLOW % repr(order))
    page.add_init_script(SHIFTS)


def shifted(page: Page) -> list[dict[str, object]]:
    """What moved, once nothing has for a while."""
    page.wait_for_timeout(1_500)  # longer than any answer is held back
    shifts: list[dict[str, object]] = page.evaluate("window.shifts")
    return shifts


def hold_still(page: Page) -> None:
    shifts = shifted(page)
    total = sum(float(str(each["value"])) for each in shifts)
    told = "\n".join(f"{each['value']:.4f} at {each['at']} ms: {each['moved']}" for each in shifts)
    assert total < MOST_SHIFTED, f"{total:.4f}\n{told}"


@pytest.mark.parametrize(("size", "order"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_still_while_it_loads(name: str, size: str, order: str, open_page: OpenPage) -> None:
    path, role, loaded = PAGES[name]
    width, height = SIZES[size]
    page = open_page(role, width=width, height=height)
    slowly(page, order)
    page.goto(path)
    expect(page.locator(loaded).first).to_be_visible(timeout=VISIBLE_MS)
    hold_still(page)


@pytest.mark.parametrize(("size", "order"), LOOKS)
@pytest.mark.parametrize("name", LEADS)
def test_the_page_of_one_thing_holds_still_while_it_loads(
    name: str, size: str, order: str, open_page: OpenPage
) -> None:
    where, link, loaded = LEADS[name]
    path, role, _ = PAGES[where]
    width, height = SIZES[size]
    page = open_page(role, width=width, height=height)
    page.goto(address_of(page, path, link))
    expect(page.locator(loaded).first).to_be_visible(timeout=VISIBLE_MS)
    slowly(page, order)
    page.reload()
    expect(page.locator(loaded).first).to_be_visible(timeout=VISIBLE_MS)
    hold_still(page)


def address_of(page: Page, path: str, link: str | None) -> str:
    page.goto(path)
    if link is not None:
        page.locator(link).first.click(timeout=VISIBLE_MS)
    else:
        page.locator("tbody tr, main li button").first.click(timeout=VISIBLE_MS)
        if path == "/desk/passes":
            page.get_by_role("complementary").or_(page.get_by_role("dialog")).locator(
                "a[href^='/desk/passes/']"
            ).first.click(timeout=VISIBLE_MS)
    page.wait_for_url("**/desk/*/*")
    return page.url
