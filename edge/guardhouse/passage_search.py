"""Passages looked back at: found by words, lane and what became of them, newest first, piece by piece.

A search that finds little goes through all that is kept. In pieces it can be given up as soon as nobody waits for it.
"""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from edge.guardhouse.folding import Word
from protocols.guard_api import ShowPassages

PIECE = 2000
_NEAR, _NONE = "main.near", "main.none"  # passes that are in question
_DECIDED = "EXISTS (SELECT 1 FROM store.act WHERE subject = passage.id AND kind = 'decision'{})"
_BODY = "CAST(body AS TEXT)"
_LET = f" AND CASE WHEN json_valid({_BODY}) THEN json_extract({_BODY}, '$.verdict') <> 'refuse' END"
_LET_THROUGH = f"({_DECIDED.format(_LET)} OR (granted AND NOT {_DECIDED.format('')}))"
_SHOWN = {
    ShowPassages.ALL: "TRUE",
    ShowPassages.LET_THROUGH: _LET_THROUGH,
    ShowPassages.DENIED: f"NOT {_LET_THROUGH}",
    ShowPassages.BY_GUARD: _DECIDED.format(""),
    ShowPassages.NOT_OPENED: f"({_DECIDED.format(f'{_LET} AND NOT act.opened')}"
    f" OR (granted AND NOT passage.opened AND NOT {_DECIDED.format('')}))",
}
Place = tuple[int, bytes]
"""Of a passage in their row: Unix ms and id."""


class Wanted(NamedTuple):
    """`wordings`: in one of them each word must stand, in the passage or its pass; none: all passages.

    `passes`: ids of passes that what was typed opens. Found is what is older than `before` and not older than `since`.
    """

    wordings: Sequence[Sequence[Word]]
    passes: Sequence[bytes]
    show: ShowPassages
    point: bytes | None
    before: Place
    since: Place
    limit: int


def prepare(connection: sqlite3.Connection) -> None:
    """`connection`: a database of its own, with the box's `store` and the index of `passes` attached."""
    for table in (_NEAR, _NONE):
        connection.execute(f"CREATE TABLE {table} (id BLOB PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID")


class Search:
    """`found`: ids, so far. `is_over`: that is all, or as many as are wanted.

    `has_words`: what is gathered for it is in the way of another such search.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.found: list[bytes] = []
        self.is_over = False
        self._wanted = wanted
        self._before = wanted.before
        self._is_first = True
        self._spellings = [each for words in wanted.wordings for each in chain.from_iterable(words)]
        self.has_words = bool(self._spellings)

    def step(self, connection: sqlite3.Connection) -> None:
        """The next piece. What is in many passes is found in the first; for the others few passes are in question."""
        passes = _NONE if not self.has_words else "passes.pass" if self._is_first else _NEAR
        until = self._until(connection)
        self.found += self._some(connection, passes, until or self._wanted.since)
        self.is_over = until is None or len(self.found) >= self._wanted.limit
        if self._is_first and self.has_words and not self.is_over:
            self._gather(connection)
        self._is_first, self._before = False, until or self._wanted.since

    def _until(self, connection: sqlite3.Connection) -> Place | None:
        """The last of the piece; None: what is left is less."""
        place, at = self._lane()
        row = connection.execute(
            f"SELECT at_ms, id FROM store.passage WHERE (at_ms, id) < (?, ?) AND (at_ms, id) >= (?, ?) AND {place}"  # noqa: S608
            " ORDER BY at_ms DESC, id DESC LIMIT 1 OFFSET ?",
            (*self._before, *self._wanted.since, *at, PIECE - 1),
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def _some(self, connection: sqlite3.Connection, passes: str, until: Place) -> list[bytes]:
        said, values = _said(self._wanted)
        place, at = self._lane()
        rows = connection.execute(
            f"SELECT passage.id FROM store.passage AS passage LEFT JOIN {passes} AS pass ON pass.id = passage.pass"  # noqa: S608
            f" WHERE (at_ms, passage.id) < (?, ?) AND (at_ms, passage.id) >= (?, ?) AND {place}"
            f" AND {_SHOWN[self._wanted.show]} AND {said} ORDER BY at_ms DESC, passage.id DESC LIMIT ?",
            (*self._before, *until, *at, *values, self._wanted.limit - len(self.found)),
        )
        return [row[0] for row in rows]

    def _lane(self) -> tuple[str, tuple[bytes, ...]]:
        return ("TRUE", ()) if self._wanted.point is None else ("point = ?", (self._wanted.point,))

    def _gather(self, connection: sqlite3.Connection) -> None:
        """Passes in which a word stands, so that no passage's pass is looked up among all."""
        connection.execute(f"DELETE FROM {_NEAR}")  # noqa: S608
        any_word = " OR ".join("instr(text, ?)" for _ in self._spellings)
        connection.execute(
            f"INSERT INTO {_NEAR} SELECT id, text FROM passes.pass WHERE {any_word}",  # noqa: S608
            self._spellings,
        )


def _said(wanted: Wanted) -> tuple[str, list[bytes]]:
    """A condition of what was typed, and its values."""
    if not any(wanted.wordings):
        return "TRUE", []
    said = [" AND ".join(map(_stands, words)) for words in wanted.wordings]
    values = [each for words in wanted.wordings for word in words for each in chain(word, word)]
    if wanted.passes:
        said.append(f"passage.pass IN ({', '.join('?' * len(wanted.passes))})")
    return f"({' OR '.join(said)})", [*values, *wanted.passes]


def _stands(word: Word) -> str:
    """One of the word's spellings, in either text."""
    anywhere = [f"instr({text}, ?)" for text in ("passage.text", "pass.text") for _ in word]
    return f"({' OR '.join(anywhere)})"
