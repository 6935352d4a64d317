"""Video of the demo's entry, by whole processes: shown at the guard's page; a camera that fails is one alarm."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from deploy.demo import company, staff
from deploy.demo.api import Api
from deploy.demo.polygon import polygon_url
from deploy.demo.servers.processes import wait_until
from deploy.demo.sites import GATE, SiteFiles
from edge.video.command import Programs
from tests.support.demo import RunningDemo

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]
GUARD = next(person for person in company.STAFF if person.role == "guard")
VIEW = GATE.lanes[0].view
WAIT_S = 300


@contextmanager
def guards_page(demo: RunningDemo) -> Iterator[httpx.Client]:
    """Signed in, at the box itself."""
    url = SiteFiles(demo.demo.layout, GATE).guard_url
    pin = demo.demo.layout.kept_secret(f"pin of {GUARD.login}")
    origin = url.removesuffix("/gate")
    with httpx.Client(base_url=f"{url}/api", headers={"Origin": origin}, timeout=60) as page:
        offered = {guard["name"]: guard["id"] for guard in page.get("/me").json()["guards"]}
        page.post("/sign-in", json={"guard": offered[GUARD.name], "pin": pin}).raise_for_status()
        yield page


def entry(page: httpx.Client) -> dict[str, Any]:
    lanes = page.get("/board").raise_for_status().json()["lanes"]
    return dict(next(lane for lane in lanes if lane["name"] == GATE.lanes[0].name))


def played(page: httpx.Client, address: str) -> list[bytes]:
    """What a player gets; empty while there is nothing yet."""
    origin = str(page.base_url.join("/"))[:-1]
    video = page.get(origin + address)
    if video.status_code != 200:
        return []
    playlist = origin + video.json()["playlist"]
    names = [line for line in page.get(playlist).text.splitlines() if line and line[0] != "#"]
    return [page.get(f"{playlist.rpartition('/')[0]}/{name}").content for name in names]


@contextmanager
def polygon(demo: RunningDemo) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=polygon_url(demo.demo.layout), timeout=60) as hand:
        yield hand


def test_a_guard_sees_the_entry_live_and_how_a_passage_went(
    running_demo: RunningDemo, programs: Programs
) -> None:
    with guards_page(running_demo) as page, polygon(running_demo) as hand:
        assert wait_until(lambda: bool(played(page, entry(page)["video"])), timeout_s=WAIT_S)
        assert all(piece[0] == 0x47 for piece in played(page, entry(page)["video"]))  # MPEG-TS
        hand.post("/sites/gate/cameras/entry-camera/car", json={"plate": "E665XC72"}).raise_for_status()
        hand.post("/sites/gate/cameras/entry-camera/leave").raise_for_status()

        def filmed() -> bool:
            seen = page.get("/passages").json()["items"]
            return bool(seen and seen[0]["video"] and len(played(page, seen[0]["video"])) >= 2)

        assert wait_until(filmed, timeout_s=WAIT_S), page.get("/passages").json()["items"][:1]


def alarms(desk: Api) -> list[dict[str, Any]]:
    """Of recording; every one that there ever was."""
    return [each for each in desk.get("/api/alarms")["items"] if each["kind"] == "camera_recording"]


def test_a_camera_that_stalls_is_one_alarm_over_a_restart_of_the_box_until_it_is_recorded_again(
    running_demo: RunningDemo, programs: Programs
) -> None:
    login = running_demo.login("dispatcher")
    with staff.sign_in(running_demo.url, *login) as desk, polygon(running_demo) as hand:

        def stream(fault: str) -> None:
            hand.post(f"/sites/gate/streams/{VIEW}/fault", json={"fault": fault}).raise_for_status()

        with guards_page(running_demo) as page:
            assert wait_until(lambda: bool(played(page, entry(page)["video"])), timeout_s=WAIT_S)
            assert alarms(desk) == []
            assert "camera_recording" not in entry(page)["alarms"]
            stream("stall")
            assert wait_until(lambda: bool(alarms(desk)), timeout_s=WAIT_S)
            assert "camera_recording" in entry(page)["alarms"]
        [raised] = alarms(desk)
        assert (raised["state"], raised["severity"]) == ("open", "warning")
        assert raised["detail"].endswith(("no segment within 30 s", "no picture came"))
        box = running_demo.demo.stack.supervisor.named("gate-box").process
        box.stop()
        box.start()
        assert wait_until(lambda: box.is_running() and is_up(running_demo), timeout_s=WAIT_S)
        with guards_page(running_demo) as page:
            assert "camera_recording" in entry(page)["alarms"]
            stream("none")
            assert wait_until(lambda: alarms(desk)[0]["state"] == "cleared", timeout_s=WAIT_S)
            assert "camera_recording" not in entry(page)["alarms"]
        assert [each["id"] for each in alarms(desk)] == [raised["id"]]


def is_up(demo: RunningDemo) -> bool:
    try:
        with guards_page(demo) as page:
            return bool(entry(page))
    except (httpx.TransportError, httpx.HTTPStatusError):
        return False
