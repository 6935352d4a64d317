"""At a start: what was to open as the box went down. Whether it did, nobody can know any more, and that is told.

An answer (`records.Actuation`) follows its decision within seconds, but for a disk that is full: then it waits in
memory, and a power cut takes it. Nothing is written beside a decision for this: the journal is read again from where
the start before had ended.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

import msgspec

from edge import streams
from edge.access import journal
from edge.access.journal import Journal
from edge.store import Store, get_meta, set_meta
from protocols import correlation
from protocols.acts import GateDecision, Verdict
from protocols.config import Point
from protocols.messages import Stream
from protocols.records import Actuation, Outcome, Passage

log = logging.getLogger(__name__)
NOT_KNOWN = "the box was restarted: whether it opened is not known"
AT_ONCE = 200
_META = "openings_answered"
_TOLD = journal.beginnings("passage", "actuation", "gate_decision")


class Interrupted:
    """`points`: those of the configuration in force."""

    def __init__(self, store: Store, writing: Journal, points: Callable[[], Mapping[UUID, Point]]) -> None:
        self._store = store
        self._journal = writing
        self._points = points
        self._waiting: dict[UUID, Passage | GateDecision] = {}
        self._end = streams.BEGINNING

    async def find(self) -> None:
        """Before anything new is decided. Raises StoreError."""
        self._end = await self._store.write(_answered_until)
        while True:
            rows = await self._store.write(
                partial(streams.after, kind=Stream.EVENTS, place=self._end, limit=AT_ONCE)
            )
            for _, event in journal.decoded(rows, _TOLD):
                if isinstance(event, Actuation):
                    self._waiting.pop(event.passage, None)
                elif isinstance(event, Passage | GateDecision) and _is_to_open(event):
                    self._waiting[event.id] = event
            if rows:
                self._end = rows[-1].place
            if len(rows) < AT_ONCE:
                return

    async def answer(self) -> None:
        """Tell of each once, when it is known what the points are. Raises StoreError."""
        while self._waiting:
            decision = next(iter(self._waiting.values()))
            if isinstance(decision, GateDecision) or self._opens(decision.point):
                await self._tell(decision)
            del self._waiting[decision.id]
        await self._store.write(partial(_keep, self._end))

    def _opens(self, point_id: UUID) -> bool:
        """Whether something is to open there; at a point that is gone, it was."""
        point = self._points().get(point_id)
        return point is None or point.barrier is not None

    async def _tell(self, decision: Passage | GateDecision) -> None:
        with correlation.within(str(decision.id)):
            log.warning(NOT_KNOWN, extra={"point": str(decision.point)})
        answer = Actuation(
            **self._journal.stamp(),
            passage=decision.id,
            point=decision.point,
            done=False,
            known=False,
            detail=NOT_KNOWN,
        )
        await self._journal.insist(answer)


def _is_to_open(event: Passage | GateDecision) -> bool:
    if isinstance(event, GateDecision):
        return event.verdict is not Verdict.REFUSE
    return event.outcome is Outcome.GRANTED


def _answered_until(connection: sqlite3.Connection) -> streams.Place:
    kept = get_meta(connection, _META)
    return streams.BEGINNING if kept is None else msgspec.json.decode(kept, type=streams.Place)


def _keep(place: streams.Place, connection: sqlite3.Connection) -> None:
    set_meta(connection, _META, msgspec.json.encode(place))
