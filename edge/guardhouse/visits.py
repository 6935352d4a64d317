"""Visitors: registered with and without a pass, in and out, temporary cards handed out and taken back."""

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec

from edge.access.blacklist import NOBODY, Visitor
from edge.access.drafts import Draft
from edge.guardhouse import drafting, listed, problems
from edge.guardhouse.catalogue import Catalogue
from edge.guardhouse.drafting import Drafting, Made
from edge.guardhouse.folding import Word, are_in, folded, words_of
from edge.guardhouse.ground import Asked, Ground, picture_path
from edge.guardhouse.legible import Legible, legible
from edge.guardhouse.moments import ms_of
from edge.guardhouse.typed import card_of, phone_of, plate_of
from edge.link import files
from protocols import decoding
from protocols.acts import Visit
from protocols.fields import bounded
from protocols.guard_api import DraftPass, FindVisits, PutVisit, ShowVisits, is_let_in
from protocols.guard_views import LiveKind, Photo, VisitPage, VisitView
from protocols.held import PassKind

CARD_HOURS = 24
_view_decoder = msgspec.json.Decoder(VisitView)
_WHERE = {
    ShowVisits.INSIDE: "state = 'inside'",
    ShowVisits.TODAY: "registered_ms >= :begin AND registered_ms < :end",
    ShowVisits.CARDS_OUT: "card_out",
}


class _Change(NamedTuple):
    """A visit as it is to be, and what its temporary card brings with it."""

    view: VisitView
    made: list[Made]


class Visits:
    """Handlers of `visits` and `put_visit`."""

    def __init__(self, ground: Ground, catalogue: Catalogue, making: Drafting) -> None:
        self._ground = ground
        self._catalogue = catalogue
        self._making = making
        self._turn = asyncio.Lock()  # a card is handed out once

    async def page(self, asked: Asked) -> VisitPage:
        """The newest first."""
        query: FindVisits = asked.query
        begin, end = self._catalogue.day()
        found = await self._ground.reading.ask(
            partial(
                _find, where=_WHERE[query.show], day={"begin": begin, "end": end}, words=words_of(query.q)
            )
        )
        return VisitPage(items=found.rows[: query.limit], total=len(found.rows), unreadable=found.unreadable)

    async def put(self, asked: Asked) -> VisitView:
        """The whole visit as it is now; one that is so already is left alone. Raises Trouble, StoreError."""
        async with self._turn:
            return await self._put(asked)

    async def _put(self, asked: Asked) -> VisitView:
        visit, body = problems.found_id(asked.id), asked.body
        before = await self._ground.reading.ask(partial(_one, visit=visit))
        await self._check_photos(body.photos)
        visitor = await self._visitor(body, before)
        change = self._change(visit, body, before, asked, visitor)
        if before is not None and _same(before, change.view):
            return before
        event = self._event(change.view, body, asked)
        at_ms = self._ground.now_ms

        def also(connection: sqlite3.Connection) -> None:
            drafting.append(connection, change.made, at_ms)
            files.named(connection, body.photos, files.STILL)
            _keep(connection, change.view, asked.on_duty.id)

        await self._ground.journal.add(event, also)
        await self._making.put_in_force(change.made)
        if body.photos:
            self._ground.pictures.woken()
        self._ground.hub.publish(LiveKind.VISITS, visit, asked.who.guard.id)
        return change.view

    async def _visitor(self, body: PutVisit, before: VisitView | None) -> Visitor:
        """As the blacklist is asked about them; it is not about everybody."""
        if not _is_let_in(body, before):
            return NOBODY
        return await listed.recognised(self._ground, body.name, phone_of(body.phone), body.document)

    def _change(
        self,
        visit: UUID,
        body: PutVisit,
        before: VisitView | None,
        asked: Asked,
        visitor: Visitor,
    ) -> _Change:
        now = bounded(self._ground.now)
        plate = plate_of(body.plate)
        card, made = self._card(visit, body, before, asked, visitor)
        if _is_let_in(body, before):
            listed.refuse(self._ground, (), [plate] if plate else [], visitor)
        is_moved = before is None or before.state is not body.state
        view = VisitView(
            id=visit,
            state=body.state,
            name=body.name.strip(),
            document=body.document,
            phone=phone_of(body.phone),
            plate=plate,
            host=body.host,
            host_phone=phone_of(body.host_phone, "host_phone"),
            address=body.address,
            household=body.household,
            purpose=body.purpose,
            pass_id=body.pass_id,
            point=body.point,
            card=card,
            card_back=body.card_back and card is not None,
            photos=[Photo(sha256=each, path=picture_path(each)) for each in body.photos],
            note=body.note,
            guard=asked.who.guard if before is None or is_moved else before.guard,
            since=now if before is None or is_moved else before.since,
            registered_at=now if before is None else before.registered_at,
        )
        return _Change(view, made)

    def _card(
        self, visit: UUID, body: PutVisit, before: VisitView | None, asked: Asked, visitor: Visitor
    ) -> tuple[str | None, list[Made]]:
        """The card's strongest key, and the pass that it is, or was."""
        out = self._out(visit)
        key: str | None
        keys: list[str]
        if before is not None and body.card == before.card:
            key, keys = before.card, []
        else:
            typed = card_of(body.card)
            keys = list(typed.keys()) if typed else []
            key = keys[0] if keys else None
        ending = [
            self._making.withdrawn(draft, asked)
            for draft in out
            if body.card_back or key is None or key not in draft.item.keys
        ]
        if key is None or body.card_back or any(key in draft.item.keys for draft in out):
            return key, ending
        self._refuse_taken(keys)
        return key, [*ending, self._making.drawn_up(self._pass_of(body), asked, visitor, visit)]

    def _pass_of(self, body: PutVisit) -> DraftPass:
        return DraftPass(
            id=self._ground.ids.new(),
            kind=PassKind.GUEST,
            holder=body.name[:200],
            card=body.card,
            host=body.host,
            phone=body.phone,
            host_phone=body.host_phone,
            address=body.address,
            household=body.household,
            hours=CARD_HOURS,
            entries=None,
        )

    def _out(self, visit: UUID) -> list[Draft]:
        """Temporary cards of the visit that are out."""
        return [draft for draft in self._catalogue.drafts() if draft.visit == visit and not draft.withdrawn]

    def _refuse_taken(self, keys: Sequence[str]) -> None:
        """A card that opens something for somebody already is not handed out."""
        passes, now = self._ground.held.passes, self._ground.now
        for pass_id in passes.of_cards(keys[:1]):
            item = passes.find_pass(pass_id)
            is_over = (
                item is None or item.revoked or (item.valid_until is not None and now >= item.valid_until)
            )
            if not is_over:
                raise problems.conflict("card_taken")

    async def _check_photos(self, photos: Sequence[str]) -> None:
        if photos and await self._ground.reading.ask(partial(files.missing, hashes=photos)):
            raise problems.invalid("photos")

    def _event(self, view: VisitView, body: PutVisit, asked: Asked) -> Visit:
        return Visit(
            **self._ground.journal.stamp(),
            guard=asked.who.guard.id,
            shift=asked.on_duty.id,
            visit=view.id,
            state=view.state,
            name=view.name,
            document=view.document,
            phone=view.phone,
            plate=view.plate,
            host=view.host,
            host_phone=view.host_phone,
            address=view.address,
            household=view.household,
            purpose=view.purpose,
            pass_id=view.pass_id,
            point=view.point,
            card=view.card,
            card_back=view.card_back,
            photos=body.photos,
            note=view.note,
        )


