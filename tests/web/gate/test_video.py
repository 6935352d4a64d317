"""A guard watches: the lane as it is now, and how a passage went; in a browser that plays what the box serves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.web.gate.booth import LANE_IN, Booth, booth
from tests.web.gate.conftest import gates, sign_in
from tests.web.gate.people import held
from tests.web.pages import VISIBLE_MS
from tests.web.test_screens import faults_of, folder_of

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

PLAYS = "element => element.currentTime > 0.3 && element.videoWidth === 320"


@pytest.fixture(scope="module")
def at(face: None, elementary: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booth]:
    """A checkpoint whose cameras film."""
    with booth(tmp_path_factory.mktemp("filmed"), film=elementary) as made:
        made.hold(*held())
        yield made


@pytest.fixture(scope="module")
def on_duty(at: Booth, browser: Browser) -> StorageState:
    """A shift is begun."""
    with gates(at.url, browser) as opener:
        page = opener()
        sign_in(page)
        return page.context.storage_state()


@pytest.fixture
def page(at: Booth, browser: Browser, on_duty: StorageState) -> Iterator[Page]:
    with gates(at.url, browser) as opener:
        page = opener(height=900, state=on_duty)
        page.goto("/gate")
        expect(lane(page)).to_be_visible(timeout=VISIBLE_MS)
        yield page


def lane(page: Page) -> Locator:
    return page.locator(f"[data-lane='{LANE_IN}']")


def plays(page: Page) -> None:
    """The video of the dialog runs, its pictures are the camera's."""
    video = page.get_by_role("dialog").locator("video")
    expect(video).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_function(PLAYS, arg=video.element_handle(), timeout=VISIBLE_MS)


def test_the_lane_is_watched_live_and_the_window_closes_by_key(page: Page, tmp_path: Path) -> None:
    lane(page).get_by_role("button", name="Видео", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Въезд: видео сейчас")
    plays(page)
    assert faults_of(page) == []
    page.screenshot(path=folder_of(tmp_path) / "gate-video-tablet-ru-light.png")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(lane(page).get_by_role("button", name="Видео", exact=True)).to_be_focused()


def test_a_passage_is_watched_from_the_pass(page: Page, at: Booth) -> None:
    at.film(1)
    at.car("X711TT90")
    at.film(2)
    page.goto("/gate/passes?q=бакланов")
    page.locator("tbody a").first.click(timeout=VISIBLE_MS)
    page.get_by_role("button", name="Видео проезда").first.click(timeout=VISIBLE_MS)
    plays(page)


def test_when_its_time_is_up_it_says_so_and_opens_again(page: Page) -> None:
    page.route("**/playlist.m3u8", lambda route: route.fulfill(status=403))
    lane(page).get_by_role("button", name="Видео", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Время просмотра вышло", timeout=VISIBLE_MS)
    page.unroute("**/playlist.m3u8")
    dialog.get_by_role("button", name="Открыть снова").click()
    plays(page)
