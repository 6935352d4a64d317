"""The demo as a person finds it: everything runs, everybody can sign in, the gate has been busy."""

import json
import re
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.demo import company, staff
from deploy.demo.layout import ROOT
from deploy.demo.polygon import polygon_url
from deploy.demo.servers.processes import accepts_connections, wait_until
from deploy.demo.sites import GATE, SITES, SiteFiles
from deploy.demo.stack import answers
from tests.support.demo import RunningDemo

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def test_everybody_who_is_printed_can_sign_in(running_demo: RunningDemo) -> None:
    for employee in (company.ADMINISTRATOR, *company.STAFF, company.APP_RESIDENT):
        _, password = running_demo.login(employee.role)
        with staff.sign_in(running_demo.url, employee.login, password) as api:
            assert api.get("/api/session")["email"] == employee.login


def test_the_printed_resident_has_a_home(running_demo: RunningDemo) -> None:
    with staff.sign_in(running_demo.url, *running_demo.login("resident")) as api:
        assert [home["number"] for home in api.get("/api/resident/premises")] == ["А1"]


def test_both_boxes_and_all_their_devices_are_online(running_demo: RunningDemo) -> None:
    with staff.sign_in(running_demo.url, *running_demo.login("engineer")) as api:

        def all_online() -> bool:
            boxes, devices = api.get("/api/boxes")["items"], api.get("/api/devices")["items"]
            fine = all(box["online"] for box in boxes) and len(boxes) == 2
            return fine and {device["status"] for device in devices} == {"online"}

        assert wait_until(all_online, timeout_s=120), api.get("/api/devices")["items"]


def test_every_box_serves_the_guards_page_and_the_printed_pins_sign_in(running_demo: RunningDemo) -> None:
    guards = {person.name: person.login for person in company.STAFF if person.role == "guard"}
    printed = running_demo.demo.describe()
    for plan in SITES:
        url = SiteFiles(running_demo.demo.layout, plan).guard_url
        assert url in printed
        origin = url.removesuffix("/gate")
        with httpx.Client(base_url=url, headers={"Origin": origin}, timeout=60) as desk:
            offered = {guard["name"]: guard["id"] for guard in desk.get("/api/me").json()["guards"]}
            assert set(offered) == set(guards)
            for name, login in guards.items():
                pin = running_demo.demo.layout.kept_secret(f"pin of {login}")
                assert pin is not None
                assert pin in printed
                answer = desk.post("/api/sign-in", json={"guard": offered[name], "pin": pin})
                assert answer.is_success, answer.text


def test_a_car_drives_through_the_polygons_lane_and_the_gate_closes_behind_it(
    running_demo: RunningDemo,
) -> None:
    plate = "E665XC72"  # a resident's
    url = polygon_url(running_demo.demo.layout)
    assert url in running_demo.demo.describe()
    with httpx.Client(base_url=url, timeout=60) as hand:
        hand.post("/sites/gate/lanes/entry/car", json={"plate": plate}).raise_for_status()

        def gate() -> dict[str, Any]:
            return dict(hand.get("/sites/gate/").json())

        assert wait_until(lambda: gate()["barriers"]["entry"]["occupied"], timeout_s=120), gate()
        assert gate()["barriers"]["entry"]["state"] == "open"
        assert wait_until(lambda: gate()["lanes"]["entry"]["car"] is None, timeout_s=120)
        assert wait_until(lambda: gate()["barriers"]["entry"]["state"] == "closed", timeout_s=120), gate()
        crushed = hand.get("/sites/gate/log", params={"kind": "arm"}).json()
        assert "crushed" not in [entry["state"] for entry in crushed]


def test_the_board_shows_the_first_cars(running_demo: RunningDemo) -> None:
    with staff.sign_in(running_demo.url, *running_demo.login("guard")) as api:

        def seen() -> list[tuple[str, str]]:
            rows = api.get("/api/access/passages", sort="at")["items"]
            return [(row["plate"], row["reason"]) for row in rows if row["plate"] in company.FIRST_CARS]

        assert wait_until(lambda: len(seen()) == len(company.FIRST_CARS), timeout_s=120)
        reasons = ("granted", "granted", "blacklisted", "unknown_plate")
        assert seen() == list(zip(company.FIRST_CARS, reasons, strict=True))


@pytest.mark.parametrize("document", ["README.md", "README.ru.md"])
def test_what_the_readme_lets_one_try_in_ten_minutes_happens(
    running_demo: RunningDemo, document: str
) -> None:
    said = (ROOT / document).read_text()
    [typed], [sent] = re.findall(r"«([^»]*\d[^»]*)»", said), re.findall(r"-d '(\{.*\})'", said)
    with staff.sign_in(running_demo.url, *running_demo.login("dispatcher")) as api:
        [site] = [site for site in api.get("/api/sites")["items"] if site["name"] == GATE.name]
        [plate] = [api.post("/api/access/recognise", {"text": typed})["plate"]["canonical"]]
        assert plate == json.loads(sent)["plate"]
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        draft = {"site_id": site["id"], "holder": "Гость", "plates": [plate], "valid_until": until}
        issued = api.post("/api/access/passes", draft)
        earlier = {row["id"] for row in api.get("/api/access/passages", q=plate)["items"]}

        def is_held() -> bool:
            [box] = api.get("/api/boxes", site_id=site["id"])["items"]
            return bool(box["pass_version"] == box["pass_version_wanted"])

        def reasons() -> list[str]:
            rows = api.get("/api/access/passages", q=plate, sort="at")["items"]
            return [row["reason"] for row in rows if row["id"] not in earlier]

        def comes() -> None:
            assert wait_until(is_held, timeout_s=120)
            time.sleep(1.2)  # within a second the box takes the same car for one read
            car = f"{running_demo.gate_control}/cameras/entry-camera/car"
            httpx.post(car, content=sent, timeout=60).raise_for_status()

        comes()
        assert wait_until(lambda: reasons() == ["granted"], timeout_s=120), reasons()
        api.post("/api/access/passes/revoke", {"ids": [issued["id"]], "reason": "уехал"})
        comes()
        assert wait_until(lambda: reasons() == ["granted", "revoked"], timeout_s=120), reasons()


def test_the_meters_are_read(running_demo: RunningDemo) -> None:
    with staff.sign_in(running_demo.url, *running_demo.login("engineer")) as api:
        series = api.get("/api/telemetry/series")["items"]
        assert len(series) == 5

        def all_read() -> bool:
            newest = [api.get(f"/api/telemetry/series/{row['id']}")["latest"] for row in series]
            return all(reading and reading["quality"] == "good" for reading in newest)

        assert wait_until(all_read, timeout_s=120)


def test_a_killed_server_is_started_again_and_the_house_goes_on(running_demo: RunningDemo) -> None:
    supervisor = running_demo.demo.stack.supervisor
    for name in ("postgres", "mosquitto", "redis"):
        supervisor.named(name).process.signal(signal.SIGKILL)

    def is_well() -> bool:
        supervisor.look()
        box_port = running_demo.demo.stack.broker.port
        return accepts_connections(box_port) and answers(f"{running_demo.url}/api/ready")

    assert wait_until(lambda: not supervisor.named("mosquitto").process.is_running(), timeout_s=120)
    assert wait_until(is_well, timeout_s=120)
