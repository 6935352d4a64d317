"""Every list either finds what it is asked for, or says that it cannot be searched; none shows everything instead."""

import pytest

from tests.cloud.serving import Served
from tests.contract.test_tenants import AT_HOME, LISTING, World, api, rival, world

__all__ = ["api", "rival", "world"]

NOT_SEARCHED = {"GET /api/access/policies", "GET /api/commands"}
TAKE_NO_WORDS = {
    "GET /api/access/lanes",
    "GET /api/access/occupancy",
    "GET /api/companies",
    "GET /api/quarantine/types",
    "GET /api/retention",
    "GET /api/roles",
    "GET /api/site-names",
}
REMEMBERS = {"GET /api/looks"}
"""Finds who has asked for these very words, be it in vain: tests/cloud/privacy/test_looks.py has its search."""

TAKEN_AWAY = {"GET /api/looks.xlsx"}  # the same rows as the list of that name


def searchable(api: Served) -> set[str]:
    """The lists that take words."""
    paths = api.visitor().get("/api/openapi.json").json()["paths"]
    taking = set()
    for path, methods in paths.items():
        if any(parameter["name"] == "q" for parameter in methods.get("get", {}).get("parameters", ())):
            taking.add(f"GET {path}")
    return taking - AT_HOME


def test_every_list_that_takes_words_is_tried_here(api: Served) -> None:
    assert searchable(api) - TAKEN_AWAY == LISTING.keys() - TAKE_NO_WORDS


@pytest.mark.parametrize("line", sorted(LISTING.keys() - TAKE_NO_WORDS - REMEMBERS))
def test_what_is_nowhere_is_not_found(world: World, line: str) -> None:
    LISTING[line](world)
    path = line.removeprefix("GET ")
    assert world.boss.get(path).json()["total"] > 0
    answer = world.boss.get(path, params={"q": "zzzqqq"})
    if line in NOT_SEARCHED:
        assert (answer.status_code, answer.json()["fields"][0]["path"]) == (422, "q")
        assert world.boss.get(path, params={"q": ""}).status_code == 200
    else:
        assert (answer.status_code, answer.json()["total"]) == (200, 0)


def test_series_are_found_and_sorted_by_their_names(world: World) -> None:
    for name in ("Ёмкость 10", "Ещё один", "Ёмкость 9", "Ель"):
        world.post("/api/meters", {**world.meter_body(), "name": name})
    named = [
        row["name"].partition(":")[0]
        for row in world.boss.get("/api/telemetry/series", params={"page_size": 200}).json()["items"]
        if row["name"].startswith(("Ё", "Е"))
    ]
    assert named == ["Ель", "Ёмкость 9", "Ёмкость 10", "Ещё один"]
    found = world.boss.get("/api/telemetry/series", params={"q": "емкость 10"}).json()["items"]
    assert [row["name"].partition(":")[0] for row in found] == ["Ёмкость 10"]


SHOWN = {
    "/api/people": ("name", "premises", "phones"),
    "/api/meters": ("name", "serial", "address"),
    "/api/access/passes": ("number", "holder", "vehicle", "host", "address", "phone", "service", "ticket"),
}
"""What a row shows and the field of its list's search promises, or its columns do."""


def whole_rows(world: World) -> dict[str, str]:
    """A row of each of those lists with all of that filled in: its id."""
    lived = world.residency()
    premises = world.boss.get(f"/api/people/{lived['person_id']}/residencies").json()[0]["premises_id"]
    person = {"name": world.name(), "phones": ["+7 (912) 345-67-01"]}
    assert world.boss.call("PUT", f"/api/people/{lived['person_id']}", person).status_code == 200
    meter = {**world.meter_body(), "serial": "24130077", "premises_id": premises}
    issued = {
        **world.pass_body(),
        "vehicle": "KIA Rio, белая",
        "host_id": lived["person_id"],
        "premises_id": premises,
        "phone": "+7 (912) 345-67-02",
        "service": "Доставка мебели",
        "ticket": {"kind": "ticket", "text": "Заявка 77801"},
    }
    return {
        "/api/people": lived["person_id"],
        "/api/meters": world.post("/api/meters", meter)["id"],
        "/api/access/passes": world.post("/api/access/passes", issued)["id"],
    }


def test_a_row_is_found_by_what_it_shows(world: World) -> None:
    for path, row_id in whole_rows(world).items():
        world_rows = world.boss.get(path, params={"page_size": 200}).json()["items"]
        [row] = [row for row in world_rows if row["id"] == row_id]
        for field in SHOWN[path]:
            shown = row[field][0] if isinstance(row[field], list) else row[field]
            assert shown, f"{path}: {field} is blank"
            typed = f"№ {shown}" if field == "number" else shown
            found = world.boss.get(path, params={"q": typed, "page_size": 200}).json()["items"]
            assert row_id in {each["id"] for each in found}, f"{path}: {field}: {typed}"
