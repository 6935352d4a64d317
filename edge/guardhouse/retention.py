"""What the guard's page need not show any more goes: visitors, photographs, notes, passages, once they were sent.

Nothing stays longer than the company allows (`held.RetentionItem`), and nothing longer than the box's own settings say.
Once a day the box tells what went, and how old the oldest is that it still holds.
"""

import logging
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec

from edge import streams
from edge.access import drafts
from edge.access.drafts import Drafts
from edge.access.journal import Journal
from edge.access.passes import Passes
from edge.guardhouse import acts, visits
from edge.guardhouse.moments import DAY_MS, utc
from edge.link.files import Pictures
from edge.settings import RetentionSettings
from edge.store import Store, StoreError, get_meta, set_meta, wiping
from edge.video.archive import Archive
from protocols.messages import Stream
from protocols.privacy import (
    BOX_RECORDS,
    BOX_RECORDS_LEAST_DAYS,
    BOX_VIDEO,
    KINDS_OF_RECORDS,
    Erased,
    KeptKind,
    RetentionApplied,
)

AT_ONCE = 1000
UNNAMED_DAYS = 1
SHIFTS_DAYS = 400
_META = "retention_told"
log = logging.getLogger(__name__)


class _Told(msgspec.Struct):
    """What was told last, and what went since. `until`: nothing that went was made later, Unix ms."""

    day: int = -1
    days: dict[str, int] = {}
    gone: dict[str, int] = {}
    until: dict[str, int] = {}


class _Rows(NamedTuple):
    """Rows of a table that go by a kind's rule; `where` is of the module's own words."""

    kind: KeptKind
    table: str
    at: str
    where: str = "1"


_ROWS = (
    _Rows(KeptKind.PASSAGES, "passage", "at_ms"),
    _Rows(KeptKind.PASSAGES, "opening", "at_ms"),
    _Rows(KeptKind.PASSAGES, "act", "at_ms", f"kind = '{acts.DECISION}'"),
    _Rows(KeptKind.NOTES, "act", "at_ms", f"kind = '{acts.NOTE}'"),
    _Rows(KeptKind.VIOLATIONS, "act", "at_ms", f"kind = '{acts.VIOLATION}'"),
)
_HELD = (
    *_ROWS,
    _Rows(KeptKind.VISITORS, "visit", "since_ms"),
    _Rows(KeptKind.PASSES, "draft", "at_ms"),
    _Rows(KeptKind.STILLS, "file", "at_ms"),
    _Rows(KeptKind.NOTES, "shift", "ended_ms", "note <> ''"),
)


def days_of(keep: RetentionSettings, rules: Mapping[str, int]) -> dict[str, float]:
    """How long each kind stays here, by its name. `rules`: the company's.

    Records go whole, by the shortest rule that one of them has, but no rule takes the days in which a restored cloud
    asks for them again.
    """
    here = dict.fromkeys((row.kind.value for row in _HELD), keep.guard_days)
    here[KeptKind.STILLS] = keep.pictures_days
    known = {kind: min(days, rules.get(kind, days)) for kind, days in here.items()}
    in_records = {kind.value for kind in KINDS_OF_RECORDS.values()}
    shortest = min((days for kind, days in rules.items() if kind in in_records), default=keep.events_days)
    return known | {BOX_RECORDS: min(keep.events_days, max(shortest, BOX_RECORDS_LEAST_DAYS))}


async def forget_old(
    store: Store,
    days: Mapping[str, float],
    now_ms: int,
    pictures: Pictures,
    made_here: Drafts,
    passes: Passes,
) -> list[UUID]:
    """In small transactions. Nothing goes of which the cloud has not had the records. Returns passes that are gone."""
    unsent_ms = await store.write(_unsent_since)
    before = {kind: min(now_ms - int(kept * DAY_MS), unsent_ms) for kind, kept in days.items()}
    for rows in _ROWS:
        while await store.write(partial(_drop, rows=rows, before_ms=before[rows.kind])):
            continue
    await store.write(partial(_drop_visits, before_ms=before[KeptKind.VISITORS]))
    await store.write(partial(_drop_shifts, before_ms=now_ms - SHIFTS_DAYS * DAY_MS))
    await store.write(partial(_wipe_hand_overs, before_ms=before[KeptKind.NOTES]))
    sent_ms = now_ms - int(days[KeptKind.STILLS] * DAY_MS)
    gone_pictures = await pictures.forget_sent(sent_ms, now_ms - UNNAMED_DAYS * DAY_MS)
    gone = await store.write(partial(drafts.forget, before_ms=before[KeptKind.PASSES]))
    await store.write(partial(_count, kind=KeptKind.STILLS, gone=gone_pictures, until_ms=sent_ms))
    await store.write(partial(_count, kind=KeptKind.PASSES, gone=len(gone), until_ms=before[KeptKind.PASSES]))
    return made_here.forget(gone, passes)


