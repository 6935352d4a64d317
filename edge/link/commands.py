"""Remote commands: a person, an expiry, a signature, one answer. One that comes late does nothing and says so.

The command's id is on the disk before anything is done, so a command is never carried out twice; its answer is an
event in the journal, given again as it was when the cloud asks again.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from edge import streams
from edge.access.journal import Journal, Stamp, encoded
from edge.clock import Clock, Moment
from edge.store import Fault, Store, no_fault
from protocols import correlation
from protocols.fields import ClockState
from protocols.messages import AT_A_POINT, TIMELY, Command, MalformedError, Stream, decode_payload, encode
from protocols.records import CommandOutcome, CommandResult

log = logging.getLogger(__name__)
PENDING_MAX = 20
NOT_KNOWN = "the box was restarted: whether it was done is not known"
EXECUTION_TIMEOUT_S = 60.0


class Done(NamedTuple):
    """What a command came to. `reason`: machine-readable."""

    outcome: CommandOutcome
    reason: str = "done"
    detail: str = ""


class Asked(NamedTuple):
    """A command by its id; `whole` None: one of before a restart that only its id is known of."""

    id: UUID
    whole: Command | None


Execute = Callable[[Command], Awaitable[Done]]


class _Known(Enum):
    NEW = 0
    RUNNING = 1
    ANSWERED = 2


def judge(command: Command, moment: Moment) -> Done | None:
    """Whether it may still be carried out; the answer when it may not. Pure."""
    if command.kind in TIMELY and moment.state is ClockState.UNKNOWN:
        return Done(CommandOutcome.REFUSED, "clock_unknown", "the box does not know the time")
    # by an unknown clock, too: it is never ahead of the highest trusted time
    if moment.utc >= command.expires_at:
        return Done(CommandOutcome.EXPIRED, "expired", f"expired at {command.expires_at.isoformat()}")
    return None


class Commands:
    """Carries out commands that `signatures.open_signed` has let through."""

    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        clock: Clock,
        execute: Execute,
        answered: Callable[[], None],
        fault: Fault = no_fault,
    ) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._execute = execute
        self._answered = answered
        self._fault = fault
        self._running: set[asyncio.Task[None]] = set()
        self.counts: dict[str, int] = {outcome.value: 0 for outcome in CommandOutcome} | {"repeats": 0}

    async def take(self, command: Command) -> None:
        """Begin the command; returns when it is written down, not when it is done. Raises StoreError."""
        known = await self._store.write(partial(_note, command, self._clock.now().unix_ms))
        if known is _Known.ANSWERED:
            self.counts["repeats"] += 1
            self._answered()
        if known is not _Known.NEW:
            return
        self._fault("command noted")
        if len(self._running) >= PENDING_MAX:
            busy = f"{PENDING_MAX} commands are under way already"
            with correlation.within(str(command.id)):
                asked = Asked(command.id, command)
                await self._answer(asked, Done(CommandOutcome.REFUSED, "busy", busy), self._journal.insist)
            return
        self._start(command.id, self._carry_out(command))

    async def answer_interrupted(self) -> None:
        """At start: what was begun before a crash and never answered has failed, as far as anybody can know."""
        begun = await self._store.write(
            lambda connection: connection.execute(
                "SELECT id, asked FROM command WHERE answer IS NULL"
            ).fetchall()
        )
        unknown = Done(CommandOutcome.FAILED, "interrupted", NOT_KNOWN)
        for identity, body in begun:
            asked = Asked(UUID(bytes=identity), _read(body))
            self._start(asked.id, self._answer(asked, unknown, self._journal.insist))

    async def drain(self) -> None:
        """Wait for commands under way."""
        while self._running:
            await asyncio.wait(self._running)

    def _start(self, command: UUID, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"command {command}")
        self._running.add(task)
        task.add_done_callback(self._finished)

    async def _carry_out(self, command: Command) -> None:
        correlation.begin(str(command.id))
        done = judge(command, self._clock.now())
        if done is None:
            try:
                async with asyncio.timeout(EXECUTION_TIMEOUT_S):
                    done = await self._execute(command)
            except TimeoutError:
                done = Done(CommandOutcome.FAILED, "timeout", f"not done within {EXECUTION_TIMEOUT_S:.0f} s")
            except Exception as error:  # a defect: who ordered it waits for an answer
                log.exception("command %s failed", command.id)
                done = Done(CommandOutcome.FAILED, "defect", f"{type(error).__name__}: {error}")
        self._fault("command done")
        log.info("command %s: %s, %s", command.kind, done.outcome, done.reason)
        asked = Asked(command.id, command)
        await self._answer(asked, done, self._journal.insist)  # it is done, and whoever ordered it waits

    async def _answer(self, asked: Asked, done: Done, write: Callable[..., Awaitable[object]]) -> None:
        self.counts[done.outcome.value] += 1
        result = _result(self._journal.stamp(), asked, done)
        await write(result, also=partial(_keep_answer, command=asked.id, body=encoded(result)))

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s: %s", task.get_name(), error, exc_info=error)


def forget(connection: sqlite3.Connection, before_ms: int) -> int:
    """Drop ids of commands that came, and expired, before that: whoever sends one again hears that it has expired."""
    return connection.execute(
        "DELETE FROM command WHERE at_ms < ? AND answer IS NOT NULL", (before_ms,)
    ).rowcount


def forget_answers(connection: sqlite3.Connection, before_ms: int) -> int:
    """Drop the answers, which name persons, to commands that came, and expired, before that; their ids stay taken."""
    return connection.execute(
        "UPDATE command SET answer = x'' WHERE at_ms < ? AND length(answer) > 0", (before_ms,)
    ).rowcount


def _result(stamp: Stamp, asked: Asked, done: Done) -> CommandResult:
    result = CommandResult(
        **stamp, command=asked.id, outcome=done.outcome, reason=done.reason, detail=done.detail[:500]
    )
    command = asked.whole
    if command is None:
        return result
    at_a_point = command.kind in AT_A_POINT
    return msgspec.structs.replace(
        result,
        action=command.kind.value,
        point=command.target if at_a_point else None,
        target=None if at_a_point else command.target,
        person=command.person,
        person_id=command.person_id,
        person_kind=command.person_kind,
        why=command.reason,
        ordered_at=command.issued_at,
        expires_at=command.expires_at,
        until=command.until,
    )


def _read(body: bytes | None) -> Command | None:
    """None: an agent of before noted the id alone, or one of after it what this one cannot read."""
    if not body:
        return None
    try:
        command = decode_payload(body)
    except MalformedError as error:
        log.warning("what a command asked cannot be read any more: %s", error)
        return None
    return command if isinstance(command, Command) else None


def _note(command: Command, at_ms: int, connection: sqlite3.Connection) -> _Known:
    """Take the id, once, and keep it beyond the command's expiry.

    An answer that the cloud has already is given again, byte for byte.
    """
    row = connection.execute(
        "SELECT answer, stream, sequence FROM command WHERE id = ?", (command.id.bytes,)
    ).fetchone()
    if row is None:
        until_ms = max(at_ms, int(command.expires_at.timestamp() * 1000))
        noted = (command.id.bytes, until_ms, encode(command))
        connection.execute("INSERT INTO command (id, at_ms, asked) VALUES (?, ?, ?)", noted)
        return _Known.NEW
    answer, stream, sequence = row
    if answer is None:
        return _Known.RUNNING
    head = streams.head(connection, Stream.EVENTS)
    if answer and (stream != head.id.bytes or sequence <= head.acked):  # empty: forgotten since
        again, at = streams.append(connection, Stream.EVENTS, answer, at_ms)
        _place(connection, command.id, again, at)
    return _Known.ANSWERED


def _keep_answer(connection: sqlite3.Connection, command: UUID, body: bytes) -> None:
    """The answer's record is the next one of the events stream: same transaction."""
    head = streams.head(connection, Stream.EVENTS)
    connection.execute("UPDATE command SET answer = ?, asked = NULL WHERE id = ?", (body, command.bytes))
    _place(connection, command, head.id, head.last + 1)


def _place(connection: sqlite3.Connection, command: UUID, stream: UUID, sequence: int) -> None:
    connection.execute(
        "UPDATE command SET stream = ?, sequence = ? WHERE id = ?", (stream.bytes, sequence, command.bytes)
    )
