"""Every screen in two languages, two themes, on a desk and a phone: axe finds nothing, and a picture is taken.

With `DOMOVOY_SCREENS=write` the pictures go to docs/screens/, else to the test's own folder.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Playwright, expect

from deploy.demo.polygon import STRANGER
from deploy.demo.sites import GATE, TOWER
from tests.web.conftest import Entry, House, OpenPage
from tests.web.newcomer import Newcomer
from tests.web.pages import VISIBLE_MS
from tests.web.watching import Watch

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
AXE = ROOT / "cloud/web/node_modules/axe-core/axe.min.js"
SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}


@dataclass(frozen=True)
class Screen:
    """A screen and what must be there before its picture is taken."""

    face: str
    name: str
    path: str
    role: str | None
    shows: str  # a selector
    click: str | None = None  # what is clicked on the way
    loaded: str | None = None  # what must be there after that: until then the page still moves
    then: tuple[str, ...] = ()  # and after it


GATE_LINK, TOWER_LINK = (f"main a:has-text('{plan.name}')" for plan in (GATE, TOWER))
SITE_LOADED = "main section:nth-of-type(4) :is(tbody tr, li)"  # the last of its parts
CODE_BUTTON = ":is(button:has-text('Получить код'), button:has-text('Get a code'))"
LINK_BUTTON = ":is(button:has-text('Ссылка гостю'), button:has-text('Link for the guest'))"
SCREENS = (
    Screen("entry", "sign-in", "/sign-in", None, "input[type=email]"),
    Screen("entry", "reset", "/reset", None, "input[type=email]"),
    Screen("entry", "new-password", "/password-reset#token", None, "input[type=password]"),
    Screen("entry", "first-run", "/first-run#token", None, "input[type=email]"),
    Screen("desk", "board", "/desk/board", "dispatcher", "[data-lane]"),
    Screen("desk", "wall", "/wall", "dispatcher", "[data-lane]"),
    Screen("desk", "passage", "/desk/board", "dispatcher", "dl", click="tbody tr, li button"),
    Screen("desk", "alarms", "/desk/alarms?state=all", "dispatcher", "dl", click="tbody tr, li button"),
    Screen("desk", "passes", "/desk/passes", "dispatcher", "tbody tr, li button"),
    Screen("desk", "pass", "/desk/passes?q=kia", "dispatcher", "dl", click="tbody tr, li button"),
    Screen(
        "desk",
        "pass-page",
        "/desk/passes?q=kia",
        "dispatcher",
        "ul[class*=Timeline], [class*=Timeline-root]",
        click="tbody tr, li button",
        then=("a[href^='/desk/passes/']:not([href*=inside])",),
    ),
    Screen(
        "desk",
        "guest-link",
        "/desk/passes?q=kia",
        "dispatcher",
        "[role=dialog] img",
        click="tbody tr, li button",
        then=(LINK_BUTTON,),
    ),
    Screen(
        "desk",
        "issue",
        "/desk/passes",
        "dispatcher",
        "[role=dialog] input:visible",
        click="main button:has-text('Выдать пропуск'), main button:has-text('Issue a pass')",
    ),
    Screen(
        "desk",
        "issue-table",
        "/desk/passes",
        "dispatcher",
        "[role=dialog] input[type=file], [role=dialog] button:visible",
        click="main button:has(svg)",
    ),
    Screen("desk", "inside", "/desk/passes/inside", "dispatcher", "tbody tr, main li button"),
    Screen("desk", "blacklist", "/desk/blacklist", "dispatcher", "main h1"),
    Screen("desk", "cards", "/desk/cards", "dispatcher", "tbody tr, main li button"),
    Screen("desk", "card", "/desk/cards", "dispatcher", "dl", click="tbody tr, main li button"),
    Screen(
        "desk",
        "card-new",
        "/desk/cards",
        "dispatcher",
        "[role=dialog] input:visible",
        click="main button:has(svg.tabler-icon-plus)",
    ),
    Screen(
        "desk",
        "cards-many",
        "/desk/cards",
        "dispatcher",
        "[role=dialog] textarea:visible",
        click="main button:has(svg.tabler-icon-table-import)",
    ),
    Screen("desk", "person", "/desk/people", "dispatcher", "dl", click="tbody tr, li button"),
    Screen("desk", "people", "/desk/people", "dispatcher", "tbody tr, li button"),
    Screen("desk", "housing", "/desk/housing?tab=premises", "manager", "tbody tr, main li"),
    Screen(
        "desk",
        "building",
        "/desk/housing?tab=buildings&q=7",
        "manager",
        "form input",
        click="tbody tr, li button",
    ),
    Screen("desk", "sites", "/desk/sites", "engineer", "main a"),
    Screen("desk", "site", "/desk/sites", "engineer", "tbody tr, main li", click=GATE_LINK),
    Screen("desk", "meters", "/desk/meters", "dispatcher", "tbody tr, li button"),
    Screen(
        "desk",
        "meter",
        "/desk/meters?q=SDM-2107731",
        "dispatcher",
        "canvas",
        click="tbody tr, li button",
        then=("input[value=hour] + label",),
    ),
    Screen(
        "desk",
        "meter-new",
        "/desk/meters",
        "administrator",
        "[role=dialog] input:visible",
        click="main button:has(svg)",
    ),
    Screen("desk", "account", "/desk/account", "dispatcher", "main section"),
    *(
        Screen(
            "desk",
            f"{name}-new",
            path,
            "administrator",
            "[role=dialog] input:visible",
            click="main button:has(svg)",
        )
        for name, path in (
            ("complex", "/desk/housing?tab=complexes"),
            ("building", "/desk/housing?tab=buildings"),
            ("premises", "/desk/housing?tab=premises"),
            ("person", "/desk/people"),
            ("site", "/desk/sites"),
        )
    ),
    *(
        Screen(
            "desk",
            f"{name}-new",
            "/desk/sites",
            "administrator",
            "[role=dialog] input:visible",
            click=GATE_LINK,
            loaded=SITE_LOADED,
            then=(f"main section:nth-of-type({place}) button:has(svg)",),
        )
        for place, name in enumerate(("box", "point", "zone", "device"), 1)
    ),
    Screen(
        "desk",
        "box-code",
        "/desk/sites",
        "administrator",
        "[data-testid=enrolment-code]",
        click=TOWER_LINK,
        loaded=SITE_LOADED,
        then=(CODE_BUTTON, f"[role=dialog] {CODE_BUTTON}"),
    ),
    Screen("admin", "companies", "/admin/companies", "administrator", "dl"),
    Screen(
        "admin",
        "company-new",
        "/admin/companies",
        "administrator",
        "[role=dialog] input:visible",
        click="main button:has(svg)",
    ),
    Screen("admin", "staff", "/admin/staff", "administrator", "tbody tr, li button"),
    Screen(
        "admin",
        "invite",
        "/admin/staff",
        "administrator",
        "[role=dialog] input:visible",
        click="main button:has(svg)",
    ),
    Screen("admin", "roles", "/admin/roles", "administrator", "tbody tr"),
    Screen("desk", "statistics", "/desk/statistics", "administrator", "main svg[role=img]"),
    Screen("admin", "policies", "/admin/policies", "administrator", "tbody tr, main li"),
    Screen("admin", "point-policies", "/admin/policies?of=points", "administrator", "tbody tr, main li"),
    Screen("admin", "quarantine", "/admin/quarantine", "administrator", "tbody tr, main li"),
    Screen("admin", "retention", "/admin/retention", "administrator", "tbody tr, main li"),
    Screen("admin", "looks", "/admin/looks", "administrator", "tbody tr, main li"),
    Screen("admin", "audit", "/admin/audit", "administrator", "tbody tr, main li"),
)
LOOKS = (
    ("desktop", "ru", "light"),
    ("desktop", "en", "dark"),
    ("phone", "ru", "dark"),
    ("phone", "en", "light"),
)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: f"{screen.face}-{screen.name}")
def test_screen(screen: Screen, open_page: OpenPage, tmp_path: Path) -> None:
    _take(screen, lambda page: _show(page, screen), open_page, tmp_path)


GATE_LOADED = {"click": GATE_LINK, "loaded": SITE_LOADED}
POINTS = "main section:nth-of-type(2)"
EDIT_POINT = f"{POINTS} :is(button:has-text('Изменить'), button:has-text('Change'))"
FIRE_BUTTON = ":is(button:has-text('Пожарные входы'), button:has-text('Fire inputs'))"
OTHER_MOVES = "[data-lane='Въезд'] button[aria-haspopup=menu]"
HOLD = "[role=menuitem]:is(:has-text('Держать'), :has-text('Hold'))"
FIELDS = "[role=dialog] input:visible"
GATE_SCREENS = (
    Screen("desk", "gate-form", "/desk/sites", "administrator", FIELDS, then=(EDIT_POINT,), **GATE_LOADED),
    Screen("desk", "fire-inputs", "/desk/sites", "administrator", FIELDS, then=(FIRE_BUTTON,), **GATE_LOADED),
    Screen("desk", "hold", "/desk/board", "dispatcher", FIELDS, click=OTHER_MOVES, then=(HOLD,)),
)
WATCH_SCREENS = (
    Screen("desk", "watch", "/desk/watch", "dispatcher", "tbody tr, main li"),
    Screen("desk", "shift", "/desk/watch?show=shifts", "dispatcher", "dl", click="tbody tr, main li button"),
    Screen("desk", "violations", "/desk/violations", "manager", "tbody tr, main li"),
    Screen("desk", "violation", "/desk/violations", "manager", "dl", click="tbody tr, main li button"),
)
WITH_TABLET = (*LOOKS, ("tablet", "ru", "light"), ("tablet", "en", "dark"))


@pytest.mark.parametrize("screen", GATE_SCREENS, ids=lambda screen: f"{screen.face}-{screen.name}")
def test_screens_of_a_gate(screen: Screen, open_page: OpenPage, tmp_path: Path) -> None:
    _take(screen, lambda page: _show(page, screen), open_page, tmp_path, looks=WITH_TABLET)


@pytest.fixture(scope="module")
def watched(playwright: Playwright, house: House, entries: Callable[[str], Entry]) -> None:
    """A guard has kept watch."""
    watch = Watch(playwright, house, entries)
    watch.begin()
    watch.visitor("Гостева Марина Львовна")
    watch.violation("о552не72", "На газоне у дома 7, второй раз за неделю")
    watch.end()


@pytest.mark.parametrize("screen", WATCH_SCREENS, ids=lambda screen: f"{screen.face}-{screen.name}")
def test_screens_of_the_watch(screen: Screen, watched: None, open_page: OpenPage, tmp_path: Path) -> None:
    _take(screen, lambda page: _show(page, screen), open_page, tmp_path, looks=WITH_TABLET)


def test_screens_of_a_newcomer(house: House, open_page: OpenPage, tmp_path: Path) -> None:
    newcomer = Newcomer(house)
    link = newcomer.is_invited()
    invitation = Screen("entry", "invitation", link, None, "input[type=password]")
    _take(invitation, lambda page: _show(page, invitation), open_page, tmp_path)
    newcomer.joins(link)
    newcomer.takes_a_second_factor()
    second = Screen("entry", "second-factor", "/sign-in", None, "input[autocomplete=one-time-code]")

    def by_password(page: Page) -> None:
        page.goto(second.path)
        page.locator("input[type=email]").fill(newcomer.login)
        page.locator("input[type=password]").fill(newcomer.password)
        page.locator("button[type=submit]").click()
        _wait(page, second)

    _take(second, by_password, open_page, tmp_path)


def test_screens_of_the_polygon(house: House, open_page: OpenPage, tmp_path: Path) -> None:
    polygon = Screen("polygon", "site", house.polygon, None, ".car[data-phase=waiting]")

    def with_a_car(page: Page) -> None:
        page.goto(polygon.path)
        button = page.locator("[role=tabpanel] button[type=submit]").first
        button.wait_for(timeout=VISIBLE_MS)
        if not page.locator(".car[visibility=visible]").count():
            page.locator("[role=tabpanel] input").first.fill(STRANGER)
            button.click()
        _wait(page, polygon)

    looks = (*LOOKS, ("tablet", "ru", "light"), ("tablet", "en", "dark"))
    try:
        _take(polygon, with_a_car, open_page, tmp_path, looks=looks)
    finally:
        httpx.post(f"{house.polygon}sites/gate/lanes/entry/leave")


def _take(
    screen: Screen,
    show: Callable[[Page], None],
    open_page: OpenPage,
    tmp_path: Path,
    *,
    looks: Iterable[tuple[str, str, str]] = LOOKS,
) -> None:
    faults: list[str] = []
    for size, language, theme in looks:
        width, height = SIZES[size]
        page = open_page(screen.role, width=width, height=height, language=language, theme=theme)
        show(page)
        picture = f"{screen.face}-{screen.name}-{size}-{language}-{theme}.png"
        page.screenshot(path=folder_of(tmp_path) / picture)
        faults += [f"{picture}: {fault}" for fault in faults_of(page)]
        page.close()
    assert faults == [], "\n".join(faults)


def _show(page: Page, screen: Screen) -> None:
    page.goto(screen.path)
    if screen.click is not None:
        page.locator(screen.click).first.click(timeout=VISIBLE_MS)
    if screen.loaded is not None:
        expect(page.locator(screen.loaded).first).to_be_visible(timeout=VISIBLE_MS)
    for then in screen.then:
        page.locator(then).first.click(timeout=VISIBLE_MS)
    _wait(page, screen)


def _wait(page: Page, screen: Screen) -> None:
    expect(page.locator(screen.shows).first).to_be_visible(timeout=VISIBLE_MS)
    page.mouse.move(0, 0)  # away from what explains itself under the pointer
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(700)  # transitions and second queries


def folder_of(tmp_path: Path) -> Path:
    if os.environ.get("DOMOVOY_SCREENS") != "write":
        return tmp_path
    folder = ROOT / "docs/screens"
    folder.mkdir(exist_ok=True)
    return folder


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong (rule, where, why), and a page that scrolls sideways."""
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found = [
        f"{fault['id']} at {json.dumps([node['target'] for node in fault['nodes'][:4]])}:"
        f" {fault['nodes'][0].get('failureSummary', fault['help'])[:240]}"
        for fault in result["violations"]
    ]
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"scrolls sideways by {beyond} px"] if beyond > 0 else [])
