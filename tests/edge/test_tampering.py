"""Opened readers: a lasting alarm under one id, kept over a restart, over when the reader is closed or gone."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

from edge.access.journal import Journal
from edge.alarms import Alarms
from edge.ids import Ids
from edge.store import Store
from edge.witness import WAITING_MAX, Witness
from protocols.records import DeviceAlarm
from tests.edge.conftest import open_store
from tests.edge.world import READER, HandClock, records_of, uid

TAMPER = DeviceAlarm.READER_TAMPER


@contextlib.asynccontextmanager
async def box(path: Path, *, again: bool = False) -> AsyncIterator[tuple[Witness, Store]]:
    """The box from one start to the next."""
    store = Store(path) if again else open_store(path)
    clock = HandClock()
    journal = Journal(store, clock, Ids(clock, random.Random(again).randbytes))
    witness = Witness(journal, Alarms(store.connection, journal))
    store.start()
    task = asyncio.create_task(witness.run())
    try:
        yield witness, store
    finally:
        task.cancel()
        await asyncio.wait([task])
        store.close()


async def told(store: Store) -> list[tuple[object, object, object]]:
    records = [record for record in await records_of(store) if record["type"] == "alarm"]
    return [(record["kind"], record["source"], record["raised"]) for record in records]


async def until_told(store: Store, count: int) -> None:
    while len(await told(store)) < count:  # noqa: ASYNC110 - the store raises no event for a test
        await asyncio.sleep(0.01)


async def test_an_opened_reader_is_one_alarm_until_it_is_closed_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    async with box(path) as (witness, store):
        for _ in range(3):
            witness.alarm(READER, TAMPER, True, "opened")
        await until_told(store, 1)
    async with box(path, again=True) as (witness, store):
        witness.alarm(READER, TAMPER, True, "opened")
        witness.alarm(READER, TAMPER, False, "opened")
        witness.alarm(READER, TAMPER, False, "opened")
        await until_told(store, 2)
        await asyncio.sleep(0.1)
        assert await told(store) == [(TAMPER, str(READER), True), (TAMPER, str(READER), False)]
        raised, cleared = [record for record in await records_of(store) if record["type"] == "alarm"]
        assert raised["alarm"] == cleared["alarm"]


async def test_a_reader_that_is_no_more_has_no_alarm(tmp_path: Path) -> None:
    async with box(tmp_path / "store.sqlite") as (witness, store):
        witness.alarm(READER, TAMPER, True, "opened")
        witness.alarm(uid(7), TAMPER, True, "opened")
        await until_told(store, 2)
        witness.forget({READER})
        await until_told(store, 3)
        assert (await told(store))[2:] == [(TAMPER, str(uid(7)), False)]


async def test_more_than_can_wait_is_dropped_and_nothing_breaks(tmp_path: Path) -> None:
    async with box(tmp_path / "store.sqlite") as (witness, store):
        for _ in range(WAITING_MAX + 10):
            witness.alarm(READER, TAMPER, True, "opened")
        witness.alarm(uid(7), TAMPER, True, "opened")
        await until_told(store, 1)
        await asyncio.sleep(0.1)
        assert await told(store) == [(TAMPER, str(READER), True)]
