"""The engine of a process and its transactions: one request, message or task is one, and it carries its tenant scope.

Within a transaction the database sees `app.allowed` (companies that may be read), `app.current` (the one that is
written), `app.account` (the person) and `app.premises` (a resident sees what is of these alone; unset for all others);
the policies made by `tenancy` read them.
"""

import asyncio
import contextvars
import logging
import random
import select
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import Session

from cloud.kernel.clock import Clock, SystemClock
from cloud.kernel.errors import OrganisationRequired
from cloud.kernel.faults import hide_values, is_undone
from cloud.kernel.ids import Ids, Uuid7Ids

T = TypeVar("T")
_STATEMENT_TIMEOUT_MS = 30_000
_LOCK_TIMEOUT_MS = 10_000
_IDLE_TIMEOUT_MS = 60_000
_CONNECT_TIMEOUT_S = 5
_POOL_TIMEOUT_S = 10
_AGAIN_WITHIN_S = (0.1, 0.4)
_committed = contextvars.ContextVar("committed", default=False)
_log = logging.getLogger(__name__)
_SET_SCOPE = (
    "SELECT set_config('app.allowed', %(allowed)s, true), set_config('app.current', %(current)s, true),"
    " set_config('app.account', %(account)s, true), set_config('app.premises', %(premises)s, true)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose rows a transaction may see and change."""

    allowed: frozenset[UUID] = frozenset()
    current: UUID | None = None
    account: UUID | None = None
    premises: frozenset[UUID] | None = None  # of a resident; None: the companies' rows are not narrowed

    @classmethod
    def organisation(cls, organisation_id: UUID, *, account: UUID | None = None) -> "Scope":
        """Reads and writes of one company."""
        return cls(allowed=frozenset({organisation_id}), current=organisation_id, account=account)


NOBODY = Scope()


class Queue(Protocol):
    """Where hints to look at the database are sent."""

    def send(self, job: str, arguments: Mapping[str, Any]) -> None:
        """Send a hint; one that cannot be sent is dropped: a sweep finds the work."""


class NoQueue:
    """For processes that leave all to the sweep."""

    def send(self, job: str, arguments: Mapping[str, Any]) -> None:
        """Drop the hint."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a transaction's time and identifiers come from, and where its hints go."""

    clock: Clock
    ids: Ids
    queue: Queue = field(default_factory=NoQueue)

    @classmethod
    def system(cls, queue: Queue | None = None) -> "Ports":
        clock = SystemClock()
        return cls(clock, Uuid7Ids(clock), queue or NoQueue())


@dataclass(slots=True)
class _Unit:
    """What a session of ours knows beside its rows (kept in `session.info`)."""

    ports: Ports
    at: datetime
    scope: Scope = NOBODY
    before_commit: list[Callable[[Session], None]] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)


class Database:
    """A pool of connections under one role."""

    def __init__(
        self,
        url: str,
        *,
        ports: Ports | None = None,
        pool_size: int = 10,
        application_name: str = "domovoy",
    ) -> None:
        self.url = url
        self.ports = ports or Ports.system()
        self.engine = _engine(url, pool_size=pool_size, application_name=application_name)
        self._threads = ThreadPoolExecutor(pool_size, thread_name_prefix="database")

    @contextmanager
    def transaction(self, scope: Scope = NOBODY) -> Iterator[Session]:
        """A session within one transaction; commits at the end, rolls back on any error, then runs `after_commit`."""
        unit = _Unit(self.ports, self.ports.clock.now())
        with Session(self.engine, expire_on_commit=False, info={"unit": unit}) as session:
            if scope != NOBODY:
                enter(session, scope)
            yield session
            session.flush()
            while unit.before_commit:
                unit.before_commit.pop(0)(session)
            session.commit()
        _committed.set(True)
        for callback in unit.after_commit:
            callback()

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do it in a thread, in the caller's context. As many as connections: none waits for one with work in hand.

        When the database undid it for another's sake, it is done again, twice at most, unless anything of it was
        committed. So before its commit `work` does nothing outside the database that must not happen twice.
        """
        for within_s in _AGAIN_WITHIN_S:
            context = contextvars.copy_context()
            context.run(_committed.set, False)
            try:
                return await self._in_context(context, work)
            except DBAPIError as error:
                if not is_undone(error) or context[_committed]:
                    raise
                _log.info("undone for another's sake, and done again: %s", error.orig)
            await asyncio.sleep(within_s * random.random())  # noqa: S311  # jitter
        return await self._in_context(contextvars.copy_context(), work)

    async def _in_context(self, context: contextvars.Context, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, work)

    def close(self) -> None:
        """Close the pool's connections."""
        self._threads.shutdown(wait=False)
        self.engine.dispose()


