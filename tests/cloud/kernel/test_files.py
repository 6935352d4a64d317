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

from cloud.kernel import claims
from cloud.kernel.claims import FileKind, QuotaExceeded
from cloud.kernel.clock import FixedClock
from cloud.kernel.database import Database, Ports
from cloud.kernel.errors import NotThere
from cloud.kernel.files import MOST_UNFINISHED, FileStore
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.jobs import Tools
from cloud.kernel.migrating import alembic_config
from cloud.kernel.settings import Settings
from cloud.kernel.tables import FileUsage, StoredFile
from cloud.kernel.tenancy import Role
from cloud.worker import sweep_files
from tests.support.companies import Company, make_company
from tests.support.noon import NOON
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


def name_of(content: str) -> str:
    return sha256(content.encode()).hexdigest()


def claim(
    company: Company, content: str, size: int, quota: int = 100, kind: FileKind = FileKind.DOCUMENT
) -> None:
    with company.work() as (session, _):
        claims.claim(
            session,
            name_of(content),
            kind=kind,
            size=size,
            media_type="text/plain",
            name=content,
            quota_bytes=quota,
        )


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


def test_what_is_given_up_makes_room_and_stays_with_others(athens: Company, work: Database) -> None:
    sparta = make_company(work, work.ports.clock, "Спарта")
    for company in (athens, sparta):
        claim(company, "a", 60)
    with athens.work() as (session, _):
        assert claims.give_up(session, name_of("a")).name == "a"
    assert (used(athens), used(sparta)) == ((0, 0), (60, 60))
    claim(athens, "b", 100)
    with pytest.raises(NotThere), athens.work() as (session, _):
        claims.give_up(session, name_of("a"))


@pytest.mark.parametrize("kind", [FileKind.STILL, FileKind.VIOLATION])
def test_a_picture_is_not_given_up_by_hand(athens: Company, kind: FileKind) -> None:
    claim(athens, "a", 60, kind=kind)
    with pytest.raises(claims.FileKept), athens.work() as (session, _):
        claims.give_up(session, name_of("a"))
    assert used(athens) == (60, 60)


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


def test_a_still_that_somebody_keeps_is_a_still_no_more(athens: Company) -> None:
    claim(athens, "a", 60, kind=FileKind.STILL)
    claim(athens, "a", 60, kind=FileKind.DOCUMENT)
    claim(athens, "a", 60, kind=FileKind.STILL)
    with athens.work() as (session, _):
        assert claims.claimed(session, name_of("a")).kind == "document"


def test_what_boxes_sent_before_is_known_as_stills(athens: Company, database: RealDatabase) -> None:
    claim(athens, "a", 30)
    with athens.work() as (session, _):
        claims.claim(
            session,
            name_of("b"),
            kind=FileKind.DOCUMENT,
            size=1,
            media_type="image/jpeg",
            name=name_of("b"),
            quota_bytes=100,
        )
    config = alembic_config(database.owner_url)
    command.downgrade(config, "0010")
    command.upgrade(config, "head")
    with athens.work() as (session, _):
        assert [claims.claimed(session, name_of(each)).kind for each in "ab"] == ["document", "still"]


def test_a_file_goes_when_nobody_claims_it_and_not_before(
    athens: Company, work: Database, database: RealDatabase, tmp_path: Path
) -> None:
    store, box, names = FileStore(tmp_path), uuid4(), [name_of("ours"), name_of("nobody's"), name_of("fresh")]
    for content in ("ours", "nobody's", "fresh"):
        store.append(name_of(content), box, 0, content.encode())
        store.finish(name_of(content), box)
    claim(athens, "ours", 4)
    before = (NOON - timedelta(days=2)).timestamp()
    for name in names[:2]:
        os.utime(store.path(name), (before, before))
    worker = Database(database.url(Role.WORKER), ports=work.ports)
    sweep_files(Tools(worker, Settings(files_dir=tmp_path)))
    worker.close()
    assert [store.size(name) for name in names] == [4, None, 5]


def test_a_claim_waits_for_the_sweep_that_looks_at_its_file(
    athens: Company, work: Database, database: RealDatabase, tmp_path: Path
) -> None:
    """Else the sweep would take away what was claimed after it had looked."""
    store, box, name = FileStore(tmp_path), uuid4(), name_of("a")
    store.append(name, box, 0, b"a")
    store.finish(name, box)
    worker = Database(database.url(Role.WORKER), ports=work.ports)
    with ThreadPoolExecutor(1) as pool, worker.transaction() as session:
        assert claims.sweep_unclaimed(session, store, [name]) == 1
        claiming = pool.submit(claim, athens, "a", 1)
        with pytest.raises(TimeoutError):
            claiming.result(timeout=0.3)
        session.commit()
        claiming.result(timeout=60)
    worker.close()


def test_a_sender_cannot_fill_the_disk_with_beginnings(tmp_path: Path) -> None:
    store, box, other = FileStore(tmp_path), uuid4(), uuid4()
    names = [name_of(str(number)) for number in range(MOST_UNFINISHED + 3)]
    store.append(names[0], other, 0, b"another's")
    for second, name in enumerate(names):
        store.append(name, box, 0, b"x")
        os.utime(tmp_path / "incoming" / f"{name}.{box}", (second, second))
    assert [store.received(name, box) for name in names] == [0] * 3 + [1] * MOST_UNFINISHED
    assert store.append(names[-1], box, 1, b"y") == 2
    assert store.received(names[0], other) == 9


def test_uploads_given_up_are_swept_and_others_stay(tmp_path: Path, work: Database) -> None:
    store, box = FileStore(tmp_path), uuid4()
    old, fresh, whole = (sha256(word.encode()).hexdigest() for word in ("old", "fresh", "whole"))
    for name in (old, fresh):
        store.append(name, box, 0, b"ab")
    store.append(whole, box, 0, b"whole")
    store.finish(whole, box)
    long_ago = (NOON - timedelta(days=15)).timestamp()
    os.utime(tmp_path / "incoming" / f"{old}.{box}", (long_ago, long_ago))
    sweep_files(Tools(work, Settings(files_dir=tmp_path)))
    assert (store.received(old, box), store.received(fresh, box), store.size(whole)) == (0, 2, 5)
    assert store.sweep(NOON - timedelta(days=15)) == 0
    sweep_files(Tools(work, Settings(files_dir=tmp_path / "none")))
