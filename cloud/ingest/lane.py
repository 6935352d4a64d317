"""A lane: one thread that commits what waits, in micro-batches that grow while the one before is under way.

Events and readings have a lane each, so that no passage waits behind a meter's backlog.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cloud.ingest import figures
from cloud.ingest.mqtt import Connection
from cloud.ingest.passing import is_database_fault
from cloud.ingest.unit import Answer, Intake, Message

MOST_BYTES = 16 * 1024 * 1024
MOST_WAITING_BYTES = 64 * 1024 * 1024
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 5.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A message and what its owner needs in order to acknowledge it."""

    message: Message
    receipt: (
        tuple[Connection, int] | None
    )  # whence it came and under which packet id; None: acknowledged already


Done = Callable[[Sequence[Held], Sequence[Answer]], None]
"""Called in the lane's thread after each commit, also (without answers) for what had to be given up."""


class Lane:
    """Bounded in bytes: what does not fit is not taken, and its box sends it again.

    `most_messages`: of one micro-batch. More make each cheaper and all of them wait longer for the commit.
    """

    def __init__(self, name: str, intake: Intake, done: Done, *, most_messages: int = 256) -> None:
        self.name = name
        self._most_messages = most_messages
        self._intake = intake
        self._done = done
        self._waiting: deque[Held] = deque()
        self._waiting_bytes = 0
        self._some = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"ingest-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, held: Held) -> bool:
        """Queue a message; False when there is no room for it. Never blocks."""
        size = len(held.message.payload)
        with self._some:
            if self._waiting_bytes + size > MOST_WAITING_BYTES:
                return False
            self._waiting.append(held)
            self._waiting_bytes += size
            self._some.notify()
            return True

    def stop(self, timeout_s: float) -> None:
        """Finish the micro-batch under way and no other. What waits was not acknowledged: its box sends it again."""
        self._stop.set()
        with self._some:
            self._some.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            figures.HELD.labels(self.name).set(len(batch) + len(self._waiting))
            with figures.COMMIT_SECONDS.labels(self.name).time():
                answers = self._take(batch)
            if answers is None:
                return
            self._done(batch, answers)
            figures.HELD.labels(self.name).set(len(self._waiting))

    def _next(self) -> list[Held] | None:
        """All that waits, up to the bounds; None at the end."""
        with self._some:
            self._some.wait_for(lambda: self._waiting or self._stop.is_set())
            if self._stop.is_set():
                return None
            batch: list[Held] = []
            size = 0
            while self._waiting and len(batch) < self._most_messages and size < MOST_BYTES:
                held = self._waiting.popleft()
                size += len(held.message.payload)
                batch.append(held)
            self._waiting_bytes -= size
            return batch

    def _take(self, batch: Sequence[Held]) -> Sequence[Answer] | None:
        """Commit the micro-batch; None when we are stopped before that."""
        try:
            return self._insist(partial(self._intake.take, [held.message for held in batch]))
        except Exception:  # noqa: BLE001  # the top of a supervised task
            figures.FAULTS.labels("unexpected").inc()
            _log.exception("a micro-batch failed", extra={"messages": len(batch)})
        answers: list[Answer] = []
        for held in batch:  # one that we cannot handle holds up nobody else
            part = self._take_apart(held)
            if part is None:
                return None
            answers += part
        return answers

    def _take_apart(self, held: Held) -> Sequence[Answer] | None:
        try:
            return self._insist(partial(self._intake.take_apart, held.message))
        except Exception:  # noqa: BLE001  # the top of a supervised task
            figures.FAULTS.labels("unexpected").inc()
            _log.exception("a message was given up", extra={"topic": held.message.topic})
            return []

    def _insist(self, commit: Callable[[], Sequence[Answer]]) -> Sequence[Answer] | None:
        """However long the database is away; None when we are stopped before it is back. Raises all other errors."""
        attempt = 0
        while True:
            try:
                return commit()
            except Exception as error:
                if not is_database_fault(error):
                    raise
                figures.FAULTS.labels("database").inc()
                log = _log.warning if attempt else _log.error  # "gone" is said loudly once
                log("the database did not take a micro-batch: %s", error, extra={"attempt": attempt})
            wait_s = min(_FIRST_WAIT_S * 2**attempt, _LONGEST_WAIT_S) * random.uniform(0.5, 1.0)  # noqa: S311  # jitter
            attempt = min(attempt + 1, 10)
            if self._stop.wait(wait_s):
                return None