def _engine(url: str, *, pool_size: int, application_name: str) -> Engine:
    settings = {
        "statement_timeout": _STATEMENT_TIMEOUT_MS,
        "lock_timeout": _LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": _IDLE_TIMEOUT_MS,
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items()) + " -c timezone=UTC"

    def connect() -> psycopg.Connection:
        return psycopg.connect(
            url, application_name=application_name, options=options, connect_timeout=_CONNECT_TIMEOUT_S
        )

    # The URL stays libpq's: SQLAlchemy's own parser knows fewer forms than libpq does.
    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_recycle=1800,
        hide_parameters=True,
    )
    event.listen(engine, "checkout", _refuse_dead)
    event.listen(engine, "handle_error", _hide_values)
    return engine


def _hide_values(context: ExceptionContext) -> None:
    """An error is logged and kept: by then what people entered is no longer in its text."""
    error, told = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error):
        hide_values(error)
        if told is not None:
            told.args = (f"({type(error).__module__}.{type(error).__name__}) {error}",)


def _refuse_dead(connection: psycopg.Connection, _record: object, _fairy: object) -> None:
    """Replace a pooled connection whose server hung up.

    Only one that has something to say is asked whether it lives: a look at the socket is a hundredth of a round trip.
    """
    try:
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        if poll.poll(0):
            connection.execute("SELECT 1")
            connection.rollback()
    except psycopg.OperationalError as error:
        raise DisconnectionError from error


def enter(session: Session, scope: Scope) -> None:
    """Set the transaction's scope; what was set before no longer holds."""
    if scope == _unit(session).scope:
        return
    session.flush()  # what was changed under the former scope is written under it
    allowed = scope.allowed | {scope.current} if scope.current else scope.allowed
    ask(
        session,
        _SET_SCOPE,
        {
            "allowed": _array(allowed),
            "current": str(scope.current or ""),
            "account": str(scope.account or ""),
            "premises": "" if scope.premises is None else _array(scope.premises),
        },
    )
    _unit(session).scope = scope


def _array(ids: Collection[UUID]) -> str:
    return "{" + ",".join(sorted(map(str, ids))) + "}"


def has_entered(session: Session, scope: Scope) -> None:
    """Note a scope that a statement of the caller's has just set: a round trip less than `enter`."""
    _unit(session).scope = scope


def ask(session: Session, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a fixed statement (psycopg's own places, `%(name)s`), straight from the driver.

    For what every request asks: SQLAlchemy's way takes twice the time. Nothing is flushed first; raises what
    SQLAlchemy would.
    """
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101  # see `_engine`
    try:
        return driver.execute(sql, values).fetchall()
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)
        hide_values(error)
        raise DBAPIError.instance(sql, values, error, psycopg.Error, hide_parameters=True) from error


def now(session: Session) -> datetime:
    """The moment at which this transaction began: one request has one time."""
    return _unit(session).at


def new_id(session: Session) -> UUID:
    """An identifier from the ids port."""
    return _unit(session).ports.ids.new()


def scope_of(session: Session) -> Scope:
    """The scope that the transaction is in."""
    return _unit(session).scope


def current_organisation(session: Session) -> UUID:
    """The company that this transaction writes to. Raises OrganisationRequired without one."""
    current = _unit(session).scope.current
    if current is None:
        raise OrganisationRequired
    return current


def before_commit(session: Session, callback: Callable[[Session], None]) -> None:
    """Run at the very end of the transaction, still inside it."""
    _unit(session).before_commit.append(callback)


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Run once the transaction is durable; never after a rollback."""
    _unit(session).after_commit.append(callback)


def send_after_commit(session: Session, job: str, **arguments: Any) -> None:
    """Hint a worker at work that the committed rows describe; arguments are JSON data."""
    queue = _unit(session).ports.queue
    after_commit(session, lambda: queue.send(job, arguments))


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Within: all or nothing. After an error the scope and the callbacks are what they were before it, too."""
    unit = _unit(session)
    scope, before, after = unit.scope, list(unit.before_commit), list(unit.after_commit)
    changes = dict(session.info.get("changes", {}))
    try:
        with session.begin_nested():
            yield
    except BaseException:
        unit.scope, unit.before_commit, unit.after_commit = scope, before, after
        session.info["changes"] = changes
        raise


class _Undo(Exception):
    pass


@contextmanager
def trial(session: Session) -> Iterator[None]:
    """Within: all as ever; at its end nothing of it stays."""
    with suppress(_Undo), savepoint(session):
        yield
        raise _Undo


def _unit(session: Session) -> _Unit:
    unit = session.info["unit"]
    assert isinstance(unit, _Unit)  # noqa: S101  # sessions are made by Database.transaction alone
    return unit
