"""Who is inside: a pass stands there once for each thing it came in by; zones count as the boxes do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import update

from cloud.ingest.handlers import HANDLERS
from cloud.kernel.clock import FixedClock
from cloud.kernel.database import Database, Scope
from cloud.kernel.tenancy import Role
from cloud.reads.schemas import InsideRow, OccupancyOut
from cloud.sites import service as sites
from cloud.sites.models import Box
from cloud.sites.types import BoxOwner, Moved
from protocols.records import PlaceMarked
from tests.cloud.serving import Person, served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

INSIDE, OCCUPANCY = "/api/access/inside", "/api/access/occupancy"


@dataclass
class Yard:
    """A site with a yard and a car park within it, and whoever its boxes saw there."""

    person: Person
    ingest: Database
    clock: FixedClock
    house: Database
    site: str = ""
    zones: dict[str, str] = field(default_factory=dict)

    def post(self, path: str, body: Any) -> str:
        answer = self.person.call("POST", path, body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def zone(self, name: str, **more: Any) -> None:
        self.zones[name] = self.post(f"/api/sites/{self.site}/zones", {"name": name, **more})

    def guest(self, holder: str, *, hours: int | None = None, **more: Any) -> str:
        """For so many hours; a resident's without end where none are given."""
        until = None if hours is None else (NOON + timedelta(hours=hours)).isoformat()
        kind = "guest" if hours else "resident"
        draft = {"site_id": self.site, "kind": kind, "holder": holder, "valid_until": until, **more}
        return self.post("/api/access/passes", draft)

    def sees(self, pass_id: str, zone: str | None, *, carrier: str = "", since: datetime = NOON) -> None:
        at = UUID(self.zones[zone]) if zone else None
        assert self.person.company is not None
        with self.ingest.transaction(Scope.organisation(self.person.company)) as session:
            moved = Moved(UUID(pass_id), carrier, at)
            sites.record_place(session, UUID(self.site), moved, since=since, passage_id=uuid4())

    def listed(self, **asked: Any) -> list[tuple[str, str]]:
        page = self.person.get(INSIDE, params=asked)
        assert page.status_code == 200, page.text
        assert page.json()["total"] == len(page.json()["items"])
        return [(row["holder"], row["plate"] or "") for row in page.json()["items"]]

    def occupancy(self, **asked: Any) -> dict[str, tuple[int, int, int | None]]:
        rows = self.person.get(OCCUPANCY, params=asked).json()
        assert all(set(row) == set(OccupancyOut.model_fields) for row in rows)
        return {row["name"]: (row["inside"], row["overstayed"], row["capacity"]) for row in rows}


@pytest.fixture
def yard(database: RealDatabase, tmp_path: Any) -> Iterator[Yard]:
    with served(database, tmp_path) as running:
        ingest = Database(database.url(Role.INGEST), ports=running.house.database.ports, pool_size=1)
        made = Yard(running.operator(), ingest, running.clock, running.house.database)
        made.site = made.post("/api/sites", {"name": "КПП", "time_zone": "Asia/Yekaterinburg"})
        made.zone("Двор")
        made.zone("Паркинг", parent_id=made.zones["Двор"], capacity=2, vehicles_only=True)
        yield made
        ingest.close()


def test_those_inside_are_listed_and_those_who_left_are_not(yard: Yard) -> None:
    car, walker, gone = yard.guest("Петров", plates=["Х 711 ТТ 90"]), yard.guest("Серова"), yard.guest("Ким")
    yard.sees(car, "Паркинг", carrier="X711TT90")
    yard.sees(walker, "Двор", since=NOON + timedelta(minutes=1))
    yard.sees(gone, "Двор")
    yard.sees(gone, None)
    assert yard.listed() == [("Серова", ""), ("Петров", "X711TT90")]
    row = yard.person.get(INSIDE, params={"q": "петров"}).json()["items"][0]
    assert set(row) == set(InsideRow.model_fields)
    assert (row["pass_id"], row["zone"], row["overstayed"]) == (car, "Паркинг", False)
    assert datetime.fromisoformat(row["since"]) == NOON


