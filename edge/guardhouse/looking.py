"""What guards look at on the box's page, for the ledger in the cloud: told once a minute for each guard and kind.

A guard who types a plate asks again with each key: one record says what was typed last, whose data all of it showed,
and how often was asked. A box that loses its power loses the minute that was not told.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from edge.access.journal import Journal, Stamp
from edge.guardhouse.ground import Asked
from edge.store import StoreError
from protocols.acts import SUBJECTS_MAX, Looked
from protocols.guard_api import Operation
from protocols.privacy import LookKind, subjects_in

log = logging.getLogger(__name__)
TELL_EVERY_S = 60.0
_ASKED_LENGTH = 200
_BY_ID = {"picture": "picture", "passage_video": "passage"}  # whose answers say nothing of whom they show


class _Who(NamedTuple):
    guard: UUID
    shift: UUID | None
    kind: LookKind
    screen: str


@dataclass
class _Minute:
    """What somebody saw since it was told last; `stamp`: of its beginning."""

    stamp: Stamp
    asked: str = ""
    rows: int = 0
    times: int = 0
    subjects: dict[str, None] = field(default_factory=dict)

    def joined(self, later: "_Minute | None") -> "_Minute":
        """Both as one, from the beginning of this one."""
        if later is None:
            return self
        return _Minute(
            self.stamp,
            later.asked or self.asked,
            max(self.rows, later.rows),
            self.times + later.times,
            self.subjects | later.subjects,
        )


class Looking:
    """Notes each answer, and tells of it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._minutes: dict[_Who, _Minute] = {}

    def note(self, operation: Operation, asked: Asked, answer: Any) -> None:
        """A guard was answered."""
        if operation.looks is None or asked.session is None:
            return
        shift = asked.turn.id if asked.turn is not None else None
        who = _Who(asked.session.guard.id, shift, operation.looks, operation.name)
        minute = self._minutes.setdefault(who, _Minute(self._journal.stamp()))
        minute.times += 1
        typed = getattr(asked.query, "q", "")
        minute.asked = typed[:_ASKED_LENGTH] or minute.asked
        items = getattr(answer, "items", None)
        minute.rows = max(minute.rows, len(items) if isinstance(items, list) else 1)
        if len(minute.subjects) < SUBJECTS_MAX:
            by_id = _BY_ID.get(operation.name)
            named = [f"{by_id}:{asked.id}"] if by_id else subjects_in(answer, operation.looks)
            minute.subjects |= dict.fromkeys(named)

    async def run(self) -> None:
        """Tell what was seen, each minute; and what is left when the agent stops."""
        try:
            while True:
                await asyncio.sleep(TELL_EVERY_S)
                await self.tell()
        finally:
            await self.tell()

    async def tell(self) -> None:
        """A record for each guard, kind and screen. What cannot be written stays for the next minute."""
        for who, minute in list(self._minutes.items()):
            told = Looked(
                **minute.stamp,
                guard=who.guard,
                shift=who.shift,
                kind=who.kind,
                screen=who.screen,
                asked=minute.asked,
                rows=minute.rows,
                times=minute.times,
                subjects=[each[:100] for each in minute.subjects][:SUBJECTS_MAX],
            )
            del self._minutes[who]
            try:
                await self._journal.add(told)
            except StoreError as error:
                log.warning("what a guard looked at is told later: %s", error)
                self._minutes[who] = minute.joined(
                    self._minutes.get(who)
                )  # the guard may have looked meanwhile
                return
