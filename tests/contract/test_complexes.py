"""Every list of the desk shows one complex alone when it is asked to; another company's complex shows nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from cloud.access.models import PassageRow
from cloud.kernel.database import Database, Scope
from cloud.kernel.tenancy import Role
from cloud.sites import service as sites
from cloud.sites.types import Moved
from protocols.meters import load_meter
from protocols.records import Alarm
from tests.cloud.serving import Person, Served, served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

ZONE = "Asia/Yekaterinburg"
CHANNELS = [channel.name for channel in load_meter("eastron_sdm120").channels][:1]
LISTS = {
    "/api/housing/buildings": "building",
    "/api/housing/premises": "premises",
    "/api/people": "person",
    "/api/sites": "site",
    "/api/boxes": "box",
    "/api/devices": "device",
    "/api/points": "point",
    "/api/access/passes": "pass",
    "/api/access/cards": "card",
    "/api/access/blacklist": "blocked",
    "/api/access/passages": "passage",
    "/api/access/inside": "pass",
    "/api/alarms": "alarm",
    "/api/meters": "meter",
}


@dataclass
class Builder:
    """Fills a company with complexes, each with one of everything."""

    person: Person
    ingest: Database

    def post(self, path: str, body: Any) -> str:
        answer = self.person.call("POST", path, body)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        return str(answer.json()["id"])

    def complex(self, name: str) -> dict[str, str]:
        """Ids by what they are of."""
        made = {"complex": self.post("/api/housing/complexes", {"name": name, "kind": "settlement"})}
        building = {"complex_id": made["complex"], "name": "1", "kind": "tower"}
        made["building"] = self.post("/api/housing/buildings", building)
        premises = {"building_id": made["building"], "kind": "flat", "number": "1"}
        made["premises"] = self.post("/api/housing/premises", premises)
        made["person"] = self.post("/api/people", {"name": f"Житель {name}"})
        home = {"premises_id": made["premises"], "role": "owner"}
        self.post(f"/api/people/{made['person']}/residencies", home)
        self.gate(made, name)
        return made

    def gate(self, made: dict[str, str], name: str) -> None:
        place = {"name": f"КПП {name}", "time_zone": ZONE, "complex_id": made["complex"]}
        made["site"] = self.post("/api/sites", place)
        made["box"] = self.post("/api/boxes", {"site_id": made["site"], "name": name})
        line = {"host": "127.0.0.1", "port": 5020}
        device = {"box_id": made["box"], "driver": "modbus_tcp", "name": name, "settings": line}
        made["device"] = self.post("/api/devices", device)
        made["point"] = self.post("/api/points", {"box_id": made["box"], "name": name})
        draft = {"site_id": made["site"], "holder": f"Гость {name}", "kind": "resident"}
        made["pass"] = self.post("/api/access/passes", draft)
        made["card"] = self.post("/api/access/cards", {"card": {"text": f"{uuid4().int % 10**7:010}"}})
        self.person.call("POST", f"/api/access/cards/{made['card']}/give", {"pass_id": made["pass"]})
        block = {"site_id": made["site"], "person": f"Незваный {name}", "reason": "драка"}
        made["blocked"] = self.post("/api/access/blacklist", block)
        made["meter"] = self.meter(made, premises_id=made["premises"])
        made["passage"] = self.passage(made)
        made["alarm"] = self.alarm(made)
        self.inside(made)

    def meter(self, gate: dict[str, str], **place: str) -> str:
        draft = {
            "name": f"Счётчик {uuid4().hex[:4]}",
            "resource": "electricity",
            "box_id": gate["box"],
            "device_id": gate["device"],
            "profile": "eastron_sdm120",
            "unit": 1,
            "channels": CHANNELS,
        }
        return self.post("/api/meters", draft | place)

    @property
    def scope(self) -> Scope:
        assert self.person.company is not None
        return Scope.organisation(self.person.company)

    def passage(self, gate: dict[str, str]) -> str:
        values = {
            "id": uuid4(),
            "organisation_id": self.person.company,
            **{f"{name}_id": UUID(gate[name]) for name in ("site", "box", "point")},
            **dict.fromkeys(("at", "received_at"), NOON),
            "clock_trusted": True,
            "direction": "in",
            "outcome": "granted",
            "reason": "granted",
            "read": "",
            "decision_us": 1,
            "weak_match": False,
            "fault": "",
        }
        with self.ingest.transaction(self.scope) as session:
            session.execute(insert(PassageRow), values)
        return str(values["id"])

    def inside(self, gate: dict[str, str]) -> None:
        """The pass's holder, on foot in a zone of the site."""
        gate["zone"] = self.post(f"/api/sites/{gate['site']}/zones", {"name": "Двор"})
        moved = Moved(UUID(gate["pass"]), "", UUID(gate["zone"]))
        with self.ingest.transaction(self.scope) as session:
            sites.record_place(session, UUID(gate["site"]), moved, since=NOON, passage_id=uuid4())

    def alarm(self, gate: dict[str, str]) -> str:
        alarm = Alarm(id=uuid4(), at=NOON, alarm=uuid4(), kind="tamper", raised=True)
        with self.ingest.transaction(self.scope) as session:
            owner = sites.owner_of(session, UUID(gate["box"]))
            assert owner is not None
            sites.record_alarm(session, owner, alarm)
        return str(alarm.alarm)


