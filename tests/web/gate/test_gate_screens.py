"""The gate's screens in two languages, two themes, three sizes: axe finds nothing, nothing is cut at 200 %, a picture.

With `DOMOVOY_SCREENS=write` the pictures go to docs/screens/, else to the test's own folder.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.web.gate.booth import Booth, booth
from tests.web.gate.conftest import OpenGate, gates, sign_in
from tests.web.gate.people import held
from tests.web.gate.test_guards_day import photo
from tests.web.pages import VISIBLE_MS
from tests.web.test_screens import faults_of, folder_of
from tests.web.test_zoom import FAULTS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

SIZES = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
LOOKS = {
    "desktop": ("ru-light", "en-dark"),
    "tablet": ("ru-dark", "en-light"),
    "phone": ("ru-light", "en-dark"),
}
ZOOMED = (512, 384)  # 1024 × 768 at 200 %


@dataclass(frozen=True)
class Screen:
    """A screen and what must be there before its picture is taken. `touch`: what is pressed on the way, in order."""

    name: str
    path: str
    shows: str
    press: tuple[str, ...] = ()
    is_inside: bool = True


SCREENS = (
    Screen("sign-in", "/gate", "main button:has-text('Ковалёв')", is_inside=False),
    Screen(
        "pin", "/gate", "section button:has-text('7')", ("main button:has-text('Ковалёв')",), is_inside=False
    ),
    Screen("trust", "/gate/trust", "main ol", is_inside=False),
    Screen("now", "/gate", "[data-word=waits]"),
    Screen("open", "/gate", "dialog fieldset", ("[data-waits] button[aria-haspopup=dialog]",)),
    Screen("settings", "/gate", "dialog fieldset", ("header button[aria-haspopup=dialog]",)),
    Screen("passes", "/gate/passes", "tbody tr"),
    Screen("found", "/gate/passes?q=72", "tbody tr"),
    Screen("pass", "/gate/passes?q=бакланов", "main dl", ("tbody a",)),
    Screen("pass-new", "/gate/passes/new", "main form"),
    Screen("passages", "/gate/passages", "tbody tr"),
    Screen("passage", "/gate/passages", "main dl", ("tbody a",)),
    Screen("keys", "/gate", "dialog kbd", ("header button[aria-haspopup=dialog]", "[aria-keyshortcuts='?']")),
    Screen("visits", "/gate/visits", "main li"),
    Screen("visit-new", "/gate/visits/new", "main form"),
    Screen("violations", "/gate/violations", "main li img"),
    Screen("violation-new", "/gate/violations/new", "main form"),
    Screen("shift", "/gate/shift", "main dl"),
)


@dataclass(frozen=True)
class Post:
    """A checkpoint in the middle of a shift, its cloud away."""

    at: Booth
    browser: Browser
    state: StorageState


@pytest.fixture(scope="module")
def post(face: None, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with booth(tmp_path_factory.mktemp("post")) as at:
        at.hold(*held())
        with gates(at.url, browser) as opener:
            page = opener()
            sign_in(page)
            _work(page, at)
            state = StorageState(cookies=page.context.storage_state()["cookies"], origins=[])
        yield Post(at, browser, state)


def _work(page: Page, at: Booth) -> None:
    """Cars, a visitor, a violation, an ambulance; then the line to the cloud is cut, and somebody waits."""
    at.car("T254MK72")
    at.car("E999EE77")
    page.keyboard.press("F8")
    page.get_by_role("dialog").get_by_role("button", name="Скорая помощь").click(timeout=VISIBLE_MS)
    page.goto("/gate/visits/new")
    page.get_by_label("Имя").fill("Петров Олег")
    page.get_by_label("К кому").fill("Иванова Мария Петровна")
    page.get_by_label("Временная карта").fill("0008106606")
    page.get_by_role("button", name="Записать и впустить").click()
    expect(page.get_by_role("listitem").filter(has_text="Петров Олег")).to_be_visible(timeout=VISIBLE_MS)
    page.goto("/gate/violations/new?plate=о552не72")
    page.get_by_role("button", name="Пожарный проезд").click()
    page.get_by_label("Выбрать файл").and_(page.locator("input")).set_input_files(
        {"name": "car.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_label("Примечание").fill("Стоит у гидранта, дом Б4")
    page.get_by_role("button", name="Записать нарушение").click()
    expect(page.locator("main li img")).to_be_visible(timeout=VISIBLE_MS)
    at.car("A123BC72", out=True)
    at.cut()
    at.age_list(timedelta(minutes=25))
    at.car("X711TT90")


@pytest.fixture
def open_post(post: Post) -> Iterator[OpenGate]:
    with gates(post.at.url, post.browser) as opener:
        yield opener


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_gate_screen(screen: Screen, post: Post, open_post: OpenGate, tmp_path: Path) -> None:
    faults: dict[str, list[str]] = {}
    for size, looks in LOOKS.items():
        for look in looks:
            language, theme = look.split("-")
            page = _at(screen, post, open_post, SIZES[size], language, theme)
            name = f"gate-{screen.name}-{size}-{language}-{theme}"
            page.screenshot(path=folder_of(tmp_path) / f"{name}.png")
            faults |= {name: found} if (found := faults_of(page)) else {}
            page.context.close()
    assert faults == {}


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_gate_screen_is_whole_at_200_percent(screen: Screen, post: Post, open_post: OpenGate) -> None:
    page = _at(screen, post, open_post, ZOOMED, "ru", "light")
    assert page.evaluate(FAULTS) == []


def test_the_usual_case_needs_no_scrolling_at_1024_by_768(post: Post, open_post: OpenGate) -> None:
    page = _at(SCREENS[3], post, open_post, (1024, 768), "ru", "light")
    hidden = "main => [main.scrollHeight - main.clientHeight, main.scrollWidth - main.clientWidth]"
    assert page.locator("main").evaluate(hidden) == [0, 0]
    for button in page.locator("[data-lane] button").all():
        expect(button).to_be_in_viewport(ratio=1)
    lanes = page.locator("[data-lane]")
    cut = "lane => lane.scrollHeight > lane.clientHeight || lane.scrollWidth > lane.clientWidth"
    assert [lane.evaluate(cut) for lane in lanes.all()] == [False, False]


def test_everything_pressed_is_large_enough_for_gloves(post: Post, open_post: OpenGate) -> None:
    small = """() => [...document.querySelectorAll('button, header a, nav a, main a[class]')]
        .filter(it => it.checkVisibility() && !it.closest('.skip-link, p, td, [class*=pass] p'))
        .map(it => [it.innerText || it.ariaLabel, it.getBoundingClientRect()])
        .filter(([, { height }]) => height > 1 && height < 44).map(([name, { height }]) => `${name}: ${height}`)"""
    for screen in SCREENS:
        page = _at(screen, post, open_post, (1024, 768), "ru", "light")
        names = [each for each in page.evaluate(small) if not re.search("Содержан|содержим|Бакланов", each)]
        assert names == [], screen.name
        page.context.close()


def _at(
    screen: Screen,
    post: Post,
    open_gate: Callable[..., Page],
    size: tuple[int, int],
    language: str,
    theme: str,
) -> Page:
    """The screen, drawn and at rest."""
    width, height = size
    state = post.state if screen.is_inside else None
    page = open_gate(
        width=width, height=height, language=language, theme=theme, touch=width < 500, state=state
    )
    page.add_init_script(f"localStorage['domovoy.language'] = '{language}'")
    page.goto(screen.path)
    for selector in screen.press:
        page.locator(selector).first.click(timeout=VISIBLE_MS)
    expect(page.locator(screen.shows).first).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(600)
    return page


def test_the_theme_follows_the_hour_where_the_site_is(post: Post, open_post: OpenGate) -> None:
    page = open_post(theme="time", state=post.state)
    page.clock.install(time="2026-11-28T16:00:00Z")  # 21:00 there
    page.goto("/gate")
    expect(page.locator("html[data-theme=dark]")).to_be_attached(timeout=VISIBLE_MS)
    page.clock.run_for(11 * 3600 * 1000)
    expect(page.locator("html[data-theme=light]")).to_be_attached()


def test_a_mute_is_kept(post: Post, open_post: OpenGate) -> None:
    page = open_post(state=post.state)
    page.goto("/gate")
    sound = page.get_by_role("button", name="Звук")
    expect(sound).to_have_attribute("data-sound", "blocked", timeout=VISIBLE_MS)
    page.locator("h2").first.click()
    expect(sound).to_have_attribute("data-sound", "on")
    sound.click()
    page.reload()
    expect(sound).to_have_attribute("data-sound", "muted", timeout=VISIBLE_MS)
