"""Staff and the audit as people search and sort them."""

import pytest
from alembic import command

from cloud.kernel.migrating import alembic_config, migrate
from tests.cloud.organisations.test_invitations import invite
from tests.cloud.serving import Person, Served
from tests.support.postgres import Database

pytestmark = pytest.mark.usefixtures("cheap_passwords")

NAMES = ["Ель", "Ёж", "Жук", "Егор", "ёлка", "Аист 10", "Аист 9"]
IN_ORDER = ["Аист 9", "Аист 10", "Егор", "Ёж", "ёлка", "Ель", "Жук"]


def names(person: Person, **params: str) -> list[str]:
    rows = person.get("/api/staff", params={"page_size": "100", **params}).json()["items"]
    return [row["name"] for row in rows]


@pytest.mark.parametrize("q", ["Ёлкина", "елкина", "ЁЛКИНА анна", "boss", "анна BOSS@example"])
def test_staff_are_found_however_they_are_typed(api: Served, q: str) -> None:
    boss = api.operator()
    invite(boss, "other@example.net", "Другой")
    assert names(boss, q=q) == ["Анна Ёлкина"]


@pytest.mark.parametrize("joined", [True, False])
def test_staff_stand_in_the_order_of_the_alphabet(api: Served, joined: bool) -> None:
    boss = api.operator()
    assert boss.call("PATCH", "/api/account", {"name": "Яна"}).status_code == 204
    for number, name in enumerate(NAMES):
        email = f"n{number}@example.org"
        if joined:
            api.colleague(boss, email, ["guard"], name=name)
        else:
            invite(boss, email, name)
    assert names(boss) == [*IN_ORDER, "Яна"]
    assert names(boss, sort="-name") == ["Яна", *reversed(IN_ORDER)]


def test_a_changed_name_is_found_and_the_former_is_not(api: Served) -> None:
    boss = api.operator()
    assert boss.call("PATCH", "/api/account", {"name": "Анна Щёлкова"}).status_code == 204
    assert names(boss, q="щелкова") == ["Анна Щёлкова"]
    assert names(boss, q="елкина") == []


@pytest.mark.parametrize("q", ["Ёлкина", "елкина анна"])
def test_the_audit_is_searched_by_who_did_it(api: Served, q: str) -> None:
    boss = api.operator()
    before = boss.get("/api/audit", params={"q": q}).json()["total"]
    made = boss.call("POST", "/api/people", {"name": "Житель"})
    rows = boss.get("/api/audit", params={"q": q}).json()
    assert (rows["total"], rows["items"][0]["object_id"]) == (before + 1, made.json()["id"])
    correlation = made.headers["x-correlation-id"]
    assert boss.get("/api/audit", params={"q": correlation}).json()["total"] == 1
    assert boss.get("/api/audit", params={"q": "никто"}).json()["total"] == 0


def test_who_was_there_before_is_found_after_the_migration(api: Served, database: Database) -> None:
    boss = api.operator()
    invite(boss, "new@example.org", "Новый Ёжик")
    command.downgrade(alembic_config(database.owner_url), "0014")
    migrate(database.owner_url)
    assert names(boss, q="елкина") == ["Анна Ёлкина"]
    assert names(boss) == ["new@example.org", "Анна Ёлкина"]  # what was typed was kept nowhere
    assert boss.get("/api/audit", params={"q": "елкина"}).json()["total"] > 0
