"""Readings carry no row security: what keeps companies apart there, tried from every role."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest

from cloud.ingest.unit import Intake, Message
from cloud.kernel.tenancy import Role
from cloud.maintain import Keeper
from cloud.telemetry.service import Retention
from protocols.records import Reading
from tests.cloud.ingest.boxes import NOW, make_other_place, make_place, make_series
from tests.cloud.sites.building import House
from tests.support.postgres import Database

VIEWS = ("reading_point", "reading_hour", "reading_day")
READERS = (Role.API, Role.WORKER)
SECRET = 424_242.0


@dataclass
class TwoCompanies:
    """One looks, the other has the readings."""

    house: House
    looking: UUID
    owning: UUID

    @contextmanager
    def connected(
        self, role: Role, *allowed: UUID, current: UUID | None = None
    ) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.house.real.url(role)) as connection:
            connection.execute(
                "SELECT set_config('app.allowed', %s, true), set_config('app.current', %s, true)",
                ["{" + ",".join(map(str, allowed)) + "}" if allowed else "", str(current or "")],
            )
            yield connection


@pytest.fixture(scope="module")
def companies(migrated: Database) -> Iterator[TwoCompanies]:
    house = House(migrated, NOW)
    owning, looking = make_place(house), make_other_place(house)
    intake = Intake(house.database(Role.INGEST), {})
    for place, value in ((owning, SECRET), (looking, 1.0)):
        [series] = make_series(house, place)
        stream = place.stream()
        stream.readings(Reading(series, 0, 1, value), Reading(series, 1000, 2, value + 1))
        intake.take([Message(*stream.batch())])
    assert house.clock is not None
    Keeper(house.real.owner_url, house.clock, Retention()).work()
    yield TwoCompanies(house, looking.organisation_id, owning.organisation_id)
    house.close()


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("view", VIEWS)
def test_each_company_sees_its_own_and_nobody_without_one_sees_any(
    companies: TwoCompanies, role: Role, view: str
) -> None:
    counted = f"SELECT count(*) FROM {view}"
    with companies.connected(role, companies.owning) as own:
        assert own.execute(counted).fetchone() != (0,)  # else the rest proves nothing
    with companies.connected(role) as nobody:
        assert nobody.execute(counted).fetchone() == (0,)
    with companies.connected(role, companies.looking, current=companies.looking) as other:
        seen = other.execute(f"SELECT DISTINCT organisation_id FROM {view}").fetchall()
        assert seen == [(companies.looking,)]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("table", ["reading", "hour", "day"])
def test_nobody_reads_beneath_the_views(companies: TwoCompanies, role: Role, table: str) -> None:
    with (
        companies.connected(role, companies.owning) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT * FROM telemetry.{table}")


@pytest.mark.parametrize("role", [Role.INGEST, Role.DOWNLINK])
@pytest.mark.parametrize("view", VIEWS)
def test_who_need_not_read_may_not(companies: TwoCompanies, role: Role, view: str) -> None:
    with (
        companies.connected(role, companies.owning) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT * FROM {view}")


@pytest.mark.parametrize("change", ["DELETE FROM", "UPDATE", "TRUNCATE"])
@pytest.mark.parametrize("role", Role)
def test_nobody_changes_what_was_read(companies: TwoCompanies, role: Role, change: str) -> None:
    tail = " SET value = 0" if change == "UPDATE" else ""
    with (
        companies.connected(role, companies.owning) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"{change} telemetry.reading{tail}")


@pytest.mark.parametrize("view", VIEWS)
def test_a_spying_condition_sees_no_foreign_value(companies: TwoCompanies, view: str) -> None:
    """A cheap function in the WHERE would run before the wall's own condition, were the view no barrier."""
    column = "value" if view == "reading_point" else "maximum"
    with companies.connected(Role.API, companies.looking) as connection:
        notices: list[str] = []
        connection.add_notice_handler(lambda notice: notices.append(notice.message_primary or ""))
        try:
            connection.execute(
                "CREATE FUNCTION pg_temp.spy(float8) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS"
                " $$BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END$$"
            )
        except psycopg.errors.InsufficientPrivilege:
            pytest.skip("the role may not even make temporary functions")
        connection.execute(f"SELECT * FROM {view} WHERE pg_temp.spy({column})")
    assert any(notice.startswith(("saw 1", "saw 2")) for notice in notices)
    assert not [notice for notice in notices if "42424" in notice]


def test_a_span_of_one_series_touches_only_its_part(companies: TwoCompanies) -> None:
    with companies.connected(Role.API, companies.owning) as connection:
        plan = "\n".join(
            row[0]
            for row in connection.execute(
                "EXPLAIN SELECT ts, value FROM reading_point WHERE series_id = 1"
                " AND ts >= '2026-11-18' AND ts < '2026-11-19' ORDER BY ts"
            )
        )
    parts = set(re.findall(r"on (reading_\d{8}|_hyper_\d+_\d+_chunk)", plan))
    assert len(parts) <= 1, plan


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    "table", ["box_stream", "stream_gap", "stream_fork", "box_event", "quarantine", "series"]
)
def test_streams_and_leftovers_are_walled_off(companies: TwoCompanies, role: Role, table: str) -> None:
    with companies.connected(role) as nobody:
        try:
            assert nobody.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        except psycopg.errors.InsufficientPrivilege:
            return
    with companies.connected(role, companies.looking) as other:
        seen = other.execute(f"SELECT DISTINCT organisation_id FROM {table}").fetchall()
        assert set(seen) <= {(companies.looking,)}


def test_ingest_writes_in_no_company_but_the_current(companies: TwoCompanies) -> None:
    with (
        companies.connected(Role.INGEST, companies.looking, current=companies.looking) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
    ):
        connection.execute(
            "INSERT INTO unknown_type SELECT id, 'up/events', 'x', organisation_id, 1, now(), now()"
            " FROM (SELECT gen_random_uuid() AS id, %s::uuid AS organisation_id) AS forged",
            [companies.owning],
        )