@pytest.fixture(scope="module")
def api(module_database: RealDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("house")
    with served(module_database, folder) as running:
        yield running


@pytest.fixture(scope="module")
def ours(api: Served, module_database: RealDatabase) -> Iterator[Builder]:
    ingest = Database(module_database.url(Role.INGEST), ports=api.house.database.ports, pool_size=1)
    yield Builder(api.colleague(api.operator(), "owner@example.org", ["administrator"]), ingest)
    ingest.close()


@pytest.fixture(scope="module")
def settlement(ours: Builder) -> dict[str, str]:
    return ours.complex("к/п Афины")


@pytest.fixture(scope="module")
def tower(ours: Builder) -> dict[str, str]:
    return ours.complex("Афины Парк")


@pytest.fixture(scope="module")
def theirs(api: Served, ours: Builder) -> dict[str, str]:
    """A complex of another company."""
    operator = api.visitor()
    assert operator.sign_in("boss@example.org").status_code == 200
    made = operator.call("POST", "/api/companies", {"name": "Спарта"})
    assert made.status_code == 201, made.text
    rival = api.colleague(operator.work_in(made.json()["id"]), "rival@example.org", ["administrator"])
    return Builder(rival, ours.ingest).complex("Спарта")


def listed(person: Person, path: str, **asked: str) -> list[str]:
    answer = person.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return sorted(row.get("id") or row["pass_id"] for row in answer.json()["items"])


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_the_complex_that_was_asked_for(
    ours: Builder, settlement: dict[str, str], tower: dict[str, str], path: str
) -> None:
    kind = LISTS[path]
    both = sorted((settlement[kind], tower[kind]))
    assert set(both) <= set(listed(ours.person, path))
    assert listed(ours.person, path, complex_id=settlement["complex"]) == [settlement[kind]]
    assert listed(ours.person, path, complex_id=tower["complex"]) == [tower[kind]]


@pytest.mark.parametrize("path", LISTS)
def test_a_complex_that_is_not_ours_shows_nothing(ours: Builder, theirs: dict[str, str], path: str) -> None:
    for foreign in (theirs["complex"], str(uuid4())):
        page = ours.person.get(path, params={"complex_id": foreign}).json()
        assert (page["items"], page["total"]) == ([], 0)
    assert ours.person.get(path, params={"complex_id": "А2"}).status_code == 422


def test_lanes_and_counts_follow_the_complex(
    ours: Builder, settlement: dict[str, str], tower: dict[str, str], theirs: dict[str, str]
) -> None:
    lanes, counts = "/api/access/lanes", "/api/access/passes/counts"
    for gate in (settlement, tower):
        asked = {"complex_id": gate["complex"]}
        shown = ours.person.get(lanes, params=asked).json()
        assert [lane["point_id"] for lane in shown] == [gate["point"]]
        assert ours.person.get(counts, params=asked).json() == {"issued": 1}
    foreign = {"complex_id": theirs["complex"]}
    assert ours.person.get(lanes, params=foreign).json() == []
    assert ours.person.get(counts, params=foreign).json() == {}


def test_a_site_belongs_to_a_complex_of_its_own_company(
    ours: Builder, settlement: dict[str, str], tower: dict[str, str], theirs: dict[str, str]
) -> None:
    body = {"name": "Въезд Б", "time_zone": ZONE}
    site = ours.post("/api/sites", body)
    assert ours.person.get(f"/api/sites/{site}").json()["complex_id"] is None
    for complex_id in (tower["complex"], settlement["complex"], None):
        changed = ours.person.call("PUT", f"/api/sites/{site}", body | {"complex_id": complex_id})
        assert changed.json()["complex_id"] == complex_id
        [name] = [each for each in ours.person.get("/api/site-names").json() if each["id"] == site]
        assert name["complex_id"] == complex_id
    for method, path in (("PUT", f"/api/sites/{site}"), ("POST", "/api/sites")):
        refused = ours.person.call(method, path, body | {"complex_id": theirs["complex"]})
        assert refused.status_code == 404, refused.text
        assert refused.json()["code"] == "complex_not_found"
    assert ours.person.call("DELETE", f"/api/sites/{site}").status_code == 204


def test_a_meter_is_where_it_stands_wherever_its_box_is(
    ours: Builder, settlement: dict[str, str], tower: dict[str, str]
) -> None:
    at_home = ours.meter(settlement, premises_id=tower["premises"])
    in_house = ours.meter(settlement, building_id=tower["building"])
    nowhere = ours.meter(settlement)
    in_tower = listed(ours.person, "/api/meters", complex_id=tower["complex"])
    assert in_tower == sorted((tower["meter"], at_home, in_house))
    in_settlement = listed(ours.person, "/api/meters", complex_id=settlement["complex"])
    assert in_settlement == sorted((settlement["meter"], nowhere))
    for meter in (at_home, in_house, nowhere):
        assert ours.person.call("DELETE", f"/api/meters/{meter}").status_code == 204


def test_a_filter_by_complex_goes_with_the_others(
    ours: Builder, settlement: dict[str, str], tower: dict[str, str]
) -> None:
    crossed = {"complex_id": settlement["complex"], "site_id": tower["site"]}
    for path in ("/api/access/passes", "/api/access/passages", "/api/meters", "/api/alarms"):
        assert listed(ours.person, path, **crossed) == []
    passes = "/api/access/passes"
    assert listed(ours.person, passes, complex_id=tower["complex"], q="гость") == [tower["pass"]]
