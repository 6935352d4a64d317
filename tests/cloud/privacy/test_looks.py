"""Whoever is shown data of persons stands in the ledger, and nobody takes an entry away but time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from cloud.kernel import looks as kernel
from cloud.kernel.actor import Actor
from cloud.kernel.errors import RetryLater
from cloud.kernel.looks import Ledger, Look
from cloud.kernel.tenancy import Role
from protocols import acts
from protocols.privacy import LookKind, subjects_in
from tests.cloud.serving import Person, Served, served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase


class House:
    """A company with a site and a pass, and somebody who reads the ledger."""

    def __init__(self, api: Served, real: RealDatabase) -> None:
        self.api, self.boss, self.real = api, api.operator(), real
        self.site = self.make("/api/sites", {"name": "Афины", "time_zone": "Europe/Moscow"})
        self.pass_id = self.make(
            "/api/access/passes",
            {"site_id": self.site, "kind": "resident", "holder": "Петров Пётр", "plates": ["Х711ТТ90"]},
        )

    def make(self, path: str, body: dict[str, Any]) -> str:
        answer = self.boss.call("POST", path, body)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    def looks(self, reader: Person | None = None, **query: str) -> list[dict[str, Any]]:
        self.api.house.ledger.flush()
        answer = (reader or self.boss).get("/api/looks", params=query)
        assert answer.status_code == 200, answer.text
        return [each for each in answer.json()["items"] if each["operation"] != "list_looks"]


@pytest.fixture
def house(database: RealDatabase, tmp_path: Path) -> Iterator[House]:
    with served(database, tmp_path) as api:
        yield House(api, database)


def test_a_list_says_who_saw_whose(house: House) -> None:
    guard = house.api.colleague(house.boss, "guard@example.org", ["guard"])
    answer = guard.get("/api/access/passes", params={"q": "711"})
    assert answer.json()["total"] == 1
    [entry] = house.looks()
    assert (entry["kind"], entry["operation"], entry["rows"]) == ("passes", "list_passes", 1)
    assert entry["asked"] == {"q": "711"}
    assert (entry["role"], entry["organisation_id"]) == ("Охранник", str(house.boss.company))
    assert {f"pass:{house.pass_id}", "plate:X711TT90"} <= set(entry["subjects"])
    assert entry["names"][f"pass:{house.pass_id}"] == "№ 1 Петров Пётр"
    assert guard.get("/api/looks").status_code == 403


def test_a_card_is_found_by_whom_it_is_about(house: House) -> None:
    assert house.boss.get(f"/api/access/passes/{house.pass_id}").status_code == 200
    assert house.boss.get("/api/access/blacklist").status_code == 200
    assert [each["operation"] for each in house.looks(subject=f"pass:{house.pass_id}")] == ["get_pass"]
    assert [each["operation"] for each in house.looks(subject="plate:X711TT90")] == ["get_pass"]
    assert [each["kind"] for each in house.looks(kind="blacklist")] == ["blacklist"]
    assert house.looks(subject=f"pass:{uuid4()}") == []
    assert [each["operation"] for each in house.looks(q="х711тт")] == ["get_pass"]


def test_the_very_same_again_within_a_minute_stands_there_once(house: House) -> None:
    for _ in range(3):
        assert house.boss.get("/api/access/passes").status_code == 200
    assert len(house.looks(kind="passes")) == 1
    house.make("/api/access/passes", {"site_id": house.site, "kind": "resident", "holder": "Иванов"})
    assert house.boss.get("/api/access/passes").status_code == 200
    assert [each["rows"] for each in house.looks(kind="passes")] == [2, 1], "somebody else is seen now"
    house.api.clock.advance(timedelta(minutes=1))
    assert house.boss.get("/api/access/passes").status_code == 200
    assert len(house.looks(kind="passes")) == 3


def test_who_found_nobody_is_noted_too_and_who_was_refused_is_not(house: House) -> None:
    assert house.boss.get("/api/people", params={"q": "Иванов"}).json()["total"] == 0
    assert house.boss.get(f"/api/people/{uuid4()}").status_code == 404
    [entry] = house.looks()
    assert (entry["kind"], entry["rows"], entry["asked"]) == ("people", 0, {"q": "Иванов"})


def test_what_a_guard_looked_at_on_a_box_comes_by_its_record(house: House) -> None:
    from cloud.ingest.handlers import HANDLERS
    from cloud.kernel.database import Database, Scope
    from cloud.sites import service as sites

    box = house.make("/api/boxes", {"site_id": house.site, "name": "КПП 1"})
    company = house.boss.company
    assert company is not None
    event = acts.Looked(
        id=uuid4(),
        at=NOON,
        guard=uuid4(),
        kind="passes",
        screen="passes",
        asked="711",
        rows=2,
        times=4,
        subjects=["plate:X711TT90"],
    )
    ingest = Database(house.real.url(Role.INGEST), ports=house.api.house.database.ports, pool_size=1)
    for _ in range(2):  # a record may come twice
        with ingest.transaction(Scope.organisation(company)) as session:
            owner = sites.owner_of(session, UUID(box))
            assert owner is not None
            HANDLERS[acts.Looked](session, owner, event)
    ingest.close()
    [entry] = house.looks(subject="plate:X711TT90")
    assert (entry["box"], entry["site"], entry["times"], entry["guard_id"]) == (
        "КПП 1",
        "Афины",
        4,
        str(event.guard),
    )


def test_it_is_taken_away_as_a_workbook(house: House) -> None:
    assert house.boss.get("/api/access/passes").status_code == 200
    house.api.house.ledger.flush()
    answer = house.boss.get("/api/looks.xlsx", params={"q": "711"})
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


def test_nobody_changes_an_entry_and_the_worker_alone_deletes(house: House) -> None:
    real = house.real
    for role in Role:
        with (
            psycopg.connect(real.url(role)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("UPDATE look SET who = ''")
    for role in (Role.API, Role.INGEST):
        with (
            psycopg.connect(real.url(role)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("DELETE FROM look")


def look(kind: LookKind = LookKind.PASSES) -> Look:
    actor = Actor(name="Диспетчер")
    return Look(
        kind=kind,
        at=NOON,
        companies=frozenset(),
        actor=actor,
        operation="x",
        screen="",
        asked={},
        answer=None,
    )


def test_what_cannot_be_written_waits_and_is_written_once() -> None:
    written: list[Look] = []
    is_away = True

    def write(some: Any) -> None:
        if is_away:
            raise OperationalError("", {}, Exception("away"))
        written.extend(some)

    ledger = Ledger(write)
    first, second = look(), look()
    ledger.note(first)
    with pytest.raises(OperationalError):
        ledger.flush()
    ledger.note(second)
    is_away = False
    ledger.close()
    assert written == [first, second]


def test_while_the_ledger_has_no_room_nobody_is_shown_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "WAITING_MOST", 2)
    monkeypatch.setattr(kernel, "_ROOM_WITHIN_S", 0.01)
    monkeypatch.setattr(kernel, "_WRITE_EVERY_S", 60)
    ledger = Ledger(lambda _looks: None)
    ledger.note(look())
    ledger.note(look())
    with pytest.raises(RetryLater):
        ledger.note(look())
    ledger.close()


def test_subjects_are_found_in_any_shape() -> None:
    page = {"items": [{"id": "a", "plates": ["X711TT90"], "host_id": "h"}], "total": 1}
    assert set(subjects_in(page, LookKind.PASSES)) == {"pass:a", "plate:X711TT90", "person:h"}
    visit = acts.Visit(
        id=uuid4(), at=NOON + timedelta(0), guard=uuid4(), visit=uuid4(), state="inside", name="И"
    )
    assert set(subjects_in(visit, LookKind.PASSAGES)) == {f"visit:{visit.visit}"}
    assert not list(subjects_in("text", LookKind.PASSES))
