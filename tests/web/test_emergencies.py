"""An emergency in the bar on top, its sound, and the screen at the wall."""

import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section, until, wait_live

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

# A browser lets a page sound that somebody has touched, and takes its time, on a slow machine more of it.
COUNT_TONES = """
window.tones = 0;
let isAwake = false;
Object.defineProperty(AudioContext.prototype, "state", { get: () => (isAwake ? "running" : "suspended") });
AudioContext.prototype.resume = () => new Promise(done => {
  const wake = () => { isAwake = true; done(); };
  if (navigator.userActivation.hasBeenActive) setTimeout(wake, 1000);
});
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };
"""

# In the page, so that a slow machine slows the hand and the page's patience alike.
MOVING_HAND = (
    "() => { window.hand = setInterval(() => window.dispatchEvent(new PointerEvent('pointermove')), 100) }"
)


class Emergencies:
    """Critical alarms as the server would list them; taking one ends it. The demo's boxes raise none."""

    def __init__(self, page: Page, count: int) -> None:
        self.open = [self._alarm(number) for number in range(count)]
        self.taken: list[str] = []
        page.add_init_script(COUNT_TONES)
        page.route(re.compile(r"/api/alarms\?.*severity=critical"), self._list)
        page.route(re.compile(r"/api/alarms/[0-9a-f-]+/acknowledge"), self._take)

    @staticmethod
    def _alarm(number: int) -> dict[str, Any]:
        at = datetime.now(UTC).isoformat()
        return {
            "id": f"019abf31-0000-7000-8000-00000000000{number}",
            "organisation_id": "019abf31-0000-7000-8000-000000000000",
            "site_id": "019abf31-0000-7000-8000-000000000001",
            "site_name": "к/п Афины",
            "box_id": "019abf31-0000-7000-8000-000000000002",
            "box_name": f"КПП {number}",
            "kind": "stream_forked",
            "severity": "critical",
            "state": "open",
            "times": 1,
            "detail": "",
            "raised_at": at,
            "last_at": at,
        }

    def _list(self, route: Route) -> None:
        body = {"items": self.open, "total": len(self.open), "next": None}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    def _take(self, route: Route) -> None:
        self.taken.append(self.open.pop(0)["id"])
        route.fulfill(status=200, content_type="application/json", body="{}")


def tones(page: Page) -> int:
    count = page.evaluate("window.tones")
    assert isinstance(count, int)
    return count


def test_an_emergency_stays_on_top_with_sound_until_it_is_taken(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    emergencies = Emergencies(page, 2)
    open_section(page, "/desk/passes", "Пропуска")
    bar = page.get_by_role("alert").filter(has_text="Контроллер восстановлен из копии")
    expect(bar).to_contain_text("И ещё 1 авария", timeout=VISIBLE_MS)
    page.get_by_role("heading", level=1).click()  # browsers sound for nobody who has touched nothing
    expect(bar).to_have_attribute("data-sound", "sounding")
    until(page, lambda: tones(page) > 4)  # again
    page.evaluate("document.querySelector('#content').style.minHeight = '3000px'; scrollTo(0, 1500)")
    expect(bar).to_be_in_viewport()

    bar.get_by_role("button", name="Без звука").click()
    expect(bar.get_by_role("button", name=re.compile(r"Без звука до \d\d:\d\d"))).to_be_visible()
    muted = tones(page)
    page.wait_for_timeout(4500)
    assert tones(page) == muted

    bar.get_by_role("button", name="Принять").click()
    expect(bar).to_contain_text("КПП 1", timeout=VISIBLE_MS)
    bar.get_by_role("button", name="Принять").click()
    expect(bar).to_have_count(0, timeout=VISIBLE_MS)
    until(page, lambda: len(emergencies.taken) == 2)


BEYOND = """bar => [...bar.querySelectorAll('*')].filter(it => it.innerText && (
    it.getBoundingClientRect().right > bar.getBoundingClientRect().right || it.scrollWidth > it.clientWidth + 1
)).map(it => it.innerText)"""


def test_an_emergency_is_told_whole_on_a_phone_with_large_text(
    open_page: OpenPage, large_browser: Browser
) -> None:
    page = open_page("dispatcher", width=390, height=844, of=large_browser)
    Emergencies(page, 2)
    open_section(page, "/desk/passes", "Пропуска")
    bar = page.get_by_role("alert").filter(has_text="Контроллер восстановлен из копии")
    expect(bar.get_by_role("button", name="браузер не даёт звука")).to_be_visible(timeout=VISIBLE_MS)
    assert bar.evaluate(BEYOND) == []


def test_the_wall_screen_is_live_and_needs_no_mouse(open_page: OpenPage) -> None:
    page = open_page("guard", width=1920, height=1080)
    Emergencies(page, 1)
    open_section(page, "/desk/board", "Проезды")
    page.get_by_role("link", name="На большой экран").click()
    page.wait_for_url(re.compile(r"/wall(\?|$)"))
    expect(page.locator("[data-lane]").first).to_be_visible(timeout=VISIBLE_MS)
    wait_live(page)
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("alert")).to_contain_text("восстановлен из копии", timeout=VISIBLE_MS)
    page.keyboard.press("Shift")  # the first touch: the screen may sound from now on
    expect(page.get_by_role("alert")).to_have_attribute("data-sound", "sounding")
    verdict = page.locator("[data-lane] p").first.evaluate(
        "node => parseFloat(getComputedStyle(node).fontSize)"
    )
    assert verdict >= 72
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/desk/board"))


