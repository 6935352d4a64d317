"""What the box witnesses: events with an id, a time and the clock's honesty, appended to the events stream.

The journal is that stream: hash-chained here, signed when it is sent.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypedDict, TypeVar
from uuid import UUID

from edge import streams
from edge.clock import Clock
from edge.ids import Ids
from edge.store import Store, StoreFullError
from protocols import records
from protocols.fields import ClockState
from protocols.messages import Stream
from protocols.records import Severity

_Event = TypeVar("_Event", bound=records.Event)


class Stamp(TypedDict):
    """The fields common to all events."""

    id: UUID
    at: datetime
    clock: ClockState


class Journal:
    """Makes and appends events.

    `woken` is called after each commit that added one; `relieve` makes room when the disk is full.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self.woken: Callable[[], None] = lambda: None
        self.relieve: Callable[[], Awaitable[None]] = _no_relief

    def stamp(self) -> Stamp:
        """A new event's id and time."""
        moment = self._clock.now()
        return Stamp(id=self._ids.new(), at=moment.utc, clock=moment.state)

    async def add(
        self,
        event: records.AnyEvent,
        also: Callable[[sqlite3.Connection], Any] | None = None,
    ) -> tuple[UUID, int]:
        """Append the event, and do what belongs to it, in one transaction. Returns stream and sequence.

        Raises StoreError; then nothing happened.
        """
        body, at_ms = records.encode(event), self._clock.now().unix_ms

        def job(connection: sqlite3.Connection) -> tuple[UUID, int]:
            if also is not None:
                also(connection)
            return streams.append(connection, Stream.EVENTS, body, at_ms)

        try:
            place = await self._store.write(job)
        except StoreFullError:
            await self.relieve()
            place = await self._store.write(job)
        self.woken()
        return place

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
