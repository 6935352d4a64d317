"""What is kept of sessions and links for a while only."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from cloud.kernel.jobs import Tools
from cloud.organisations import jobs
from tests.cloud.organisations.test_links import link, use
from tests.cloud.serving import Served
from tests.support.postgres import Database

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def count(database: Database, table: str) -> Any:
    with psycopg.connect(database.admin_url) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "left"), [(29, (2, 2)), (31, (1, 0)), (46, (0, 0))])
def test_ended_sessions_and_dead_links_are_forgotten_in_time(
    api: Served, database: Database, days: int, left: tuple[int, int]
) -> None:
    boss = api.operator()
    assert boss.call("DELETE", "/api/session").status_code == 204
    link(api)
    assert use(api.visitor(), link(api)) == "done"
    api.visitor().sign_in("boss@example.org", "a-brand-new-one")  # lapses in 14 days
    api.clock.advance(timedelta(days=days))
    jobs.purge(Tools(api.worker, api.house.settings))
    assert (count(database, "account_session"), count(database, "account_token")) == ((left[0],), (left[1],))
