"""A body names only what there is in one's own company: each of its ids is tried as nobody's, and as another company's.

The requests are the owner's own of the tenants' test, filled until each id that the API's description knows stands in
one of them.
"""

import copy
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cloud.serving import Person
from tests.contract.test_bad_input import API, resolved
from tests.contract.test_tenants import (
    AT_HOME,
    CREATING,
    NAMING,
    ZONE,
    Made,
    Make,
    World,
    api,
    ask,
    named,
    rival,
    world,
)

__all__ = ["api", "rival", "world"]  # the fixtures of the tenants' test

Place = tuple[str | int, ...]

# Names what lies outside of the house, or is to come: nothing here could say whether it is there.
NOT_OURS = {
    (
        "POST /api/access/passes",
        "id",
    ),  # the new pass's own; one that is taken: tests/cloud/access/test_meanwhile.py
    ("POST /api/access/passes", "ticket.id"),
    ("PUT /api/access/passes/{pass_id}", "ticket.id"),
    ("POST /api/access/cards/{card_id}/give", "new_pass.ticket.id"),
}


def pass_body(world: World) -> dict[str, Any]:
    point = world.point()["point_id"]
    return {
        "site_id": world.boss.get(f"/api/points/{point}").json()["site_id"],
        "holder": world.name(),
        "kind": "resident",
        "points": [point],
        "host_id": world.person(),
        "premises_id": world.premises(),
        "ticket": {"kind": "request", "id": str(uuid4())},
    }


def bulk_body(world: World) -> dict[str, Any]:
    body = pass_body(world)
    return {"ids": [world.post("/api/access/passes", body)["id"]], "points": body["points"]}


def premises_body(world: World) -> dict[str, Any]:
    building = world.building()
    entrance = world.post("/api/housing/entrances", {"building_id": building, "name": "1"})["id"]
    return {"building_id": building, "entrance_id": entrance, "kind": "flat", "number": "1"}


def site_body(world: World) -> dict[str, Any]:
    return {"name": world.name(), "time_zone": ZONE, "complex_id": world.complex()}


def zone_body(world: World, site: str) -> dict[str, Any]:
    around = world.post(f"/api/sites/{site}/zones", {"name": world.name()})["id"]
    return {"name": world.name(), "parent_id": around}


def zone_creation(world: World) -> Made:
    site = world.site()
    return {"site_id": site}, zone_body(world, site)


def zone_change(world: World) -> Made:
    site = world.site()
    body = zone_body(world, site)
    return {"zone_id": world.post(f"/api/sites/{site}/zones", {"name": world.name()})["id"]}, body


def point_body(world: World, box: str | None = None) -> dict[str, Any]:
    box = box or world.box()
    relay = world.relay(box)
    reader = {"box_id": box, "driver": "pcsc_reader", "name": world.name()}
    camera = reader | {"driver": "http_camera", "settings": {"url": "http://10.0.0.7/snap.jpg"}}
    site = world.boss.get(f"/api/boxes/{box}").json()["site_id"]
    building = world.building()
    return {
        "box_id": box,
        "name": world.name(),
        "building_id": building,
        "entrance_id": world.post("/api/housing/entrances", {"building_id": building, "name": "1"})["id"],
        "zone_id": world.post(f"/api/sites/{site}/zones", {"name": world.name()})["id"],
        "barrier": {"device": relay, "output": 0, "interlock": barred_point(world, box, relay)},
        "readers": [{"device": world.post("/api/devices", reader)["id"]}],
        "camera_id": world.post("/api/devices", camera)["id"],
    }


def barred_point(world: World, box: str, relay: str) -> str:
    barrier = {"device": relay, "output": 1}
    point: str = world.post("/api/points", {"box_id": box, "name": world.name(), "barrier": barrier})["id"]
    return point


def fire_change(world: World) -> Made:
    body = relay_body(world)
    box, relay = body["box_id"], world.post("/api/devices", body)["id"]
    fire = {"device": relay, "input": 0, "points": [barred_point(world, box, relay)]}
    return {"box_id": box}, {"inputs": [fire]}


def point_change(world: World) -> Made:
    body = point_body(world)
    return {"point_id": world.post("/api/points", body)["id"]}, body


def relay_body(world: World) -> dict[str, Any]:
    line = world.device()
    settings = {"bus": line["device_id"], "unit": 1, "profile": "wb_mr6c_v2"}
    return {"box_id": line["box_id"], "driver": "modbus_relay", "name": world.name(), "settings": settings}


def relay_change(world: World) -> Made:
    body = relay_body(world)
    return {"device_id": world.post("/api/devices", body)["id"]}, body


