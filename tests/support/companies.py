"""Companies and their people at work, for tests of slices."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from cloud.kernel.actor import Actor
from cloud.kernel.clock import FixedClock
from cloud.kernel.database import Database, Ports, Scope
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.tables import Organisation
from cloud.kernel.tenancy import Role
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase


@dataclass(frozen=True)
class Company:
    """A company and the database as its services reach it."""

    id: UUID
    database: Database
    clock: FixedClock

    @property
    def actor(self) -> Actor:
        return Actor.system(self.id, name="Диспетчер")

    @contextmanager
    def work(self) -> Iterator[tuple[Session, Actor]]:
        """A transaction of somebody who may do everything here."""
        with self.database.transaction(Scope.organisation(self.id)) as session:
            yield session, self.actor


def make_company(database: Database, clock: FixedClock, name: str) -> Company:
    """A new company, with nothing in it."""
    company = Company(uuid4(), database, clock)
    with company.work() as (session, _):
        session.add(
            Organisation(
                id=company.id,
                name=name,
                sort_name=name.casefold(),
                language="ru",
                time_zone="Asia/Yekaterinburg",
                administrators_need_totp=False,
                created_at=NOON,
            )
        )
    return company


def told_in(company: Company) -> list[Row[Any]]:
    """What the live stream had to tell of the company, oldest first."""
    with company.work() as (session, _):
        told = session.execute(text("SELECT * FROM realtime_since(0, 1000)"))
        return [event for event in told if event.organisation_id == company.id]


@pytest.fixture
def api_database(database: RealDatabase) -> Iterator[Database]:
    """The database under the api's role, its clock standing at NOON."""
    clock = FixedClock(NOON)
    opened = Database(database.url(Role.API), ports=Ports(clock, Uuid7Ids(clock)), pool_size=4)
    yield opened
    opened.close()


@pytest.fixture
def company(api_database: Database) -> Company:
    clock = api_database.ports.clock
    assert isinstance(clock, FixedClock)
    return make_company(api_database, clock, "УК Афины")


@pytest.fixture
def other_company(api_database: Database) -> Company:
    clock = api_database.ports.clock
    assert isinstance(clock, FixedClock)
    return make_company(api_database, clock, "УК Спарта")
