"""All held passes for the guard: found by words and by filters, each with what is known of it now."""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from edge.access import codes
from edge.access.drafts import Draft, Drafts
from edge.access.passes import Row
from edge.guardhouse.folding import Word, words_of
from edge.guardhouse.ground import Ground
from edge.guardhouse.moments import ms_of
from edge.guardhouse.pass_index import PassIndex
from edge.guardhouse.pass_rows import Known, row_of
from edge.guardhouse.reading import Reading, chunks
from protocols.guard_api import FindPasses, Show
from protocols.guard_views import NEAR_MOST, ListedPlate, LiveKind, PassPage, PassRow
from protocols.held import ItemKind, PassItem, decode_item
from protocols.site_day import day_of
from protocols.typed import may_be, part_of_plate

BUILD_AT_ONCE = 500
BUILD_PAUSE_S = 0.002
NEAR_LOOKED_AT = 20
_OF_PLATES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
Change = Row | tuple[str, UUID]


class Catalogue:
    """`changed` is told what of the list has changed; None: it is another list."""

    def __init__(self, ground: Ground, made_here: Drafts) -> None:
        self._ground = ground
        self._drafts = made_here
        self._rebuild = asyncio.Event()
        self._rebuild.set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def _reading(self) -> Reading:
        return self._ground.reading

    async def run(self) -> None:
        """Make the index, again whenever another list is in force, until cancelled."""
        while True:
            await self._rebuild.wait()
            self._rebuild.clear()
            await self._build()
            self._ground.hub.publish(LiveKind.PASSES)

    def changed(self, changes: Sequence[Change] | None) -> None:
        """In the loop, right after what is held has changed."""
        if changes is None:
            self._rebuild.set()
        else:
            task = asyncio.get_running_loop().create_task(self._follow(changes), name="index of passes")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._ground.hub.publish(LiveKind.PASSES)

    async def put(self, item: PassItem) -> None:
        """A pass made here; one that was withdrawn stands no more."""
        draft = self._drafts.by_id.get(item.id)
        item = msgspec.structs.replace(item, revoked=draft is not None and draft.withdrawn)
        await self._reading.look(lambda index: index.put([item]))

    async def find(self, asked: FindPasses) -> PassPage:
        """One more than the limit is looked for: then there are more, and nobody counts them."""
        words, limit = words_of(asked.q), asked.limit + 1
        match asked.show:
            case Show.ALL:
                opened = [each.bytes for each in self.opened_by(asked.q)]
                driven = await self._driven(asked.q, limit)
                named = await self._reading.look(lambda index: index.find(words, limit))
                found = list(dict.fromkeys([*opened, *driven, *named]))[:limit]
            case Show.TODAY:
                day = self.day()
                found = await self._reading.look(lambda index: index.find_today(words, limit, day))
            case Show.INSIDE:
                found = await self._reading.look(lambda index: index.find_inside(words, limit))
            case Show.OVERSTAYED:
                now_ms = self._ground.now_ms
                found = await self._reading.look(lambda index: index.find_inside(words, limit, now_ms))
            case Show.BLACKLISTED:
                found = (await self._blacklisted(words))[:limit]
        rows = await self.rows([UUID(bytes=key) for key in found[: asked.limit]])
        return PassPage(
            items=rows,
            total=len(found),
            more=len(found) > asked.limit,
            listed=self._listed(asked.q),
            near=self._near(asked.q),
        )

    async def _driven(self, typed: str, limit: int) -> list[bytes]:
        """Letters and digits of a plate's part, each by itself, are in many telephones and names: cars come first."""
        part = part_of_plate(typed)
        words = words_of(part or typed)
        if part is None or words == words_of(typed):  # which is looked for anyway
            return []
        return await self._reading.look(lambda index: index.find(words, limit))

    def _listed(self, typed: str) -> str | None:
        named = may_be(typed)
        block = self._ground.held.passes.blocking(named.keys, named.plates, None, self._ground.now)
        return None if block is None else block.reason

    def _near(self, typed: str) -> list[ListedPlate]:
        part = part_of_plate(typed)
        if part is None:
            return []
        blocked = self._ground.held.passes.blocked_plates_with(part, self._ground.now)
        found = sorted((plate, block.reason) for plate, block in blocked)
        return [ListedPlate(plate=plate, reason=reason) for plate, reason in found[:NEAR_MOST]]

    def opened_by(self, typed: str) -> list[UUID]:
        """Passes that a card, PIN, code or QR opens, if that is what a scanner or a hand typed."""
        site, passes, at = self._ground.gate.site, self._ground.held.passes, self._ground.now
        if not typed.strip():
            return []
        read = codes.look_at(typed, site.id, lambda tag: passes.code_key(tag, at))
        if read.token is not None:
            return [read.token.pass_id]
        return [held.item.id for held in passes.match_card(read.asked, self._ground.held.uses)]

    async def counts(self) -> dict[Show, int]:
        """How many stand in each filter."""
        day, now_ms = self.day(), self._ground.now_ms
        found = await self._reading.look(
            lambda index: {
                Show.TODAY: index.count_today(day),
                Show.INSIDE: index.count_inside(),
                Show.OVERSTAYED: index.count_inside(now_ms),
            }
        )
        return found | {Show.BLACKLISTED: len(self._ground.held.passes.blocked(self._ground.now))}

    async def rows(self, ids: Iterable[UUID]) -> list[PassRow]:
        """Passes by their ids, in this order; those that are held no longer are left out."""
        wanted = list(dict.fromkeys(ids))
        items = await self.items(wanted)
        at = self._ground.now
        return [row_of(items[each], self.known(items[each], at), at) for each in wanted if each in items]

    async def row(self, pass_id: UUID) -> PassRow | None:
        """The same of one."""
        found = await self.rows([pass_id])
        return found[0] if found else None

    async def items(self, ids: Sequence[UUID]) -> dict[UUID, PassItem]:
        """Passes as the cloud, or a guard, made them."""
        held = self._ground.held
        here = {each: self._drafts.by_id[each].item for each in ids if each in self._drafts.by_id}
        keys = [each.bytes for each in ids]
        found = await self._reading.ask(partial(_bodies, generation=held.generation, keys=keys))
        return here | {item.id: item for body in found if (item := _item(body)) is not None}

    def known(self, item: PassItem, at: datetime) -> Known:
        """What is known of a pass beside itself."""
        held, draft = self._ground.held, self._drafts.by_id.get(item.id)
        block = held.passes.blocking(item.keys, item.plates, item.id, at)
        return Known(
            used=held.uses.of(item.id.bytes),
            places=held.presence.of(item.id),
            blocked=None if block is None else block.reason,
            made_here=draft is not None,
            withdrawn=draft is not None and draft.withdrawn,
            provisional=draft is not None and not draft.taken,
            conflict=item.refusal if item.refusal or (draft is not None and draft.conflict) else None,
        )

    def near(self, plate: str) -> list[UUID]:
        """Passes that hold a plate of one other character: some three hundred look-ups, a tenth of a millisecond."""
        passes = self._ground.held.passes
        found: list[UUID] = []
        for place, own in enumerate(plate):
            before, after = plate[:place], plate[place + 1 :]
            for other in _OF_PLATES:
                if other != own:
                    found += passes.holders(f"{before}{other}{after}")
        return list(dict.fromkeys(found))[:NEAR_LOOKED_AT]

    def day(self) -> tuple[int, int]:
        """Today at the site, Unix ms."""
        begin, end = day_of(self._ground.now, self._ground.gate.site.zone)
        return ms_of(begin), ms_of(end)

    def draft_of(self, pass_id: UUID) -> Draft | None:
        """How it was made here, if it was."""
        return self._drafts.by_id.get(pass_id)

    def drafts(self) -> list[Draft]:
        """All that were made here of late."""
        return list(self._drafts.by_id.values())

    def keep(self, draft: Draft) -> None:
        """In force from now on. The store has it already."""
        self._drafts.by_id[draft.item.id] = draft
        self._drafts.put_in_force(self._ground.held.passes)
        self._ground.gate.forget_refusals()
        self._ground.hub.publish(LiveKind.PASSES, draft.item.id)

    async def _blacklisted(self, words: list[Word]) -> list[bytes]:
        keys = sorted(each.bytes for each in self._ground.held.passes.blocked(self._ground.now))
        return await self._reading.look(lambda index: list(index.among(keys, words)))

    async def _build(self) -> None:
        await self._reading.look(PassIndex.clear)
        generation, after = self._ground.held.generation, b""
        while True:
            last = await self._build_some(generation, after)
            if last is None:
                break
            after = last
            await asyncio.sleep(BUILD_PAUSE_S)  # the gate first
        items = [draft.item for draft in self._drafts.by_id.values() if not draft.taken]
        await self._reading.look(lambda index: index.put(items))

    async def _build_some(self, generation: int, after: bytes) -> bytes | None:
        reading = self._reading

        def job(store: sqlite3.Connection) -> bytes | None:
            rows = store.execute(
                "SELECT id, body FROM held WHERE generation = ? AND kind = 'pass' AND id > ? ORDER BY id LIMIT ?",
                (generation, after, BUILD_AT_ONCE),
            ).fetchall()
            reading.index.put(item for _, body in rows if (item := _item(body)) is not None)
            return rows[-1][0] if rows else None

        return await reading.ask(job)

    async def _follow(self, changes: Sequence[Change]) -> None:
        gone = [
            change[1].bytes
            for change in changes
            if not isinstance(change, Row) and change[0] == ItemKind.PASS
        ]
        bodies = [
            change.body for change in changes if isinstance(change, Row) and change.kind == ItemKind.PASS
        ]

        def job(index: PassIndex) -> None:
            index.remove(gone)
            index.put(item for body in bodies if (item := _item(body)) is not None)

        await self._reading.look(job)


def _item(body: bytes) -> PassItem | None:
    """None: held for the digest alone, since nobody can read it."""
    try:
        item = decode_item(body)
    except msgspec.DecodeError:
        return None
    return item if isinstance(item, PassItem) else None


def _bodies(store: sqlite3.Connection, generation: int, keys: list[bytes]) -> list[bytes]:
    found: list[bytes] = []
    for some in chunks(keys):
        marks = ", ".join("?" * len(some))
        rows = store.execute(
            f"SELECT body FROM held WHERE generation = ? AND kind = 'pass' AND id IN ({marks})",  # noqa: S608
            (generation, *some),
        )
        found += [row[0] for row in rows]
    return found
