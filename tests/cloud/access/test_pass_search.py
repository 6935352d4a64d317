"""A pass is found by what its row shows: its number with the sign, service and ticket, those of before, too."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command

from cloud.kernel.migrating import alembic_config, migrate
from tests.cloud.serving import Person, served
from tests.support.noon import NOON
from tests.support.postgres import Database

BEFORE = "0052"


@pytest.fixture
def boss(database: Database, tmp_path: Path) -> Iterator[Person]:
    with served(database, tmp_path) as running:
        yield running.operator()


def issue(boss: Person, site: str, **fields: Any) -> int:
    draft = {"site_id": site, "valid_until": (NOON + timedelta(hours=5)).isoformat(), **fields}
    answer = boss.call("POST", "/api/access/passes", draft)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["number"]
    return number


def found(boss: Person, typed: str) -> list[int]:
    answer = boss.get("/api/access/passes", params={"q": typed, "sort": "number"})
    return [row["number"] for row in answer.json()["items"]]


@pytest.fixture
def site(boss: Person) -> str:
    place = {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}
    identity: str = boss.call("POST", "/api/sites", place).json()["id"]
    return identity


def ticketed(boss: Person, site: str, text: str, service: str) -> int:
    return issue(boss, site, holder="Пётр", service=service, ticket={"kind": "helpdesk", "text": text})


def test_a_pass_is_found_by_its_ticket_service_and_number(boss: Person, site: str) -> None:
    asked_for = ticketed(boss, site, "Заявка 77801", "Доставка мебели")
    other = issue(boss, site, holder="Анна", phone="+7 (912) 345-67-01")
    for typed in ("77801", "заявка 77801", "мебели петр", f"№{asked_for} пётр"):
        assert found(boss, typed) == [asked_for], typed
    assert asked_for in found(boss, f"№ {asked_for}")
    for typed in ("8 912", "8 912 345-67-0", "8912345670"):
        assert found(boss, typed) == [other], typed


def test_those_of_before_are_found_once_the_migration_ran(
    boss: Person, site: str, database: Database
) -> None:
    first, second = (
        ticketed(boss, site, "Заявка 77801", "Доставка мебели"),
        ticketed(boss, site, "", "Гости"),
    )
    none = issue(boss, site, holder="Анна")
    issued = searches(database)
    command.downgrade(alembic_config(database.owner_url), BEFORE)
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("UPDATE pass SET search = number || ' петр' WHERE number <> %s", (none,))
    assert found(boss, "77801") == []
    migrate(database.owner_url)
    assert found(boss, "77801") == [first]
    assert found(boss, "гости") == [second]
    assert {key: set(words.split()) for key, words in searches(database).items()} == {
        key: set(words.split()) for key, words in issued.items()
    }
    done = searches(database)
    command.downgrade(alembic_config(database.owner_url), BEFORE)
    migrate(database.owner_url)
    assert searches(database) == done, "a second time nothing changes"


def searches(database: Database) -> dict[int, str]:
    with psycopg.connect(database.admin_url) as connection:
        return dict(connection.execute("SELECT number, search FROM pass").fetchall())
