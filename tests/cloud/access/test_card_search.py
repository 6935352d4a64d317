"""Passes that were issued before cards could be searched for: the migration makes them found as new ones are."""

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

BEFORE = "0018"
MANY = 1200
"""Passes with a card: more than two batches."""


@pytest.fixture
def boss(database: Database, tmp_path: Path) -> Iterator[Person]:
    with served(database, tmp_path) as running:
        yield running.operator()


def issue(boss: Person, site: str, *cards: dict[str, str], holder: str = "Пётр") -> int:
    until = (NOON + timedelta(hours=5)).isoformat()
    draft: dict[str, Any] = {"site_id": site, "holder": holder, "valid_until": until, "cards": list(cards)}
    answer = boss.call("POST", "/api/access/passes", draft)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["number"]
    return number


def found(boss: Person, typed: str) -> list[int]:
    answer = boss.get("/api/access/passes", params={"q": typed, "sort": "number"})
    return [row["number"] for row in answer.json()["items"]]


def searches(database: Database) -> dict[int, str]:
    with psycopg.connect(database.admin_url) as connection:
        return dict(connection.execute("SELECT number, search FROM pass").fetchall())


def as_issued_before(database: Database, numbers: list[int]) -> None:
    """At the earlier revision; what is sought was number, holder, plates and address alone."""
    command.downgrade(alembic_config(database.owner_url), BEFORE)
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("UPDATE pass SET search = number || ' петр' WHERE number = ANY (%s)", (numbers,))


def test_they_are_found_by_card_however_it_is_typed(boss: Person, database: Database) -> None:
    place = {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}
    site = boss.call("POST", "/api/sites", place).json()["id"]
    first = issue(boss, site, {"text": "018,23011"})
    several = issue(boss, site, {"text": "0001202659"}, {"text": "04 A2 2B 3C"})
    none = issue(boss, site)
    issued, others = searches(database), issue(boss, site, {"text": "019,23011"}, holder="Анна")
    as_issued_before(database, [first, several, none])
    assert found(boss, "23011") == [others]
    changed = searches(database)[others]
    migrate(database.owner_url)
    for typed in ("018,23011", "18,23011", "01823011", "23011"):
        assert first in found(boss, typed), typed
    for typed in ("0001202659", "04a22b3c"):
        assert several in found(boss, typed), typed
    after = searches(database)
    assert {number: set(after[number].split()) for number in issued} == {
        number: set(words.split()) for number, words in issued.items()
    }
    assert after[none] == issued[none]
    assert after[others] == changed


def test_many_are_done_by_batches_and_a_second_time_nothing_changes(boss: Person, database: Database) -> None:
    place = {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}
    site = boss.call("POST", "/api/sites", place).json()["id"]
    issue(boss, site, {"text": "018,23011"})
    as_issued_before(database, [1])
    copy(database, MANY - 1)
    migrate(database.owner_url)
    done = searches(database)
    assert len(done) == MANY
    assert all("01823011" in search.split() for search in done.values())
    command.downgrade(alembic_config(database.owner_url), BEFORE)
    migrate(database.owner_url)
    assert searches(database) == done


def copy(database: Database, times: int) -> None:
    """The one pass there is, with its card."""
    with psycopg.connect(database.admin_url) as connection:
        for table, changes in (
            ("pass", {"id": "md5('p' || n)::uuid", "number": "n", "search": "n || ' петр'"}),
            ("pass_card", {"id": "md5('c' || n)::uuid", "pass_id": "md5('p' || n)::uuid"}),
        ):
            rows = connection.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s",
                (table,),
            )
            columns = [name for (name,) in rows]
            values = ", ".join(changes.get(name, f't."{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            connection.execute(
                f'INSERT INTO "{table}" ({names}) SELECT {values} FROM (SELECT * FROM "{table}" LIMIT 1) t,'
                f" generate_series(2, {times + 1}) n"
            )
