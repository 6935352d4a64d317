"""The journal as the guard's page shows it: passages with what became of them, told by the journal's own records.

Nothing is written twice by the gate for the page's sake: this follows the events stream, so that after a power cut
too it says what the journal says.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from edge import streams
from edge.access import journal
from edge.guardhouse import openings
from edge.guardhouse.folding import folded
from edge.guardhouse.legible import Illegible, Legible, legible
from edge.guardhouse.moments import ms_of
from edge.store import Store, get_meta, set_meta
from protocols import decoding, records
from protocols.acts import GateDecision
from protocols.guard_views import Decided
from protocols.messages import Stream
from protocols.records import Actuation, Outcome, Passage, Still

log = logging.getLogger(__name__)
AT_ONCE = 200
COMPLETED_AT_ONCE = 50
COMPLETION_PAUSE_S = 0.005
_LAST_LOOKED_AT = 50
_PLACE = "chronicle"
_COMPLETED = "chronicle completed"  # down to this passage
_ALL = bytes(16)
_decided_decoder = msgspec.json.Decoder(Decided)
_TOLD = journal.beginnings("passage", "actuation", "still", "gate_decision", "command_result", "alarm")


class Noted(NamedTuple):
    """Something new of a passage. `point`: where."""

    passage: UUID
    point: UUID | None


class PassageRow(NamedTuple):
    """A passage as it is kept. `decided`: what a guard made of it."""

    passage: Passage
    still: str | None
    opened: bool | None
    decided: Decided | None


class Chronicle:
    """`told` is called in the loop for what is new, in its order."""

    def __init__(self, store: Store, told: Callable[[list[Noted]], None]) -> None:
        self._store = store
        self._told = told
        self._more = asyncio.Event()

    def wake(self) -> None:
        """The journal has grown."""
        self._more.set()

    async def run(self) -> None:
        """Follow the journal until cancelled; what an earlier agent left is filled in meanwhile, some at a time."""
        is_complete = False
        while True:
            self._more.clear()
            noted, is_behind = await self._store.write(_follow)
            if noted:
                self._told(noted)
            if not is_complete:
                is_complete = await self._store.write(_complete, lasting=False)
                await asyncio.sleep(COMPLETION_PAUSE_S)  # the gate first
            elif not is_behind:
                await self._more.wait()


def _follow(connection: sqlite3.Connection) -> tuple[list[Noted], bool]:
    """Take in what the journal holds beyond the place reached. Whether there is more."""
    kept = get_meta(connection, _PLACE)
    rows = streams.after(connection, Stream.EVENTS, _reached(kept), AT_ONCE)
    if not rows:
        return [], False
    told = (_take(connection, body, event) for body, event in journal.decoded(rows, _TOLD))
    noted = [each for each in told if each is not None]
    set_meta(connection, _PLACE, msgspec.json.encode(rows[-1].place))
    return noted, len(rows) == AT_ONCE


def _reached(kept: bytes | None) -> streams.Place:
    """Followed anew, the journal tells nothing twice: so where the place cannot be read."""
    try:
        return streams.BEGINNING if kept is None else msgspec.json.decode(kept, type=streams.Place)
    except msgspec.DecodeError as error:
        log.error("the place reached in the journal: %s; it is followed from the beginning", error)  # noqa: TRY400
        return streams.BEGINNING


def _take(connection: sqlite3.Connection, body: bytes, event: records.AnyEvent) -> Noted | None:
    match event:
        case Passage() as passage:
            of = passage.pass_id.bytes if passage.pass_id else None
            connection.execute(
                "INSERT OR IGNORE INTO passage (id, at_ms, point, pass, body, still, granted, text)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(passage.id.bytes, ms_of(passage.at), passage.point.bytes, of, body, passage.still),
                    *_searched(passage),
                ),
            )
            return Noted(passage.id, passage.point)
        case Actuation() as done:
            connection.execute(
                "UPDATE passage SET opened = ? WHERE id = ?", (done.opened, done.passage.bytes)
            )
            connection.execute(
                "UPDATE act SET opened = ?, detail = ? WHERE id = ?",
                (done.opened, done.detail, done.passage.bytes),
            )
            connection.execute(
                "UPDATE opening SET opened = ?, detail = ? WHERE id = ?",
                (done.opened, done.detail, done.passage.bytes),
            )
            return Noted(done.passage, done.point)
        case Still() as still:
            connection.execute(
                "UPDATE passage SET still = ? WHERE id = ?", (still.sha256, still.passage.bytes)
            )
            connection.execute(
                "UPDATE opening SET still = ? WHERE id = ?", (still.sha256, still.passage.bytes)
            )
            return Noted(still.passage, None)
        case GateDecision() as decision:
            openings.take(connection, decision)
            return Noted(decision.passage or decision.id, decision.point)
        case _:
            opening = openings.take(connection, event)
            return None if opening is None else Noted(opening, None)


def _complete(connection: sqlite3.Connection) -> bool:
    """Fill in what an earlier agent did not keep, of the next passages from the newest on. Whether all is done."""
    before = get_meta(connection, _COMPLETED)
    if before == _ALL:
        return True
    rows = connection.execute(
        "SELECT id, body, text IS NULL FROM passage WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?",
        (before, before, COMPLETED_AT_ONCE),
    ).fetchall()
    for passage, body, is_bare in rows:
        if is_bare:
            _fill_in(connection, passage, body)
    is_last = len(rows) < COMPLETED_AT_ONCE
    set_meta(connection, _COMPLETED, _ALL if is_last else rows[-1][0])
    return is_last


def _fill_in(connection: sqlite3.Connection, passage: bytes, body: bytes) -> None:
    """One that says nothing any more (a bit of the disk has flipped) is told and left as it is."""
    try:
        searched = _searched(passage_of(body))
    except msgspec.DecodeError as error:
        log.error("passage %s: %s", UUID(bytes=passage), error)  # noqa: TRY400  # where, not how it was read
        return
    connection.execute("UPDATE passage SET granted = ?, text = ? WHERE id = ?", (*searched, passage))


def _searched(passage: Passage) -> tuple[bool, bytes]:
    """Whether it was granted, and the text by which it is found."""
    texts = (passage.plate, passage.read, passage.credential)
    return passage.outcome is Outcome.GRANTED, folded(" ".join(text for text in texts if text))


_COLUMNS = (
    "SELECT passage.id, passage.body, passage.still, passage.opened, act.id, act.body, act.opened, act.detail"
    " FROM passage"
    " LEFT JOIN act ON act.subject = passage.id AND act.kind = 'decision'"
)


def one(connection: sqlite3.Connection, passage: UUID) -> PassageRow | None:
    """A passage by its id; None, too, where it cannot be read."""
    rows = connection.execute(f"{_COLUMNS} WHERE passage.id = ?", (passage.bytes,))
    found = _read(connection, rows).rows
    return found[0] if found else None


def some(
    connection: sqlite3.Connection, ids: list[bytes]
) -> list[tuple[tuple[int, bytes], PassageRow | None]]:
    """Passages by their ids, in this order, each with its place in their row (Unix ms, id); None: it cannot be read.

    Those that are there no longer are left out.
    """
    marks = ", ".join("?" * len(ids))
    at = connection.execute(f"SELECT id, at_ms FROM passage WHERE id IN ({marks})", ids)  # noqa: S608
    places = dict(at.fetchall())
    read = _read(connection, connection.execute(f"{_COLUMNS} WHERE passage.id IN ({marks})", ids))
    found = {row.passage.id.bytes: row for row in read.rows}
    return [((places[each], each), found.get(each)) for each in ids if each in places]


def last_at(connection: sqlite3.Connection, point: UUID) -> PassageRow | None:
    """The newest at a point that can be read."""
    rows = connection.execute(
        f"{_COLUMNS} WHERE point = ? ORDER BY passage.at_ms DESC, passage.id DESC LIMIT ?",
        (point.bytes, _LAST_LOOKED_AT),
    )
    found = _read(connection, rows, most=1).rows
    return found[0] if found else None


def since(connection: sqlite3.Connection, point: UUID, since_ms: int) -> list[PassageRow]:
    """All at a point since then, the oldest first."""
    rows = connection.execute(
        f"{_COLUMNS} WHERE point = ? AND passage.at_ms >= ? ORDER BY passage.at_ms", (point.bytes, since_ms)
    )
    return _read(connection, rows).rows


def of_pass(connection: sqlite3.Connection, pass_id: UUID, limit: int) -> Legible[PassageRow]:
    """The newest of a pass."""
    rows = connection.execute(
        f"{_COLUMNS} WHERE pass = ? ORDER BY passage.at_ms DESC LIMIT ?", (pass_id.bytes, limit)
    )
    return _read(connection, rows)


def decided(body: bytes, opened: int | None, detail: str) -> Decided:
    """A guard's decision, and what became of it since. Raises msgspec.DecodeError."""
    made = decoding.decode(_decided_decoder, body)
    return msgspec.structs.replace(
        made, opened=made.opened if opened is None else bool(opened), detail=detail or made.detail
    )


def _read(
    connection: sqlite3.Connection, rows: Iterable[Any], most: int | None = None
) -> Legible[PassageRow]:
    return legible(connection, rows, _row, "passage", most)


def _row(row: Any) -> PassageRow:
    _, body, still, opened, act_id, act, act_opened, detail = row
    try:
        made = None if act is None else decided(act, act_opened, detail)
    except msgspec.DecodeError as error:
        raise Illegible("gate_decision", act_id, error) from error
    return PassageRow(passage_of(body), still, None if opened is None else bool(opened), made)


def passage_of(body: bytes) -> Passage:
    passage = records.decode_event(body)
    if not isinstance(passage, Passage):
        raise msgspec.ValidationError(f"it is no passage but {type(passage).__name__}")
    return passage
