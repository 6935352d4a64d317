"""Who looks at whose data: a mark on the endpoint, and the ledger that remembers each look.

    @router.get("", response_model=Page[PassRow], responses=answers())
    @looks_at(LookKind.PASSES)
    def list_passes(call: ReadingPasses, query: ListParams) -> Response: ...

`Router` notes every answered call of a marked endpoint; a test of the architecture holds every endpoint whose answer
names persons to its mark. Noting costs the request a look through its answer and a place in a queue: a thread writes
many looks in one transaction, within a second. While the ledger cannot be written the queue fills, and then nobody is
shown anything: what nobody would know of is not looked at. Guards alone go on: a gate that stands still is worse than a
look that is only counted. A process that is killed loses that second.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError, IntegrityError

from cloud.kernel.actor import Actor
from cloud.kernel.errors import RetryLater
from cloud.kernel.faults import is_unavailable, is_unstorable
from cloud.kernel.shown import Seen, plain, seen_by_company, short
from protocols.privacy import LookKind

NOTED = Counter("domovoy_looks_total", "Looks at personal data, by what became of them", ["outcome"])
WAITING_MOST, WAITING_MOST_BYTES = 5000, 32 * 1024 * 1024
AT_ONCE = 500
_WRITE_EVERY_S = 0.5
_TRY_AGAIN_S = 2.0
_LOOK_BYTES, _TEXT_BYTES = 1000, 60  # what Python takes for a look, and for a text beside its letters
_MARK = "looks_at_kind"
_log = logging.getLogger(__name__)
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One answered request, in what the ledger keeps of it."""

    kind: LookKind
    at: datetime
    who: str
    account_id: UUID | None
    address: str | None
    operation: str
    screen: str  # of the web app, if it said so
    seen: Mapping[UUID, Seen]  # by company
    site_id: UUID | None = None

    @property
    def size(self) -> int:
        """About how many bytes it takes while it waits."""
        texts = [text for seen in self.seen.values() for text in (*seen.subjects, *seen.asked.values())]
        return _LOOK_BYTES + sum(_TEXT_BYTES + len(text) for text in texts)

    def bare(self) -> "Look":
        """That somebody looked, without what was typed or shown."""
        seen = {company: Seen(each.rows, (), {}) for company, each in self.seen.items()}
        return replace(self, screen="", seen=seen)


def looked(
    kind: LookKind,
    answer: Any,
    *,
    at: datetime,
    actor: Actor,
    operation: str,
    screen: str,
    asked: Mapping[str, str],
    companies: frozenset[UUID],
    about: frozenset[UUID] = frozenset(),
    site_id: UUID | None = None,
) -> Look:
    """What is kept of an answered request; `answer`, `about`: as `seen_by_company` takes them."""
    return Look(
        kind=kind,
        at=at,
        who=plain(actor.name),
        account_id=actor.account_id,
        address=actor.address,
        operation=operation,
        screen=plain(screen),
        seen=seen_by_company(answer, kind, short(asked), companies=companies, about=about),
        site_id=site_id,
    )


Write = Callable[[Sequence[Look]], None]
"""Writes them down; raises while it cannot. What it is given again it does not write again."""


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
        self._waiting: deque[Look] = deque()
        self._waiting_bytes = 0
        self._is_full = False
        self._room = threading.Lock()
        self._starting = threading.Lock()
        self._writer: threading.Thread | None = None
        self._closed = threading.Event()
        self._in_hand = threading.Lock()
        self._again: list[Look] = []

    def note(self, look: Look) -> None:
        """Remember it. Raises RetryLater when the ledger has not been written for so long that no room is left."""
        if not self._took(look):
            NOTED.labels("refused").inc()
            raise RetryLater(retry_after_s=int(_TRY_AGAIN_S))

    def note_if_room(self, look: Look) -> None:
        """Remember it, or count it as lost: for what must go on."""
        if not self._took(look):
            NOTED.labels("lost").inc()

    def flush(self) -> None:
        """Write what waits, now. Raises what the writing raises, but for what no other try would mend."""
        with self._in_hand:
            while some := self._taken():
                self._again = some
                try:
                    self._write(some)
                except (DBAPIError, UnicodeError) as error:
                    if not _is_for_ever(error):
                        raise
                    self._write_singly(some)
                else:
                    NOTED.labels("written").inc(len(some))
                self._again = []

    def close(self) -> None:
        """Write what waits; there is nothing after it."""
        self._closed.set()
        if self._writer is not None:
            self._writer.join(timeout=5)
        try:
            self.flush()
        except Exception:  # noqa: BLE001  # whatever it was, they are lost and counted
            NOTED.labels("lost").inc(len(self._waiting) + len(self._again))
            _log.exception("looks at personal data were lost: they could not be written")

    def _ensure_writer(self) -> None:
        """Started by the first look, so after any fork; and again, whatever became of it."""
        if self._writer is None or not self._writer.is_alive():
            with self._starting:
                if self._writer is None or not self._writer.is_alive():
                    self._writer = threading.Thread(target=self._run, name="ledger of looks", daemon=True)
                    self._writer.start()

    def _run(self) -> None:
        pause_s = _WRITE_EVERY_S
        while not self._closed.wait(pause_s):
            pause_s = _WRITE_EVERY_S
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001  # the thread outlives any, and tries again
                NOTED.labels("put_off").inc()
                _log.warning("looks at personal data wait: %s", error, exc_info=not is_unavailable(error))
                pause_s = _TRY_AGAIN_S

    def _write_singly(self, some: Sequence[Look]) -> None:
        for number, look in enumerate(some):
            self._again = list(some[number:])
            self._write_alone(look)

    def _write_alone(self, look: Look) -> None:
        """At least that somebody looked."""
        for each in (look, look.bare()):
            try:
                self._write([each])
            except (DBAPIError, UnicodeError) as error:
                if not _is_for_ever(error):
                    raise
                _log.exception(
                    "a look at personal data cannot be stored", extra={"operation": look.operation}
                )
            else:
                NOTED.labels("written").inc()
                return
        NOTED.labels("lost").inc()

    def _took(self, look: Look) -> bool:
        """Let it wait, if there is room; says once that there is none."""
        self._ensure_writer()
        size = look.size
        with self._room:
            fits = len(self._waiting) < WAITING_MOST and self._waiting_bytes + size <= WAITING_MOST_BYTES
            if fits:
                self._waiting.append(look)
                self._waiting_bytes += size
            was_full, self._is_full = self._is_full, not fits
        if was_full != self._is_full:
            _log.error(
                "the ledger of looks %s", "has room again" if fits else "is full: it cannot be written"
            )
        return fits

    def _taken(self) -> list[Look]:
        """Some of what waits, after what was taken and could not be written."""
        found, self._again = self._again, []
        with self._room:
            while self._waiting and len(found) < AT_ONCE:
                look = self._waiting.popleft()
                self._waiting_bytes -= look.size
                found.append(look)
        return found


def _is_for_ever(error: Exception) -> bool:
    """What was to be written is at fault, not the database: the same comes of every other try."""
    return isinstance(error, IntegrityError | UnicodeError) or is_unstorable(error)