def test_a_pass_with_two_cars_inside_stands_twice_in_an_order_that_holds(yard: Yard) -> None:
    family = yard.guest("Ивановы", plates=["Х 711 ТТ 90", "О 318 ВТ 72", "Р 540 СЕ 72"])
    for plate in ("X711TT90", "O318BT72", "P540CE72"):
        yard.sees(family, "Двор", carrier=plate)
    one_by_one = [
        yard.person.get(INSIDE, params={"sort": "holder", "page": page, "page_size": 1}).json()["items"][0]
        for page in (1, 2, 3)
    ]
    assert [row["plate"] for row in one_by_one] == ["O318BT72", "P540CE72", "X711TT90"]


def test_they_are_found_by_plate_number_and_name(yard: Yard) -> None:
    yard.sees(yard.guest("Петров", plates=["Х 711 ТТ 90"]), "Двор", carrier="X711TT90")
    yard.sees(yard.guest("Серова"), "Двор")
    assert yard.listed(q="х711") == [("Петров", "X711TT90")]
    assert yard.listed(q="серова") == [("Серова", "")]
    assert yard.listed(q="2") == [("Серова", "")]  # the pass's number
    assert yard.listed(q="нет такого") == []


def test_filters_are_by_zone_and_what_lies_in_it_by_means_and_by_who_should_have_left(yard: Yard) -> None:
    yard.sees(yard.guest("Петров", plates=["Х 711 ТТ 90"], hours=1), "Паркинг", carrier="X711TT90")
    yard.sees(yard.guest("Серова"), "Двор")
    assert yard.listed(zone_id=yard.zones["Паркинг"]) == [("Петров", "X711TT90")]
    assert len(yard.listed(zone_id=yard.zones["Двор"])) == 2
    assert yard.listed(means="foot") == [("Серова", "")]
    assert yard.listed(means="vehicle") == [("Петров", "X711TT90")]
    assert yard.listed(site_id=str(uuid4())) == []
    assert yard.listed(overstayed=True) == []
    assert len(yard.listed(overstayed=False)) == 2
    yard.clock.advance(timedelta(hours=2))
    assert yard.listed(overstayed=True) == [("Петров", "X711TT90")]
    assert yard.listed(overstayed=False) == [("Серова", "")]
    assert yard.occupancy() == {"Двор": (2, 1, None), "Паркинг": (1, 1, 2)}


def test_zones_tell_how_full_they_are(yard: Yard) -> None:
    yard.sees(yard.guest("Петров", plates=["Х 711 ТТ 90"]), "Паркинг", carrier="X711TT90")
    yard.sees(yard.guest("Пеший на паркинге"), "Паркинг")
    yard.sees(yard.guest("Серова"), "Двор")
    assert yard.occupancy() == {"Двор": (3, 0, None), "Паркинг": (1, 0, 2)}
    assert yard.occupancy(site_id=str(uuid4())) == {}


def test_a_zone_that_is_removed_takes_nobody_s_pass_with_it(yard: Yard) -> None:
    yard.sees(yard.guest("Петров"), "Паркинг")
    assert yard.person.call("DELETE", f"/api/zones/{yard.zones['Паркинг']}").status_code == 204
    assert yard.listed() == []
    assert yard.occupancy() == {"Двор": (0, 0, None)}


def orders(yard: Yard) -> dict[str, Any]:
    """By pass: what the box was asked."""
    page = yard.person.get("/api/commands?page_size=50").json()["items"]
    return {order["target"]: order for order in page if order["kind"] == "mark_left"}


def leave(yard: Yard, *whom: tuple[str, str | None], reason: str = "Уехал за другой машиной") -> Any:
    rows = [{"site_id": yard.site, "pass_id": pass_id, "plate": plate} for pass_id, plate in whom]
    return yard.person.call("POST", f"{INSIDE}/left", {"whom": rows, "reason": reason})


