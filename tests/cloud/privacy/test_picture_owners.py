"""A look at a picture says whose it was: the pass, the plate, the visitor, the flat."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloud.ingest.handlers import HANDLERS
from cloud.kernel.database import Database, Scope
from cloud.kernel.tenancy import Role
from cloud.sites import service as sites
from protocols import acts
from protocols.fields import Direction
from protocols.privacy import LookKind
from protocols.records import Outcome, Passage, Reason, Still
from tests.cloud.privacy.test_looks import House
from tests.cloud.serving import served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

PLATE = "X711TT90"


class Gate:
    """A house whose box tells of what it saw."""

    def __init__(self, house: House, ingest: Database) -> None:
        self.house, self.ingest = house, ingest
        self.box = UUID(house.make("/api/boxes", {"site_id": house.site, "name": "КПП"}))
        self.point = UUID(house.make("/api/points", {"box_id": str(self.box), "name": "Въезд"}))

    def tell(self, event: Any) -> None:
        company = self.house.boss.company
        assert company is not None
        with self.ingest.transaction(Scope.organisation(company)) as session:
            owner = sites.owner_of(session, self.box)
            assert owner is not None
            HANDLERS[type(event)](session, owner, event)

    def picture(self, content: bytes) -> str:
        """A file of the company's."""
        file = {"file": ("a.jpg", content, "image/jpeg")}
        return str(self.house.boss.client.post("/api/files", files=file).json()["sha256"])

    def passage(self, still: str) -> UUID:
        passage = Passage(
            id=uuid4(),
            at=NOON,
            point=self.point,
            direction=Direction.IN,
            outcome=Outcome.GRANTED,
            reason=Reason.GRANTED,
            pass_id=UUID(self.house.pass_id),
            plate=PLATE,
        )
        self.tell(passage)
        self.tell(Still(id=uuid4(), at=NOON, passage=passage.id, sha256=still, size=3))
        return passage.id

    def looked(self, still: str) -> list[str]:
        """Whose the look at a picture was, as the ledger has it."""
        assert self.house.boss.get(f"/api/files/{still}").status_code == 200
        return self.subjects()

    def subjects(self) -> list[str]:
        return list(self.house.looks(kind="pictures")[0]["subjects"])


@pytest.fixture
def gate(database: RealDatabase, tmp_path: Path) -> Iterator[Gate]:
    with served(database, tmp_path) as api:
        ingest = Database(database.url(Role.INGEST), ports=api.house.database.ports, pool_size=1)
        yield Gate(House(api, database), ingest)
        ingest.close()


def test_a_still_is_of_the_pass_and_the_plate_of_its_passage(gate: Gate) -> None:
    still = gate.picture(b"one")
    gate.passage(still)
    assert gate.looked(still) == [f"picture:{still}", f"pass:{gate.house.pass_id}", f"plate:{PLATE}"]
    [entry] = gate.house.looks(subject=f"pass:{gate.house.pass_id}", kind="pictures")
    assert entry["names"][f"pass:{gate.house.pass_id}"].endswith("Петров Пётр")
    assert gate.house.looks(q="711", kind="pictures")  # found by the plate, too


def test_a_visitor_s_photograph_is_of_the_visit(gate: Gate) -> None:
    photo, visit = gate.picture(b"two"), uuid4()
    gate.tell(
        acts.Visit(
            id=uuid4(),
            at=NOON,
            guard=uuid4(),
            visit=visit,
            state=acts.VisitState.INSIDE,
            name="Иванов",
            photos=[photo],
        )
    )
    assert gate.looked(photo) == [f"picture:{photo}", f"visit:{visit}"]


def test_a_box_tells_of_a_minute_s_pictures_at_once(gate: Gate) -> None:
    still, photo, visit = gate.picture(b"one"), gate.picture(b"two"), uuid4()
    gate.passage(still)
    gate.tell(
        acts.Visit(
            id=uuid4(),
            at=NOON,
            guard=uuid4(),
            visit=visit,
            state=acts.VisitState.INSIDE,
            name="Иванов",
            photos=[photo],
        )
    )
    seen = [f"picture:{still}", f"picture:{photo}"]
    gate.tell(
        acts.Looked(
            id=uuid4(), at=NOON, guard=uuid4(), kind=LookKind.PICTURES, screen="picture", subjects=seen
        )
    )
    assert gate.subjects() == [*seen, f"pass:{gate.house.pass_id}", f"plate:{PLATE}", f"visit:{visit}"]


def test_a_violation_s_photograph_is_of_the_violation_and_its_plate(gate: Gate) -> None:
    photo, case = gate.picture(b"three"), uuid4()
    gate.tell(
        acts.Violation(
            id=uuid4(),
            at=NOON,
            guard=uuid4(),
            violation=case,
            kind=acts.ViolationKind.NOISE,
            plate=PLATE,
            photos=[photo],
        )
    )
    assert gate.looked(photo) == [f"picture:{photo}", f"plate:{PLATE}", f"violation:{case}"]


def test_a_picture_of_nobody_known_is_told_as_it_is(gate: Gate) -> None:
    other = gate.picture(b"four")
    assert gate.looked(other) == [f"picture:{other}"]


def test_what_a_guard_looked_at_on_a_box_is_named_alike(gate: Gate) -> None:
    still = gate.picture(b"five")
    passage = gate.passage(still)
    for shown in (f"picture:{still}", f"passage:{passage}", "passage:nonsense"):
        gate.tell(
            acts.Looked(
                id=uuid4(),
                at=NOON,
                guard=uuid4(),
                kind=LookKind.PICTURES.value,
                screen="picture",
                rows=1,
                times=1,
                subjects=[shown],
            )
        )
    told = [sorted(each["subjects"]) for each in gate.house.looks(kind="pictures")]
    whose = [f"pass:{gate.house.pass_id}", f"plate:{PLATE}"]
    assert sorted(told) == sorted(
        [sorted([f"picture:{still}", *whose]), sorted([f"passage:{passage}", *whose]), ["passage:nonsense"]]
    )


def test_at_the_gate_of_the_cloud_too(gate: Gate) -> None:
    still = gate.picture(b"six")
    gate.passage(still)
    guard = gate.house.api.colleague(gate.house.boss, "guard@example.org", ["guard"])
    assert guard.get(f"/gate/api/pictures/{still}", params={"site": gate.house.site}).status_code == 200
    assert gate.subjects() == [f"picture:{still}", f"pass:{gate.house.pass_id}", f"plate:{PLATE}"]