def with_quiet_lanes(route: Route) -> None:
    """As it is where nobody has come yet at two of the points."""
    answer = route.fetch()
    lanes = answer.json()
    quiet = [{**lanes[0], "point_id": str(uuid4()), "point": f"Въезд {n}", "passage": None} for n in (7, 8)]
    route.fulfill(response=answer, json=[*lanes, *quiet])


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720), (1920, 1080)])
def test_lanes_at_the_wall_share_the_screen_that_nobody_scrolls(
    open_page: OpenPage, width: int, height: int
) -> None:
    page = open_page("guard", width=width, height=height)
    page.route("**/api/access/lanes*", with_quiet_lanes)
    page.goto("/wall")
    lanes = page.locator("[data-lane]")
    expect(lanes.nth(2)).to_be_visible(timeout=VISIBLE_MS)
    for box in (lane.bounding_box() for lane in lanes.all()):
        assert box is not None
        assert box["y"] + box["height"] <= height
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= height


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640)])
def test_the_wall_in_the_hand_is_scrolled_and_shows_pictures_whole(
    open_page: OpenPage, width: int, height: int
) -> None:
    page = open_page("guard", width=width, height=height)
    page.route("**/api/access/lanes*", with_quiet_lanes)
    page.goto("/wall")
    picture = page.locator("[data-lane] img").first
    expect(picture).to_be_visible(timeout=VISIBLE_MS)
    until(page, lambda: bool(picture.evaluate("image => image.complete && image.naturalWidth > 0")))
    shown = picture.bounding_box()
    assert shown is not None
    natural = picture.evaluate("image => image.naturalWidth / image.naturalHeight")
    assert shown["width"] / shown["height"] == pytest.approx(natural, rel=0.01)
    assert shown["width"] > width * 0.75
    boxes = [box for box in (lane.bounding_box() for lane in page.locator("[data-lane]").all()) if box]
    for above, below in pairwise(boxes):
        assert above["y"] + above["height"] < below["y"]
    last = boxes[-1]
    assert page.evaluate("document.documentElement.scrollHeight") >= last["y"] + last["height"] + 8
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_taking_is_seen_at_once_and_undone_with_the_reason_when_refused(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    Emergencies(page, 1)

    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route(re.compile(r"/api/alarms/[0-9a-f-]+/acknowledge"), hold)
    open_section(page, "/desk/board", "Проезды")
    take = page.get_by_role("button", name="Принять")
    take.click(timeout=VISIBLE_MS)
    expect(take).to_have_count(0)
    until(page, lambda: bool(asked))
    asked[0].fulfill(status=500, json={"title": "Сломалось", "status": 500, "code": "internal"})
    expect(page.get_by_text("Тревога не принята")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_text("Сломалось")).to_be_visible()
    expect(take).to_be_visible()


def test_an_emergency_moves_nothing_under_a_moving_hand(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    emergencies = Emergencies(page, 1)
    burning, emergencies.open = emergencies.open, []
    open_section(page, "/desk/passes", "Пропуска")
    wait_live(page)
    issue = page.get_by_role("button", name="Выдать пропуск").first
    place = issue.bounding_box()
    assert place is not None
    bar = page.locator("[role=alert][data-sound]")
    page.evaluate(MOVING_HAND)
    emergencies.open = burning
    page.wait_for_timeout(10_500)  # what was asked before is no longer taken to be fresh
    page.context.set_offline(True)
    page.context.set_offline(False)
    expect(bar).to_have_attribute("data-over", "true", timeout=VISIBLE_MS)
    page.mouse.click(place["x"] + 5, place["y"] + 5)
    expect(page.get_by_role("dialog")).to_contain_text("Номер машины или карты", timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    page.evaluate("clearInterval(window.hand)")
    expect(bar).not_to_have_attribute("data-over", "true", timeout=VISIBLE_MS)  # it has its room now
    below = issue.bounding_box()
    assert below is not None
    assert below["y"] > place["y"] + 40

    page.reload()  # its room is kept until it is known whether it still burns
    expect(issue).to_be_visible(timeout=VISIBLE_MS)
    assert issue.bounding_box() == below
    expect(bar).to_be_visible(timeout=VISIBLE_MS)
    assert issue.bounding_box() == below
