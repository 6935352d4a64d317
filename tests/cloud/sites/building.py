"""Builders for tests of sites: a company, a site, a box, an actor; each with defaults."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from cloud.kernel.actor import Actor
from cloud.kernel.clock import FixedClock
from cloud.kernel.database import Database, Ports, Scope
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.tables import Organisation
from cloud.kernel.tenancy import Role
from cloud.sites import service
from cloud.sites.models import Box, BoxJournalKey, Site
from cloud.sites.schemas import BoxDraft, SiteDraft
from protocols.held import PassItem, PassKind
from tests.support.postgres import Database as RealDatabase

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class House:
    """A company in a real database, seen through each role's connections, with a clock that tests move."""

    def __init__(self, database: RealDatabase, at: datetime | None = NOON) -> None:
        self.real = database
        self.clock = FixedClock(at) if at else None
        self.ports = Ports(self.clock, Uuid7Ids(self.clock)) if self.clock else Ports.system()
        self._databases: dict[Role, Database] = {}
        self.company = self.make_company()

    def database(self, role: Role = Role.API) -> Database:
        """The pool of a role."""
        if role not in self._databases:
            self._databases[role] = Database(self.real.url(role), ports=self.ports, pool_size=5)
        return self._databases[role]

    @contextmanager
    def work(self, role: Role = Role.API, company: UUID | None = None) -> Iterator[Session]:
        """A transaction in the company."""
        with self.database(role).transaction(Scope.organisation(company or self.company)) as session:
            yield session

    @property
    def actor(self) -> Actor:
        """Somebody who may do everything in the company."""
        return Actor.system(self.company, name="Анна Петрова")

    def make_company(self, name: str = "Афины") -> UUID:
        company = uuid4()
        with self.database().transaction(Scope.organisation(company)) as session:
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

    def make_site(self, name: str = "к/п Афины") -> Site:
        with self.work() as session:
            return service.create_site(session, self.actor, SiteDraft(name=name, time_zone="Europe/Moscow"))

    def make_box(self, site: Site | None = None, name: str = "КПП 1") -> Box:
        site = site or self.make_site()
        with self.work() as session:
            return service.create_box(session, self.actor, BoxDraft(site_id=site.id, name=name))

    def enrol(self, box_id: UUID, key: bytes, company: UUID | None = None) -> None:
        """As if it had come with a code. `key` signs its journal."""
        with self.work(company=company) as session:
            row = session.get_one(Box, box_id)
            row.enrolled_at, row.journal_key = row.created_at, key
            own = {"id": uuid4(), "organisation_id": row.organisation_id, "box_id": box_id}
            session.add(BoxJournalKey(**own, key=key, since=row.created_at))

    def close(self) -> None:
        for database in self._databases.values():
            database.close()


def make_pass(number: str = "1", **fields: object) -> PassItem:
    """A pass for one plate."""
    given: dict[str, object] = {
        "id": uuid4(),
        "number": number,
        "kind": PassKind.GUEST,
        "plates": ["X711TT90"],
        "valid_from": NOON,
    }
    return PassItem(**(given | fields))  # type: ignore[arg-type]
