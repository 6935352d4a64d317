"""What the guard's page need not show any more goes: visitors, photographs, notes, passages, once they were sent."""

import sqlite3
from functools import partial
from uuid import UUID

from edge.access import drafts
from edge.access.drafts import Drafts
from edge.access.passes import Passes
from edge.guardhouse import visits
from edge.guardhouse.moments import DAY_MS
from edge.link.files import Pictures
from edge.settings import RetentionSettings
from edge.store import Store, wiping

AT_ONCE = 1000
UNNAMED_DAYS = 1
SHIFTS_DAYS = 400


async def forget_old(
    store: Store, keep: RetentionSettings, now_ms: int, pictures: Pictures, made_here: Drafts, passes: Passes
) -> list[UUID]:
    """In small transactions. Nothing goes of which the cloud has not had the records. Returns passes that are gone."""
    before_ms = min(now_ms - int(keep.guard_days * DAY_MS), await store.write(_unsent_since))
    for table in ("passage", "act"):
        while await store.write(partial(_drop, table=table, before_ms=before_ms)):
            continue
    await store.write(partial(_drop_visits, before_ms=before_ms))
    await store.write(partial(_drop_shifts, before_ms=now_ms - SHIFTS_DAYS * DAY_MS))
    await pictures.forget_sent(now_ms - int(keep.pictures_days * DAY_MS), now_ms - UNNAMED_DAYS * DAY_MS)
    gone = await store.write(partial(drafts.forget, before_ms=before_ms))
    return made_here.forget(gone, passes)


def _unsent_since(connection: sqlite3.Connection) -> int:
    """Unix ms of the oldest record that the cloud does not have; far ahead when it has all."""
    row = connection.execute(
        "SELECT min(record.at_ms) FROM record JOIN stream USING (n) WHERE kind = 'events' AND sequence > acked"
    ).fetchone()
    return 2**62 if row[0] is None else int(row[0])


def _drop(connection: sqlite3.Connection, table: str, before_ms: int) -> int:
    with wiping(connection):
        return connection.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE at_ms < ? LIMIT ?)",  # noqa: S608
            (before_ms, AT_ONCE),
        ).rowcount


def _drop_visits(connection: sqlite3.Connection, before_ms: int) -> None:
    with wiping(connection):
        visits.forget(connection, before_ms)


def _drop_shifts(connection: sqlite3.Connection, before_ms: int) -> None:
    connection.execute("DELETE FROM shift WHERE ended_ms < ?", (before_ms,))
