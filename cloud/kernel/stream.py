"""The live stream: one LISTEN per process, a bounded queue per watcher, no database connection held for a watcher."""

import asyncio
import contextlib
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row

from cloud.kernel.metrics import LISTENER_FAULTS, WATCHERS, WATCHERS_DROPPED
from cloud.kernel.realtime import CHANNEL

_QUEUE_LENGTH = 256
_BATCH = 1000
_POLL_S = 5.0  # a lost NOTIFY costs this much
_BEAT_S = 15.0  # a browser that hears none for two of these takes the line for dead
_RECHECK_S = 60.0
_CONNECT_TIMEOUT_S = 5
_RESUMING_AT_ONCE = 4  # each has a connection of its own while it asks what it missed
_LONGEST_BACKOFF_S = 10.0
# An event, not a comment: browsers show comments to no script. Without an id: nothing to resume after.
_BEAT = "event: beat\ndata: {}\n\n"
_log = logging.getLogger(__name__)


class Event(NamedTuple):
    """A row of `realtime_event`."""

    id: int
    organisation_id: UUID
    kind: str
    object_id: UUID
    permission: str


Sees = Callable[[Event], bool]
Recheck = Callable[[], Awaitable[Sees | None]]
"""Looks at the session again: what it may see now, or None when it has ended."""


@dataclass(eq=False)
class Watcher:
    """One open stream."""

    queue: asyncio.Queue[Event | None]
    lost: bool = False  # fell behind: must reload

    def offer(self, event: Event) -> None:
        """Nothing more once one was dropped: what came after a gap would be told as if there were none."""
        if self.lost:
            return
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.lost = True

    def end(self) -> None:
        """What it was offered is still told, then it must reload."""
        self.lost = True
        with contextlib.suppress(asyncio.QueueFull):
            self.queue.put_nowait(None)  # wakes it


class Hub:
    """Listens for the process and hands events to its watchers."""

    def __init__(self, url: str, *, recheck_s: float = _RECHECK_S, queue_length: int = _QUEUE_LENGTH) -> None:
        self._url = url
        self._recheck_s = recheck_s
        self._queue_length = queue_length
        self._watchers: set[Watcher] = set()
        self._newest: int | None = None  # the last event handed out
        self._ready = asyncio.Event()
        self._resuming = asyncio.Semaphore(_RESUMING_AT_ONCE)
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is taken up again where it was lost."""
        self._loop = asyncio.get_running_loop()
        backoff_s = 0.1
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                LISTENER_FAULTS.inc()
                _log.warning(
                    "the listener lost its connection", extra={"error": str(error), "retry_s": backoff_s}
                )
                await asyncio.sleep(backoff_s * random.uniform(0.5, 1.0))  # noqa: S311  # jitter
                backoff_s = min(backoff_s * 2, _LONGEST_BACKOFF_S)
            else:
                backoff_s = 0.1

    def close(self) -> None:
        """End every stream: the process is about to stop. May be called by a signal's handler."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close)

    def _close(self) -> None:
        self._closing = True
        self._end_streams()

    def _end_streams(self) -> None:
        for watcher in self._watchers:
            watcher.end()

    async def _listen(self) -> None:
        async with await self._connected("domovoy listen") as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._begin_at((await _kept(connection))[1])
            self._ready.set()
            while True:
                await self._hand_out(connection)
                async for _ in connection.notifies(timeout=_POLL_S, stop_after=1):
                    pass

    def _begin_at(self, newest: int) -> None:
        """Go on after the last event handed out; a database that does not know it was restored: all must reload."""
        if self._newest is not None and self._newest <= newest:
            return
        if self._newest is not None:
            _log.warning(
                "the database is older than what was told", extra={"told": self._newest, "newest": newest}
            )
            self._end_streams()
        self._newest = newest

    async def _connected(self, name: str) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            application_name=name,
            connect_timeout=_CONNECT_TIMEOUT_S,
            row_factory=namedtuple_row,
        )

    async def _hand_out(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            assert self._newest is not None  # noqa: S101  # set before the loop
            events = await _since(connection, self._newest)
            for event in events:
                self._newest = event.id
                for watcher in self._watchers:
                    watcher.offer(event)
            if len(events) < _BATCH:
                return

    async def watch(self, sees: Sees, recheck: Recheck, resume_after: int | None) -> AsyncIterator[str]:
        """A watcher's stream as server-sent events, from after `resume_after` or from now.

        `ready` says that all before it was delivered; `reload` that something was missed and the stream is over.
        """
        await self._ready.wait()
        watcher = Watcher(asyncio.Queue(self._queue_length))
        self._watchers.add(watcher)
        newest = self._newest or 0  # events after this one come through the queue
        WATCHERS.inc()
        try:
            missed = await self._missed(resume_after, newest)
            if missed is None:
                yield _message("reload", newest)
                return
            for event in missed:
                if sees(event):
                    yield _told(event)
            # another process may have told them sooner than this one heard
            told = max(newest, resume_after or 0)
            yield _message("ready", told)
            async for message in self._live(watcher, sees, recheck, told):
                yield message
        finally:
            WATCHERS.dec()
            self._watchers.discard(watcher)

    async def _missed(self, resume_after: int | None, newest: int) -> list[Event] | None:
        """Events after `resume_after` up to `newest`; None when some are no longer kept."""
        if resume_after is None or resume_after == newest:
            return []
        async with self._resuming, await self._connected("domovoy resume") as connection:
            oldest, last = await _kept(connection)
            if resume_after < oldest - 1 or resume_after > last:
                return None
            events = await _since(connection, resume_after)
        if len(events) == _BATCH:
            return None
        return [event for event in events if event.id <= newest]

    async def _live(self, watcher: Watcher, sees: Sees, recheck: Recheck, last: int) -> AsyncIterator[str]:
        """What comes after event `last`, which was told already."""
        loop = asyncio.get_running_loop()
        check_at = loop.time() + self._recheck_s
        while not self._closing:
            with contextlib.suppress(TimeoutError):
                event = await asyncio.wait_for(watcher.queue.get(), min(_BEAT_S, self._recheck_s))
                if event is not None and event.id > last:
                    last = event.id
                    if sees(event):
                        yield _told(event)
            if watcher.lost and watcher.queue.empty():
                WATCHERS_DROPPED.inc()
                yield _message("reload", min(last, self._newest or 0))
                return
            if loop.time() >= check_at:
                allowed = await recheck()
                if allowed is None:
                    yield _message("signed_out", last)
                    return
                sees, check_at = allowed, loop.time() + self._recheck_s
            if watcher.queue.empty():
                yield _BEAT


def _told(event: Event) -> str:
    data = json.dumps({"company": str(event.organisation_id), "kind": event.kind, "id": str(event.object_id)})
    return f"id: {event.id}\nevent: change\ndata: {data}\n\n"


def _message(name: str, event_id: int) -> str:
    return f"id: {event_id}\nevent: {name}\ndata: {{}}\n\n"


async def _kept(connection: psycopg.AsyncConnection[Any]) -> tuple[int, int]:
    cursor = await connection.execute("SELECT oldest, newest FROM realtime_kept()")
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101  # an aggregate has one row
    return row.oldest, row.newest


async def _since(connection: psycopg.AsyncConnection[Any], after: int) -> list[Event]:
    cursor = await connection.execute("SELECT * FROM realtime_since(%s, %s)", [after, _BATCH])
    rows = await cursor.fetchall()
    return [Event(row.id, row.organisation_id, row.kind, row.object_id, row.permission) for row in rows]
