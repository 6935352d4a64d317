"""Whoever is shown data of persons stands in the ledger, and nobody takes an entry away but time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope
from cloud.kernel.looks import looked
from cloud.kernel.tenancy import Role
from cloud.privacy import service as privacy
from cloud.reads.looks_sheet import KINDS
from cloud.sites.models import Box
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


@pytest.mark.parametrize(
    "query", [{"x": "\x00"}, {"q": "7\x1b11", "x\x00": "1"}, {"company": "{company}", "x": "\x00"}]
)
def test_nothing_that_may_be_asked_jams_the_ledger(house: House, query: dict[str, str]) -> None:
    sent = {name: value.format(company=house.boss.company) for name, value in query.items()}
    house.boss.get("/api/access/passes", params=sent)
    assert house.boss.get("/api/people").status_code == 200
    shown = {each["operation"]: each["asked"] for each in house.looks()}
    assert shown["list_people"] == {}
    assert "x" not in shown.get("list_passes", {}), "nobody declared it"


@pytest.mark.parametrize("page", ["http://[", "http://[::1", "//[x]:y"])
def test_a_page_that_is_no_url_is_no_screen(house: House, page: str) -> None:
    assert house.boss.get("/api/people", headers={"Referer": page}).status_code == 200
    assert [each["screen"] for each in house.looks()] == [""]


class Two:
    """Somebody who works in two companies, and looks into both at once."""

    def __init__(self, house: House) -> None:
        self.house, self.both = house, house.boss
        assert house.boss.company is not None
        self.ours = str(house.boss.company)
        self.theirs = house.make("/api/companies", {"name": "Спарта"})
        self.person = house.make("/api/people", {"name": "Иванов Иван", "phones": []})

    def entries(self, company: str) -> list[dict[str, Any]]:
        return self.house.looks(company=company)


@pytest.fixture
def two(house: House) -> Two:
    return Two(house)


OF_ONE = {
    "list_residencies": "/api/people/{person}/residencies",
    "get_resident": "/api/people/{person}/account",
    "get_guest_link": "/api/access/passes/{guest}/link",
    "get_pass_watch": "/api/watch/passes/{guest}",
    "get_shift": "/api/watch/shifts/{shift}",
    "download": "/api/files/{file}",
    "export_journal": "/api/journal/boxes/{box}",
    "print_journal": "/api/journal/boxes/{box}/pdf",
}
"""Endpoints whose answers do not say whose they are."""


def things(two: Two) -> dict[str, str]:
    """Something of our company for each of them."""
    house, api = two.house, two.house.api
    invited = two.both.call("POST", f"/api/people/{two.person}/account", {"email": "ivanov@example.org"})
    assert invited.status_code == 201, invited.text
    a_pass = {
        "site_id": house.site,
        "kind": "guest",
        "holder": "Гость",
        "valid_until": "2026-11-23T00:00:00Z",
    }
    kept = two.both.client.post("/api/files", files={"file": ("a.png", b"PNG", "image/png")})
    guard = api.colleague(two.both, "guard@example.org", ["guard"]).client
    origin = {"Origin": str(guard.base_url).rstrip("/")}
    shift = guard.post("/gate/api/shifts", content=f'{{"id": "{uuid4()}"}}', headers=origin)
    return {
        "person": two.person,
        "guest": house.make("/api/access/passes", a_pass),
        "shift": shift.json()["id"],
        "file": kept.json()["sha256"],
        "box": house.make("/api/boxes", {"site_id": house.site, "name": "КПП 1"}),
    }


def test_where_the_answer_does_not_say_whose_it_is_the_company_is_known_all_the_same(two: Two) -> None:
    named = things(two)
    for operation, path in OF_ONE.items():
        answer = two.both.get(path.format(**named))
        assert answer.status_code == 200, f"{operation}: {answer.text}"
    assert {each["operation"] for each in two.entries(two.ours)} >= OF_ONE.keys()
    assert {each["operation"] for each in two.entries(two.theirs)} & OF_ONE.keys() == set()


def test_orders_are_their_companys_alone(two: Two) -> None:
    box = two.house.make("/api/boxes", {"site_id": two.house.site, "name": "КПП 1"})
    with two.house.api.house.database.transaction(Scope.organisation(UUID(two.ours))) as session:
        session.execute(update(Box).where(Box.id == UUID(box)).values(enrolled_at=NOON))
    order = two.house.make(f"/api/boxes/{box}/commands", {"kind": "restart", "reason": "проверка"})
    assert two.both.get("/api/commands").json()["total"] == 1
    assert two.both.get(f"/api/commands/{order}").status_code == 200
    assert {each["operation"] for each in two.entries(two.ours)} == {"get_command", "list_commands"}
    assert two.entries(two.theirs) == []


def test_words_of_a_search_go_only_to_the_company_where_somebody_was_found(two: Two) -> None:
    assert two.both.get("/api/people", params={"q": "Иванов"}).json()["total"] == 1
    [entry] = two.entries(two.ours)
    assert (entry["asked"], entry["subjects"]) == ({"q": "Иванов"}, [f"person:{two.person}"])
    assert two.entries(two.theirs) == []


def test_who_found_nobody_in_several_companies_is_noted_without_the_words(two: Two) -> None:
    assert two.both.get("/api/people", params={"q": "Сидоров"}).json()["total"] == 0
    for company in (two.ours, two.theirs):
        [entry] = two.entries(company)
        assert (entry["operation"], entry["asked"], entry["rows"]) == ("list_people", {}, 0)
    two.both.get("/api/people", params={"q": "Сидоров", "company": two.theirs})
    assert [each["asked"].get("q") for each in two.entries(two.theirs)] == ["Сидоров", None]


def test_what_one_company_has_is_not_written_again_when_another_fails(house: House) -> None:
    database = house.api.house.database
    ours, nobodys = house.boss.company, uuid4()
    assert ours is not None
    rows = [{"id": str(uuid4()), "organisation_id": str(each)} for each in (ours, nobodys)]
    look = looked(
        LookKind.PEOPLE,
        rows,
        at=NOON,
        actor=Actor(name="Диспетчер"),
        operation="list_people",
        screen="",
        asked={},
        companies=frozenset({ours, nobodys}),
    )
    first_ours = replace(look, seen={company: look.seen[company] for company in (ours, nobodys)})
    write = privacy.writer(database)
    for _ in range(2):
        with pytest.raises(IntegrityError):
            write([first_ours])
    assert len(house.looks()) == 1


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


def test_subjects_are_found_in_any_shape() -> None:
    page = {"items": [{"id": "a", "plates": ["X711TT90"], "host_id": "h"}], "total": 1}
    assert set(subjects_in(page, LookKind.PASSES)) == {"pass:a", "plate:X711TT90", "person:h"}
    visit = acts.Visit(
        id=uuid4(), at=NOON + timedelta(0), guard=uuid4(), visit=uuid4(), state="inside", name="И"
    )
    assert set(subjects_in(visit, LookKind.PASSAGES)) == {f"visit:{visit.visit}"}
    assert not list(subjects_in("text", LookKind.PASSES))
    lives = {"id": "r", "person_id": "m", "premises_id": "17"}
    assert set(subjects_in([lives], LookKind.PEOPLE)) == {"person:m", "premises:17"}, "`r` is nobody"


def test_every_kind_has_its_word_in_the_workbook() -> None:
    assert set(KINDS) == set(LookKind)
