"""What the page's lists read of the store. A row that says nothing any more costs them itself and nothing else.

A bit of the disk has flipped, or a newer agent wrote it. It is left out and counted; told once, with the place of its
record in the journal, where whoever looks into it finds the bytes.
"""

import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from edge.access.journal import beginnings
from protocols.messages import Stream

log = logging.getLogger(__name__)
Read = TypeVar("Read")
TOLD_AT_ONCE = 20  # of a list; the others with the next one: a record is looked for in the whole journal
TOLD_KEPT = 5000
_told: OrderedDict[tuple[str, bytes], None] = OrderedDict()


class Illegible(msgspec.DecodeError):
    """What of a row cannot be read, where that is not the row itself. `tag`: its record's type."""

    def __init__(self, tag: str, key: bytes, error: msgspec.DecodeError) -> None:
        super().__init__(str(error))
        self.tag = tag
        self.key = key


class Legible(NamedTuple, Generic[Read]):
    """What could be read, and how many rows could not."""

    rows: list[Read]
    unreadable: int


def legible(
    connection: sqlite3.Connection,
    rows: Iterable[Any],
    read: Callable[[Any], Read],
    tag: str,
    most: int | None = None,
) -> Legible[Read]:
    """`rows`: an id is their first column; `tag`: the type of the record that told them. `most`: so many that can."""
    found: list[Read] = []
    broken: list[Illegible] = []
    for row in rows:
        try:
            found.append(read(row))
        except msgspec.DecodeError as error:
            broken.append(error if isinstance(error, Illegible) else Illegible(tag, row[0], error))
        if len(found) == most:
            break
    if broken:
        _tell(connection, broken)
    return Legible(found, len(broken))


def _tell(connection: sqlite3.Connection, broken: list[Illegible]) -> None:
    fresh = [each for each in broken if (each.tag, each.key) not in _told][:TOLD_AT_ONCE]
    for tag in sorted({each.tag for each in fresh}):
        places = _places(connection, tag, [each.key for each in fresh if each.tag == tag])
        for each in (each for each in fresh if each.tag == tag):
            _told[tag, each.key] = None
            place = places.get(each.key, "no longer held")
            log.error("%s %s cannot be read: %s; its record: %s", tag, UUID(bytes=each.key), each, place)
    while len(_told) > TOLD_KEPT:
        _told.popitem(last=False)


def _places(connection: sqlite3.Connection, tag: str, keys: list[bytes]) -> dict[bytes, str]:
    """Stream and sequence of the newest record of the type that names each."""
    (begin,) = beginnings(tag)
    named = {key: str(UUID(bytes=key)).encode() for key in keys}
    any_name = " OR ".join("instr(body, ?)" for _ in named)
    rows = connection.execute(
        "SELECT stream.id, sequence, body FROM record JOIN stream USING (n) WHERE stream.kind = ?"  # noqa: S608
        f" AND substr(body, 1, ?) = ? AND ({any_name}) ORDER BY n, sequence",
        (Stream.EVENTS, len(begin), begin, *named.values()),
    )
    return {
        key: f"{Stream.EVENTS} {UUID(bytes=stream)} {sequence}"
        for stream, sequence, body in rows
        for key, name in named.items()
        if name in body
    }
