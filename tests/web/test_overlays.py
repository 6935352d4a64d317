"""What opens above a page: axe finds nothing there either, in both themes."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS
from tests.web.test_screens import GATE_LINK, SITE_LOADED, faults_of

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

LOOKS = (("ru", "light"), ("en", "dark"))
JOURNAL = ":is(button:has-text('Журнал'), button:has-text('Journal'))"
PERIOD = "[role=dialog] label:is(:has-text('Срок'), :has-text('Период'), :has-text('Period'))"


@dataclass(frozen=True)
class Overlay:
    """How one gets there: what is clicked, and what is there then."""

    name: str
    path: str
    role: str
    clicks: tuple[str, ...]
    shows: str


def _press(keys: str) -> Callable[[Page], None]:
    return lambda page: page.keyboard.press(keys)


OVERLAYS = (
    Overlay(
        "day-filter",
        "/desk/passes",
        "dispatcher",
        ("[role=search] [data-dates-input]",),
        "[data-dates-dropdown]",
    ),
    Overlay(
        "date-and-time",
        "/desk/passes",
        "dispatcher",
        (
            "main button:has(svg)",
            "[role=dialog] input[value=period] + label",
            "[role=dialog] [data-dates-input] >> nth=0",
        ),
        "[data-dates-dropdown] [role=spinbutton]",
    ),
    Overlay(
        "journal",
        "/desk/sites",
        "administrator",
        (GATE_LINK, f"{SITE_LOADED} >> nth=0", JOURNAL),
        "[role=dialog]",
    ),
    Overlay(
        "user-menu",
        "/desk/passes",
        "dispatcher",
        ("header button[aria-haspopup=menu] >> nth=-1",),
        "[role=menu]",
    ),
    Overlay(
        "theme-menu",
        "/desk/passes",
        "dispatcher",
        ("header button[aria-haspopup=menu] >> nth=-2",),
        "[role=menu]",
    ),
    Overlay(
        "columns", "/desk/passes", "dispatcher", ("main button[aria-haspopup=menu] >> nth=-1",), "[role=menu]"
    ),
    Overlay(
        "moves",
        "/desk/board",
        "dispatcher",
        ("[data-lane] button[aria-haspopup=menu] >> nth=0",),
        "[role=menu]",
    ),
    Overlay(
        "lookup",
        "/desk/passes",
        "dispatcher",
        ("main button:has(svg)", "[role=dialog] input[aria-haspopup=listbox] >> nth=1"),
        "[role=option]",
    ),
    Overlay(
        "filter",
        "/desk/passes",
        "dispatcher",
        ("[role=search] input[aria-haspopup=listbox] >> nth=0",),
        "[role=option]",
    ),
)


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda overlay: overlay.name)
def test_axe_finds_nothing_in_what_opens_above(overlay: Overlay, open_page: OpenPage) -> None:
    faults = []
    for language, theme in LOOKS:
        page = open_page(overlay.role, language=language, theme=theme)
        page.goto(overlay.path)
        for click in overlay.clicks:
            page.locator(click).first.click(timeout=VISIBLE_MS)
        faults += _faults_with(page, overlay.shows, f"{language}, {theme}")
    assert faults == [], "\n".join(faults)


def test_axe_finds_nothing_in_the_palette(open_page: OpenPage) -> None:
    faults = []
    for language, theme in LOOKS:
        page = open_page("dispatcher", language=language, theme=theme)
        page.goto("/desk/passes")
        expect(page.locator("main h1")).to_be_visible(timeout=VISIBLE_MS)
        page.keyboard.press("Control+k")
        faults += _faults_with(page, "[role=dialog] button", f"{language}, {theme}")
        page.keyboard.type("х711")
        faults += _faults_with(
            page,
            "[role=dialog] button:has-text('X711TT90'), [role=dialog] button:has-text('711')",
            f"{language}, {theme}, found",
        )
    assert faults == [], "\n".join(faults)


def _faults_with(page: Page, shown: str, look: str) -> list[str]:
    expect(page.locator(shown).locator("visible=true").first).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(400)  # what fades in has its colours then
    return [f"{look}: {fault}" for fault in faults_of(page)]