async def count_video(store: Store, archive: Archive) -> None:
    """Files go without a transaction, for age, quota or room; what went is written down within a minute."""
    gone = archive.take_gone()
    try:
        await store.write(partial(_count, kind=BOX_VIDEO, gone=gone.segments, until_ms=gone.until_ms))
    except StoreError:
        archive.give_back(gone)
        raise


async def tell(
    store: Store, journal: Journal, days: Mapping[str, float], now_ms: int, *, oldest_video_ms: int | None
) -> bool:
    """Once a day, and when the rules have changed: what went, and how old what is left is. Whether it was told."""
    rules = {kind: max(int(kept), 1) for kind, kept in days.items()}
    begun = _Told(day=now_ms // DAY_MS, days=rules)
    while True:
        told = await store.write(_told)
        if (told.day, told.days) == (begun.day, begun.days):
            return False
        oldest: dict[str, int | None] = {**await store.write(_oldest), BOX_VIDEO: oldest_video_ms}
        kinds = [_erased(kind, kept, told, oldest.get(kind)) for kind, kept in sorted(rules.items())]
        event = RetentionApplied(**journal.stamp(), kinds=kinds)
        try:
            await journal.add(event, partial(_begin, before=told, begun=begun))
        except _CountedMeanwhileError:
            continue
        return True


class _CountedMeanwhileError(Exception):
    """More went, or all was told, since it was read."""


def _begin(connection: sqlite3.Connection, *, before: _Told, begun: _Told) -> None:
    """In the transaction that tells: nothing that went in between is forgotten, nothing is told twice."""
    if _told(connection) != before:
        raise _CountedMeanwhileError
    set_meta(connection, _META, msgspec.json.encode(begun))


def _erased(kind: str, days: int, told: _Told, oldest_ms: int | None) -> Erased:
    return Erased(
        kind=kind,
        days=days,
        count=told.gone.get(kind, 0),
        oldest_at=_utc(oldest_ms),
        gone_until=_utc(told.until.get(kind)),
    )


def _utc(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else utc(at_ms)


def _unsent_since(connection: sqlite3.Connection) -> int:
    """Unix ms of the oldest record that the cloud does not have; far ahead when it has all."""
    row = connection.execute(
        "SELECT min(record.at_ms) FROM record JOIN stream USING (n) WHERE kind = 'events' AND sequence > acked"
    ).fetchone()
    return 2**62 if row[0] is None else int(row[0])


def _drop(connection: sqlite3.Connection, rows: _Rows, before_ms: int) -> int:
    with wiping(connection):
        gone = connection.execute(
            f"DELETE FROM {rows.table} WHERE id IN"  # noqa: S608  # of the module's own words
            f" (SELECT id FROM {rows.table} WHERE {rows.where} AND {rows.at} < ? LIMIT ?)",
            (before_ms, AT_ONCE),
        ).rowcount
    _count(connection, rows.kind, gone, before_ms)
    return gone


def _drop_visits(connection: sqlite3.Connection, before_ms: int) -> None:
    with wiping(connection):
        _count(connection, KeptKind.VISITORS, visits.forget(connection, before_ms), before_ms)


def _drop_shifts(connection: sqlite3.Connection, before_ms: int) -> None:
    connection.execute("DELETE FROM shift WHERE ended_ms < ?", (before_ms,))


def _wipe_hand_overs(connection: sqlite3.Connection, before_ms: int) -> None:
    """The shift itself stays longer: it says who kept watch."""
    with wiping(connection):
        emptied = connection.execute(
            "UPDATE shift SET note = '' WHERE ended_ms < ? AND note <> ''", (before_ms,)
        ).rowcount
    _count(connection, KeptKind.NOTES, emptied, before_ms)


def _told(connection: sqlite3.Connection) -> _Told:
    data = get_meta(connection, _META)
    try:
        return _Told() if data is None else msgspec.json.decode(data, type=_Told)
    except msgspec.DecodeError as error:
        log.error("what went since it was told: %s; it is counted anew", error)  # noqa: TRY400
        return _Told()


def _count(connection: sqlite3.Connection, kind: str, gone: int, until_ms: int) -> None:
    """In the transaction in which rows went: a power cut forgets neither."""
    if not gone:
        return
    told = _told(connection)
    told.gone[str(kind)] = told.gone.get(kind, 0) + gone
    told.until[str(kind)] = max(told.until.get(kind, 0), until_ms)
    set_meta(connection, _META, msgspec.json.encode(told))


def _oldest(connection: sqlite3.Connection) -> dict[str, int]:
    """By kind, when the oldest that is here was made, Unix ms."""
    found: dict[str, int] = {}
    for rows in _HELD:
        row = connection.execute(
            f"SELECT min({rows.at}) FROM {rows.table} WHERE {rows.where}"  # noqa: S608  # likewise
        ).fetchone()
        if row[0] is not None:
            found[rows.kind.value] = min(found.get(rows.kind.value, 2**62), int(row[0]))
    held = streams.oldest_held(connection, Stream.EVENTS)
    return found if held is None else found | {BOX_RECORDS: held}
