"""What the box witnesses: events with an id, a time and the clock's honesty, appended to the events stream.

The journal is that stream: hash-chained here, signed when it is sent.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict
from uuid import UUID

import msgspec

from edge import streams
from edge.clock import Clock, Moment
from edge.ids import Ids
from edge.store import Store, StoreFullError
from protocols import records
from protocols.fields import ClockState
from protocols.messages import Stream
from protocols.records import Severity

log = logging.getLogger(__name__)
FULL_PAUSE_S = 2.0
REPORT_AFTER_S = 0.005  # the barrier's coil is written before the cloud is told


# As the picture of itself: NUL is ␀. What a device says may hold anything, and databases refuse NUL.
_VISIBLE = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_VISIBLE |= dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000)], 0xFFFD)


def encoded(event: records.AnyEvent) -> bytes:
    """The record's bytes, control characters and halves of characters in its texts made visible."""
    try:
        body = records.encode(event)
    except UnicodeEncodeError:  # half a surrogate pair
        return records.encode(_cleaned(event))
    return records.encode(_cleaned(event)) if b"\\" in body else body  # what JSON must escape is rare


def _cleaned(event: records.AnyEvent) -> records.AnyEvent:
    changed: dict[str, Any] = {}
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if isinstance(value, StrEnum):
            continue
        if isinstance(value, str):
            changed[name] = value.translate(_VISIBLE)
        elif isinstance(value, list):
            changed[name] = [each.translate(_VISIBLE) if isinstance(each, str) else each for each in value]
    return msgspec.structs.replace(event, **changed)


def beginnings(*tags: str) -> tuple[bytes, ...]:
    """How the records of these types begin as `encoded`."""
    return tuple(f'{{"type":"{tag}"'.encode() for tag in tags)


def decoded(
    rows: Iterable[streams.Written], begin: tuple[bytes, ...]
) -> Iterator[tuple[bytes, records.AnyEvent]]:
    """Those that begin so. One that says nothing any more (a bit of the disk has flipped) is told and left out."""
    for place, body in rows:
        if not body.startswith(begin):
            continue
        try:
            yield body, records.decode_event(body)
        except msgspec.DecodeError as error:
            log.error("events %s: %s", place, error)  # noqa: TRY400  # where, not how it was read


class Stamp(TypedDict):
    """The fields common to all events."""

    id: UUID
    at: datetime
    clock: ClockState


class Journal:
    """Makes and appends events.

    `woken` is called soon after each commit that added one; `relieve` makes room when the disk is full.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self.woken: Callable[[], None] = lambda: None
        self.relieve: Callable[[], Awaitable[None]] = _no_relief

    def stamp(self, moment: Moment | None = None) -> Stamp:
        """A new event's id and time: that at which it was judged, else now."""
        moment = moment or self._clock.now()
        return Stamp(id=self._ids.new(moment), at=moment.utc, clock=moment.state)

    async def add(
        self,
        event: records.AnyEvent,
        also: Callable[[sqlite3.Connection], Any] | None = None,
    ) -> tuple[UUID, int]:
        """Append the event, and do what belongs to it, in one transaction. Returns stream and sequence.

        Raises StoreError; then nothing happened.
        """
        return await self.begin(event, also)

    def begin(
        self,
        event: records.AnyEvent,
        also: Callable[[sqlite3.Connection], Any] | None = None,
        *,
        at_ms: int | None = None,
    ) -> Coroutine[Any, Any, tuple[UUID, int]]:
        """`add`, on its way to the disk already when this returns. To be awaited. `at_ms`: now, where it is known."""
        body, at_ms = encoded(event), self._clock.now().unix_ms if at_ms is None else at_ms

        def job(connection: sqlite3.Connection) -> tuple[UUID, int]:
            if also is not None:
                also(connection)
            return streams.append(connection, Stream.EVENTS, body, at_ms)

        return self._appended(job, self._store.write(job))

    async def _appended(
        self, job: Callable[[sqlite3.Connection], tuple[UUID, int]], begun: Awaitable[tuple[UUID, int]]
    ) -> tuple[UUID, int]:
        try:
            place = await begun
        except StoreFullError:
            await self.relieve()
            place = await self._store.write(job)
        asyncio.get_running_loop().call_later(REPORT_AFTER_S, self.woken)
        return place

    async def insist(
        self, event: records.AnyEvent, also: Callable[[sqlite3.Connection], Any] | None = None
    ) -> None:
        """`add` for what has happened already: while the disk is full for all relief, it is tried again.

        Raises StoreError for any other reason.
        """
        while True:
            try:
                await self.add(event, also)
            except StoreFullError as error:
                log.warning("%s waits for room: %s", type(event).__name__, error)
                await asyncio.sleep(FULL_PAUSE_S)
            else:
                return

    async def notice(
        self, kind: str, detail: str, *, source: UUID | None = None, severity: Severity = Severity.WARNING
    ) -> None:
        """Something happened that a person should know of; nobody will ever clear it. Raises StoreError."""
        stamp = self.stamp()
        await self.add(
            records.Alarm(
                **stamp,
                alarm=stamp["id"],
                kind=kind,
                raised=True,
                severity=severity,
                source=source,
                detail=detail[:500],
            )
        )


async def _no_relief() -> None:
    """Nothing can be given up."""
