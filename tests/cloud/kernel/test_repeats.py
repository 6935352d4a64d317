"""A request that the database undid for another's sake is done again by itself, unless something of it is kept."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import psycopg
import pytest
from fastapi import File, UploadFile
from sqlalchemy import text

from cloud.kernel import limits
from cloud.kernel.api import Call, Router, writing
from cloud.kernel.database import after_commit
from cloud.kernel.permissions import Permission
from tests.cloud.serving import Person, Served, served
from tests.support.postgres import Database

router = Router()
Writing = Annotated[Call, writing(Permission.STAFF_MANAGE)]
UNDONE = text("DO $$ BEGIN RAISE EXCEPTION 'undone' USING ERRCODE = 'serialization_failure'; END $$")
both_are_in = threading.Barrier(2)
tries: list[str] = []


def _add(call: Call, row: int) -> None:
    call.session.execute(text("UPDATE shared SET value = value + 1 WHERE id = :id"), {"id": row})


@router.post("/api/cross/{first}/{second}")
def cross(call: Writing, first: int, second: int) -> None:
    """Two of these in each other's way, the first time."""
    tries.append(f"{first}")
    _add(call, first)
    if tries.count(f"{first}") == 1:
        both_are_in.wait(timeout=10)
    _add(call, second)


@router.post("/api/undone/{times}")
def undone(call: Writing, times: int) -> None:
    tries.append("undone")
    _add(call, 1)
    if len(tries) <= times:
        call.session.execute(UNDONE)


@router.post("/api/undone-late")
def undone_late(call: Writing) -> None:
    """It is committed already."""
    tries.append("late")
    _add(call, 1)
    database = call.house.database

    def fail() -> None:
        with database.transaction() as session:
            session.execute(UNDONE)

    after_commit(call.session, fail)


@router.post("/api/undone-counted")
def undone_counted(call: Writing) -> None:
    """A try is counted whatever becomes of it, and once."""
    tries.append("counted")
    limits.take(call.house.database, "trial", most=9, window=timedelta(minutes=1))
    call.session.execute(UNDONE)


@router.post("/api/undone-file")
def undone_file(call: Writing, file: Annotated[UploadFile, File()]) -> str:
    tries.append("file")
    data = file.file.read().decode()
    if len(tries) == 1:
        call.session.execute(UNDONE)
    return data


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Served]:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("CREATE TABLE shared (id int PRIMARY KEY, value int)")
        owner.execute("INSERT INTO shared VALUES (1, 0), (2, 0)")
        owner.execute("GRANT SELECT, UPDATE ON shared TO domovoy_api")
    tries.clear()
    with served(database, tmp_path, extra=router) as running:
        yield running


def values(database: Database) -> list[int]:
    with psycopg.connect(database.owner_url) as owner:
        return [value for (value,) in owner.execute("SELECT value FROM shared ORDER BY id").fetchall()]


def test_of_two_that_lock_each_other_out_both_are_done_once(api: Served, database: Database) -> None:
    boss = api.operator()
    statuses: list[int] = []

    def ask(path: str) -> None:
        statuses.append(boss.call("POST", path).status_code)

    asking = [threading.Thread(target=ask, args=(path,)) for path in ("/api/cross/1/2", "/api/cross/2/1")]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(timeout=20)
    assert statuses == [200, 200]
    assert values(database) == [2, 2]
    assert len(tries) == 3


def refused(boss: Person, path: str) -> None:
    answer = boss.call("POST", path)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


def test_what_is_undone_time_and_again_is_told_so(api: Served, database: Database) -> None:
    boss = api.operator()
    assert boss.call("POST", "/api/undone/2").status_code == 200
    assert (len(tries), values(database)) == (3, [1, 0])
    tries.clear()
    refused(boss, "/api/undone/99")
    assert (len(tries), values(database)) == (3, [1, 0])


def test_what_is_kept_in_part_is_not_done_again(api: Served, database: Database) -> None:
    boss = api.operator()
    refused(boss, "/api/undone-late")
    assert (tries, values(database)) == (["late"], [1, 0])
    refused(boss, "/api/undone-counted")
    assert tries == ["late", "counted"]


def test_a_file_that_was_sent_is_read_again_from_its_beginning(api: Served) -> None:
    boss = api.operator()
    answer = boss.client.post("/api/undone-file", files={"file": ("a.txt", b"whole", "text/plain")})
    assert (answer.status_code, answer.json(), len(tries)) == (200, "whole", 2)
