"""The guard's page as a real box serves it, in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, StorageState, expect

from deploy.demo.layout import ROOT
from deploy.setup import web
from tests.edge.guardhouse.desk import PIN
from tests.web.conftest import CHROMIUM
from tests.web.gate.booth import GUARD, ZONE, Booth, booth
from tests.web.pages import VISIBLE_MS

OpenGate = Callable[..., Page]
"""Call it for a browser at the gate; by name `width`, `height`, `language`, `theme`, `touch`, `state`."""


@pytest.fixture(scope="session")
def face() -> None:
    """The page is built."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed (apt-get install chromium-headless-shell)")
    web.provide(ROOT)


@pytest.fixture
def at(face: None, tmp_path: Path) -> Iterator[Booth]:
    """A checkpoint of its own."""
    with booth(tmp_path) as made:
        yield made


@pytest.fixture
def open_gate(at: Booth, browser: Browser) -> Iterator[OpenGate]:
    """Opens a browser at the gate. What breaks there, or asks anything of anyone else, fails the test."""
    with gates(at.url, browser) as opener:
        yield opener


def gates(url: str, browser: Browser) -> "Gates":
    """See `open_gate`."""
    return Gates(url, browser)


class Gates:
    """Browsers at one box."""

    def __init__(self, url: str, browser: Browser) -> None:
        self._url = url
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._faults: list[str] = []

    def __enter__(self) -> OpenGate:
        return self._open

    def __exit__(self, *_: object) -> None:
        for context in self._contexts:
            context.close()
        assert self._faults == []

    def _open(
        self,
        *,
        width: int = 1024,
        height: int = 768,
        language: str = "ru",
        theme: str = "light",
        touch: bool = False,
        state: StorageState | None = None,
    ) -> Page:
        context = self._browser.new_context(
            base_url=self._url,
            viewport={"width": width, "height": height},
            locale=f"{language}-RU",
            timezone_id=ZONE,
            has_touch=touch,
            is_mobile=touch,
            reduced_motion="reduce",
            storage_state=state,
        )
        context.add_init_script(f"localStorage['domovoy.gate.theme'] ??= '{theme}'")
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self._faults.append(str(error)))
        page.on("request", self._judge)
        page.on(
            "console",
            lambda said: self._faults.append(said.text) if "Content Security" in said.text else None,
        )
        return page

    def _judge(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self._url).netloc:
            self._faults.append(f"asked {request.url}")


def sign_in(page: Page, name: str = GUARD.name, pin: str = PIN) -> None:
    """By PIN, from the keyboard; the shift begins, the lanes are there."""
    page.goto("/gate")
    page.get_by_role("button", name=name).click(timeout=VISIBLE_MS)
    page.keyboard.type(pin)
    page.keyboard.press("Enter")
    page.locator("main button").filter(has_text="смену").or_(page.get_by_text("Begin the shift")).click(
        timeout=VISIBLE_MS
    )
    expect(page.locator("[data-lane]").first).to_be_visible(timeout=VISIBLE_MS)
