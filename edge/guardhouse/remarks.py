"""What guards write down: notes and violations, each once by its id, sent with the journal."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from edge.guardhouse import acts, problems
from edge.guardhouse.ground import Asked, Ground, picture_path
from edge.guardhouse.typed import plate_of
from edge.link import files
from protocols import records
from protocols.acts import GuardNote, Violation
from protocols.guard_api import VIOLATION_AGO_MAX, VIOLATION_AHEAD_MAX, AddNote, NewViolation
from protocols.guard_views import LiveKind, NoteView, ViolationPage, ViolationView

SHOWN = 100
_HEAD = b'{"type":"violation"'


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
        kept = await self._ground.reading.ask(partial(acts.find, act=body.id, kind=acts.NOTE))
        if kept is not None:
            return msgspec.json.decode(kept.body, type=NoteView)
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
        return ViolationPage(items=await self._ground.reading.ask(_newest))

    async def _violation(self, asked: Asked) -> ViolationView:
        body: NewViolation = asked.body
        kept = await self._ground.reading.ask(partial(acts.find, act=body.id, kind=acts.VIOLATION))
        if kept is not None:
            return msgspec.json.decode(kept.body, type=ViolationView)
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


def _newest(store: sqlite3.Connection) -> list[ViolationView]:
    """Sent is what the cloud has acknowledged, with all of its pictures."""
    waiting, unsent = _waiting(store), files.unsent(store)
    found: list[ViolationView] = acts.read(acts.newest(store, acts.VIOLATION, SHOWN), ViolationView)
    return [
        msgspec.structs.replace(
            view,
            sent=view.id not in waiting
            and not any(path.rpartition("/")[2] in unsent for path in view.photos),
        )
        for view in found
    ]


def _waiting(store: sqlite3.Connection) -> set[UUID]:
    """Violations whose record the cloud does not have."""
    rows = store.execute(
        "SELECT body FROM record JOIN stream USING (n) WHERE kind = 'events' AND sequence > acked"
        " AND substr(body, 1, ?) = ?",
        (len(_HEAD), _HEAD),
    )
    events = (records.decode_event(body) for (body,) in rows)
    return {event.violation for event in events if isinstance(event, Violation)}
