"""What is counted for the report of a shift. Reads in the reading thread."""

import sqlite3
from collections import Counter
from typing import NamedTuple
from uuid import UUID

from edge.guardhouse import acts
from edge.guardhouse.chronicle import passage_of
from edge.guardhouse.legible import Legible, legible
from protocols.fields import Direction
from protocols.guard_views import NoteView, ViolationView
from protocols.records import Outcome


class Counted(NamedTuple):
    """Passages of a time. `denials`: by reason."""

    granted_in: int
    granted_out: int
    denials: dict[str, int]
    unreadable: int


def passages(store: sqlite3.Connection, begun_ms: int, until_ms: int) -> Counted:
    """At all lanes of the box, end exclusive."""
    granted: Counter[Direction] = Counter()
    denials: Counter[str] = Counter()
    rows = store.execute("SELECT id, body FROM passage WHERE at_ms >= ? AND at_ms < ?", (begun_ms, until_ms))

    def count(row: tuple[bytes, bytes]) -> None:
        passage = passage_of(row[1])
        if passage.outcome is Outcome.GRANTED:
            granted[passage.direction] += 1
        else:
            denials[passage.reason.value] += 1

    unreadable = legible(store, rows, count, "passage").unreadable
    return Counted(granted[Direction.IN], granted[Direction.OUT], dict(denials), unreadable)


def visitors(store: sqlite3.Connection, begun_ms: int, until_ms: int) -> int:
    """Registered in this time."""
    query = "SELECT count(*) FROM visit WHERE registered_ms >= ? AND registered_ms < ?"
    return _count(store, query, begun_ms, until_ms)


def passes_made(store: sqlite3.Connection, shift: UUID) -> int:
    """By the guard, temporary cards apart."""
    return _count(store, "SELECT count(*) FROM draft WHERE shift = ? AND visit IS NULL", shift.bytes)


def cards_out(store: sqlite3.Connection) -> int:
    """Temporary cards that are out now."""
    return _count(store, "SELECT count(*) FROM visit WHERE card_out")


def violations(store: sqlite3.Connection, shift: UUID) -> Legible[ViolationView]:
    """Recorded in the shift."""
    return acts.read(store, acts.of_shift(store, shift, acts.VIOLATION), ViolationView)


def notes(store: sqlite3.Connection, shift: UUID) -> Legible[NoteView]:
    """Made in the shift."""
    return acts.read(store, acts.of_shift(store, shift, acts.NOTE), NoteView)


def _count(store: sqlite3.Connection, query: str, *parameters: int | bytes) -> int:
    return int(store.execute(query, parameters).fetchone()[0])
