"""Pictures of passages go when their time or the room for them is up; the passages say so."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from cloud.access import service
from cloud.access.stills import remove_stills
from cloud.kernel import claims
from cloud.kernel.claims import MEGABYTE, FileKind
from cloud.kernel.database import Database, Scope
from cloud.kernel.files import FileStore
from cloud.kernel.jobs import Tools
from cloud.kernel.settings import Settings
from cloud.kernel.tables import AuditEntry
from cloud.kernel.tenancy import Role
from cloud.privacy.jobs import apply_retention
from cloud.privacy.service import set_rules
from cloud.reads.passages import one_passage
from protocols.fields import Direction
from protocols.privacy import KeptKind
from protocols.records import Outcome, Passage, Reason
from tests.cloud.access.test_access import Gate, make_gate
from tests.support.companies import Company
from tests.support.postgres import Database as RealDatabase

QUOTA_MB = 10


class Camera:
    """A company's gate whose pictures take a megabyte each."""

    def __init__(self, company: Company, store: FileStore, real: RealDatabase) -> None:
        self.gate: Gate = make_gate(company)
        self.company, self.store = company, store
        ports = company.database.ports
        self.ingest = Database(real.url(Role.INGEST), ports=ports, pool_size=2)
        self.worker = Database(real.url(Role.WORKER), ports=ports, pool_size=2)
        settings = Settings(files_dir=store.folder, files_quota_mb=QUOTA_MB)
        self.tools = Tools(self.worker, settings)

    def passage(self, text: str) -> UUID:
        """Somebody is turned away, and a picture is taken. Returns the passage's id."""
        event = Passage(
            id=uuid4(),
            at=self.company.clock.now(),
            point=self.gate.point_id,
            direction=Direction.IN,
            outcome=Outcome.DENIED,
            reason=Reason.UNKNOWN_PLATE,
            read="X711TT90",
            still=name_of(text),
            decision_us=30,
        )
        with self.ingest.transaction(Scope.organisation(self.company.id)) as session:
            service.record_passage(session, self.gate.owner, event)
        return event.id

    def arrive(self, text: str, kind: FileKind = FileKind.STILL) -> None:
        """The picture's bytes are here."""
        with self.company.work() as (session, _):
            claims.claim(
                session,
                name_of(text),
                kind=kind,
                size=MEGABYTE,
                media_type="image/jpeg",
                name=name_of(text),
                quota_bytes=QUOTA_MB * MEGABYTE,
            )
            self.store.append(name_of(text), self.gate.box_id, 0, text.encode())
            self.store.finish(name_of(text), self.gate.box_id)

    def take(self, text: str, kind: FileKind = FileKind.STILL) -> UUID:
        """A passage whose picture is here. A minute goes by."""
        passage = self.passage(text)
        self.arrive(text, kind)
        self.company.clock.advance(timedelta(minutes=1))
        return passage

    def states(self, *passages: UUID) -> list[str]:
        with self.company.work() as (session, _):
            rows = [one_passage(session, each) for each in passages]
        return [row["still_state"] for row in rows if row is not None]

    def there(self, *texts: str) -> list[bool]:
        return [self.store.size(name_of(text)) is not None for text in texts]

    def used_mb(self) -> int:
        with self.company.work() as (session, _):
            return claims.used_bytes(session) // MEGABYTE

    def audited(self) -> list[dict[str, Any]]:
        with self.company.work() as (session, _):
            removals = select(AuditEntry.changes).where(AuditEntry.action == "access.stills.remove")
            return list(session.scalars(removals))


def name_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def camera(company: Company, database: RealDatabase, tmp_path: Path) -> Iterator[Camera]:
    made = Camera(company, FileStore(tmp_path / "files"), database)
    yield made
    made.ingest.close()
    made.worker.close()


def test_a_passage_knows_its_picture_until_that_is_removed(camera: Camera) -> None:
    """Nobody removes it by hand meanwhile, even where somebody put the same picture there as a file."""
    camera.take("a", FileKind.DOCUMENT)

    def is_still(text: str) -> bool:
        with camera.company.work() as (session, _):
            return service.is_still(session, name_of(text))

    assert (is_still("a"), is_still("b")) == (True, False)
    camera.take("c")
    camera.company.clock.advance(timedelta(days=91))
    apply_retention(camera.tools)
    assert (is_still("a"), is_still("c")) == (True, False)


