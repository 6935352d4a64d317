"""Follows the site's log of passes: changes when they fit, else a snapshot piece by piece, applied in one swap.

A change is applied only if the digest after it is the cloud's; so a box never stands on a set that the cloud does not
know. What does not fit is asked for again; an answer that is lost is asked for again by the clock.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec

from edge.access import holdings
from edge.access.holdings import Holdings
from edge.access.passes import Passes, Row, Standing
from edge.clock import Clock
from edge.link.mqtt import LinkError, Publisher
from edge.store import Fault, Store, no_fault
from protocols import chain
from protocols.held import ItemKind, decode_head
from protocols.messages import (
    AnyPasses,
    MalformedError,
    PassChanges,
    PullPasses,
    PullSnapshot,
    Put,
    Remove,
    SnapshotPiece,
    Uses,
    Whereabouts,
)
from protocols.topics import Channel

log = logging.getLogger(__name__)
ASK_AGAIN_S = 60.0
PIECE_TIMEOUT_S = 10.0
_KNOWN_KINDS = frozenset(kind.value for kind in ItemKind)
Change = Row | tuple[str, UUID]
Unreadable = Callable[[str, UUID, str], Awaitable[None]]
"""Kind, id and fault of an item that was not held before, or not like this."""


class _Snapshot(NamedTuple):
    """A snapshot under way: written to `generation`, indexed in `passes`."""

    id: UUID
    epoch: UUID
    version: int
    generation: int
    passes: Passes
    uses: list[Uses]
    places: list[Whereabouts]
    next_piece: int


class Replica:
    """The box's side of the log. `changed` is called when what is held has changed on disk and in memory."""

    def __init__(
        self,
        *,
        store: Store,
        held: Holdings,
        clock: Clock,
        publisher: Publisher,
        connected: asyncio.Event,
        random: Callable[[], float],
        changed: Callable[[], None],
        unreadable: Unreadable,
        fault: Fault = no_fault,
    ) -> None:
        self._store = store
        self._held = held
        self._clock = clock
        self._publisher = publisher
        self._connected = connected
        self._random = random
        self._changed = changed
        self._unreadable = unreadable
        self._fault = fault
        self._snapshot: _Snapshot | None = None
        self._due = asyncio.Event()
        self._doubted = False
        self._unknown_kinds: set[str] = set()
        self._told = dict(held.passes.unreadable)
        self.told: Callable[[list[Change] | None], None] = lambda _: None
        """Called at once with what has changed, before anybody is judged by it; None: another list is in force."""
        self.counts: dict[str, int] = {"changes": 0, "snapshots": 0, "mismatches": 0}

    def wake(self) -> None:
        """The connection is back: ask where the log stands."""
        self._due.set()

    def doubt(self) -> None:
        """The store came back from a copy: a snapshot also tells the entries counted since."""
        self._doubted = True
        self._due.set()

    async def run(self) -> None:
        """Ask, at connect and by the clock; and tidy up what earlier snapshots left."""
        while True:
            await self._connected.wait()
            self._due.clear()
            try:
                await self._ask()
            except LinkError as error:
                log.info("passes: %s", error)
            await self._wipe()
            wait_s = (PIECE_TIMEOUT_S if self._snapshot else ASK_AGAIN_S) * (0.75 + 0.5 * self._random())
            try:
                async with asyncio.timeout(wait_s):
                    await self._due.wait()
            except TimeoutError:
                continue

    async def take(self, message: AnyPasses) -> None:
        """A message of down/passes. Raises StoreError, LinkError, MalformedError."""
        standing = self._held.standing
        if isinstance(message, SnapshotPiece):
            await self._take_piece(message)
        elif isinstance(message, PassChanges):
            await self._take_changes(message, standing)
        elif (message.epoch, message.version, message.digest) != (
            standing.epoch,
            standing.version,
            standing.digest_hex,
        ):
            await self._start_snapshot()
        else:
            await self._confirm()

    async def _confirm(self) -> None:
        """What is held is the cloud's list, now."""
        at_ms = self._clock.now().unix_ms
        await self._store.write(partial(holdings.confirm, at_ms=at_ms))
        self._held.confirmed_ms = at_ms

    async def _ask(self) -> None:
        if self._snapshot is not None:
            await self._publish(PullSnapshot(snapshot=self._snapshot.id, piece=self._snapshot.next_piece))
            return
        if self._doubted:
            await self._publish(PullSnapshot())
            return
        standing = self._held.standing
        await self._publish(
            PullPasses(epoch=standing.epoch, version=standing.version, digest=standing.digest_hex)
        )

    async def _publish(self, request: PullPasses | PullSnapshot) -> None:
        await self._publisher.publish(Channel.UP_REQUESTS, request)

    async def _take_changes(self, message: PassChanges, standing: Standing) -> None:
        if message.epoch == standing.epoch and message.version <= standing.version:
            return  # a repeat
        if message.epoch != standing.epoch or message.after != standing.version:
            if self._snapshot is None:
                await self._ask()
            return
        changes = [_change(change) for change in message.changes]
        self._note_unknown(change for change in changes if isinstance(change, Row))
        digest = self._digest_after(changes)
        if chain.digest_hex(digest) != message.digest:
            self.counts["mismatches"] += 1
            log.warning("passes: at version %s the digest differs from the cloud's", message.version)
            await self._start_snapshot()
            return
        after = Standing(message.epoch, message.version, digest % chain.DIGEST_MODULUS)
        at_ms = self._clock.now().unix_ms
        await self._store.write(
            partial(
                holdings.write_changes,
                generation=self._held.generation,
                puts=changes,
                standing=after,
                at_ms=at_ms,
            )
        )
        self._fault("changes written")
        _apply(self._held.passes, changes)
        self.told(changes)
        self._held.standing = after
        self._held.confirmed_ms = at_ms
        self.counts["changes"] += len(changes)
        self._changed()
        await self._tell_unreadable()

    def _digest_after(self, changes: list[Change]) -> int:
        """The set digest once the changes are made. An item may change twice in one message."""
        digest = self._held.passes.digest
        latest: dict[tuple[str, UUID], int] = {}
        for change in changes:
            key = (change.kind, change.id) if isinstance(change, Row) else change
            before = latest[key] if key in latest else self._held.passes.digest_of(*key)
            latest[key] = chain.item_digest(change.body) if isinstance(change, Row) else 0
            digest += latest[key] - before
        return digest

    def _note_unknown(self, rows: Iterable[Row]) -> None:
        """Say once that the cloud sends what only a newer version of this software understands."""
        for kind in sorted({row.kind for row in rows} - _KNOWN_KINDS - self._unknown_kinds):
            self._unknown_kinds.add(kind)
            log.warning("passes: items of the unknown kind %r are held and ignored", kind)

    async def _tell_unreadable(self) -> None:
        """Once of each item that is held and cannot be read: it grants nothing to anybody."""
        unreadable = dict(self._held.passes.unreadable)
        news = {key: fault for key, fault in unreadable.items() if self._told.get(key) != fault}
        self._told = unreadable
        for (kind, item_id), fault in news.items():
            log.warning("passes: %s %s cannot be read, it is held and ignored: %s", kind, item_id, fault)
            await self._unreadable(kind, item_id, fault)

    async def _start_snapshot(self) -> None:
        if self._snapshot is None:
            await self._publish(PullSnapshot())

    async def _take_piece(self, piece: SnapshotPiece) -> None:
        if piece.piece == 0 and (self._snapshot is None or self._snapshot.id != piece.snapshot):
            self._snapshot = None
            await self._wipe()  # an interrupted one may have left rows where this one is written
            generation = self._held.generation + 1
            self._snapshot = _Snapshot(
                piece.snapshot, piece.epoch, piece.version, generation, Passes(), [], [], 0
            )
        under_way = self._snapshot
        if under_way is None or under_way.id != piece.snapshot or under_way.next_piece != piece.piece:
            return  # a piece twice, or of a snapshot that was given up
        rows = [_row(item, piece.version) for item in piece.items]
        self._note_unknown(rows)
        job = partial(
            holdings.write_piece,
            generation=under_way.generation,
            rows=rows,
            uses=piece.uses,
            places=piece.places,
            at_ms=self._clock.now().unix_ms,
        )
        await self._store.write(job)
        for row in rows:
            under_way.passes.put(row)
        under_way.uses.extend(piece.uses)
        under_way.places.extend(piece.places)
        self._snapshot = under_way._replace(next_piece=piece.piece + 1)
        if piece.piece + 1 < piece.pieces:
            await self._ask()
        else:
            await self._swap(self._snapshot, piece)

    async def _swap(self, done: _Snapshot, last: SnapshotPiece) -> None:
        self._snapshot = None
        standing = self._held.standing
        behind = done.epoch == standing.epoch and done.version < standing.version
        if behind or chain.digest_hex(done.passes.digest) != last.digest:
            log.warning("passes: the snapshot of version %s does not stand, asking again", done.version)
            self.counts["mismatches"] += 1
            self._due.set()
            return
        after = Standing(done.epoch, done.version, done.passes.digest % chain.DIGEST_MODULUS)
        at_ms = self._clock.now().unix_ms
        self._fault("before swap")
        await self._store.write(
            partial(holdings.swap, generation=done.generation, standing=after, at_ms=at_ms)
        )
        self._fault("after swap")
        self._held.passes, self._held.generation, self._held.standing = done.passes, done.generation, after
        self.told(None)
        for counted in done.uses:
            self._held.uses.at_least(counted.pass_id, counted.entries, counted.exits)
        for where in done.places:
            self._held.presence.learn(where.pass_id, holdings.place_of(where))
        self._held.confirmed_ms = at_ms
        self._doubted = False
        self.counts["snapshots"] += 1
        log.info("passes: a snapshot of %s at version %s is in force", len(done.passes), done.version)
        self._changed()
        self._due.set()
        await self._tell_unreadable()

    async def _wipe(self) -> None:
        """Remove the rows of generations that are not in force, some at a time, until a snapshot begins."""
        while self._snapshot is None and await self._store.write(holdings.clean) > 0:
            continue


def _row(body: msgspec.Raw, version: int) -> Row:
    data = bytes(body)
    try:
        item = decode_head(data)
    except msgspec.DecodeError as error:
        raise MalformedError(f"held item at version {version}: {error}") from error
    return Row(item.type, item.id, version, data)


def _change(change: Put | Remove) -> Change:
    return _row(change.item, change.version) if isinstance(change, Put) else (change.kind, change.id)


def _apply(passes: Passes, changes: list[Change]) -> None:
    for change in changes:
        if isinstance(change, Row):
            passes.put(change)
        else:
            passes.remove(*change)
