"""What guards did, as it was answered: decisions, notes and violations. Each is written with its record, once."""

import sqlite3
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from edge.guardhouse import problems
from edge.guardhouse.chronicle import decided
from edge.guardhouse.ground import Turn
from edge.guardhouse.legible import Legible, legible
from edge.guardhouse.moments import ms_of
from edge.guardhouse.problems import Trouble
from protocols import decoding
from protocols.guard_views import Decided, NoteView, ViolationView

LOOKED_AT = 200  # acts of all lanes, among which each lane's last is looked for
DECISION, NOTE, VIOLATION = "decision", "note", "violation"
_TAGS = {DECISION: "gate_decision", NOTE: "guard_note", VIOLATION: "violation"}
_COLUMNS = "SELECT id, kind, body, opened, detail FROM act"
View = TypeVar("View", NoteView, ViolationView)


class Kept(NamedTuple):
    """An act as it is kept."""

    id: bytes
    kind: str
    body: bytes
    opened: int | None
    detail: str


def keep(
    connection: sqlite3.Connection,
    kind: str,
    view: Decided | NoteView | ViolationView,
    turn: Turn,
    subject: UUID | None = None,
) -> None:
    """In the transaction of its record."""
    connection.execute(
        "INSERT INTO act (id, kind, at_ms, shift, subject, body) VALUES (?, ?, ?, ?, ?, ?)",
        (
            view.id.bytes,
            kind,
            ms_of(view.at),
            turn.id.bytes,
            subject.bytes if subject else None,
            msgspec.json.encode(view),
        ),
    )


def find(connection: sqlite3.Connection, act: UUID, kind: str) -> Kept | None:
    """An act by its id. Raises Trouble when it is of another kind: ids are used once."""
    row = connection.execute(f"{_COLUMNS} WHERE id = ?", (act.bytes,)).fetchone()
    kept = None if row is None else Kept(*row)
    if kept is not None and kept.kind != kind:
        raise problems.conflict("id_taken")
    return kept


def decision(connection: sqlite3.Connection, act: UUID) -> Decided | None:
    """A decision, and what became of it. Raises Trouble."""
    kept = find(connection, act, DECISION)
    return None if kept is None else _alone(connection, kept, _decided)


def answered(connection: sqlite3.Connection, act: UUID, kind: str, view: type[View]) -> View | None:
    """What was answered then. Raises Trouble."""
    kept = find(connection, act, kind)
    return None if kept is None else _alone(connection, kept, partial(_view, kind=view))


def last_at(connection: sqlite3.Connection, since_ms: int) -> dict[UUID, Decided]:
    """The newest decision at each point since then; of an earlier version's none, which named no point."""
    rows = connection.execute(
        f"{_COLUMNS} WHERE kind = ? AND at_ms >= ? ORDER BY at_ms DESC LIMIT ?",
        (DECISION, since_ms, LOOKED_AT),
    )
    found: dict[UUID, Decided] = {}
    for made in read_decisions(connection, [Kept(*row) for row in rows]).rows:
        if made.point is not None:
            found.setdefault(made.point, made)
    return found


def of_shift(connection: sqlite3.Connection, shift: UUID, kind: str) -> list[Kept]:
    """All of a kind in a shift, in their order."""
    rows = connection.execute(f"{_COLUMNS} WHERE shift = ? AND kind = ? ORDER BY at_ms", (shift.bytes, kind))
    return [Kept(*row) for row in rows]


def newest(connection: sqlite3.Connection, kind: str, limit: int) -> list[Kept]:
    """The newest of a kind."""
    rows = connection.execute(f"{_COLUMNS} WHERE kind = ? ORDER BY at_ms DESC LIMIT ?", (kind, limit))
    return [Kept(*row) for row in rows]


def about(connection: sqlite3.Connection, subjects: list[UUID]) -> list[NoteView]:
    """Notes about these, the newest first."""
    marks = ", ".join("?" * len(subjects))
    rows = connection.execute(
        f"{_COLUMNS} WHERE kind = ? AND subject IN ({marks}) ORDER BY at_ms DESC",
        (NOTE, *(subject.bytes for subject in subjects)),
    )
    return read(connection, [Kept(*row) for row in rows], NoteView).rows


def read(connection: sqlite3.Connection, kept: list[Kept], view: type[View]) -> Legible[View]:
    """Acts of a kind as they were answered."""
    return _legible(connection, kept, partial(_view, kind=view))


def read_decisions(connection: sqlite3.Connection, kept: list[Kept]) -> Legible[Decided]:
    """Decisions, and what became of them."""
    return _legible(connection, kept, _decided)


def _alone(connection: sqlite3.Connection, kept: Kept, made: Callable[[Kept], Any]) -> Any:
    """Raises Trouble where it cannot be read: nobody is told that it was never done."""
    found = _legible(connection, [kept], made).rows
    if not found:
        raise Trouble(HTTPStatus.CONFLICT, "unreadable")
    return found[0]


def _legible(connection: sqlite3.Connection, kept: list[Kept], made: Callable[[Kept], Any]) -> Legible[Any]:
    return legible(connection, kept, made, _TAGS[kept[0].kind] if kept else "")


def _decided(kept: Kept) -> Decided:
    return decided(kept.body, kept.opened, kept.detail)


def _view(kept: Kept, kind: type[View]) -> View:
    return decoding.decode(msgspec.json.Decoder(kind), kept.body)
