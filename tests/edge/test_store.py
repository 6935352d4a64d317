"""The store: group commit, isolation of jobs, migrations, power cuts."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from functools import partial
from pathlib import Path

import pytest

from edge import schema
from edge.store import (
    FOLD_GROUPS,
    Store,
    StoreClosedError,
    StoreError,
    StoreFullError,
    get_meta,
    set_meta,
)
from tests.edge.drivers.support import eventually

ROOT = Path(__file__).parents[2]
SAMPLE_V1 = Path(__file__).with_name("store_v1.sql")


async def test_writes_of_one_moment_share_a_commit(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    writes = [
        asyncio.ensure_future(store.write(lambda connection, key=key: set_meta(connection, str(key), b"x")))
        for key in range(100)
    ]
    await asyncio.sleep(0)  # all are queued; the writer has not begun
    store.start()
    await asyncio.gather(*writes)
    assert store.groups == 1
    store.close()


async def test_the_disk_is_not_waited_for_where_nothing_that_must_last_is_written(tmp_path: Path) -> None:
    told: list[str] = []

    def note(connection: sqlite3.Connection, key: str) -> None:
        told.append(f"{key}: {connection.execute('PRAGMA synchronous').fetchone()[0]}")
        set_meta(connection, key, b"x")

    store = Store(tmp_path / "store.sqlite")
    store.start()
    await store.write(partial(note, key="lasting"))
    await store.write(partial(note, key="passing"), lasting=False)
    await store.write(partial(note, key="lasting again"))
    store.close()
    assert told == ["lasting: 2", "passing: 1", "lasting again: 2"]  # FULL, NORMAL


async def test_what_need_not_last_is_synced_with_what_must(tmp_path: Path) -> None:
    told: list[int] = []
    store = Store(tmp_path / "store.sqlite")

    def note(connection: sqlite3.Connection) -> None:
        told.append(connection.execute("PRAGMA synchronous").fetchone()[0])

    writes = [store.write(note, lasting=False), store.write(note)]
    store.start()
    await asyncio.gather(*writes)
    assert (store.groups, told) == (1, [2, 2])
    with pytest.raises(KeyError):
        await store.write(lambda _connection: {}["no"], lasting=False)
    await store.write(note)
    assert told[-1] == 2, "though the one before failed"
    store.close()


async def test_a_job_that_fails_is_rolled_back_alone(store: Store) -> None:
    def bad(connection: sqlite3.Connection) -> None:
        set_meta(connection, "bad", b"1")
        raise KeyError("no")

    good = store.write(lambda connection: set_meta(connection, "good", b"1"))
    results = await asyncio.gather(store.write(bad), good, return_exceptions=True)
    assert isinstance(results[0], KeyError)
    assert await store.write(lambda connection: get_meta(connection, "good")) == b"1"
    assert await store.write(lambda connection: get_meta(connection, "bad")) is None


async def test_an_operational_error_sinks_only_its_own_job(store: Store) -> None:
    results = await asyncio.gather(
        store.write(lambda connection: connection.execute("SELECT * FROM nowhere")),
        store.write(lambda connection: set_meta(connection, "good", b"1")),
        return_exceptions=True,
    )
    assert isinstance(results[0], StoreError)
    assert await store.write(lambda connection: get_meta(connection, "good")) == b"1"


async def test_a_full_disk_has_a_name(store: Store) -> None:
    await store.write(lambda connection: connection.execute("PRAGMA max_page_count = 40"))

    async def fill() -> None:
        for number in range(1000):
            await store.write(lambda connection, n=number: set_meta(connection, str(n), bytes(4000)))

    with pytest.raises(StoreFullError, match="full"):
        await fill()
    await store.write(lambda connection: connection.execute("DELETE FROM meta"))
    await store.write(lambda connection: set_meta(connection, "again", b"1"))


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    store.start()
    store.close()
    with pytest.raises(StoreClosedError):
        await store.write(lambda _connection: None)


def test_the_file_is_durable_and_private(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    assert store.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store.connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert (tmp_path / "store.sqlite").stat().st_mode & 0o777 == 0o600
    store.close()


def test_a_store_of_a_newer_agent_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "store.sqlite")
    connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(schema.SchemaError, match="knows up to"):
        Store(tmp_path / "store.sqlite")


def test_every_released_version_migrates_and_keeps_its_rows(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "store.sqlite")
    connection.executescript(SAMPLE_V1.read_text())
    connection.close()
    store = Store(tmp_path / "store.sqlite")
    assert store.connection.execute("PRAGMA user_version").fetchone()[0] == len(schema.MIGRATIONS)
    assert store.connection.execute("SELECT count(*) FROM record").fetchone()[0] == 2
    assert store.connection.execute("SELECT entries FROM uses").fetchone()[0] == 3
    store.close()


def test_a_closed_stream_of_version_1_ends_where_it_was_acknowledged(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "store.sqlite")
    connection.executescript(SAMPLE_V1.read_text())
    connection.execute("UPDATE stream SET closed = 1, acked = 1, last = 3, head = x'03' WHERE n = 2")
    connection.executemany(
        "INSERT INTO record VALUES (2, ?, 1, ?, x'00')", [(2, b"\x02"), (3, b"\x03")]
    )  # both moved on
    connection.execute("INSERT INTO stream VALUES (3, x'03', 'readings', 2, x'04', 0, 0)")
    connection.executemany("INSERT INTO record VALUES (3, ?, 1, x'04', x'00')", [(1,), (2,)])
    (agreed,) = connection.execute("SELECT hash FROM record WHERE n = 2 AND sequence = 1").fetchone()
    connection.commit()
    connection.close()
    store = Store(tmp_path / "store.sqlite")
    rows = store.connection.execute("SELECT n, last, head, closed FROM stream ORDER BY n").fetchall()
    assert rows[1] == (2, 1, agreed, 1)
    assert [(row[1], row[3]) for row in rows] == [(1, 0), (1, 1), (2, 0)]
    held = store.connection.execute("SELECT n, count(*) FROM record GROUP BY n").fetchall()
    assert held == [(1, 1), (2, 1), (3, 2)]
    store.close()


CHILD = """
import asyncio, os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from edge.store import set_meta
from tests.edge.drivers.support import eventually
from tests.edge.conftest import open_store
from edge import streams
from protocols.messages import Stream

