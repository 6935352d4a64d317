"""How an account becomes a person of a company, and what of the company is theirs then."""

import threading
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import select

from cloud.kernel.database import Database, Scope, enter
from cloud.kernel.tenancy import Role
from cloud.people import service as people
from cloud.people.models import Person as PersonRow
from deploy.demo.servers.processes import wait_until
from tests.cloud.residents.conftest import Tower, build
from tests.cloud.serving import PASSWORD, Person
from tests.support.postgres import Database as RealDatabase

MARIA = "maria@example.org"


def test_a_letter_invites_and_acceptance_ties_account_and_person(tower: Tower) -> None:
    tower.person("Мария", "17")
    invited = tower.invite("Мария", "Maria@Example.org").json()
    assert (invited["state"], invited["email"], invited["joined_at"]) == ("invited", MARIA, None)
    guest, token = tower.api.visitor(), tower.api.letter_token(MARIA)
    seen = guest.call("POST", "/api/resident/invitation", {"token": token}).json()
    assert seen == {"email": MARIA, "name": "Мария", "company": "Афины", "has_password": False}
    assert guest.call("POST", "/api/invitation", {"token": token}).status_code == 410  # no staff
    body = {"token": token, "password": PASSWORD}
    assert guest.call("POST", "/api/resident/invitation/accept", body).status_code == 200
    assert guest.call("POST", "/api/resident/invitation/accept", body).status_code == 410
    assert guest.sign_in(MARIA).status_code == 200
    assert guest.get("/api/session").json()["companies"] == []
    [home] = guest.get("/api/resident/premises").json()
    assert (home["id"], home["address"], home["sites"][0]["id"]) == (
        tower.flats["17"],
        "Берег, 1, кв. 17",
        tower.site,
    )
    now = tower.boss.get(f"/api/people/{tower.persons['Мария']}/account").json()
    assert now["state"] == "active"
    audit = tower.boss.get("/api/audit?page_size=200").json()["items"]
    assert {"people.resident.invite", "people.resident.join"} <= {each["action"] for each in audit}


def test_an_invitation_is_repeated_and_the_older_link_is_dead(tower: Tower) -> None:
    tower.person("Мария", "17")
    tower.invite("Мария", MARIA)
    first = tower.api.letter_token(MARIA)
    tower.invite("Мария", MARIA)
    guest = tower.api.visitor()
    assert guest.call("POST", "/api/resident/invitation", {"token": first}).status_code == 410
    newer = {"token": tower.api.letter_token(MARIA), "password": PASSWORD}
    assert guest.call("POST", "/api/resident/invitation/accept", newer).status_code == 200
    assert tower.invite("Мария", MARIA).json()["code"] == "already_resident"


def test_two_who_invite_the_same_person_at_once_both_succeed(tower: Tower, database: RealDatabase) -> None:
    tower.person("Мария", "17")
    statuses = []
    people = [tower.boss, tower.api.colleague(tower.boss, "second@example.org", ["administrator"], "Второй")]

    def invite(person: Person) -> None:
        path = f"/api/people/{tower.persons['Мария']}/account"
        statuses.append(person.call("POST", path, {"email": MARIA}).status_code)

    threads = [threading.Thread(target=invite, args=(person,)) for person in people]
    with tower.api.house.database.transaction(tower.scope) as session:  # both wait for the person's row
        session.execute(select(PersonRow.id).with_for_update())
        for thread in threads:
            thread.start()
        assert wait_until(lambda: database.waiting_for_locks() == len(threads), 20)
    for thread in threads:
        thread.join()
    assert statuses == [201, 201]


def test_one_address_is_one_person_in_a_company(tower: Tower) -> None:
    tower.resident("Мария", "17", MARIA)
    tower.person("Пётр", "17")
    refused = tower.invite("Пётр", MARIA)
    assert (refused.status_code, refused.json()["data"]) == (409, {"name": "Мария"})


def test_a_resident_is_no_staff_and_sees_nothing_of_the_desk(tower: Tower) -> None:
    maria = tower.resident("Мария", "17", MARIA)
    for path in ("/api/people", "/api/access/passes", "/api/access/passages", "/api/calls", "/api/points"):
        assert maria.get(path).status_code == 403, path
    assert tower.boss.company is not None
    maria.work_in(tower.boss.company)
    assert maria.call("POST", f"/api/points/{tower.doors['Ворота']}/open", {"reason": "я"}).status_code == 403
    staff = tower.boss.get("/api/staff").json()["items"]
    assert [each["email"] for each in staff] == ["boss@example.org"]


