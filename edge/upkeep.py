"""What the agent does once in a while: the clock's memory, retention, the certificate's renewal."""

import asyncio
import base64
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from edge import streams
from edge.access import holdings, shown
from edge.access.holdings import Holdings
from edge.access.journal import Stamp
from edge.clock import BoxClock
from edge.identity import Files, Membership
from edge.link import commands, enrolment
from edge.link.refusals import EnrolmentError
from edge.settings import RetentionSettings
from edge.store import Store, get_meta, set_meta
from protocols import records
from protocols.messages import Backlog, Stream

log = logging.getLogger(__name__)
DISK_PERIOD_S = 20.0
CLOCK_PERIOD_S = 30.0
RETENTION_PERIOD_S = 600.0
RENEWAL_PERIOD_S = 900.0
FORGET_AT_ONCE = 2000
DAY_MS = 86_400_000
COMMANDS_DAYS = 90
PLACES_DAYS = 2  # since it was last seen, and the pass gone
USES_DAYS = 400
ENDS_DAYS = 400  # the cloud takes nothing older


async def every(period_s: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do it now and after each period."""
    while True:
        await work()
        await asyncio.sleep(period_s)


async def once(work: Callable[[], Awaitable[None]]) -> None:
    """Do it, and rest: a task that ended would be begun again."""
    await work()
    await asyncio.Event().wait()


async def keep_certificate(membership: Membership, files: Files, clock: BoxClock) -> None:
    """Renew when it is due; a refusal is tried again, since an outage of the cloud is one too."""

    async def look() -> None:
        try:
            if await renew_certificate(membership, files, clock):
                log.info("the certificate was renewed")
        except EnrolmentError as error:
            log.warning("the certificate could not be renewed: %s", error)

    await every(RENEWAL_PERIOD_S, look)


async def renew_certificate(membership: Membership, files: Files, clock: BoxClock) -> bool:
    """Renew if it is due; whether it was done. Raises EnrolmentError.

    A box that was off for long may have both a lapsed certificate and a clock that is behind: the broker, which would
    tell it the time, lets it in no more. So it asks the time where no certificate of its own is needed.
    """
    if clock.system_agrees:
        return await enrolment.renew_if_due(membership, files, clock.now().utc)
    told = await enrolment.cloud_time(membership, files)
    clock.learn(told)
    return await enrolment.renew_if_due(membership, files, told, check_time=False)


async def forget_old(store: Store, keep: RetentionSettings, now_ms: int, held: Holdings) -> None:
    """Drop what the cloud has and what is past its time, in small transactions."""
    generation = held.generation
    for kind, days in ((Stream.EVENTS, keep.events_days), (Stream.READINGS, keep.readings_days)):
        before_ms = now_ms - int(days * DAY_MS)
        while await store.write(
            partial(streams.forget_before, kind=kind, at_ms=before_ms, limit=FORGET_AT_ONCE)
        ):
            continue
    await store.write(partial(streams.forget_ends, at_ms=now_ms - ENDS_DAYS * DAY_MS))
    await store.write(partial(commands.forget, before_ms=now_ms - COMMANDS_DAYS * DAY_MS))
    await store.write(partial(commands.forget_answers, before_ms=now_ms - int(keep.events_days * DAY_MS)))
    await store.write(partial(shown.forget, before_ms=now_ms - shown.KEPT_MS))
    await store.write(
        partial(holdings.forget_uses, generation=generation, before_ms=now_ms - USES_DAYS * DAY_MS)
    )
    gone = await store.write(partial(holdings.forget_places, before_ms=now_ms - PLACES_DAYS * DAY_MS))
    for pass_id, carrier in gone:
        held.presence.forget(pass_id, carrier)


def open_streams(
    connection: sqlite3.Connection, stamp: Callable[[], Stamp], new_id: Callable[[], UUID], at_ms: int
) -> None:
    """At the first start: both streams, the journal's first record."""
    if streams.find_head(connection, Stream.EVENTS) is not None:
        return
    connection.execute("BEGIN IMMEDIATE")
    streams.open_stream(connection, Stream.EVENTS, new_id())
    streams.open_stream(connection, Stream.READINGS, new_id())
    opened = records.StreamOpened(**stamp())
    streams.append(connection, Stream.EVENTS, records.encode(opened), at_ms)
    connection.execute("COMMIT")


async def backlogs(store: Store) -> tuple[Backlog, Backlog]:
    """What of events and of readings the cloud does not have yet."""

    def job(connection: sqlite3.Connection) -> list[tuple[int, int | None, int | None]]:
        return [
            (*streams.waiting(connection, kind), streams.oldest_held(connection, kind))
            for kind in (Stream.EVENTS, Stream.READINGS)
        ]

    events, readings = (
        Backlog(records=count, oldest_at=utc_of(at_ms), oldest_held_at=utc_of(held_ms))
        for count, at_ms, held_ms in await store.write(job)
    )
    return events, readings


def highest_trusted_ns(connection: sqlite3.Connection) -> int:
    """Unix time, ns; 0 before the first trusted time."""
    return int(get_meta(connection, "highest_trusted_ns") or b"0")


def keep_highest(highest_ns: int, connection: sqlite3.Connection) -> None:
    """Remember the highest trusted time."""
    set_meta(connection, "highest_trusted_ns", str(highest_ns).encode())


def find_key(held: Holdings, membership: Membership, clock: BoxClock, key: UUID) -> bytes | None:
    """A command key; the log's word about it outweighs the enrolment's."""
    if held.passes.knows_key(key):
        return held.passes.command_key(key, clock.now().utc)
    known = membership.answer.command_key
    return base64.b64decode(known.public_key) if known.id == key else None


def utc_of(at_ms: int | None) -> datetime | None:
    """Unix ms as UTC."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)