left = [int(sys.argv[3])]
def fault(stage):
    if stage == sys.argv[2]:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

store = open_store(Path(sys.argv[1]), fault=fault)
store.start()

async def main():
    for number in range(50):
        await store.write(lambda c: streams.append(c, Stream.EVENTS, b'{{"n":%d}}' % number, number))
        os.write(1, b"%d\\n" % number)

asyncio.run(main())
"""


@pytest.mark.parametrize(("stage", "survives"), [("before commit", False), ("after commit", True)])
@pytest.mark.parametrize("at", [1, 20])
def test_a_power_cut_around_the_commit(tmp_path: Path, stage: str, survives: bool, at: int) -> None:
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(CHILD.format(root=str(ROOT))))
    file = tmp_path / "store.sqlite"
    child = subprocess.run(
        [sys.executable, script, file, stage, str(at)], stdout=subprocess.PIPE, timeout=30, check=False
    )
    assert child.returncode == -signal.SIGKILL
    told = child.stdout.split()
    assert len(told) == at - 1  # whoever waited for the cut write was told nothing
    store = Store(file)
    bodies = [
        row[0] for row in store.connection.execute("SELECT body FROM record WHERE n = 1 ORDER BY sequence")
    ]
    store.close()
    expected = [b'{"n":%d}' % number for number in range(at if survives else at - 1)]
    assert bodies[1:] == expected  # the first record opens the stream
    assert os.fspath(file)


async def test_the_log_is_folded_in_when_nobody_writes(tmp_path: Path) -> None:
    file = tmp_path / "edge.db"
    store = Store(file)
    store.start()
    for number in range(FOLD_GROUPS):
        unfolded = file.stat().st_size
        await store.write(lambda connection, n=number: set_meta(connection, f"{n}", bytes(2000)))
    assert unfolded < 2000 * (FOLD_GROUPS - 1)
    await eventually(lambda: file.stat().st_size > 2000 * FOLD_GROUPS)
    store.close()