def report(yard: Yard, box: str, event: Any) -> None:
    assert yard.person.company is not None
    owner = BoxOwner(UUID(box), yard.person.company, UUID(yard.site), None, None, None)
    with yard.ingest.transaction(Scope.organisation(yard.person.company)) as session:
        HANDLERS[type(event)](session, owner, event)


def counted_by_a_box(yard: Yard) -> str:
    """The point leads into the outer zone; whoever is in the inner one is counted by the same box."""
    box = yard.post("/api/boxes", {"site_id": yard.site, "name": "КПП"})
    yard.post("/api/points", {"box_id": box, "name": "Въезд", "zone_id": yard.zones["Двор"]})
    assert yard.person.company is not None
    with yard.house.transaction(Scope.organisation(yard.person.company)) as session:
        session.execute(update(Box).where(Box.id == UUID(box)).values(enrolled_at=NOON))
    return box


def test_those_who_left_unseen_are_marked_by_the_box_that_counts_them(yard: Yard) -> None:
    box = counted_by_a_box(yard)
    car, walker = yard.guest("Петров", plates=["Х 711 ТТ 90"]), yard.guest("Серова")
    yard.sees(car, "Паркинг", carrier="X711TT90")
    yard.sees(walker, "Двор")
    answer = leave(yard, (car, "X711TT90"), (walker, None))
    assert answer.status_code == 201, answer.text
    asked = orders(yard)
    assert [asked[each]["id"] for each in (car, walker)] == answer.json()["commands"]
    assert {order["box_id"] for order in asked.values()} == {box}
    assert len(yard.listed()) == 2, "the box has the word"
    mark = PlaceMarked(
        id=uuid4(),
        at=NOON + timedelta(minutes=1),
        pass_id=UUID(car),
        carrier="X711TT90",
        person="Анна",
        why="Уехал за другой машиной",
    )
    for _ in range(2):
        report(yard, box, mark)
    assert yard.listed() == [("Серова", "")]
    assert yard.occupancy()["Паркинг"] == (0, 0, 2)
    card = yard.person.get(f"/api/access/passes/{car}").json()
    told = [line for line in card["history"] if line["change"] == "marked_left"]
    assert [(line["actor"], line["reason"]) for line in told] == [("Анна", "Уехал за другой машиной")]
    late = msgspec.structs.replace(
        mark, id=uuid4(), pass_id=UUID(walker), carrier="", at=NOON - timedelta(hours=1)
    )
    report(yard, box, late)
    assert yard.listed() == [("Серова", "")], "she came in after that"


def test_a_mark_of_another_site_s_box_moves_nobody(yard: Yard) -> None:
    box = counted_by_a_box(yard)
    car = yard.guest("Петров", plates=["Х 711 ТТ 90"])
    yard.sees(car, "Паркинг", carrier="X711TT90")
    yard.site = yard.post("/api/sites", {"name": "Другой", "time_zone": "Asia/Yekaterinburg"})
    mark = PlaceMarked(id=uuid4(), at=NOON + timedelta(minutes=1), pass_id=UUID(car), carrier="X711TT90")
    report(yard, box, mark)
    assert yard.listed() == [("Петров", "X711TT90")]


def test_whoever_is_not_inside_or_counted_by_nobody_is_not_marked(yard: Yard) -> None:
    walker = yard.guest("Серова")
    yard.sees(walker, "Двор")
    refused = leave(yard, (walker, None))
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_counts")
    counted_by_a_box(yard)
    refused = leave(yard, (walker, None), (walker, "X711TT90"))
    assert (refused.status_code, refused.json()["code"]) == (404, "not_inside")
    assert orders(yard) == {}, "all or none"
    assert leave(yard, (walker, None), reason=" ").status_code == 422
