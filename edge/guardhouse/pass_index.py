"""What a guard can search in: the folded words of each pass, on the disk, scanned from the newest on.

A scan of a hundred thousand rows of a hundred bytes takes SQLite some 15 ms, outside Python's lock, and ends at the
first page that is full. An index by trigrams (FTS5) answers rare words sooner and needs three times the room, eight
times the time to be made, and a scan all the same for one or two characters, which is what a guard types first. In
memory the same texts would cost as much as all else that the box holds. It is made anew at each start: then it
cannot differ from what is held, and needs neither a log nor care of its own.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from edge.guardhouse.folding import Word, are_in, folded
from edge.guardhouse.moments import ms_of
from protocols.held import AT_HOME, PassItem

_CACHE_KB = 2000
_NEVER_MS = 2**62
_INSIDE = "FROM store.place CROSS JOIN pass ON pass.id = place.pass WHERE zone IS NOT NULL AND until_ms <= ?"


class PassIndex:
    """Used by one thread. `visiting`: whoever is no resident and no staff, by a pass that stands."""

    def __init__(self, file: Path, store: Path) -> None:
        """`store`: the box's, of which is read who is inside."""
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        self._connection = sqlite3.connect(
            file.absolute().as_uri(), uri=True, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "secure_delete=ON", f"cache_size=-{_CACHE_KB}"):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        self._connection.executescript(
            "CREATE TABLE pass (id BLOB PRIMARY KEY, text BLOB NOT NULL, visiting INTEGER NOT NULL,"
            " from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL);"
            "CREATE INDEX visiting ON pass (until_ms, from_ms) WHERE visiting;"
        )
        self._connection.execute("ATTACH ? AS store", (f"{store.absolute().as_uri()}?mode=ro",))

    def close(self) -> None:
        """No more questions."""
        self._connection.close()

    def clear(self) -> None:
        """Another list is in force."""
        self._connection.execute("DELETE FROM pass")

    def put(self, items: Iterable[PassItem]) -> None:
        """Passes as they are now."""
        self._connection.execute("BEGIN")
        self._connection.executemany(
            "INSERT OR REPLACE INTO pass (id, text, visiting, from_ms, until_ms) VALUES (?, ?, ?, ?, ?)",
            map(_row, items),
        )
        self._connection.execute("COMMIT")

    def remove(self, ids: Iterable[bytes]) -> None:
        """Passes that are held no longer."""
        self._connection.executemany("DELETE FROM pass WHERE id = ?", [(each,) for each in ids])

    def find(self, words: Sequence[Word], limit: int) -> list[bytes]:
        """Passes in which each of the words stands, the newest first."""
        where, spellings = _standing(words)
        rows = self._connection.execute(
            f"SELECT id FROM pass WHERE TRUE{where} ORDER BY rowid DESC LIMIT ?",  # noqa: S608  # marks alone
            (*spellings, limit),
        )
        return [row[0] for row in rows]

    def find_today(self, words: Sequence[Word], limit: int, day: tuple[int, int]) -> list[bytes]:
        """The same among visitors whose passes are valid at some time of the day (Unix ms, end exclusive)."""
        where, spellings = _standing(words)
        rows = self._connection.execute(
            "SELECT id FROM pass INDEXED BY visiting WHERE visiting AND until_ms > ? AND from_ms < ?"  # noqa: S608
            f"{where} ORDER BY rowid DESC LIMIT ?",
            (*day, *spellings, limit),
        )
        return [row[0] for row in rows]

    def count_today(self, day: tuple[int, int]) -> int:
        """How many such visitors there are."""
        query = (
            "SELECT count(*) FROM pass INDEXED BY visiting WHERE visiting AND until_ms > ? AND from_ms < ?"
        )
        return int(self._connection.execute(query, day).fetchone()[0])

    def find_inside(self, words: Sequence[Word], limit: int, over_ms: int = _NEVER_MS) -> list[bytes]:
        """The same among those who are inside, who came last first. `over_ms`: whose passes ended before (Unix ms)."""
        where, spellings = _standing(words)
        rows = self._connection.execute(
            f"SELECT pass.id {_INSIDE}{where} GROUP BY pass.id ORDER BY max(since_ms) DESC LIMIT ?",
            (over_ms, *spellings, limit),
        )
        return [row[0] for row in rows]

    def count_inside(self, over_ms: int = _NEVER_MS) -> int:
        """How many such there are. SQLite counts, outside Python's lock: in the evening most residents are inside."""
        query = f"SELECT count(DISTINCT pass.id) {_INSIDE}"
        return int(self._connection.execute(query, (over_ms,)).fetchone()[0])

    def among(self, ids: Iterable[bytes], words: Sequence[Word]) -> Iterator[bytes]:
        """Of these passes those in which each of the words stands."""
        for each in ids:
            row = self._connection.execute("SELECT text FROM pass WHERE id = ?", (each,)).fetchone()
            if row is not None and are_in(row[0], words):
                yield each


def _standing(words: Sequence[Word]) -> tuple[str, list[bytes]]:
    """A condition that each of the words stands in the text, and its values."""
    conditions = (f" AND ({' OR '.join('instr(text, ?)' for _ in word)})" for word in words)
    return "".join(conditions), list(chain.from_iterable(words))


def _row(item: PassItem) -> tuple[bytes, bytes, int, int, int]:
    texts = (
        item.number,
        item.holder,
        item.host,
        item.address,
        item.phone or "",
        item.guest_phone or "",
        item.vehicle,
        *item.plates,
        item.service,
        item.ticket,
    )
    until = item.valid_until
    return (
        item.id.bytes,
        folded(" ".join(texts)),
        item.kind not in AT_HOME and not item.revoked,
        ms_of(item.valid_from),
        _NEVER_MS if until is None else ms_of(until),
    )
