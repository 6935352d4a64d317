"""What guards write down: notes and violations, each once by its id, sent with the journal."""

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from edge.guardhouse import acts, problems
from edge.guardhouse.ground import Asked, Ground, picture_path
from edge.guardhouse.legible import Legible
from edge.guardhouse.typed import plate_of
from edge.link import files
from protocols.acts import GuardNote, Violation
from protocols.guard_api import VIOLATION_AGO_MAX, VIOLATION_AHEAD_MAX, AddNote, NewViolation
from protocols.guard_views import LiveKind, NoteView, ViolationPage, ViolationView

SHOWN = 100
_HEAD = b'{"type":"violation"'
_NAMED = re.compile(rb'"violation":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')


class Remarks:
    """Handlers of `add_note`, `violations` and `add_violation`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._turn = asyncio.Lock()  # the same request twice at once is one

    async def note(self, asked: Asked) -> NoteView:
        """About a pass, a passage, a visit, or the shift. Raises Trouble, StoreError."""
        async with self._turn:
            return await self._note(asked)

    async def violation(self, asked: Asked) -> ViolationView:
        """Written down with its pictures, which go as such from now on. Raises Trouble, StoreError."""
        async with self._turn:
            return await self._violation(asked)

    async def _note(self, asked: Asked) -> NoteView:
        body: AddNote = asked.body
        ask = partial(acts.answered, act=body.id, kind=acts.NOTE, view=NoteView)
        answered: NoteView | None = await self._ground.reading.ask(ask)
        if answered is not None:
            return answered
        stamp = self._ground.journal.stamp()
        view = NoteView(id=body.id, at=stamp["at"], guard=asked.who.guard, text=body.text)
        event = GuardNote(
            id=body.id,
            at=stamp["at"],
            clock=stamp["clock"],
            guard=view.guard.id,
            shift=asked.on_duty.id,
            text=body.text,
            pass_id=body.pass_id,
            passage=body.passage,
            visit=body.visit,
        )
        subject = body.pass_id or body.passage or body.visit
        keep = partial(acts.keep, kind=acts.NOTE, view=view, turn=asked.on_duty, subject=subject)
        await self._ground.journal.add(event, keep)
        kind = LiveKind.SHIFT if subject is None else LiveKind.PASSES
        self._ground.hub.publish(kind, subject, view.guard.id)
        return view

    async def violations(self, _asked: Asked) -> ViolationPage:
        """The newest first."""
        found = await self._ground.reading.ask(_newest)
        return ViolationPage(items=found.rows, unreadable=found.unreadable)

    async def _violation(self, asked: Asked) -> ViolationView:
        body: NewViolation = asked.body
        ask = partial(acts.answered, act=body.id, kind=acts.VIOLATION, view=ViolationView)
        answered: ViolationView | None = await self._ground.reading.ask(ask)
        if answered is not None:
            return answered
        await self._check_photos(body.photos)
        view = ViolationView(
            id=body.id,
            at=self._moment(body.at),
            guard=asked.who.guard,
            kind=body.kind,
            plate=plate_of(body.plate),
            address=body.address,
            photos=[picture_path(each) for each in body.photos],
            note=body.note,
            sent=False,
        )
        stamp = self._ground.journal.stamp()
        event = Violation(
            id=stamp["id"],
            at=view.at,
            clock=stamp["clock"],
            guard=view.guard.id,
            shift=asked.on_duty.id,
            violation=view.id,
            kind=view.kind,
            plate=view.plate,
            address=view.address,
            household=body.household,
            pass_id=body.pass_id,
            passage=body.passage,
            photos=body.photos,
            note=view.note,
        )

        def also(connection: sqlite3.Connection) -> None:
            files.named(connection, body.photos, files.VIOLATION)
            acts.keep(connection, acts.VIOLATION, view, asked.on_duty, body.passage or body.pass_id)

        await self._ground.journal.add(event, also)
        self._ground.pictures.woken()
        self._ground.hub.publish(LiveKind.VIOLATIONS, view.id, view.guard.id)
        return view

    def _moment(self, at: datetime | None) -> datetime:
        now = self._ground.now
        if at is None:
            return now
        if not now - VIOLATION_AGO_MAX <= at <= now + VIOLATION_AHEAD_MAX:
            raise problems.invalid("at")
        return at

    async def _check_photos(self, photos: Sequence[str]) -> None:
        if photos and await self._ground.reading.ask(partial(files.missing, hashes=photos)):
            raise problems.invalid("photos")


def _newest(store: sqlite3.Connection) -> Legible[ViolationView]:
    """Sent is what the cloud has acknowledged, with all of its pictures."""
    waiting, unsent = _waiting(store), files.unsent(store)
    found = acts.read(store, acts.newest(store, acts.VIOLATION, SHOWN), ViolationView)
    shown = [
        msgspec.structs.replace(
            view,
            sent=view.id not in waiting
            and not any(path.rpartition("/")[2] in unsent for path in view.photos),
        )
        for view in found.rows
    ]
    return Legible(shown, found.unreadable)


def _waiting(store: sqlite3.Connection) -> set[UUID]:
    """Violations whose record the cloud does not have; of which, nobody can say of one that cannot be read."""
    rows = store.execute(
        "SELECT body FROM record JOIN stream USING (n) WHERE kind = 'events' AND sequence > acked"
        " AND substr(body, 1, ?) = ?",
        (len(_HEAD), _HEAD),
    )
    named = (_NAMED.search(body) for (body,) in rows)
    return {UUID(found[1].decode()) for found in named if found is not None}
