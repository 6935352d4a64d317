"""A whole demo with people in it, and a real browser that looks at it.

`DOMOVOY_TEST_DEMO` names the folder of a demo that runs already (`.demo`): one change is then
looked at in seconds.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import (
    APIRequestContext,
    Browser,
    BrowserContext,
    Page,
    Playwright,
    StorageState,
    sync_playwright,
)

from deploy.demo import company
from deploy.demo.boxes import identity_of
from deploy.demo.drive.stranger import Stranger
from deploy.demo.layout import ROOT, Layout
from deploy.demo.polygon import polygon_url
from deploy.demo.servers.processes import wait_until
from deploy.demo.simulators import Simulators
from deploy.demo.sites import GATE, TOWER, SiteFiles
from deploy.demo.world import Demo, sign_in_administrator
from deploy.setup import web
from tests.support.demo import RunningDemo

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ZONE = "Asia/Yekaterinburg"
INSIDE = ("T254MK72", "B917OP72")
_READY_S = 120


@dataclass(frozen=True)
class House:
    """The running demo, as a tester holds it."""

    url: str
    passwords: dict[str, str]
    simulators: Simulators
    camera: str
    mail: Path
    polygon: str


@pytest.fixture(scope="session")
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """The demo: the whole cloud, two boxes at work, simulated devices, a seeded company; the built web app."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed (apt-get install chromium-headless-shell)")
    demo = _running_demo(request)
    layout = demo.layout
    _wait_for_first_cars(demo)
    _let_residents_in(demo)
    _say_what_no_box_should(demo)
    _add_a_box_to_be_enrolled(demo)
    staff = layout.secret("staff")
    passwords = {employee.login: staff for employee in company.STAFF}
    passwords[company.ADMINISTRATOR.login] = layout.secret("administrator")
    with Simulators(SiteFiles(layout, GATE).port("control")) as simulators:
        yield House(
            url=demo.stack.public_url,
            passwords=passwords,
            simulators=simulators,
            camera=GATE.lanes[0].camera,
            mail=layout.folder / "mail",
            polygon=polygon_url(layout),
        )


def _running_demo(request: pytest.FixtureRequest) -> Demo:
    """The demo that runs already, or the session's, which other tests may have shaken before."""
    running = os.environ.get("DOMOVOY_TEST_DEMO")
    if running:
        web.provide(ROOT)
        return Demo(Layout(Path(running).resolve()), lambda _text: None)
    session_s: RunningDemo = request.getfixturevalue("running_demo")
    return session_s.demo


def _wait_for_first_cars(demo: Demo) -> None:
    """Until the first passages are in the cloud and every box is at work."""
    with sign_in_administrator(demo.stack) as api:

        def is_at_work() -> bool:
            demo.stack.supervisor.look()
            boxes = api.get("/api/boxes")["items"]
            return api.get("/api/access/passages")["total"] > 0 and all(
                box["online"] for box in boxes if box["enrolled_at"]
            )

        assert wait_until(is_at_work, _READY_S), "no passage came in time"


def _let_residents_in(demo: Demo) -> None:
    """Two cars drive in after one another: there is somebody inside."""
    with (
        sign_in_administrator(demo.stack) as api,
        Simulators(SiteFiles(demo.layout, GATE).port("control")) as simulators,
    ):

        def inside() -> int:
            demo.stack.supervisor.look()
            return int(api.get("/api/access/inside")["total"])

        def reaches(count: int) -> Callable[[], bool]:
            return lambda: inside() >= count

        for count, plate in enumerate(INSIDE, 1):
            if inside() < count:
                simulators.leave(GATE.lanes[0].camera)
                simulators.car(GATE.lanes[0].camera, plate)
                assert wait_until(reaches(count), _READY_S), f"{plate} did not come in"


def _say_what_no_box_should(demo: Demo) -> None:
    """With a box's own certificate: there is something set aside, and an alarm that says so."""
    with Stranger(identity_of(SiteFiles(demo.layout, TOWER).box), demo.stack.broker.port) as stranger:
        stranger.send_malformed()
    with sign_in_administrator(demo.stack) as api:

        def is_raised() -> bool:
            demo.stack.supervisor.look()  # another test may have killed what the worker needs
            return bool(api.get("/api/alarms")["total"] > 0)

        assert wait_until(is_raised, _READY_S), "no alarm came in time"


def _add_a_box_to_be_enrolled(demo: Demo) -> None:
    with sign_in_administrator(demo.stack) as api:
        [site] = [each for each in api.get("/api/sites")["items"] if each["name"] == TOWER.name]
        names = {box["name"] for box in api.get("/api/boxes", site_id=site["id"])["items"]}
        if "Паркинг" not in names:
            api.post("/api/boxes", {"site_id": site["id"], "name": "Паркинг"})


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium of the system."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def large_browser(playwright: Playwright) -> Iterator[Browser]:
    """One whose user set the default size of text to 200 %: questions about the screen in `em` see it, too."""
    arguments = [*ARGUMENTS, "--blink-settings=defaultFontSize=32"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


@dataclass(frozen=True)
class Entry:
    """A signed-in browser's cookies, and the company that it looks at."""

    cookies: StorageState
    organisation_id: str


@pytest.fixture(scope="session")
def entries(house: House, playwright: Playwright) -> Callable[[str], Entry]:
    """By role. Everybody signs in once: the house lets few in from one address in a quarter of an hour."""

    @cache
    def of_role(role: str) -> Entry:
        client = playwright.request.new_context(base_url=house.url)
        try:
            return _sign_in(client, house, role)
        finally:
            client.dispose()

    return of_role


def _sign_in(client: APIRequestContext, house: House, role: str) -> Entry:
    """By the API: the form has a test of its own."""
    login = next(person.login for person in (*company.STAFF, company.ADMINISTRATOR) if person.role == role)
    body = {"email": login, "password": house.passwords[login], "kind": "web"}
    answer = client.post("/api/session", data=body)
    assert answer.ok, answer.text()
    companies = client.get("/api/session").json()["companies"]
    ours = next(each["id"] for each in companies if each["name"] == company.COMPANY)
    return Entry(client.storage_state(), ours)


OpenPage = Callable[..., Page]
"""Call it with a role; by name `width`, `height`, `language`, `theme`, `zone`, `has_touch`, `of`: another browser."""


@pytest.fixture
def open_page(house: House, browser: Browser, entries: Callable[[str], Entry]) -> Iterator[OpenPage]:
    """A function that opens a signed-in browser of its own for a role; errors on its console fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(
        role: str | None,
        *,
        width: int = 1440,
        height: int = 900,
        language: str = "ru",
        theme: str = "light",
        zone: str = ZONE,
        has_touch: bool = False,
        of: Browser = browser,
    ) -> Page:
        entry = entries(role) if role is not None else None
        context = of.new_context(
            base_url=house.url,
            viewport={"width": width, "height": height},
            locale=f"{language}-RU",
            timezone_id=zone,
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            has_touch=has_touch,
            storage_state=entry.cookies if entry else None,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        if entry:
            context.add_init_script(f"localStorage['domovoy.company'] ??= '{entry.organisation_id}'")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []
