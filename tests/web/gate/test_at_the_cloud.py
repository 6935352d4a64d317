"""The same face, served by the cloud for a site without a box's page: sign-in by account, the lane, the search."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cloud.kernel.database import Database
from cloud.kernel.tenancy import Role
from deploy.demo.layout import ROOT
from tests.cloud.serving import PASSWORD, served
from tests.contract.guard.cloud import PIN, CloudServer, PostServer, _mail
from tests.support.postgres import Database as RealDatabase
from tests.web.gate.conftest import gates
from tests.web.gate.people import a_pass
from tests.web.gate.test_gate_screens import LOOKS, SIZES
from tests.web.pages import VISIBLE_MS
from tests.web.test_screens import faults_of, folder_of

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]
BY_HAND_MS = 90  # between keys: six digits that come faster are a card at the reader


@pytest.fixture
def cloud(face: None, database: RealDatabase, tmp_path: Path) -> Iterator[PostServer]:
    """With the built web app, and a box behind the lane."""
    with served(database, tmp_path, web_dir=ROOT / "cloud/web/dist") as api:
        ingest = Database(database.url(Role.INGEST), ports=api.house.database.ports, pool_size=2)
        made = PostServer(api, ingest)
        with made.box_at_work():
            yield made
        ingest.close()


@pytest.fixture
def page(cloud: CloudServer, browser: Browser) -> Iterator[Page]:
    """Nobody is signed in."""
    with gates(cloud.url, browser) as opener:
        yield opener()


def elsewhere(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: the browser's has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def test_a_guards_day_at_the_clouds_page(cloud: CloudServer, page: Page) -> None:
    elsewhere(cloud.hold(a_pass(1, number="1", holder="Бакланов Игорь", plates=["X711TT90"])))
    page.goto("/gate")
    account = page.get_by_role("link", name="Войти под своей учётной записью")
    expect(account).to_have_attribute("href", "/sign-in?next=/gate", timeout=VISIBLE_MS)
    signed_in = page.request.post(
        "/api/session", data={"email": _mail(0), "password": PASSWORD, "kind": "web"}
    )
    assert signed_in.ok, signed_in.text()
    page.goto("/gate")
    page.get_by_role("button", name="Заступить на смену").click(timeout=VISIBLE_MS)
    lane = page.locator("[data-lane]")
    expect(lane).to_be_visible(timeout=VISIBLE_MS)
    elsewhere(cloud.car("X711TT90"))
    expect(lane.locator("[data-word=granted]")).to_be_visible(timeout=VISIBLE_MS)
    by_hand = lane.get_by_role("button", name="Открыть вручную")
    cloud.connect(False)
    expect(lane.get_by_role("alert")).to_contain_text("отсюда не открыть", timeout=VISIBLE_MS)
    expect(by_hand).to_be_disabled()
    cloud.connect(True)
    expect(by_hand).to_be_enabled(timeout=VISIBLE_MS)
    elsewhere(cloud.break_barrier())
    page.keyboard.press("F8")
    page.get_by_role("dialog").get_by_role("button", name="Полиция").click()
    expect(page.get_by_text("Въезд 1: не открылось")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.locator("html[data-sound^=attention]")).to_be_attached()
    page.keyboard.type("711")
    expect(page.locator("tbody tr")).to_contain_text("Бакланов Игорь", timeout=VISIBLE_MS)
    page.get_by_role("link", name="Смена").click()
    # The report is drawn anew twice a minute.
    expect(page.get_by_role("main")).to_contain_text("Полиция", timeout=2 * VISIBLE_MS)
    expect(page.get_by_role("main")).to_contain_text("Открыто вручную: 0, не открылось 1")


def test_the_ways_in_are_drawn_well(cloud: PostServer, browser: Browser, tmp_path: Path) -> None:
    cloud.with_pin(0)
    faults: dict[str, list[str]] = {}
    for size, looks in LOOKS.items():
        for look in looks:
            language, theme = look.split("-")
            width, height = SIZES[size]
            with gates(cloud.url, browser) as opener:
                page = opener(width=width, height=height, language=language, theme=theme, touch=width < 500)
                page.add_init_script(f"localStorage['domovoy.language'] = '{language}'")
                page.goto("/gate")
                for step in _ways_in(cloud, page):
                    page.wait_for_timeout(300)
                    name = f"gate-cloud-{step}-{size}-{language}-{theme}"
                    page.screenshot(path=folder_of(tmp_path) / f"{name}.png")
                    faults |= {name: found} if (found := faults_of(page)) else {}
    assert faults == {}


def _ways_in(cloud: PostServer, page: Page) -> Iterator[str]:
    """One after another, by name."""
    join = page.locator("main button")
    expect(join).to_be_visible(timeout=VISIBLE_MS)
    yield "account"
    join.click()
    code = page.locator("main input")
    code.fill("ACDE-FHJK")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible(timeout=VISIBLE_MS)
    yield "join"
    code.fill(cloud.post_code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Охранник 0")).to_be_visible(timeout=VISIBLE_MS)
    yield "guards"


def test_a_computer_becomes_a_post_and_guards_come_and_go_by_pin(cloud: PostServer, page: Page) -> None:
    for guard in (0, 1):
        cloud.with_pin(guard)
    page.goto("/gate")
    page.get_by_role("button", name="Это пост охраны").click(timeout=VISIBLE_MS)
    code = page.get_by_label("Код поста")
    code.fill("ACDE-FHJK")
    page.get_by_role("button", name="Подключить").click()
    expect(page.get_by_role("alert")).to_contain_text("Код не подходит", timeout=VISIBLE_MS)
    code.fill(cloud.post_code().lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Кто заступает?")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("banner")).to_contain_text("Афины · КПП")
    for number, wrong in ((0, True), (1, False)):
        page.reload()
        page.get_by_role("button", name=f"Охранник {number}").click(timeout=VISIBLE_MS)
        if wrong:
            page.keyboard.type("730184", delay=BY_HAND_MS)
            page.keyboard.press("Enter")
            expect(page.get_by_text("PIN не подходит. Осталось 4 попытки.")).to_be_visible(timeout=VISIBLE_MS)
        page.keyboard.type(PIN, delay=BY_HAND_MS)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Заступить на смену").click(timeout=VISIBLE_MS)
        expect(page.locator("[data-lane]")).to_be_visible(timeout=VISIBLE_MS)
        page.get_by_role("link", name="Смена").click()
        page.get_by_role("button", name="Сдать смену").click(timeout=VISIBLE_MS)
        page.get_by_role("dialog").get_by_role("button", name="Сдать и выйти").click()
        expect(page.get_by_role("heading", name="Кто заступает?")).to_be_visible(timeout=VISIBLE_MS)
