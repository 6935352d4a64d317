"""The store's bookkeeping: a company's room, kept as files come, and uploads that nobody finishes."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import func, select

from cloud.kernel import files
from cloud.kernel.clock import FixedClock
from cloud.kernel.database import Database, Ports
from cloud.kernel.files import FileStore, QuotaExceeded
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.jobs import Tools
from cloud.kernel.migrating import alembic_config
from cloud.kernel.settings import Settings
from cloud.kernel.tables import FileUsage, StoredFile
from cloud.kernel.tenancy import Role
from cloud.worker import sweep_files
from tests.support.companies import NOON, Company, make_company
from tests.support.postgres import Database as RealDatabase


@pytest.fixture
def work(database: RealDatabase) -> Iterator[Database]:
    clock = FixedClock(NOON)
    pool = Database(database.url(Role.API), ports=Ports(clock, Uuid7Ids(clock)), pool_size=4)
    yield pool
    pool.close()


@pytest.fixture
def athens(work: Database) -> Company:
    return make_company(work, work.ports.clock, "Афины")


def claim(company: Company, content: str, size: int, quota: int = 100) -> None:
    with company.work() as (session, _):
        name = sha256(content.encode()).hexdigest()
        files.claim(session, name, size=size, media_type="text/plain", name=content, quota_bytes=quota)


def used(company: Company) -> tuple[int, int]:
    """The total as it is kept, and as it is."""
    with company.work() as (session, _):
        kept = session.scalar(select(FileUsage.bytes)) or 0
        return kept, int(session.scalar(select(func.coalesce(func.sum(StoredFile.size), 0))) or 0)


def test_the_quota_holds_for_new_files_only(athens: Company, work: Database) -> None:
    claim(athens, "a", 60)
    claim(athens, "a", 60)
    with pytest.raises(QuotaExceeded):
        claim(athens, "b", 41)
    assert used(athens) == (60, 60)
    claim(athens, "b", 40)
    claim(athens, "b", 40, quota=1)  # it is there already
    claim(make_company(work, work.ports.clock, "Спарта"), "b", 100)
    assert used(athens) == (100, 100)


def test_two_at_once_do_not_both_take_the_last_room(athens: Company) -> None:
    def attempt(number: int) -> bool:
        try:
            claim(athens, f"file {number}", 40)
        except QuotaExceeded:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(8))) == 2
    assert used(athens) == (80, 80)


def test_the_total_of_before_is_counted(athens: Company, database: RealDatabase) -> None:
    claim(athens, "a", 30)
    claim(athens, "b", 12)
    config = alembic_config(database.owner_url)
    command.downgrade(config, "0008")
    command.upgrade(config, "head")
    assert used(athens) == (42, 42)


def test_uploads_given_up_are_swept_and_others_stay(tmp_path: Path, work: Database) -> None:
    store, box = FileStore(tmp_path), uuid4()
    old, fresh, whole = (sha256(word.encode()).hexdigest() for word in ("old", "fresh", "whole"))
    for name in (old, fresh):
        store.append(name, box, 0, b"ab")
    store.append(whole, box, 0, b"whole")
    store.finish(whole, box)
    long_ago = (NOON - timedelta(days=15)).timestamp()
    os.utime(tmp_path / "incoming" / f"{old}.{box}", (long_ago, long_ago))
    os.utime(store.path(whole), (long_ago, long_ago))
    sweep_files(Tools(work, Settings(files_dir=tmp_path)))
    assert (store.received(old, box), store.received(fresh, box), store.size(whole)) == (0, 2, 5)
    assert store.sweep(NOON - timedelta(days=15)) == 0
    sweep_files(Tools(work, Settings(files_dir=tmp_path / "none")))