def test_who_moved_out_or_lost_access_sees_nothing(tower: Tower) -> None:
    maria = tower.resident("Мария", "17", MARIA)
    past = str((tower.api.clock.now() - timedelta(days=2)).date())
    gone = {"premises_id": tower.flats["18"], "role": "tenant", "until": past}
    tower.post(f"/api/people/{tower.persons['Мария']}/residencies", gone)
    assert [each["number"] for each in maria.get("/api/resident/premises").json()] == ["17"]
    person = tower.persons["Мария"]
    assert tower.boss.call("DELETE", f"/api/people/{person}/account").status_code == 204
    assert maria.get("/api/resident/premises").json() == []
    assert maria.get("/api/resident/doors").json() == []
    assert maria.call("POST", f"/api/resident/doors/{tower.doors['Ворота']}/open").status_code == 404
    assert tower.boss.call("DELETE", f"/api/people/{person}/account").status_code == 404


def test_an_account_may_live_in_houses_of_two_companies(tower: Tower, ingest: Database) -> None:
    maria = tower.resident("Мария", "17", MARIA)
    company = tower.boss.call("POST", "/api/companies", {"name": "Спарта", "time_zone": "Europe/Moscow"})
    assert company.status_code == 201, company.text
    tower.boss.work_in(company.json()["id"])
    other = build(tower.api, tower.boss, ingest, "Дача")
    other.person("М. Иванова", "35")
    assert other.invite("М. Иванова", MARIA).status_code == 201
    body = {"token": tower.api.letter_token(MARIA)}
    seen = maria.call("POST", "/api/resident/invitation", body).json()
    assert seen["has_password"]
    assert maria.call("POST", "/api/resident/invitation/accept", body).status_code == 200
    homes = maria.get("/api/resident/premises").json()
    assert [(each["company"], each["number"]) for each in homes] == [("Афины", "17"), ("Спарта", "35")]
    assert {each["name"] for each in maria.get("/api/resident/doors").json()} == {
        "Ворота",
        "Подъезд 1",
        "Подъезд 2",
    }


@pytest.mark.parametrize(
    "table", ["pass", "pass_card", "pass_history", "passage", "premises", "residency", "call"]
)
def test_the_database_itself_narrows_what_a_resident_sees(
    tower: Tower, database: RealDatabase, table: str
) -> None:
    """Whatever a query of the resident's API might ask for."""
    tower.resident("Мария", "17", MARIA)
    tower.resident("Ольга", "18", "olga@example.org")
    until = str(tower.api.clock.now() + timedelta(hours=5))
    for flat in ("17", "18"):
        body = {"site_id": tower.site, "premises_id": tower.flats[flat], "holder": "Гость", "code": True}
        made = tower.post("/api/access/passes", body | {"valid_until": until})
        tower.pass_by(made["id"])
        tower.ring(flat)
    with tower.api.house.database.transaction() as session:
        account = session.connection().exec_driver_sql(
            "SELECT account_id FROM auth_account(%s) AS account_id", (MARIA,)
        )
        homes = people.homes_of(session, account.scalar_one())
        seen = session.connection().exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()
        enter(session, Scope.organisation(homes[0].organisation_id))
        whole = session.connection().exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()
    assert 0 < seen < whole


def test_no_premises_is_not_all_premises(tower: Tower, database: RealDatabase) -> None:
    tower.post("/api/access/passes", {"site_id": tower.site, "holder": "Х", "kind": "resident"})
    assert tower.boss.company is not None
    with psycopg.connect(database.url(Role.API)) as connection:
        connection.execute(
            "SELECT set_config('app.allowed', %s, false)", ["{" + str(tower.boss.company) + "}"]
        )
        assert connection.execute("SELECT count(*) FROM pass").fetchone() == (1,)
        connection.execute("SELECT set_config('app.premises', '{}', false)")
        assert connection.execute("SELECT count(*) FROM pass").fetchone() == (0,)
