"""What guards did, as it was answered: decisions, notes and violations. Each is written with its record, once."""

import sqlite3
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from edge.guardhouse import problems
from edge.guardhouse.chronicle import decided
from edge.guardhouse.ground import Turn
from edge.guardhouse.moments import ms_of
from protocols.guard_views import Decided, NoteView, ViolationView

DECISION, NOTE, VIOLATION = "decision", "note", "violation"


class Kept(NamedTuple):
    """An act as it is kept."""

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
    row = connection.execute(
        "SELECT kind, body, opened, detail FROM act WHERE id = ?", (act.bytes,)
    ).fetchone()
    if row is not None and row[0] != kind:
        raise problems.conflict("id_taken")
    return None if row is None else Kept(*row)


def decision(connection: sqlite3.Connection, act: UUID) -> Decided | None:
    """A decision, and what became of it."""
    kept = find(connection, act, DECISION)
    return None if kept is None else decided(kept.body, kept.opened, kept.detail)


def of_shift(connection: sqlite3.Connection, shift: UUID, kind: str) -> list[Kept]:
    """All of a kind in a shift, in their order."""
    rows = connection.execute(
        "SELECT kind, body, opened, detail FROM act WHERE shift = ? AND kind = ? ORDER BY at_ms",
        (shift.bytes, kind),
    )
    return [Kept(*row) for row in rows]


def newest(connection: sqlite3.Connection, kind: str, limit: int) -> list[Kept]:
    """The newest of a kind."""
    rows = connection.execute(
        "SELECT kind, body, opened, detail FROM act WHERE kind = ? ORDER BY at_ms DESC LIMIT ?", (kind, limit)
    )
    return [Kept(*row) for row in rows]


def about(connection: sqlite3.Connection, subjects: list[UUID]) -> list[NoteView]:
    """Notes about these, the newest first."""
    marks = ", ".join("?" * len(subjects))
    rows = connection.execute(
        f"SELECT body FROM act WHERE kind = ? AND subject IN ({marks}) ORDER BY at_ms DESC",  # noqa: S608
        (NOTE, *(subject.bytes for subject in subjects)),
    )
    return [msgspec.json.decode(row[0], type=NoteView) for row in rows]


def read(kept: list[Kept], kind: type[Any]) -> list[Any]:
    """Acts as they were answered."""
    return [msgspec.json.decode(each.body, type=kind) for each in kept]