def count_inside(store: sqlite3.Connection) -> int:
    """Visitors who are inside now."""
    return int(store.execute("SELECT count(*) FROM visit WHERE state = 'inside'").fetchone()[0])


def _is_let_in(body: PutVisit, before: VisitView | None) -> bool:
    return is_let_in(
        body,
        before.state if before is not None else None,
        card_was_back=before is not None and before.card_back,
    )


def _same(before: VisitView, after: VisitView) -> bool:
    return msgspec.structs.replace(after, guard=before.guard) == before


def _one(store: sqlite3.Connection, visit: UUID) -> VisitView | None:
    """None, too, where it cannot be read: what is put is the whole visit, and mends it."""
    rows = store.execute("SELECT id, body FROM visit WHERE id = ?", (visit.bytes,))
    found = legible(store, rows, _view, "visit").rows
    return found[0] if found else None


def _find(
    store: sqlite3.Connection, where: str, day: dict[str, int], words: list[Word]
) -> Legible[VisitView]:
    """A month's visitors are few enough to be read one by one."""
    rows = store.execute(
        f"SELECT id, body, text FROM visit WHERE {where} ORDER BY registered_ms DESC",  # noqa: S608  # one of three
        day,
    )
    return legible(store, (row for row in rows if are_in(row[2], words)), _view, "visit")


def _view(row: tuple[bytes, bytes]) -> VisitView:
    return decoding.decode(_view_decoder, row[1])


def _keep(connection: sqlite3.Connection, view: VisitView, shift: UUID) -> None:
    phones = (view.phone or "", view.host_phone or "")
    texts = (view.name, view.host, view.address, view.plate or "", *phones, view.document)
    connection.execute(
        "INSERT OR REPLACE INTO visit (id, body, state, card_out, shift, registered_ms, since_ms, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            view.id.bytes,
            msgspec.json.encode(view),
            view.state.value,
            view.card is not None and not view.card_back,
            shift.bytes,
            ms_of(view.registered_at),
            ms_of(view.since),
            folded(" ".join(texts)),
        ),
    )


def forget(connection: sqlite3.Connection, before_ms: int) -> int:
    """Drop visits that ended before; whoever is still inside stays."""
    return connection.execute(
        "DELETE FROM visit WHERE since_ms < ? AND state <> 'inside' AND NOT card_out", (before_ms,)
    ).rowcount
