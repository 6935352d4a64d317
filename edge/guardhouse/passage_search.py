"""Passages looked back at: found by words, lane and what became of them, newest first, page by page."""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from edge.guardhouse.folding import Word
from protocols.guard_api import ShowPassages

_DECIDED = "EXISTS (SELECT 1 FROM store.act WHERE subject = passage.id AND kind = 'decision'{})"
_LET = " AND json_extract(CAST(body AS TEXT), '$.verdict') <> 'refuse'"
_LET_THROUGH = f"({_DECIDED.format(_LET)} OR (granted AND NOT {_DECIDED.format('')}))"
_SHOWN = {
    ShowPassages.ALL: "TRUE",
    ShowPassages.LET_THROUGH: _LET_THROUGH,
    ShowPassages.DENIED: f"NOT {_LET_THROUGH}",
    ShowPassages.BY_GUARD: _DECIDED.format(""),
    ShowPassages.NOT_OPENED: f"({_DECIDED.format(f'{_LET} AND NOT act.opened')}"
    f" OR (granted AND NOT passage.opened AND NOT {_DECIDED.format('')}))",
}


class Wanted(NamedTuple):
    """`wordings`: in one of them each word must stand, in the passage or its pass; none: all passages.

    `passes`: ids of passes that what was typed opens. `before`: Unix ms and id; only what is older is found.
    """

    wordings: Sequence[Sequence[Word]]
    passes: Sequence[bytes]
    show: ShowPassages
    point: bytes | None
    before: tuple[int, bytes]
    limit: int


def find(connection: sqlite3.Connection, wanted: Wanted) -> list[bytes]:
    """Ids. `connection`: of the index of passes, with the box's store attached."""
    said, values = _said(wanted)
    place, at = ("TRUE", ()) if wanted.point is None else ("point = ?", (wanted.point,))
    rows = connection.execute(
        "SELECT passage.id FROM store.passage AS passage LEFT JOIN main.pass AS pass ON pass.id = passage.pass"  # noqa: S608
        f" WHERE (at_ms, passage.id) < (?, ?) AND {place} AND {_SHOWN[wanted.show]} AND {said}"
        " ORDER BY at_ms DESC, passage.id DESC LIMIT ?",
        (*wanted.before, *at, *values, wanted.limit),
    )
    return [row[0] for row in rows]


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