def test_a_picture_is_none_coming_here_removed_or_missing(camera: Camera) -> None:
    shown, late, gone = camera.take("shown"), camera.passage("late"), camera.passage("gone")
    assert camera.states(shown, late, gone) == ["here", "coming", "coming"]
    camera.company.clock.advance(timedelta(days=15))
    assert camera.states(shown, late, gone) == ["here", "missing", "missing"]
    camera.arrive("late")
    assert camera.states(late, gone) == ["here", "missing"]
    camera.company.clock.advance(timedelta(days=76))
    apply_retention(camera.tools)
    assert camera.states(shown, late, gone) == ["removed", "here", "missing"]
    assert camera.there("shown", "late") == [False, True]
    assert (camera.used_mb(), camera.audited()) == (1, [])  # its time was up: nothing to tell
    camera.arrive("shown")  # a box restored from a copy sends it again
    assert camera.states(shown) == ["here"]


def test_each_kind_has_its_time_and_the_company_sets_it(camera: Camera) -> None:
    still = camera.take("still")
    violation = camera.take("violation", FileKind.VIOLATION)
    document = camera.take("document", FileKind.DOCUMENT)
    with camera.company.work() as (session, actor):
        set_rules(session, actor, {KeptKind.STILLS: 7})
    camera.company.clock.advance(timedelta(days=8))
    apply_retention(camera.tools)
    assert camera.states(still, violation, document) == ["removed", "here", "here"]
    camera.company.clock.advance(timedelta(days=1095))
    apply_retention(camera.tools)
    assert camera.states(still, violation, document) == ["removed", "removed", "here"]


def test_near_the_quota_the_oldest_stills_make_room(camera: Camera) -> None:
    oldest_violation = camera.take("violation", FileKind.VIOLATION)
    stills = [camera.take(f"still {number}") for number in range(8)]
    remove_stills(camera.tools)
    assert camera.used_mb() == 9  # of ten: near enough is not beyond
    stills.append(camera.take("still 8"))
    remove_stills(camera.tools)
    assert camera.states(oldest_violation, *stills) == ["here", "removed", "removed", *["here"] * 7]
    assert camera.there("violation", "still 0", "still 1", "still 2") == [True, False, False, True]
    assert (camera.used_mb(), camera.audited()) == (8, [{"count": 2, "used_mb": 10}])


def test_what_is_no_still_is_never_removed_for_room(camera: Camera) -> None:
    for number in range(10):
        camera.take(f"violation {number}", FileKind.VIOLATION)
    remove_stills(camera.tools)
    assert (camera.used_mb(), camera.audited()) == (10, [])


def test_a_file_that_another_company_holds_stays(camera: Camera, other_company: Company) -> None:
    shown = camera.take("same")
    with other_company.work() as (session, _):
        claims.claim(
            session,
            name_of("same"),
            kind=FileKind.DOCUMENT,
            size=MEGABYTE,
            media_type="image/jpeg",
            name="mine",
            quota_bytes=QUOTA_MB * MEGABYTE,
        )
    camera.company.clock.advance(timedelta(days=91))
    apply_retention(camera.tools)
    assert (camera.states(shown), camera.there("same")) == (["removed"], [True])
    with other_company.work() as (session, _):
        assert claims.claimed(session, name_of("same")).name == "mine"


def test_the_oldest_are_found_by_an_index(camera: Camera, database: RealDatabase) -> None:
    """Not by reading every passage or every file of the company."""
    company = f"organisation_id = '{camera.company.id}'"
    marking = f"UPDATE passage SET still_removed_at = now() WHERE {company} AND still IN ('a', 'b')"
    finding = f"SELECT id FROM stored_file WHERE {company} AND kind = 'still' ORDER BY created_at, id LIMIT 5"
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("SET enable_seqscan = off")
        plans = [str(owner.execute(f"EXPLAIN {each}").fetchall()) for each in (marking, finding)]  # type: ignore[arg-type]
    assert ["ix_passage_still" in plans[0], "ix_stored_file_age" in plans[1]] == [True, True]
