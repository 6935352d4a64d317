"""Domain events: a row in the transaction that caused them, delivered at least once to the handlers in `reactions`.

class PassIssued(DomainEvent, frozen=True, tag="access.pass_issued"):
    pass_id: UUID

outbox.add(session, PassIssued(pass_id=issued.id), correlation_id=actor.correlation_id)
"""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cloud.kernel.actor import Actor
from cloud.kernel.database import (
    Database,
    Scope,
    current_organisation,
    new_id,
    now,
    savepoint,
    send_after_commit,
)
from cloud.kernel.metrics import DOMAIN_EVENTS
from cloud.kernel.tables import DomainEventRow

DELIVER = "kernel.outbox.deliver"  # the job's name
_FIRST_SWEEP_AFTER = timedelta(seconds=10)  # a hint that arrived has long done it by then
_MOST_ATTEMPTS = 20
_LONGEST_WAIT_S = 3600.0
_log = logging.getLogger(__name__)


class DomainEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened in a slice. Its tag is its name for good; give new fields a default."""


Handler = Callable[[Session, Actor, Any], None]
Reactions = Mapping[type[DomainEvent], Sequence[Handler]]


def add(session: Session, event: DomainEvent, *, correlation_id: str | None = None) -> None:
    """Note an event of the current company; it is delivered if and only if the transaction commits."""
    organisation_id, event_id = current_organisation(session), new_id(session)
    session.add(
        DomainEventRow(
            id=event_id,
            organisation_id=organisation_id,
            name=name_of(type(event)),
            payload=msgspec.to_builtins(event),
            at=now(session),
            correlation_id=correlation_id,
            due_at=now(session) + _FIRST_SWEEP_AFTER,
            attempts=0,
            handled=[],
        )
    )
    send_after_commit(session, DELIVER, organisation_id=str(organisation_id), event_id=str(event_id))


def name_of(event: type[DomainEvent]) -> str:
    """The event's stable name."""
    return str(event.__struct_config__.tag)


def known_names() -> frozenset[str]:
    """Of the events that this process can read. What another process of a newer version wrote is not among them."""
    return frozenset(map(name_of, DomainEvent.__subclasses__()))


def due(session: Session, limit: int = 500) -> list[tuple[UUID, UUID]]:
    """(event, company) of what a sweep should deliver."""
    rows = session.execute(
        text("SELECT id, organisation_id FROM domain_event_due(:now, :limit)"),
        {"now": now(session), "limit": limit},
    )
    return [(row.id, row.organisation_id) for row in rows]


def forget_done(session: Session, before: datetime, *, at_most: int = 10_000) -> None:
    """Remove events of all companies that were done before then, the oldest first, given up ones among them."""
    session.execute(text("SELECT domain_event_purge(:before, :limit)"), {"before": before, "limit": at_most})


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Hands events to their handlers: each in a savepoint of one transaction; those that failed are tried again."""

    database: Database
    reactions: Reactions

    def sweep(self) -> int:
        """Deliver what is due; how many events that were.

        One that breaks its own transaction is put off in another, and the next have their turn. Raises what the
        database raises when it cannot even note that.
        """
        with self.database.transaction() as session:
            waiting = due(session)
        for event_id, organisation_id in waiting:
            try:
                self.deliver(organisation_id, event_id)
            except Exception as error:  # noqa: BLE001  # the top of a supervised task, as below
                _log.exception("an event could not be delivered", extra={"event": str(event_id)})
                self._put_off(organisation_id, event_id, error)
        return len(waiting)

    def deliver(self, organisation_id: UUID, event_id: UUID) -> None:
        """Deliver one event, unless it is done or another worker has it."""
        with self.database.transaction(Scope.organisation(organisation_id)) as session:
            row = _taken(session, event_id)
            if row is not None:
                self._run_handlers(session, row)

    def _put_off(self, organisation_id: UUID, event_id: UUID, error: Exception) -> None:
        with self.database.transaction(Scope.organisation(organisation_id)) as session:
            row = _taken(session, event_id)
            if row is not None:
                _conclude(session, row, [_told(error)])

    def _run_handlers(self, session: Session, row: DomainEventRow) -> None:
        actor = Actor.system(row.organisation_id, name=row.name, correlation_id=row.correlation_id)
        kind, handlers = self._handlers(row.name)
        failures: list[str] = []
        if kind is DomainEvent and row.name not in known_names():
            failures.append("this version does not know the event: a newer process will")
        for handler in handlers:
            name = f"{handler.__module__}.{handler.__qualname__}"
            if name in row.handled:
                continue
            failure = _attempt(session, actor, handler, row.payload, kind)
            if failure is None:
                row.handled = [*row.handled, name]
            else:
                failures.append(f"{name}: {failure}")
        _conclude(session, row, failures)

    def _handlers(self, name: str) -> tuple[type[DomainEvent], Sequence[Handler]]:
        for kind, handlers in self.reactions.items():
            if name_of(kind) == name:
                return kind, handlers
        return DomainEvent, ()  # nothing follows from it


def _taken(session: Session, event_id: UUID) -> DomainEventRow | None:
    """The event under lock; None when it is done or another worker has it."""
    undone = (DomainEventRow.id == event_id, DomainEventRow.done_at.is_(None))
    return session.scalar(
        select(DomainEventRow).where(*undone).with_for_update(skip_locked=True, key_share=True)
    )


def _attempt(
    session: Session, actor: Actor, handler: Handler, payload: Mapping[str, Any], kind: type[DomainEvent]
) -> str | None:
    """What went wrong, if anything did: a payload that is no event of this kind is as good as a handler that fails."""
    try:
        with savepoint(session):
            handler(session, actor, msgspec.convert(payload, kind))
    except Exception as error:  # noqa: BLE001  # the top of a supervised task: counted, kept with the event, tried again
        _log.exception("a reaction failed", extra={"handler": handler.__qualname__})
        return _told(error)
    return None


def _told(error: Exception) -> str:
    """The error as a text that a table can hold."""
    told = f"{type(error).__name__}: {error}"
    return told.encode(errors="backslashreplace").decode().replace("\0", "\\0")


def _conclude(session: Session, row: DomainEventRow, failures: list[str]) -> None:
    row.attempts += 1
    row.failure = "; ".join(failures)[:2000] or None
    if not failures:
        row.done_at = now(session)
        DOMAIN_EVENTS.labels("delivered").inc()
    elif row.attempts >= _MOST_ATTEMPTS:
        row.done_at = now(session)  # given up; `failure` says why, the counter raises the alarm
        DOMAIN_EVENTS.labels("given_up").inc()
    else:
        wait_s = min(2.0**row.attempts, _LONGEST_WAIT_S) * random.uniform(0.5, 1.0)  # noqa: S311  # jitter
        row.due_at = now(session) + timedelta(seconds=wait_s)
        DOMAIN_EVENTS.labels("failed").inc()
