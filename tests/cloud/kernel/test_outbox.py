"""Domain events from the row to their handlers."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import cloud
from cloud.kernel import outbox
from cloud.kernel.actor import Actor
from cloud.kernel.database import Database, Ports, Scope, before_commit, new_id, now
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.outbox import Deliverer, DomainEvent, Handler, Reactions
from cloud.kernel.tables import AuditEntry, DomainEventRow
from cloud.kernel.tenancy import Role
from tests.support.companies import Company
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

MENDED_AT = NOON + timedelta(minutes=1)


class DoorBroke(DomainEvent, frozen=True, tag="test.door_broke"):
    door_id: UUID
    note: str = ""


class NobodyCares(DomainEvent, frozen=True, tag="test.nobody_cares"):
    pass


def write_down(session: Session, actor: Actor, event: DoorBroke) -> None:
    """A handler that leaves a row."""
    session.add(
        AuditEntry(
            id=new_id(session),
            organisation_id=actor.current,
            at=now(session),
            actor=actor.name,
            action="test",
            object_kind="door",
            object_id=event.door_id,
            changes={},
        )
    )


def flaky(session: Session, actor: Actor, event: DoorBroke) -> None:
    """Leaves a row and fails, until the door is noted as mended."""
    write_down(session, actor, event)
    session.flush()
    if now(session) < MENDED_AT:
        raise ConnectionError("the other side is away")


def hopeless(session: Session, actor: Actor, event: DoorBroke) -> None:
    write_down(session, actor, event)
    raise ConnectionError("gone for good")


def breaks_its_connection(session: Session, actor: Actor, event: DoorBroke) -> None:
    if event.note == "broken":
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    write_down(session, actor, event)


def breaks_the_commit(session: Session, actor: Actor, event: DoorBroke) -> None:
    if event.note == "broken":
        before_commit(session, lambda session: session.execute(text("SELECT 1 / 0")))
    write_down(session, actor, event)


def says_what_no_table_holds(session: Session, actor: Actor, event: DoorBroke) -> None:
    raise ValueError("a\0b")


@pytest.fixture
def deliverer(database: RealDatabase, company: Company) -> Iterator[Callable[[Reactions], Deliverer]]:
    ports = Ports(company.clock, Uuid7Ids(company.clock))
    worker = Database(database.url(Role.WORKER), ports=ports, pool_size=2)
    yield lambda reactions: Deliverer(worker, reactions)
    worker.close()


def add(company: Company, event: DomainEvent) -> UUID:
    with company.work() as (session, _):
        outbox.add(session, event, correlation_id="0123456789abcdef")
    company.clock.advance(timedelta(seconds=11))
    return company.id


def written(company: Company) -> list[tuple[str, UUID]]:
    with company.work() as (session, _):
        return [
            (row.actor, row.object_id)
            for row in session.execute(select(AuditEntry.actor, AuditEntry.object_id))
        ]


def add_undecodable(database: RealDatabase, company: Company) -> None:
    """An event as a version to come, or a mistake in one, may have left it."""
    add(company, DoorBroke(door_id=uuid4()))
    with psycopg.connect(database.admin_url) as everything:
        everything.execute("""UPDATE domain_event SET payload = '{"door_id": 7}'""")


def state(deliverer: Deliverer, company: Company) -> DomainEventRow:
    with deliverer.database.transaction(Scope.organisation(company.id)) as session:
        return session.scalars(select(DomainEventRow)).one()


def of_id(deliverer: Deliverer, company: Company, event_id: UUID) -> DomainEventRow:
    with deliverer.database.transaction(Scope.organisation(company.id)) as session:
        return session.get_one(DomainEventRow, event_id)


def test_an_event_reaches_its_handler_once(
    company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    door, ready = uuid4(), deliverer({DoorBroke: (write_down,)})
    add(company, DoorBroke(door_id=door, note="скрипит"))
    assert ready.sweep() == 1
    assert ready.sweep() == 0
    row = state(ready, company)
    ready.deliver(company.id, row.id)  # a late hint
    assert written(company) == [("test.door_broke", door)]


def test_an_event_of_a_rolled_back_transaction_never_was(
    company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    def fail() -> None:
        with company.work() as (session, _):
            outbox.add(session, DoorBroke(door_id=uuid4()))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    company.clock.advance(timedelta(minutes=1))
    assert deliverer({DoorBroke: (write_down,)}).sweep() == 0


def test_a_failing_handler_is_tried_again_and_its_neighbour_is_not(
    company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    door = uuid4()
    ready = deliverer({DoorBroke: (flaky, write_down)})
    add(company, DoorBroke(door_id=door))
    ready.sweep()
    assert len(written(company)) == 1  # the failed one's row went with its savepoint
    row = state(ready, company)
    assert row.done_at is None
    assert row.failure is not None
    assert "the other side is away" in row.failure
    assert ready.sweep() == 0  # not due yet
    company.clock.advance(timedelta(minutes=1))
    ready.sweep()
    assert len(written(company)) == 2
    assert state(ready, company).done_at is not None


def test_it_is_given_up_after_many_attempts(
    company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    ready = deliverer({DoorBroke: (hopeless,)})
    add(company, DoorBroke(door_id=uuid4()))
    attempts = 0
    while ready.sweep():
        attempts += 1
        company.clock.advance(timedelta(hours=1))
    assert attempts == 20
    assert written(company) == []


def test_an_event_that_cannot_be_read_keeps_nobody_waiting(
    database: RealDatabase, company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    door, ready = uuid4(), deliverer({DoorBroke: (write_down,)})
    add_undecodable(database, company)
    row = state(ready, company)
    add(company, DoorBroke(door_id=door))
    assert ready.sweep() == 2
    assert written(company) == [("test.door_broke", door)]
    row = of_id(ready, company, row.id)
    assert row.attempts == 1
    assert row.due_at > company.clock.now()
    assert row.failure is not None
    assert "door_id" in row.failure
    company.clock.advance(timedelta(hours=1))
    while ready.sweep():
        company.clock.advance(timedelta(hours=1))
    row = of_id(ready, company, row.id)
    assert (row.attempts, row.done_at is not None) == (20, True)  # given up, and counted so


@pytest.mark.parametrize("breaks", [breaks_its_connection, breaks_the_commit])
def test_an_event_that_breaks_its_transaction_is_put_off_in_another(
    company: Company, deliverer: Callable[[Reactions], Deliverer], breaks: Handler
) -> None:
    door, ready = uuid4(), deliverer({DoorBroke: (breaks,)})
    add(company, DoorBroke(door_id=uuid4(), note="broken"))
    row = state(ready, company)
    add(company, DoorBroke(door_id=door))
    assert ready.sweep() == 2
    assert written(company) == [("test.door_broke", door)]
    row = of_id(ready, company, row.id)
    assert row.attempts == 1
    assert row.failure
    assert row.due_at > company.clock.now()


def test_any_failure_s_text_can_be_kept(
    company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    ready = deliverer({DoorBroke: (says_what_no_table_holds,)})
    add(company, DoorBroke(door_id=uuid4()))
    ready.sweep()
    assert str(state(ready, company).failure).endswith("a\\0b")


def test_what_was_done_weeks_ago_is_forgotten(
    company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    ready = deliverer({DoorBroke: (flaky,)})
    add(company, NobodyCares())
    ready.sweep()
    add(company, DoorBroke(door_id=uuid4()))
    ready.sweep()  # which fails
    company.clock.advance(timedelta(days=7))
    done_before = company.clock.now() - timedelta(days=6)
    with ready.database.transaction() as session:
        outbox.forget_done(session, done_before - timedelta(days=2))
    with ready.database.transaction(Scope.organisation(company.id)) as session:
        assert len(session.scalars(select(DomainEventRow)).all()) == 2
    with ready.database.transaction() as session:
        outbox.forget_done(session, done_before)
    assert state(ready, company).name == "test.door_broke"  # it is not done, however old


def test_an_event_of_a_newer_version_waits_for_it(
    database: RealDatabase, company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    door = uuid4()
    add(company, DoorBroke(door_id=door))
    with psycopg.connect(database.admin_url) as everything:
        everything.execute("UPDATE domain_event SET name = 'test.newer'")
    ready = deliverer({DoorBroke: (write_down,)})
    ready.sweep()
    row = state(ready, company)
    assert row.done_at is None
    assert row.failure is not None
    assert "newer" in row.failure
    with psycopg.connect(database.admin_url) as everything:  # the worker is of that version now
        everything.execute("UPDATE domain_event SET name = 'test.door_broke'")
    company.clock.advance(timedelta(minutes=1))
    ready.sweep()
    assert written(company) == [("test.door_broke", door)]


def test_whoever_has_the_reactions_knows_every_event() -> None:
    told = "import cloud.reactions; from cloud.kernel.outbox import known_names; print(*known_names())"
    known = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    said = {
        name
        for path in Path(cloud.__file__ or "").parent.glob("*/events.py")
        for name in re.findall(r'\(DomainEvent,.* tag="([a-z_.]+)"', path.read_text())
    }
    assert said
    assert said == set(known.split())


def test_an_event_that_nothing_follows_from_is_done(
    company: Company, deliverer: Callable[[Reactions], Deliverer]
) -> None:
    ready = deliverer({})
    add(company, NobodyCares())
    assert ready.sweep() == 1
    assert state(ready, company).done_at is not None
