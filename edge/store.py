"""The box's one SQLite file: one writer thread with the one connection; concurrent writes share a commit.

A job is a function of the connection. It runs inside a transaction and its caller goes on only when that
transaction is on the disk (WAL, `synchronous=FULL`), unless it says that it need not last. A job that raises is rolled
back alone.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from edge import schema

Result = TypeVar("Result")
Job = Callable[[sqlite3.Connection], Result]
Fault = Callable[[str], None]
"""Called with the name of a stage, so that a test can cut the power exactly there."""

GROUP_MAX = 256
QUEUE_MAX = 4096
BUSY_TIMEOUT_S = 10.0
FOLD_GROUPS = 100
QUIET_S = 0.02


class StoreError(Exception):
    """The write did not happen; the text says why."""


class StoreFullError(StoreError):
    """The disk has no room for it."""


class StoreClosedError(StoreError):
    """The store is closing or closed."""


def no_fault(_stage: str) -> None:
    """Nothing happens at any stage."""


class _Pending(Generic[Result]):
    """A job, and the future of whoever waits for it."""

    __slots__ = ("error", "future", "job", "lasting", "loop", "result")

    def __init__(self, job: Job[Result], loop: asyncio.AbstractEventLoop, *, lasting: bool) -> None:
        self.job = job
        self.lasting = lasting
        self.loop = loop
        self.future: asyncio.Future[Result] = loop.create_future()
        self.result: Result | None = None
        self.error: BaseException | None = None

    def tell(self) -> None:
        """Wake the waiter, in its own loop."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


class Store:
    """Opens and migrates the file; `start` gives it to the writer thread."""

    def __init__(self, file: Path, *, fault: Fault = no_fault) -> None:
        self.file = file
        self._fault = fault
        self._queue: queue.SimpleQueue[_Pending[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._closed = False
        self.groups = 0
        self._folded = 0  # of the groups, when the log was folded in last
        self.connection = _open(file)
        """For reading at start, before `start`; afterwards the writer thread's alone."""

    def start(self) -> None:
        """From now on only jobs touch the connection."""
        self._thread.start()

    def write(self, job: Job[Result], *, lasting: bool = True) -> asyncio.Future[Result]:
        """Run the job in a transaction, begun at once; done after the commit. Fails with StoreError, or as the job.

        Not `lasting`: a power cut may take it back, with nothing that was written after it. The disk does not wait
        for it, nor does a gate behind it.
        """
        pending = _Pending(job, asyncio.get_running_loop(), lasting=lasting)
        if self._closed:
            pending.future.set_exception(StoreClosedError("store: closed"))
        elif self._queue.qsize() >= QUEUE_MAX:
            pending.future.set_exception(StoreError(f"store: {QUEUE_MAX} writes are waiting already"))
        else:
            self._queue.put(pending)
        return pending.future

    def close(self) -> None:
        """Finish what is queued and close the file."""
        if self._closed:
            return
        self._closed = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self.connection.close()

    def _run(self) -> None:
        while True:
            first = self._next()
            if first is None:
                return
            group, more = self._group(first)
            self._commit(group)
            for pending in group:
                pending.tell()
            if not more:
                return

    def _next(self) -> _Pending[Any] | None:
        """Wait for work; in a quiet moment fold the log into the file, or a gate would wait while a commit does it."""
        if self.groups - self._folded >= FOLD_GROUPS:
            with contextlib.suppress(queue.Empty):
                return self._queue.get(timeout=QUIET_S)
            self._folded = self.groups
            with contextlib.suppress(sqlite3.Error):  # a sick disk is the next writer's to hear of
                self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return self._queue.get()

    def _group(self, first: _Pending[Any]) -> tuple[list[_Pending[Any]], bool]:
        group = [first]
        while len(group) < GROUP_MAX:
            try:
                pending = self._queue.get_nowait()
            except queue.Empty:
                break
            if pending is None:
                return group, False
            group.append(pending)
        return group, True

    def _commit(self, group: list[_Pending[Any]]) -> None:
        """All in one transaction; if that fails as a whole, each in its own, so that one cannot sink the others."""
        try:
            self._transaction(group)
        except sqlite3.Error as error:
            if len(group) > 1:
                for pending in group:
                    self._commit([pending])
            elif not (_is_full(error) and self._retry(group)):
                group[0].error = _store_error(error)

    def _retry(self, group: list[_Pending[Any]]) -> bool:
        """The log beside the file may be what fills the disk: empty it into the file, then it is written anew."""
        try:
            self.connection.execute("PRAGMA wal_checkpoint(RESTART)")
            self._transaction(group)
        except sqlite3.Error:
            return False
        return True

    def _transaction(self, group: list[_Pending[Any]]) -> None:
        connection = self.connection
        with contextlib.nullcontext() if any(each.lasting for each in group) else _unsynced(connection):
            connection.execute("BEGIN IMMEDIATE")
            try:
                for pending in group:
                    self._run_job(pending, alone=len(group) == 1)
                self._fault("before commit")
                connection.execute("COMMIT")
            except sqlite3.Error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        self.groups += 1
        self._fault("after commit")

    def _run_job(self, pending: _Pending[Any], *, alone: bool) -> None:
        connection = self.connection
        if not alone:
            connection.execute("SAVEPOINT job")
        try:
            pending.result = pending.job(connection)
        except sqlite3.OperationalError:
            raise  # the disk, not the job: the whole transaction is in doubt
        except Exception as error:  # noqa: BLE001  # belongs to the waiter, who gets it as it is
            self._undo(alone=alone)
            pending.error = error
        if not alone:
            connection.execute("RELEASE job")

    def _undo(self, *, alone: bool) -> None:
        if not alone:
            self.connection.execute("ROLLBACK TO job")
            return
        self.connection.execute("ROLLBACK")
        self.connection.execute("BEGIN IMMEDIATE")


@contextlib.contextmanager
def _unsynced(connection: sqlite3.Connection) -> Iterator[None]:
    """Commits within are on the disk with the next one that is not: WAL keeps their order."""
    connection.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        connection.execute("PRAGMA synchronous=FULL")


def get_meta(connection: sqlite3.Connection, key: str) -> bytes | None:
    """A small value by its name."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else bytes(row[0])


def set_meta(connection: sqlite3.Connection, key: str, value: bytes) -> None:
    """Keep a small value."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


@contextlib.contextmanager
def wiping(connection: sqlite3.Connection) -> Iterator[None]:
    """What is deleted within is overwritten with zeros: personal data. It costs writes, so not everywhere."""
    connection.execute("PRAGMA secure_delete=ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA secure_delete=FAST")


def _open(file: Path) -> sqlite3.Connection:
    file.touch(mode=0o600, exist_ok=True)
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_autocheckpoint=500")  # pages: the log stays about 2 MB
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=FAST")  # see `wiping` for what must leave no trace
        schema.migrate(connection)
    except (sqlite3.Error, schema.SchemaError):
        connection.close()
        raise
    return connection


def _is_full(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"


def _store_error(error: sqlite3.Error) -> StoreError:
    return StoreFullError(f"store: {error}") if _is_full(error) else StoreError(f"store: {error}")
