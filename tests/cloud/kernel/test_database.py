"""Transactions and the wall between companies, on a real PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from cloud.kernel.clock import FixedClock
from cloud.kernel.database import (
    NOBODY,
    Database,
    Ports,
    Scope,
    after_commit,
    before_commit,
    current_organisation,
    enter,
    new_id,
    now,
)
from cloud.kernel.errors import OrganisationRequired
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.tables import Organisation
from cloud.kernel.tenancy import Role
from cloud.organisations.models import RoleRow
from tests.support.postgres import Database as RealDatabase

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def api(database: RealDatabase) -> Iterator[Database]:
    clock = FixedClock(NOON)
    opened = Database(database.url(Role.API), ports=Ports(clock, Uuid7Ids(clock)), pool_size=2)
    yield opened
    opened.close()


def make_company(database: Database, name: str = "Афины") -> UUID:
    company = uuid4()
    with database.transaction(Scope.organisation(company)) as session:
        session.add(
            Organisation(
                id=company,
                name=name,
                sort_name=name,
                language="ru",
                time_zone="Europe/Moscow",
                administrators_need_totp=False,
                created_at=NOON,
            )
        )
    return company


def make_role(session: Session, name: str, organisation_id: UUID | None = None) -> RoleRow:
    role = RoleRow(
        id=new_id(session),
        organisation_id=organisation_id or current_organisation(session),
        name=name,
        permissions=[],
        created_at=now(session),
    )
    session.add(role)
    return role


def test_a_company_sees_its_rows_and_no_other(api: Database) -> None:
    athens, sparta = make_company(api), make_company(api, "Спарта")
    for company, name in ((athens, "a"), (sparta, "s")):
        with api.transaction(Scope.organisation(company)) as session:
            make_role(session, name)

    def seen(scope: Scope) -> list[str]:
        with api.transaction(scope) as session:
            return sorted(session.scalars(select(RoleRow.name)))

    assert seen(Scope.organisation(athens)) == ["a"]
    assert seen(Scope.organisation(sparta)) == ["s"]
    assert seen(Scope(allowed=frozenset({athens, sparta}))) == ["a", "s"]
    assert seen(NOBODY) == []


def test_a_row_for_another_company_is_refused_by_the_database(api: Database) -> None:
    athens, sparta = make_company(api), make_company(api, "Спарта")
    both = Scope(allowed=frozenset({athens, sparta}), current=athens)
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        api.transaction(both) as session,
    ):
        make_role(session, "smuggled", sparta)


def test_what_may_be_read_may_not_therefore_be_changed(api: Database) -> None:
    athens, sparta = make_company(api), make_company(api, "Спарта")
    with api.transaction(Scope.organisation(sparta)) as session:
        make_role(session, "s")
    with api.transaction(Scope(allowed=frozenset({athens, sparta}), current=athens)) as session:
        assert session.execute(update(RoleRow).values(name="taken")).rowcount == 0  # type: ignore[attr-defined]
        assert session.execute(delete(RoleRow)).rowcount == 0  # type: ignore[attr-defined]


def test_a_reference_cannot_cross_companies(api: Database) -> None:
    athens, sparta = make_company(api), make_company(api, "Спарта")
    with api.transaction(Scope.organisation(sparta)) as session:
        foreign = make_role(session, "s").id
    statement = text("INSERT INTO membership_role VALUES (:company, :role, :role)")
    with (
        pytest.raises(IntegrityError, match="fk_membership_role"),
        api.transaction(Scope.organisation(athens)) as session,
    ):
        session.execute(statement, {"company": athens, "role": foreign})


def test_the_scope_ends_with_its_transaction(api: Database) -> None:
    company = make_company(api)
    with api.transaction(Scope.organisation(company)) as session:
        make_role(session, "a")
    with api.transaction() as session:  # the same pooled connection, whose setting now reads ''
        assert session.scalar(text("SELECT current_setting('app.allowed', true)")) in ("", None)
        assert session.scalars(select(RoleRow.name)).all() == []


def test_the_owner_is_held_by_the_wall_too(api: Database, database: RealDatabase) -> None:
    company = make_company(api)
    with api.transaction(Scope.organisation(company)) as session:
        make_role(session, "a")
    with psycopg.connect(database.owner_url) as connection:
        assert connection.execute("SELECT * FROM role").fetchall() == []
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM role")


def test_the_migrator_sees_all_for_a_backfill(api: Database, database: RealDatabase) -> None:
    company = make_company(api)
    with api.transaction(Scope.organisation(company)) as session:
        make_role(session, "a")
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("SET LOCAL row_security = off")
        connection.execute("SET LOCAL ROLE domovoy_migrator")
        assert connection.execute("SELECT name FROM role").fetchall() == [("a",)]


def test_an_error_rolls_back_and_runs_nothing_after(api: Database) -> None:
    company = make_company(api)
    ran: list[str] = []

    def fail() -> None:
        with api.transaction(Scope.organisation(company)) as session:
            make_role(session, "a")
            after_commit(session, lambda: ran.append("after"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with api.transaction(Scope.organisation(company)) as session:
        assert session.scalars(select(RoleRow.name)).all() == []
    assert ran == []


def test_callbacks_run_around_the_commit(api: Database) -> None:
    company = make_company(api)
    ran: list[str] = []

    def inside(session: Session) -> None:
        ran.append("before")
        make_role(session, "late")

    with api.transaction(Scope.organisation(company)) as session:
        before_commit(session, inside)
        after_commit(session, lambda: ran.append("after"))
    with api.transaction(Scope.organisation(company)) as session:
        assert session.scalars(select(RoleRow.name)).all() == ["late"]
    assert ran == ["before", "after"]


def test_a_sweep_sets_one_company_after_another(api: Database) -> None:
    athens, sparta = make_company(api), make_company(api, "Спарта")
    with api.transaction() as session:
        with pytest.raises(OrganisationRequired):
            current_organisation(session)
        for company in (athens, sparta):
            enter(session, Scope.organisation(company))
            make_role(session, "swept")
        enter(session, Scope(allowed=frozenset({athens, sparta})))
        assert len(session.scalars(select(RoleRow.id)).all()) == 2


def test_time_and_ids_come_from_the_ports(api: Database) -> None:
    with api.transaction() as session:
        assert now(session) == NOON
        first, second = new_id(session), new_id(session)
    assert first.version == 7
    assert first < second
    assert first.int >> 80 == int(NOON.timestamp() * 1000)
