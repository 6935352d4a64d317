"""Cards that were on passes before the company had a list of them: the migration puts each there once."""

from datetime import timedelta
from typing import Any

import psycopg
from alembic import command

from cloud.kernel.migrating import alembic_config, migrate
from tests.cloud.access.test_card_search import boss
from tests.cloud.serving import Person
from tests.support.noon import NOON
from tests.support.postgres import Database

__all__ = ["boss"]


def test_each_is_with_whoever_has_a_pass_that_stands(boss: Person, database: Database) -> None:
    place = {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}
    site = boss.call("POST", "/api/sites", place).json()["id"]

    def issue(holder: str, *cards: str, pin: bool = False) -> Any:
        until = (NOON + timedelta(hours=5)).isoformat()
        draft = {
            "site_id": site,
            "holder": holder,
            "valid_until": until,
            "cards": [{"text": each} for each in cards],
        }
        answer = boss.call("POST", "/api/access/passes", draft | {"pin": pin})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    gone = issue("Сидоров Сидор", "018,23011", "018,23012")
    boss.call("POST", "/api/access/passes/revoke", {"ids": [gone], "reason": "съехал"})
    stays = issue("Иванов Иван", "018,23011", pin=True)
    issue("Иванов Иван", "018,23011")
    command.downgrade(alembic_config(database.owner_url), "0045")
    with psycopg.connect(database.admin_url) as connection:
        connection.execute(  # as it could be then: a card on a revoked pass and on another's
            "INSERT INTO pass_card (id, organisation_id, pass_id, format, printed, keys)"
            " SELECT gen_random_uuid(), organisation_id, %s, format, printed, keys FROM pass_card"
            " WHERE pass_id = %s AND format <> 'PIN'",
            (gone, stays),
        )
    migrate(database.owner_url)
    rows = boss.get("/api/access/cards", params={"sort": "card"}).json()["items"]
    assert [(row["printed"], row["state"], row["holder"]) for row in rows] == [
        ("018,23011", "given", "Иванов Иван"),
        ("018,23012", "stock", ""),
    ]
    taken = boss.call("POST", f"/api/access/cards/{rows[0]['id']}/move", {"state": "stock"})
    assert taken.status_code == 200, taken.text
    assert {line["change"] for line in taken.json()["history"]} == {"returned", "given"}
    assert [card["format"] for card in boss.get(f"/api/access/passes/{stays}").json()["cards"]] == ["PIN"]
