"""Who looks at whose data: a mark on the endpoint, and the ledger that remembers each look.

    @router.get("", response_model=Page[PassRow], responses=answers())
    @looks_at(LookKind.PASSES)
    def list_passes(call: ReadingPasses, query: ListParams) -> Response: ...

`Router` notes every answered call of a marked endpoint; a test of the architecture holds every endpoint whose answer
names persons to its mark. Noting costs the request a place in a queue: a thread looks into the answer for whose data it
shows and writes many looks in one transaction, within a second. While the ledger cannot be written the queue fills, and
then nobody is shown anything: what nobody would know of is not looked at. A process that is killed loses that second.
"""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError

from cloud.kernel.actor import Actor
from cloud.kernel.errors import RetryLater
from protocols.privacy import LookKind

NOTED = Counter("domovoy_looks_total", "Looks at personal data, by what became of them", ["outcome"])
WAITING_MOST = 5000
AT_ONCE = 500
_WRITE_EVERY_S = 0.5
_ROOM_WITHIN_S = 2.0
_TRY_AGAIN_S = 2.0
_MARK = "looks_at_kind"
_log = logging.getLogger(__name__)
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One answered request. `answer`: what was answered, before or after it became JSON."""

    kind: LookKind
    at: datetime
    companies: frozenset[UUID]
    actor: Actor
    operation: str
    screen: str  # of the web app, if it said so
    asked: Mapping[str, str]
    answer: Any
    site_id: UUID | None = None


Write = Callable[[Sequence[Look]], None]
"""Writes them down; raises DBAPIError while it cannot."""


def looks_at(kind: LookKind) -> Callable[[Endpoint], Endpoint]:
    """A mark: whoever calls this endpoint sees data of persons."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, kind)
        return endpoint

    return mark


def kind_looked_at(endpoint: Callable[..., Any]) -> LookKind | None:
    """The mark of an endpoint, if it bears one."""
    return getattr(endpoint, _MARK, None)


class Ledger:
    """Takes looks from every request of a process, and writes them from a thread of its own."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: queue.Queue[Look] = queue.Queue(WAITING_MOST)
        self._starting = threading.Lock()
        self._writer: threading.Thread | None = None
        self._closed = threading.Event()
        self._in_hand = threading.Lock()
        self._again: list[Look] = []

    def note(self, look: Look) -> None:
        """Remember it. Raises RetryLater when the ledger has not been written for so long that no room is left."""
        self._ensure_writer()
        try:
            self._waiting.put(look, timeout=_ROOM_WITHIN_S)
        except queue.Full:
            NOTED.labels("refused").inc()
            raise RetryLater(retry_after_s=int(_TRY_AGAIN_S)) from None

    def flush(self) -> None:
        """Write what waits, now. Raises DBAPIError."""
        with self._in_hand:
            while some := self._taken():
                self._again = some
                self._write(some)
                self._again = []
                NOTED.labels("written").inc(len(some))

    def close(self) -> None:
        """Write what waits; there is nothing after it."""
        self._closed.set()
        if self._writer is not None:
            self._writer.join(timeout=5)
        try:
            self.flush()
        except DBAPIError:
            NOTED.labels("lost").inc(self._waiting.qsize() + len(self._again))
            _log.exception("looks at personal data were lost: the database is away")

    def _ensure_writer(self) -> None:
        if self._writer is None:
            with self._starting:
                if self._writer is None:
                    self._writer = threading.Thread(target=self._run, name="ledger of looks", daemon=True)
                    self._writer.start()

    def _run(self) -> None:
        pause_s = _WRITE_EVERY_S
        while not self._closed.wait(pause_s):
            pause_s = _WRITE_EVERY_S
            try:
                self.flush()
            except DBAPIError as error:
                NOTED.labels("put_off").inc()
                _log.warning("looks at personal data wait for the database: %s", error)
                pause_s = _TRY_AGAIN_S

    def _taken(self) -> list[Look]:
        """Some of what waits, after what was taken and could not be written."""
        found, self._again = self._again, []
        while len(found) < AT_ONCE:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found
