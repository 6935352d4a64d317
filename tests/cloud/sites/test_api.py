"""Sites over HTTP: making what a gate needs, its code, its configuration, secrets that never come back, permissions."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import update

from cloud.kernel.database import Scope
from cloud.sites import authority, keyfiles, service
from cloud.sites.models import Box
from protocols.enrolment import fingerprint, parse_code
from protocols.records import PointHold
from tests.cloud.serving import Person, Served, served
from tests.support.noon import NOON
from tests.support.postgres import Database


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Served]:
    keyfiles.create_authority(tmp_path / "pki", "test house", NOON)
    with served(
        database, tmp_path, mqtt_ca=tmp_path / "pki/ca.pem", edge_url="https://edge.example"
    ) as running:
        yield running


@pytest.fixture
def boss(api: Served) -> Person:
    return api.operator()


def made(person: Person, path: str, body: dict[str, Any]) -> Any:
    answer = person.call("POST", path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def make_box(person: Person) -> Any:
    site = made(person, "/api/sites", {"name": "к/п Афины", "time_zone": "Europe/Moscow"})
    return made(person, "/api/boxes", {"site_id": site["id"], "name": "КПП 1"})


def make_device(person: Person, box: Any, **more: Any) -> Any:
    """A line unless told otherwise."""
    body = {"box_id": box["id"], "driver": "modbus_tcp", "name": "Линия", "settings": {"host": "10.0.0.7"}}
    return made(person, "/api/devices", body | more)


def make_relay(person: Person, box: Any, **settings: Any) -> Any:
    """A relay module on a line of its own."""
    return make_device(person, box, **relay_on(make_device(person, box)["id"], **settings))


def enrol(api: Served, person: Person, box: Any) -> None:
    """As if it had been; the ceremony has tests of its own."""
    assert person.company is not None
    with api.house.database.transaction(Scope.organisation(person.company)) as session:
        session.execute(update(Box).where(Box.id == box["id"]).values(enrolled_at=NOON))


def test_a_gate_from_nothing(boss: Person) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box)
    zone = made(boss, f"/api/sites/{box['site_id']}/zones", {"name": "Двор"})
    point = made(
        boss,
        "/api/points",
        {
            "box_id": box["id"],
            "name": "Въезд 1",
            "zone_id": zone["id"],
            "barrier": {"device": relay["id"], "output": 0},
        },
    )
    preview = boss.get(f"/api/boxes/{box['id']}/configuration/preview").json()
    assert preview["version"] == 0
    told = preview["body"]["points"][0]["barrier"]
    assert (told["device"], told["output"], told["pulse_ms"], told["kind"]) == (relay["id"], 0, 700, "pulse")
    first = boss.call("POST", f"/api/boxes/{box['id']}/configuration").json()
    again = boss.call("POST", f"/api/boxes/{box['id']}/configuration").json()
    assert (first["version"], first["applied"], again["version"]) == (1, None, 1)
    assert boss.get(f"/api/boxes/{box['id']}/configuration/preview").json()["differences"] == []
    change = {"box_id": box["id"], "driver": "modbus_tcp", "name": "Линия", "settings": {"host": "10.0.0.8"}}
    line = relay["settings"]["bus"]
    assert boss.call("PUT", f"/api/devices/{line}", change).status_code == 200
    [differing] = boss.get(f"/api/boxes/{box['id']}/configuration/preview").json()["differences"]
    assert (differing["section"], differing["name"], differing["act"]) == ("devices", "Линия", "changed")
    assert differing["lines"] == [{"title": "Network address", "before": "10.0.0.7", "after": "10.0.0.8"}]
    assert boss.get("/api/points", params={"q": "въезд"}).json()["items"][0]["id"] == point["id"]
    assert boss.get("/api/points", params={"q": "выезд"}).json()["total"] == 0


def test_a_code_is_for_one_day_and_carries_the_authority(boss: Person, tmp_path: Path) -> None:
    box = make_box(boss)
    card = made(boss, f"/api/boxes/{box['id']}/code", {})
    ca = keyfiles.load_certificate(tmp_path / "pki/ca.pem")
    assert parse_code(card["code"]).ca_fingerprint == fingerprint(authority.to_der(ca))
    assert card["edge_url"] == "https://edge.example"
    assert (datetime.fromisoformat(card["expires_at"]) - NOON).total_seconds() == 86_400
    audit = boss.get("/api/audit").text
    assert card["code"] not in audit
    assert "sites.box.code" in audit


def test_a_box_never_enrolled_is_not_one_that_went_silent(api: Served, boss: Person) -> None:
    box = make_box(boss)
    assert boss.get("/api/boxes", params={"online": False}).json()["total"] == 0
    enrol(api, boss, box)
    assert boss.get("/api/boxes", params={"online": False}).json()["total"] == 1
    assert boss.get("/api/boxes", params={"online": True}).json()["total"] == 0


def test_an_enrolled_box_gets_no_code_and_a_revoked_one_is_replaced(api: Served, boss: Person) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box)
    enrol(api, boss, box)
    assert boss.call("POST", f"/api/boxes/{box['id']}/code").json()["code"] == "box_enrolled"
    assert boss.call("POST", f"/api/boxes/{box['id']}/replacement").json()["code"] == "in_use"
    revoked = boss.call("POST", f"/api/boxes/{box['id']}/revoke", {"reason": "украден"})
    assert revoked.status_code == 204
    assert boss.call("POST", f"/api/boxes/{box['id']}/code").json()["code"] == "box_revoked"
    new = made(boss, f"/api/boxes/{box['id']}/replacement", {})["box_id"]
    assert boss.get(f"/api/devices/{relay['id']}").json()["box_id"] == new
    listed = boss.get("/api/boxes").json()["items"]
    assert [each["id"] for each in listed] == [new]
    assert boss.get("/api/boxes", params={"revoked": True}).json()["total"] == 2


def test_secrets_go_in_and_never_come_out(boss: Person) -> None:
    box = make_box(boss)
    camera_of = {"driver": "http_camera", "name": "Камера", "settings": {"url": "http://10.0.0.7/snap.jpg"}}
    camera = make_device(boss, box, **camera_of, secrets={"password": "s3cret-passw0rd"})
    assert camera["secret_names"] == ["password"]
    assert boss.call("POST", f"/api/boxes/{box['id']}/configuration").status_code == 200
    everything = [
        boss.get(f"/api/devices/{camera['id']}").text,
        boss.get("/api/devices").text,
        boss.get(f"/api/boxes/{box['id']}/configuration/preview").text,
        boss.get(f"/api/boxes/{box['id']}/configuration").text,
        boss.get("/api/audit").text,
    ]
    assert all("s3cret" not in text for text in everything)
    change = {"box_id": box["id"], "secrets": {"password": "an0ther"}} | camera_of
    assert boss.call("PUT", f"/api/devices/{camera['id']}", change).is_success
    [differing] = boss.get(f"/api/boxes/{box['id']}/configuration/preview").json()["differences"]
    assert differing["lines"] == [{"title": "Password", "before": "set", "after": "new"}]
    gone = change | {"secrets": {"password": None}}
    assert boss.call("PUT", f"/api/devices/{camera['id']}", gone).json()["secret_names"] == []


@pytest.mark.parametrize("query", ["user=admin&pwd={}", "a=1&grünkohl={}", "{}"])
def test_a_query_of_an_address_is_sealed(api: Served, boss: Person, database: Database, query: str) -> None:
    """Many cameras know no other sign-in, and each calls it as it likes."""
    box = make_box(boss)
    address = f"http://10.0.0.7/snap.cgi?{query}"
    body = {"driver": "http_camera", "name": "Камера", "settings": {"url": address.format("s3cret")}}
    camera = make_device(boss, box, **body)
    shown = {"url": "http://10.0.0.7/snap.cgi?***"}
    assert (camera["settings"], camera["secret_names"]) == (shown, [])

    def sent() -> Any:
        with api.house.database.transaction(Scope.organisation(boss.company)) as session:  # type: ignore[arg-type]
            drafted = service.draft_configuration(session, api.house.secrets, UUID(box["id"]))
        return drafted.devices[0].settings

    def changed(**more: Any) -> httpx.Response:
        return boss.call("PUT", f"/api/devices/{camera['id']}", {"box_id": box["id"]} | body | more)

    assert sent() == body["settings"]
    assert changed(settings=shown, secrets={"password": "an0ther"}).is_success  # as the form has it
    assert sent() == body["settings"] | {"password": "an0ther"}
    moved = changed(settings={"url": shown["url"].replace("10.0.0.7", "10.0.0.8")})
    assert [field["code"] for field in moved.json()["fields"]] == ["hidden_in_url"]
    assert changed(settings={"url": address.format("new-s3cret")}).json()["settings"] == shown
    assert sent()["url"] == address.format("new-s3cret")
    assert boss.call("POST", f"/api/boxes/{box['id']}/configuration").is_success
    with psycopg.connect(database.admin_url) as everything:
        tables = ("device", "audit_entry", "domain_event", "desired_config")
        kept = [everything.execute(f"SELECT t::text FROM {table} t").fetchall() for table in tables]  # type: ignore[arg-type]
    assert len(kept[0]) == 1
    assert "s3cret" not in str(kept)
    assert changed(settings={"url": "http://10.0.0.7/snap.jpg"}).is_success
    assert sent() == {"url": "http://10.0.0.7/snap.jpg", "password": "an0ther"}


def test_an_address_that_was_kept_open_before_is_shown_nowhere_and_sealed_when_next_saved(
    api: Served, boss: Person, database: Database
) -> None:
    box = make_box(boss)
    body = {"driver": "http_camera", "name": "Камера", "settings": {"url": "http://10.0.0.7/s"}}
    camera, open_ = make_device(boss, box, **body), {"url": "http://10.0.0.7/s?grünkohl=s3cret"}
    told = json.dumps({"settings": open_})
    with psycopg.connect(database.admin_url) as everything:
        everything.execute("UPDATE device SET settings = %s", (json.dumps(open_),))
        everything.execute("UPDATE audit_entry SET changes = %s WHERE object_kind = 'device'", (told,))
    shown = boss.get(f"/api/devices/{camera['id']}").json()["settings"]
    assert shown == {"url": "http://10.0.0.7/s?***"}
    assert "s3cret" not in boss.get("/api/audit").text + boss.get("/api/devices").text
    again = {"box_id": box["id"]} | body | {"settings": shown}
    assert boss.call("PUT", f"/api/devices/{camera['id']}", again).is_success
    with psycopg.connect(database.admin_url) as everything:
        assert "s3cret" not in str(everything.execute("SELECT settings::text FROM device").fetchall())
    with api.house.database.transaction(Scope.organisation(boss.company)) as session:  # type: ignore[arg-type]
        drafted = service.draft_configuration(session, api.house.secrets, UUID(box["id"]))
    assert drafted.devices[0].settings == open_


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"settings": {"password": "x"}}, "settings.password"),
        ({"secrets": {"host": "x"}}, "secrets.host"),
        ({"settings": {"url": "http://admin:S3cret@10.0.0.5/snap.jpg"}}, "settings.url"),
        ({"settings": {"streams": {"main": "rtsp://admin:S3cret@cam/1"}}}, "settings.streams.main"),
    ],
)
def test_a_secret_in_the_wrong_place_is_told_beside_its_field(boss: Person, more: Any, path: str) -> None:
    body = {"box_id": make_box(boss)["id"], "driver": "http_camera", "name": "Камера"} | more
    refused = boss.call("POST", "/api/devices", body)
    assert refused.status_code == 422
    assert [field["path"] for field in refused.json()["fields"]] == [path]


def relay_on(bus: str, **more: Any) -> dict[str, Any]:
    settings = {"bus": bus, "unit": 1, "profile": "wb_mr6c_v2"} | more
    return {"driver": "modbus_relay", "name": "Реле", "settings": settings}


def test_a_relay_names_a_line_of_its_box_and_a_known_model(boss: Person) -> None:
    box, other = make_box(boss), make_box(boss)
    line, foreign = make_device(boss, box), make_device(boss, other)
    camera = {"driver": "http_camera", "name": "Камера", "settings": {"url": "http://10.0.0.7/snap.jpg"}}
    no_line = make_device(boss, box, **camera)

    def faults(**body: Any) -> dict[str, str]:
        answer = boss.call("POST", "/api/devices", {"box_id": box["id"]} | body)
        assert answer.status_code == 422, answer.text
        return {field["path"]: field["code"] for field in answer.json()["fields"]}

    for bus in (foreign["id"], no_line["id"], str(uuid4())):
        assert faults(**relay_on(bus)) == {"settings.bus": "unknown_bus"}
    unknown = faults(**relay_on(line["id"], profile="wb_mr6c_v9"))
    assert unknown == {"settings.profile": "unknown_profile"}
    timed = faults(**relay_on(line["id"], profile="owen_mu110_8", module_timer_ms=900))
    assert timed == {"settings.module_timer_ms": "no_pulse_timer"}
    relay = make_device(boss, box, **relay_on(line["id"]))
    moved = boss.call("PUT", f"/api/devices/{relay['id']}", {"box_id": box["id"]} | relay_on(relay["id"]))
    assert [field["path"] for field in moved.json()["fields"]] == ["settings.bus"]
    in_use = boss.call("DELETE", f"/api/devices/{line['id']}")
    assert (in_use.status_code, in_use.json()["code"], in_use.json()["data"]["by"]) == (409, "in_use", "Реле")
    assert boss.call("DELETE", f"/api/devices/{relay['id']}").status_code == 204
    assert boss.call("DELETE", f"/api/devices/{line['id']}").status_code == 204


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"driver": "nope", "settings": {"zz": 1}}, "driver"),
        ({"driver": "modbus_tcp", "settings": {"host": "10.0.0.5", "zz": 1}}, "settings.zz"),
        ({"driver": "modbus_tcp", "settings": {"host": "10.0.0.5", "port": "502"}}, "settings.port"),
        ({"driver": "modbus_tcp", "settings": {}}, "settings.host"),
        ({"driver": "osdp_reader", "settings": {"tcp": {"host": "x"}}}, "settings.tcp.port"),
        ({"driver": "osdp_reader", "settings": {"insecure": True}}, "settings"),
        ({"driver": "osdp_reader", "settings": {"tcp": {"host": "x", "port": 1}}}, "secrets.key"),
        ({"driver": "plate_http", "settings": {"port": 8100}}, "secrets.token"),
        (
            {"driver": "plate_http", "settings": {"port": 8100}, "secrets": {"token": "short"}},
            "secrets.token",
        ),
    ],
)
def test_what_the_driver_would_refuse_is_told_beside_its_field(boss: Person, more: Any, path: str) -> None:
    refused = boss.call("POST", "/api/devices", {"box_id": make_box(boss)["id"], "name": "Реле"} | more)
    assert refused.status_code == 422
    assert [field["path"] for field in refused.json()["fields"]] == [path]


def test_each_wrong_setting_is_told_and_what_would_fit(boss: Person) -> None:
    boss.client.headers["Accept-Language"] = "ru"
    settings = {"port": "ttyS0", "baud": 9601, "gap_ms": 201, "timeout_ms": 1.5}
    body = {"box_id": make_box(boss)["id"], "driver": "modbus_rtu", "name": "Линия", "settings": settings}
    told = {
        field["path"]: field["message"] for field in boss.call("POST", "/api/devices", body).json()["fields"]
    }
    assert told == {
        "settings.baud": "Выберите из списка.",
        "settings.gap_ms": "Целое число от 0 до 200.",
        "settings.timeout_ms": "Целое число от 20 до 10000.",
    }
    camera = {"driver": "http_camera", "settings": {"url": "10.0.0.7"}}
    [field] = boss.call("POST", "/api/devices", body | camera).json()["fields"]
    assert "http://192.168.1.30/snapshot.jpg" in field["message"]


def test_drivers_are_described_in_the_callers_language(boss: Person) -> None:
    boss.client.headers["Accept-Language"] = "ru"
    drivers = {each["driver"]: each for each in boss.get("/api/device-drivers").json()}
    assert drivers["modbus_relay"]["role"] == "relay"
    relay = {field["name"]: field for field in drivers["modbus_relay"]["fields"]}
    assert (relay["bus"]["kind"], relay["bus"]["device"]) == ("device", "bus")
    assert {"value": "wb_mr6c_v2", "title": "Wiren Board WB-MR6C v.2"} in relay["profile"]["choices"]
    assert (relay["module_timer_ms"]["unit"], relay["module_timer_ms"]["maximum"]) == ("мс", 60_000)
    osdp = {field["name"]: field for field in drivers["osdp_reader"]["fields"]}
    assert drivers["osdp_reader"]["alternatives"] == {"line": "Подключение"}
    assert [field["name"] for field in osdp["tcp"]["fields"]] == ["host", "port"]
    assert (osdp["key"]["secret"], osdp["insecure"]["instead_of"]) == (True, "key")
    english = boss.get("/api/device-drivers", headers={"Accept-Language": "en"}).json()
    assert {each["title"] for each in english} >= {"Relay module", "Camera"}


def test_a_relay_keeps_what_its_points_need(boss: Person) -> None:
    boss.client.headers["Accept-Language"] = "ru"
    box = make_box(boss)
    relay = make_relay(boss, box)
    barrier = {"device": relay["id"], "output": 5, "pulse_ms": 700}
    made(boss, "/api/points", {"box_id": box["id"], "name": "Въезд 1", "barrier": barrier})

    def refused(driver: str = "modbus_relay", **settings: Any) -> dict[str, str]:
        body = {"box_id": box["id"], "driver": driver, "name": "Реле", "settings": settings}
        answer = boss.call("PUT", f"/api/devices/{relay['id']}", body)
        return {field["path"]: field["message"] for field in answer.json().get("fields", [])}

    good = relay["settings"]
    assert refused(**good | {"unit": 2}) == {}
    assert "«Въезд 1»" in refused(**good | {"held_outputs": [5]})["settings.held_outputs"]
    assert "700" in refused(**good | {"module_timer_ms": 500})["settings.module_timer_ms"]
    assert "«Въезд 1»" in refused("modbus_tcp", host="10.0.0.9")["driver"]
    line = {"box_id": box["id"], "driver": "pcsc_reader", "name": "Линия"}
    no_line = boss.call("PUT", f"/api/devices/{good['bus']}", line)
    assert [(field["path"], field["data"]) for field in no_line.json()["fields"]] == [
        ("driver", {"by": "Реле"})
    ]


def test_a_model_of_too_few_outputs_is_refused_where_a_point_needs_more(boss: Person) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box, profile="owen_mu110_16")
    barrier = {"device": relay["id"], "output": 15}
    made(boss, "/api/points", {"box_id": box["id"], "name": "Въезд 1", "barrier": barrier})
    body = {"box_id": box["id"]} | relay_on(relay["settings"]["bus"])
    [field] = boss.call("PUT", f"/api/devices/{relay['id']}", body).json()["fields"]
    assert (field["path"], field["data"]["last"], field["data"]["point"]) == (
        "settings.profile",
        5,
        "Въезд 1",
    )


def test_a_point_uses_devices_for_what_they_are(boss: Person) -> None:
    box = make_box(boss)
    line = make_device(boss, box)["id"]
    body = {"box_id": box["id"], "name": "Въезд", "barrier": {"device": line, "output": 0}}
    refused = boss.call("POST", "/api/points", body | {"readers": [{"device": line}], "camera_id": line})
    told = [(field["path"], field["code"]) for field in refused.json()["fields"]]
    assert told == [
        ("barrier.device", "no_relay"),
        ("readers.0.device", "no_reader"),
        ("camera_id", "no_camera"),
    ]


def test_a_meter_hangs_on_a_line_and_is_polled_no_faster_than_the_box_can(boss: Person) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box)
    meter = {"name": "Насосная", "resource": "electricity", "box_id": box["id"], "unit": 1}
    meter |= {"profile": "eastron_sdm120", "channels": ["voltage"]}
    for more, path in (
        ({"device_id": relay["id"]}, "device_id"),
        ({"device_id": relay["settings"]["bus"], "period_s": 0.09}, "period_s"),
    ):
        refused = boss.call("POST", "/api/meters", meter | more)
        assert (refused.status_code, [each["path"] for each in refused.json()["fields"]]) == (422, [path])
    made(boss, "/api/meters", meter | {"device_id": relay["settings"]["bus"], "period_s": 0.1})


def test_a_point_uses_devices_of_its_own_box(boss: Person) -> None:
    relay = make_relay(boss, make_box(boss))
    body = {"box_id": make_box(boss)["id"], "name": "Въезд", "barrier": {"device": relay["id"], "output": 0}}
    refused = boss.call("POST", "/api/points", body)
    assert [field["path"] for field in refused.json()["fields"]] == ["barrier.device"]


GATE: dict[str, Any] = {
    "output": 0,
    "kind": "open_close",
    "close_output": 1,
    "closed": {"input": 0, "normally_closed": False},
    "loop": {"input": 1, "normally_closed": True},
    "stay_s": 7.5,
    "lights": [{"direction": "in", "green": 2, "red": 3}],
}


def test_a_gate_that_the_box_closes_reaches_the_box_whole(boss: Person) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box)
    barrier = GATE | {"device": relay["id"]}
    point = made(boss, "/api/points", {"box_id": box["id"], "name": "Въезд", "barrier": barrier})
    assert point["barrier"] | barrier == point["barrier"]
    assert (point["barrier_position"], point["barrier_cause"], point["barrier_at"]) == (None, None, None)
    other = {"device": relay["id"], "output": 4, "interlock": point["id"]}
    made(boss, "/api/points", {"box_id": box["id"], "name": "Внутренние ворота", "barrier": other})
    refused = boss.call("DELETE", f"/api/points/{point['id']}")  # the other gate waits for it
    assert refused.status_code == 409
    body = boss.get(f"/api/boxes/{box['id']}/configuration/preview").json()["body"]
    [told] = [each["barrier"] for each in body["points"] if each["id"] == point["id"]]
    assert told | barrier == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"loop": None}, [("barrier.loop", "eye_needed")]),
        ({"close_output": None}, [("barrier.close_output", "close_output_needed")]),
        ({"stop_output": 1}, [("barrier.stop_output", "output_twice")]),
        ({"loop": {"input": 0}}, [("barrier.loop", "input_twice")]),
        ({"closed": {"input": 9}}, [("barrier.closed", "no_input")]),
        ({"lights": [{"direction": "in", "red": 5}]}, [("barrier.lights.0.red", "output_taken")]),
        ({"interlock": str(uuid4())}, [("barrier.interlock", "no_partner")]),
        (
            {"kind": "step", "closed": None},
            [("barrier.close_output", "closes_by_itself"), ("barrier.closed", "closed_needed")],
        ),
    ],
)
def test_what_a_gate_lacks_is_told_beside_its_field(
    boss: Person, changes: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box)
    door = {"box_id": box["id"], "name": "Дверь", "barrier": {"device": relay["id"], "output": 5}}
    made(boss, "/api/points", door)
    barrier = GATE | {"device": relay["id"]} | changes
    refused = boss.call("POST", "/api/points", {"box_id": box["id"], "name": "Въезд", "barrier": barrier})
    assert [(field["path"], field["code"]) for field in refused.json()["fields"]] == told


def test_the_fire_alarm_of_a_box_reaches_it_and_keeps_its_module(boss: Person) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box)
    door = {"box_id": box["id"], "name": "Дверь", "barrier": {"device": relay["id"], "output": 5}}
    point = made(boss, "/api/points", door)
    path, preview = f"/api/boxes/{box['id']}/fire", f"/api/boxes/{box['id']}/configuration/preview"
    boss.call("POST", f"/api/boxes/{box['id']}/configuration")
    assert boss.get(path).json() == {"inputs": []}
    fire = {"device": relay["id"], "input": 4, "normally_closed": True, "points": [point["id"]]}
    assert boss.call("PUT", path, {"inputs": [fire]}).json() == {"inputs": [fire]}
    told = boss.get(preview).json()
    assert told["body"]["fire"] == [fire]
    [line] = told["differences"][0]["lines"]
    assert line["before"] is None
    assert line["after"] == f"{relay['name']}, input 4, normally closed: Дверь"
    assert boss.get(f"/api/boxes/{box['id']}").json()["unsent"]
    assert boss.call("DELETE", f"/api/devices/{relay['id']}").status_code == 409
    assert boss.call("DELETE", f"/api/points/{point['id']}").status_code == 204
    assert boss.get(preview).json()["body"]["fire"] == []
    assert boss.call("DELETE", f"/api/devices/{relay['id']}").status_code == 409


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"device": str(uuid4())}, ("inputs.0.device", "no_relay")),
        ({"input": 6}, ("inputs.0.input", "no_input")),
        ({"points": [str(uuid4())]}, ("inputs.0.points", "no_barrier")),
    ],
)
def test_a_fire_alarm_that_could_open_nothing_is_told(
    boss: Person, changes: dict[str, Any], told: tuple[str, str]
) -> None:
    box = make_box(boss)
    fire = {"device": make_relay(boss, box)["id"], "input": 0} | changes
    refused = boss.call("PUT", f"/api/boxes/{box['id']}/fire", {"inputs": [fire]})
    assert [(field["path"], field["code"]) for field in refused.json()["fields"]] == [told]


def test_a_barrier_that_could_not_open_is_told_beside_its_field(boss: Person) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box)
    body = {"box_id": box["id"], "name": "Въезд", "barrier": {"device": relay["id"], "output": 40}}
    refused = boss.call("POST", "/api/points", body)
    assert refused.status_code == 422
    assert [field["path"] for field in refused.json()["fields"]] == ["barrier.output"]
    point = made(boss, "/api/points", body | {"barrier": {"device": relay["id"], "output": 0}})
    refused = boss.call("PUT", f"/api/points/{point['id']}", body)
    assert [field["path"] for field in refused.json()["fields"]] == ["barrier.output"]


def test_a_point_leads_into_a_zone_of_its_own_site(boss: Person) -> None:
    box, other = make_box(boss), make_box(boss)
    zone = made(boss, f"/api/sites/{box['site_id']}/zones", {"name": "Двор"})["id"]
    foreign = made(boss, f"/api/sites/{other['site_id']}/zones", {"name": "Двор"})["id"]
    body = {"box_id": box["id"], "name": "Въезд"}
    point = made(boss, "/api/points", body | {"zone_id": zone})
    for wrong in (foreign, str(uuid4())):
        for method, path in (("POST", "/api/points"), ("PUT", f"/api/points/{point['id']}")):
            refused = boss.call(method, path, body | {"zone_id": wrong})
            told = [(field["path"], field["code"]) for field in refused.json()["fields"]]
            assert (refused.status_code, told) == (422, [("zone_id", "unknown_zone")])


def make_meter(person: Person, box: Any, line: Any) -> Any:
    body = {"name": "Насосная", "resource": "electricity", "box_id": box["id"], "device_id": line["id"]}
    return made(
        person, "/api/meters", body | {"profile": "eastron_sdm120", "unit": 1, "channels": ["voltage"]}
    )


def test_what_a_meter_needs_stays_and_the_meter_is_named(boss: Person) -> None:
    box = make_box(boss)
    line = make_device(boss, box)
    meter = make_meter(boss, box, line)
    for path in (f"/api/devices/{line['id']}", f"/api/boxes/{box['id']}"):
        refused = boss.call("DELETE", path)
        assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
        assert refused.json()["data"] == {"by": "Насосная"}
    preview = boss.get(f"/api/boxes/{box['id']}/configuration/preview").json()
    assert "name" not in preview["body"]["meters"][0]  # not the box's business
    assert boss.call("DELETE", f"/api/meters/{meter['id']}").status_code == 204
    left = boss.call("DELETE", f"/api/boxes/{box['id']}")  # its readings stay, and are of this box
    assert (left.status_code, left.json()["code"]) == (409, "has_records")
    assert left.json()["data"] == {"name": "КПП 1"}
    assert boss.get(f"/api/boxes/{box['id']}").status_code == 200


def test_an_order_names_what_its_box_has(api: Served, boss: Person) -> None:
    box, other = make_box(boss), make_box(boss)
    for each in (box, other):
        enrol(api, boss, each)
    point = made(boss, "/api/points", {"box_id": box["id"], "name": "Въезд"})["id"]
    elsewhere = made(boss, "/api/points", {"box_id": other["id"], "name": "Въезд"})["id"]
    meter = make_meter(boss, box, make_device(boss, box))["id"]
    tried = {
        "capture": {point: 201, elsewhere: 422, meter: 422, None: 422},
        "read_now": {meter: 201, None: 201, point: 422, str(uuid4()): 422},
        "restart": {None: 201, point: 422},
    }
    for kind, targets in tried.items():
        for target, status in targets.items():
            answer = boss.call("POST", f"/api/boxes/{box['id']}/commands", {"kind": kind, "target": target})
            assert answer.status_code == status, (kind, target, answer.text)
            if status == 422:
                assert [field["path"] for field in answer.json()["fields"]] == ["target"]


def test_a_used_device_stays(boss: Person) -> None:
    box = make_box(boss)
    relay = make_relay(boss, box)
    body = {"box_id": box["id"], "name": "Въезд 1", "barrier": {"device": relay["id"], "output": 0}}
    point = made(boss, "/api/points", body)
    refused = boss.call("DELETE", f"/api/devices/{relay['id']}")
    assert (refused.json()["code"], refused.json()["data"]) == ("in_use", {"by": "Въезд 1"})
    assert boss.call("DELETE", f"/api/points/{point['id']}").status_code == 204
    assert boss.call("DELETE", f"/api/devices/{relay['id']}").status_code == 204


def test_opening_a_point_is_an_order_with_a_reason(api: Served, boss: Person) -> None:
    box = make_box(boss)
    point = made(boss, "/api/points", {"box_id": box["id"], "name": "Въезд 1"})
    order = {"reason": "Скорая помощь"}
    assert boss.call("POST", f"/api/points/{point['id']}/open", order).json()["code"] == "box_not_enrolled"
    enrol(api, boss, box)
    assert boss.call("POST", f"/api/points/{point['id']}/open", {"reason": ""}).status_code == 422
    command = made(boss, f"/api/points/{point['id']}/open", order)
    assert (command["kind"], command["person"], command["outcome"]) == ("open", "Анна Ёлкина", None)
    assert boss.get("/api/commands", params={"box_id": box["id"]}).json()["total"] == 1


def test_a_point_is_held_open_for_a_day_at_most(api: Served, boss: Person) -> None:
    box = make_box(boss)
    point = made(boss, "/api/points", {"box_id": box["id"], "name": "Въезд 1"})
    enrol(api, boss, box)
    at = api.clock.now()
    path = f"/api/points/{point['id']}/hold"
    for until, code in ((at - timedelta(minutes=1), "past"), (at + timedelta(hours=25), "too_long")):
        refused = boss.call("POST", path, {"reason": "Переезд", "until": until.isoformat()})
        assert [(each["path"], each["code"]) for each in refused.json()["fields"]] == [("until", code)]
    until = at + timedelta(hours=3)
    command = made(boss, path, {"reason": "Переезд", "until": until.isoformat()})
    assert (command["kind"], datetime.fromisoformat(command["until"])) == ("hold", until)
    for kind in ("close", "stop", "release"):
        moved = made(boss, f"/api/points/{point['id']}/{kind}", {"reason": "Переезд"})
        assert (moved["kind"], moved["until"]) == (kind, None)
    told = boss.get("/api/audit", params={"action": "sites.command.order"}).json()["items"]
    [held] = [each for each in told if each["changes"]["kind"] == "hold"]
    assert datetime.fromisoformat(held["changes"]["until"]) == until


def test_a_point_shows_who_holds_it_open_as_long_as_that_lasts(api: Served, boss: Person) -> None:
    box = make_box(boss)
    point = made(boss, "/api/points", {"box_id": box["id"], "name": "Въезд 1"})
    assert point["hold"] is None
    until = api.clock.now() + timedelta(hours=1)
    event = PointHold(
        id=uuid4(),
        at=api.clock.now(),
        hold=uuid4(),
        point=UUID(point["id"]),
        until=until,
        person="Анна",
        reason="переезд",
    )
    assert boss.company is not None
    with api.house.database.transaction(Scope.organisation(boss.company)) as session:
        service.record_point_hold(session, UUID(box["id"]), event)
    hold = boss.get(f"/api/points/{point['id']}").json()["hold"]
    assert (hold["person"], hold["reason"]) == ("Анна", "переезд")
    [lane] = boss.get("/api/access/lanes").json()
    assert lane["hold"] == hold
    assert (lane["barrier_kind"], lane["can_stop"]) == (None, False)
    api.clock.advance(timedelta(hours=1, seconds=1))
    assert boss.get(f"/api/points/{point['id']}").json()["hold"] is None


def test_who_may_do_what(api: Served, boss: Person) -> None:
    box = make_box(boss)
    enrol(api, boss, box)
    point = made(boss, "/api/points", {"box_id": box["id"], "name": "Въезд 1"})
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    assert guard.call("POST", f"/api/points/{point['id']}/open", {"reason": "Скорая"}).status_code == 201
    for method, path, body in (
        ("POST", "/api/sites", {"name": "x", "time_zone": "Europe/Moscow"}),
        ("POST", f"/api/boxes/{box['id']}/code", None),
        ("POST", f"/api/boxes/{box['id']}/revoke", {"reason": "x"}),
        ("POST", f"/api/boxes/{box['id']}/configuration", None),
    ):
        assert guard.call(method, path, body).json()["code"] == "not_allowed"


def test_an_unknown_time_zone_and_an_unknown_field(boss: Person) -> None:
    wrong = boss.call("POST", "/api/sites", {"name": "x", "time_zone": "Mars/Base", "colour": "red"})
    assert {field["path"] for field in wrong.json()["fields"]} == {"time_zone", "colour"}


def test_what_nothing_refers_to_can_be_removed(api: Served, boss: Person) -> None:
    box = make_box(boss)
    make_relay(boss, box)
    site = f"/api/sites/{box['site_id']}"
    zone = made(boss, f"{site}/zones", {"name": "Двор"})
    body = {"box_id": box["id"], "name": "Въезд 1", "zone_id": zone["id"]}
    point = made(boss, "/api/points", body)
    assert boss.call("PUT", f"/api/zones/{zone['id']}", {"name": "Улица"}).json()["name"] == "Улица"
    assert boss.call("DELETE", site).json()["data"] == {"by": "КПП 1"}
    assert boss.call("DELETE", f"/api/boxes/{box['id']}").json()["data"] == {"by": "Въезд 1"}
    assert boss.call("DELETE", f"/api/zones/{zone['id']}").status_code == 204
    assert boss.get(f"/api/points/{point['id']}").json()["zone_id"] is None
    other = make_box(boss)
    make_relay(boss, other)
    assert boss.call("DELETE", f"/api/boxes/{other['id']}").status_code == 204
    assert boss.call("DELETE", f"/api/sites/{other['site_id']}").status_code == 204
    assert boss.get(f"/api/sites/{other['site_id']}").json()["code"] == "site_not_found"
    enrol(api, boss, box)
    assert boss.call("DELETE", f"/api/boxes/{box['id']}").json()["code"] == "box_enrolled"
