"""A tower with two entrances, a gate before it, and neighbours; over HTTP, with boxes' records taken in by ingest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from cloud.access import service as access
from cloud.ingest.handlers import HANDLERS
from cloud.kernel.database import Database, Scope
from cloud.kernel.outbox import Deliverer
from cloud.kernel.tenancy import Role
from cloud.reactions import REACTIONS
from cloud.sites import service as sites
from cloud.sites.models import Box, Command
from protocols.acts import GateDecision, Verdict
from protocols.fields import Direction
from protocols.records import Call, CallPhase, CommandOutcome, CommandResult, Outcome, Passage, Reason, Still
from tests.cloud.serving import PASSWORD, Person, Served, served
from tests.support.noon import NOON
from tests.support.passwords import cheap_passwords
from tests.support.postgres import Database as RealDatabase

__all__ = ["cheap_passwords"]

PANEL = uuid4()


@dataclass
class Tower:
    """`doors`: by name. `flats`: premises by number. `box`: drives all the doors."""

    api: Served
    boss: Person
    ingest: Database
    site: str
    box: UUID
    building: str
    doors: dict[str, UUID]
    flats: dict[str, str]
    persons: dict[str, str] = field(default_factory=dict)

    def post(self, path: str, body: Any) -> Any:
        answer = self.boss.call("POST", path, body)
        assert answer.status_code in {200, 201}, f"{path}: {answer.text}"
        return answer.json()

    def person(self, name: str, flat: str, **more: Any) -> str:
        """Somebody who lives in a flat."""
        made = self.post("/api/people", {"name": name})["id"]
        body = {"premises_id": self.flats[flat], "role": "resident", **more}
        self.post(f"/api/people/{made}/residencies", body)
        self.persons[name] = made
        return str(made)

    def invite(self, name: str, email: str) -> Any:
        return self.boss.call("POST", f"/api/people/{self.persons[name]}/account", {"email": email})

    def resident(self, name: str, flat: str, email: str, **more: Any) -> Person:
        """Somebody who lives there and has accepted; signed in."""
        self.person(name, flat, **more)
        assert self.invite(name, email).status_code == 201
        guest = self.api.visitor()
        body = {"token": self.api.letter_token(email), "password": PASSWORD}
        accepted = guest.call("POST", "/api/resident/invitation/accept", body)
        assert accepted.status_code == 200, accepted.text
        assert guest.sign_in(email).status_code == 200
        return guest

    @property
    def scope(self) -> Scope:
        assert self.boss.company is not None
        return Scope.organisation(self.boss.company)

    def tell(self, event: Any) -> None:
        """The box says so."""
        with self.ingest.transaction(self.scope) as session:
            owner = sites.owner_of(session, self.box)
            assert owner is not None
            HANDLERS[type(event)](session, owner, event)

    def ring(self, number: str, door: str = "Подъезд 1", at: datetime = NOON) -> UUID:
        """Somebody rings at a door; returns the call."""
        call = uuid4()
        self.phase(call, CallPhase.RINGING, number=number, door=door, at=at)
        return call

    def phase(
        self, call: UUID, phase: CallPhase, *, number: str = "", door: str = "Подъезд 1", at: datetime = NOON
    ) -> None:
        self.tell(
            Call(
                id=call if phase is CallPhase.RINGING else uuid4(),
                at=at,
                call=call,
                point=self.doors[door],
                source=PANEL,
                phase=phase,
                number=number,
            )
        )

    def photograph(self, call: UUID, sha256: str) -> None:
        self.tell(Still(id=uuid4(), at=NOON, passage=call, sha256=sha256, size=3))

    def pass_by(
        self,
        pass_id: str,
        outcome: Outcome = Outcome.GRANTED,
        *,
        again: Passage | None = None,
        credential: str | None = None,
    ) -> Passage:
        """A pass is shown at the gate."""
        granted = outcome is Outcome.GRANTED
        event = again or Passage(
            id=uuid4(),
            at=NOON,
            point=self.doors["Ворота"],
            direction=Direction.IN,
            outcome=outcome,
            reason=Reason.GRANTED if granted else Reason.OUTSIDE_SCHEDULE,
            pass_id=UUID(pass_id),
            use=1 if granted else None,
            credential=credential,
        )
        self.tell(event)
        return event

    def decide(self, verdict: Verdict, *, pass_id: str | None = None, passage: UUID | None = None) -> None:
        """A guard does, at the cloud's page: as somebody with an account."""
        event = GateDecision(
            id=uuid4(),
            at=NOON,
            guard=uuid4(),
            shift=uuid4(),
            point=self.doors["Ворота"],
            direction=Direction.IN,
            verdict=verdict,
            pass_id=UUID(pass_id) if pass_id else None,
            passage=passage,
        )
        assert self.boss.company is not None
        with self.api.house.database.transaction(
            Scope.organisation(self.boss.company, account=uuid4())
        ) as session:
            site_id = sites.find_point(session, event.point).site_id
            access.follow_decision(session, site_id, event)

    def commands(self) -> list[tuple[str, UUID | None, str, str]]:
        """Orders that wait for the box: kind, target, person, reason."""
        with self.ingest.transaction(self.scope) as session:
            rows = session.scalars(select(Command).order_by(Command.issued_at, Command.id))
            return [(row.kind, row.target, row.person, row.reason) for row in rows]

    def ordered_as(self) -> set[str]:
        """As what they were given, as the box is told."""
        with self.ingest.transaction(self.scope) as session:
            boxes = set(session.scalars(select(Command.box_id)))
            return {
                order.person_kind
                for box in boxes
                for order in sites.pending_commands(session, box, unsent_only=False)
            }

    def answer(self, order: str, outcome: CommandOutcome, reason: str = "done") -> None:
        """The box answers an order."""
        self.tell(CommandResult(id=uuid4(), at=NOON, command=UUID(order), outcome=outcome, reason=reason))

    def react(self) -> int:
        """What the worker does by itself."""
        self.api.clock.advance(timedelta(seconds=20))
        return Deliverer(self.api.worker, REACTIONS).sweep()


