"""Passes made at the gate, in force at once; withdrawn there; and temporary cards, which are such passes of a visit."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from edge import streams
from edge.access import drafts
from edge.access.blacklist import Visitor
from edge.access.drafts import Draft
from edge.access.journal import encoded
from edge.guardhouse import listed, problems
from edge.guardhouse.catalogue import Catalogue
from edge.guardhouse.ground import Asked, Ground
from edge.guardhouse.typed import card_of, phone_of, plate_of
from protocols.acts import PassDrafted, PassWithdrawn
from protocols.guard_api import NOT_MADE_AT_GATES, DraftPass
from protocols.guard_views import PassRow
from protocols.held import PassItem
from protocols.messages import Stream

MARK = "КПП-"


class Made(NamedTuple):
    """A change of a pass and the record of it, to be written together."""

    draft: Draft
    event: PassDrafted | PassWithdrawn


class Drafting:
    """Handlers of `draft_pass` and `withdraw_pass`."""

    def __init__(self, ground: Ground, catalogue: Catalogue) -> None:
        self._ground = ground
        self._catalogue = catalogue
        self._turn = asyncio.Lock()  # the same request twice at once is one

    async def draft(self, asked: Asked) -> PassRow:
        """Once by id. Raises Trouble, StoreError."""
        body: DraftPass = asked.body
        async with self._turn:
            if self._catalogue.draft_of(body.id) is None:
                if await self._catalogue.row(body.id) is not None:
                    raise problems.conflict("id_taken")
                visitor = await listed.recognised(self._ground, body.holder, phone_of(body.phone))
                made = self.drawn_up(body, asked, visitor)
                await self._ground.journal.add(made.event, partial(drafts.keep, draft=made.draft))
                await self.put_in_force([made])
        return await self._row(body.id)

    async def withdraw(self, asked: Asked) -> PassRow:
        """Refused from now on. Raises Trouble, StoreError."""
        wanted = problems.found_id(asked.id)
        async with self._turn:
            draft = self._catalogue.draft_of(wanted)
            if draft is None:
                if await self._catalogue.row(wanted) is None:
                    raise problems.not_found(asked.id)
                raise problems.conflict("not_drafted_here")
            if not draft.withdrawn:
                made = self.withdrawn(draft, asked, asked.body.note)
                await self._ground.journal.add(made.event, partial(drafts.keep, draft=made.draft))
                await self.put_in_force([made])
        return await self._row(wanted)

    def drawn_up(self, body: DraftPass, asked: Asked, visitor: Visitor, visit: UUID | None = None) -> Made:
        """A pass by what the guard typed; `visitor`: for whom, as the blacklist is asked. Raises Trouble."""
        if body.kind in NOT_MADE_AT_GATES:
            raise problems.invalid("kind")
        plate, card = plate_of(body.plate), card_of(body.card)
        if plate is None and card is None and not body.holder.strip():
            raise problems.invalid("holder", "missing")
        keys, plates = list(card.keys()) if card else [], [plate] if plate else []
        phone, host_phone = phone_of(body.phone), phone_of(body.host_phone, "host_phone")
        listed.refuse(self._ground, keys, plates, visitor)
        stamp = self._ground.journal.stamp()
        item = PassItem(
            id=body.id,
            number=f"{MARK}{body.id.hex[-4:].upper()}",
            kind=body.kind,
            holder=body.holder.strip(),
            vehicle=body.vehicle,
            host=body.host,
            phone=host_phone or phone,
            guest_phone=phone,
            address=body.address,
            household=body.household,
            keys=keys,
            plates=plates,
            valid_from=stamp["at"],
            valid_until=stamp["at"] + timedelta(hours=body.hours),
            entries=body.entries,
            changed_at=stamp["at"],
        )
        event = PassDrafted(
            **stamp,
            guard=asked.who.guard.id,
            shift=asked.on_duty.id,
            pass_id=item.id,
            kind=item.kind,
            holder=item.holder,
            vehicle=item.vehicle,
            host=item.host,
            phone=phone,
            host_phone=host_phone,
            address=item.address,
            household=item.household,
            keys=item.keys,
            plates=item.plates,
            valid_from=item.valid_from,
            valid_until=stamp["at"] + timedelta(hours=body.hours),
            entries=item.entries,
            note=body.note,
        )
        return Made(Draft(item, self._ground.now_ms, asked.on_duty.id, visit), event)

    def withdrawn(self, draft: Draft, asked: Asked, note: str = "") -> Made:
        """The end of a pass that was made here."""
        event = PassWithdrawn(
            **self._ground.journal.stamp(),
            guard=asked.who.guard.id,
            shift=asked.on_duty.id,
            pass_id=draft.item.id,
            note=note,
        )
        return Made(draft._replace(withdrawn=True), event)

    async def put_in_force(self, made: Sequence[Made]) -> None:
        """They are on the disk already."""
        for each in made:
            self._catalogue.keep(each.draft)
            await self._catalogue.put(each.draft.item)

    async def _row(self, pass_id: UUID) -> PassRow:
        row = await self._catalogue.row(pass_id)
        if row is None:
            raise problems.not_found(str(pass_id))
        return row


def append(connection: sqlite3.Connection, made: Sequence[Made], at_ms: int) -> None:
    """Passes with their records, in the transaction of another record that follows from them."""
    for each in made:
        drafts.keep(connection, each.draft)
        streams.append(connection, Stream.EVENTS, encoded(each.event), at_ms)