def meter_body(world: World) -> dict[str, Any]:
    return world.meter_body() | {"premises_id": world.premises(), "building_id": world.building()}


def command(kind: str) -> Make:
    def make(world: World) -> Made:
        if kind == "capture":
            point = world.point()
            return {"box_id": point["box_id"]}, {"kind": kind, "target": point["point_id"]}
        body = world.meter_body()
        meter = world.post("/api/meters", body)["id"]
        world.enrol(body["box_id"])
        return {"box_id": body["box_id"]}, {"kind": kind, "target": meter}

    return make


FULLER: dict[str, list[Make]] = {
    "POST /api/access/cards/{card_id}/give": [
        named("card_id", World.card, lambda w: {"pass_id": w.pass_()}),
        named("card_id", World.card, lambda w: {"new_pass": pass_body(w)}),
    ],
    "POST /api/access/passes": [lambda w: ({}, pass_body(w) | {"id": str(uuid4())})],
    "POST /api/access/passes/change": [lambda w: ({}, bulk_body(w))],
    "PUT /api/access/passes/{pass_id}": [named("pass_id", World.pass_, pass_body)],
    "POST /api/housing/premises": [lambda w: ({}, premises_body(w))],
    "PUT /api/housing/premises/{premises_id}": [named("premises_id", World.premises, premises_body)],
    "POST /api/sites": [lambda w: ({}, site_body(w))],
    "PUT /api/sites/{site_id}": [named("site_id", World.site, site_body)],
    "POST /api/sites/{site_id}/zones": [zone_creation],
    "PUT /api/zones/{zone_id}": [zone_change],
    "POST /api/points": [lambda w: ({}, point_body(w))],
    "PUT /api/points/{point_id}": [point_change],
    "PUT /api/boxes/{box_id}/fire": [fire_change],
    "POST /api/devices": [lambda w: ({}, relay_body(w))],
    "PUT /api/devices/{device_id}": [relay_change],
    "POST /api/meters": [lambda w: ({}, meter_body(w))],
    "PUT /api/guards/{guard_id}": [named("guard_id", World.guard, lambda w: {"site_ids": [w.site()]})],
    "POST /api/boxes/{box_id}/commands": [command("capture"), command("read_now")],
}


def described_ids(schema: dict[str, Any], place: str = "") -> Iterator[str]:
    """Where the description says that there is an id."""
    schema = resolved(schema)
    if schema.get("format") == "uuid":
        yield place
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from described_ids(each, place)
    for name, field in schema.get("properties", {}).items():
        yield from described_ids(field, f"{place}.{name}".lstrip("."))
    if "items" in schema:
        yield from described_ids(schema["items"], f"{place}.*")


def ids_in(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where there is an id in a body."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from ids_in(inner, (*place, key))
    elif isinstance(value, str) and is_id(value):
        yield place


def is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def at(body: Any, place: Place) -> Any:
    for key in place:
        body = body[key]
    return body


def replaced(body: Any, place: Place, value: str) -> Any:
    changed = copy.deepcopy(body)
    at(changed, place[:-1])[place[-1]] = value
    return changed


def dotted(place: Place) -> str:
    return ".".join("*" if isinstance(key, int) else key for key in place)


def makers(line: str) -> list[Make]:
    if line in FULLER:
        return FULLER[line]
    maker = NAMING.get(line) or CREATING.get(line)
    return [maker] if maker else []


def lines() -> dict[str, set[str]]:
    """The operations whose body names something, and where."""
    naming: dict[str, set[str]] = {}
    for path, methods in API["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                line = f"{method.upper()} {path}"
                naming[line] = set(described_ids(content["application/json"]["schema"]))
    return {line: places for line, places in naming.items() if places and line not in AT_HOME}


LINES = lines()


@pytest.fixture(scope="module")
def theirs(world: World, rival: Person) -> World:
    return World(rival, world.ingest, world.served_as, world.worker)


@pytest.mark.parametrize("line", sorted(LINES))
def test_every_id_in_a_body_must_be_of_one_s_own_company(world: World, theirs: World, line: str) -> None:
    tried = set()
    for make in makers(line):
        parts, body = make(world)
        _, foreign = make(theirs)
        for place in ids_in(body):
            tried.add(dotted(place))
            if (line, dotted(place)) in NOT_OURS:
                continue
            for other in (str(uuid4()), at(foreign, place)):
                answer = ask(world.boss, line, (parts, replaced(body, place, other)))
                assert answer.status_code in {404, 409, 422}, f"{place}: {answer.status_code} {answer.text}"
        right = ask(world.boss, line, (parts, body))
        assert right.is_success, right.text  # else the refusals above would prove nothing
    assert LINES[line] - tried == set(), "an id is never tried: fill it in above"