def build(api: Served, boss: Person, ingest: Database, name: str = "Берег") -> Tower:
    def post(path: str, body: Any) -> Any:
        answer = boss.call("POST", path, body)
        assert answer.status_code in {200, 201}, f"{path}: {answer.text}"
        return answer.json()["id"]

    place = post("/api/housing/complexes", {"name": name, "kind": "apartments"})
    building = post("/api/housing/buildings", {"complex_id": place, "name": "1", "kind": "tower"})
    entrances = [post("/api/housing/entrances", {"building_id": building, "name": n}) for n in "12"]
    flats = {
        number: post(
            "/api/housing/premises",
            {"building_id": building, "entrance_id": entrances[place], "kind": "flat", "number": number},
        )
        for number, place in (("17", 0), ("18", 0), ("35", 1))
    }
    site = post("/api/sites", {"name": name, "time_zone": "Asia/Yekaterinburg", "complex_id": place})
    box = post("/api/boxes", {"site_id": site, "name": "Бокс"})
    bus = {"host": "127.0.0.1", "port": 5020}
    line = post("/api/devices", {"box_id": box, "driver": "modbus_tcp", "name": "линия", "settings": bus})
    relay = {"bus": line, "unit": 1, "profile": "wb_mr6c_v2"}
    relays = post(
        "/api/devices", {"box_id": box, "driver": "modbus_relay", "name": "реле", "settings": relay}
    )
    said: dict[str, dict[str, Any]] = {
        "Ворота": {"residents": True},
        "Подъезд 1": {"residents": True, "building_id": building, "entrance_id": entrances[0]},
        "Подъезд 2": {"residents": True, "building_id": building, "entrance_id": entrances[1]},
        "Щитовая": {"building_id": building},
    }
    doors = {
        door: UUID(
            post(
                "/api/points",
                {"box_id": box, "name": door, "barrier": {"device": relays, "output": number}} | more,
            )
        )
        for number, (door, more) in enumerate(said.items())
    }
    assert boss.company is not None
    with api.house.database.transaction(Scope.organisation(boss.company)) as session:
        session.execute(update(Box).where(Box.id == UUID(box)).values(enrolled_at=NOON))
    return Tower(api, boss, ingest, site, UUID(box), building, doors, flats)


@pytest.fixture
def api(database: RealDatabase, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path) as running:
        yield running


@pytest.fixture
def ingest(api: Served, database: RealDatabase) -> Iterator[Database]:
    opened = Database(database.url(Role.INGEST), ports=api.house.database.ports, pool_size=2)
    yield opened
    opened.close()


@pytest.fixture
def tower(api: Served, ingest: Database) -> Tower:
    return build(api, api.operator(), ingest)
