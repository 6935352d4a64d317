"""No company sees or touches another's: every endpoint is called as the owner, and as a rival with the same request.

The rival calls first and again last; the owner's success in between proves that the request was a right one and that
the rival had changed nothing. The table of calls must cover the API's description: a new endpoint needs a line.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert, update

from cloud.access import service as access
from cloud.access.events import PassUsed
from cloud.access.models import Pass, PassageRow
from cloud.guard.models import GateDraft
from cloud.guard.types import DraftState
from cloud.ingest.handlers import HANDLERS
from cloud.kernel.database import Database, Scope
from cloud.kernel.tenancy import Role
from cloud.people import service as people
from cloud.residents import service as residents
from cloud.sites import authority
from cloud.sites import service as sites
from cloud.sites.models import Box
from cloud.sites.types import Moved
from cloud.telemetry import service as telemetry
from protocols import acts
from protocols.acts import ManualReason, ShiftState, Verdict, ViolationKind, VisitState
from protocols.meters import load_meter
from protocols.records import Alarm, Call, CallPhase, Erased, RetentionApplied
from protocols.topics import Channel
from tests.cloud.serving import Person, Served, served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

ZONE = "Asia/Yekaterinburg"
CHANNELS = [channel.name for channel in load_meter("eastron_sdm120").channels][:1]
DENIED = {403, 404}

# Asked by anyone, or about the caller's own account alone: there is no other company's thing to name.
OF_NO_COMPANY = {
    "GET /api/health",
    "GET /api/ready",
    "GET /api/first-run",
    "POST /api/first-run",
    "GET /api/session",
    "POST /api/session",
    "DELETE /api/session",
    "POST /api/invitation",
    "POST /api/invitation/accept",
    "POST /api/password-reset",
    "POST /api/password-reset/confirm",
    "PATCH /api/account",
    "POST /api/account/password",
    "POST /api/account/totp",
    "POST /api/account/totp/confirm",
    "POST /api/account/totp/remove",
    "GET /api/account/sessions",
    "DELETE /api/account/sessions",
    "DELETE /api/account/sessions/{session_id}",  # covered by the organisations' own tests
    "DELETE /api/account/companies/{organisation_id}",  # likewise
    "GET /api/account/preferences",  # likewise
    "PUT /api/account/preferences/{key}",
    "DELETE /api/account/preferences/{key}",
    "POST /api/companies",  # the operator's alone
    "GET /api/meters/profiles",  # the house's data
    "GET /api/device-drivers",  # likewise
    "POST /api/access/recognise",  # says what a text is; reads no row
    "GET /api/stream",  # below, on its own
}
# About the caller's own home; the wall around that is tried in tests/cloud/residents.
AT_HOME = {
    "DELETE /api/resident/passes/{pass_id}/watch",
    "GET /api/resident/calls",
    "GET /api/resident/calls/{call_id}",
    "GET /api/resident/calls/{call_id}/still",
    "GET /api/resident/doors",
    "GET /api/resident/kinds",
    "GET /api/resident/notices",
    "GET /api/resident/orders/{order_id}",
    "GET /api/resident/passes",
    "GET /api/resident/passes/{pass_id}",
    "GET /api/resident/passes/{pass_id}/link",
    "GET /api/resident/passes/{pass_id}/passages",
    "GET /api/resident/premises",
    "POST /api/resident/calls/{call_id}/answer",
    "POST /api/resident/doors/{point_id}/open",
    "POST /api/resident/invitation",
    "POST /api/resident/invitation/accept",
    "POST /api/resident/notices/read",
    "POST /api/resident/passes",
    "POST /api/resident/passes/{pass_id}/revoke",
    "PUT /api/resident/passes/{pass_id}/watch",
    "PUT /api/resident/passes/{pass_id}/window",
}


@dataclass
class World:
    """The owner's company, and ways to make one more of each thing in it."""

    boss: Person
    ingest: Database
    served_as: Database
    worker: Database
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def post(self, path: str, body: Any) -> Any:
        answer = self.boss.call("POST", path, body)
        assert answer.status_code in {200, 201}, f"{path}: {answer.text}"
        return answer.json()

    def name(self) -> str:
        return f"Имя {next(self.numbers)}"

    def complex(self) -> str:
        return self.post("/api/housing/complexes", {"name": self.name(), "kind": "settlement"})["id"]

    def building(self) -> str:
        return self.post("/api/housing/buildings", self.building_body())["id"]

    def building_body(self) -> dict[str, Any]:
        return {"complex_id": self.complex(), "name": self.name(), "kind": "tower"}

    def premises(self) -> str:
        return self.post("/api/housing/premises", self.premises_body())["id"]

    def premises_body(self) -> dict[str, Any]:
        return {"building_id": self.building(), "kind": "flat", "number": "1"}

    def person(self) -> str:
        return self.post("/api/people", {"name": self.name()})["id"]

    def residency(self) -> dict[str, str]:
        person, body = self.person(), {"premises_id": self.premises(), "role": "owner"}
        made = self.post(f"/api/people/{person}/residencies", body)
        return {"person_id": person, "residency_id": made["id"]}

    def resident(self) -> str:
        """A person who was invited to the resident's app."""
        person = self.person()
        self.post(f"/api/people/{person}/account", {"email": f"r{next(self.numbers)}@example.org"})
        return person

    def noticed(self) -> str:
        """A pass of a resident, who wants to know of its use and was told of one."""
        person, residency = self.person(), {"premises_id": self.premises(), "role": "owner"}
        self.post(f"/api/people/{person}/residencies", residency)
        self.post(f"/api/people/{person}/account", {"email": f"r{next(self.numbers)}@example.org"})
        body = self.pass_body() | {"host_id": person, "premises_id": residency["premises_id"]}
        pass_id = UUID(self.post("/api/access/passes", body)["id"])
        used = PassUsed(
            pass_id=pass_id,
            passage_id=uuid4(),
            point_id=uuid4(),
            at=NOON,
            direction="in",
            outcome="granted",
            reason="granted",
        )
        with self.served_as.transaction(self.scope) as session:
            row = people.resident_of(session, UUID(person))
            row.state = "active"
            access.watch_pass(session, pass_id, row.account_id, by_email=False)
        with self.worker.transaction(self.scope) as session:
            residents.tell_of_use(session, used)
        return str(pass_id)

    def call(self) -> str:
        """Somebody rings at a panel."""
        point, call = self.point(), uuid4()
        rang = Call(
            id=call,
            at=NOON,
            call=call,
            point=UUID(point["point_id"]),
            source=uuid4(),
            phase=CallPhase.RINGING,
            number="17",
        )
        with self.ingest.transaction(self.scope) as session:
            owner = sites.owner_of(session, UUID(point["box_id"]))
            assert owner is not None
            HANDLERS[Call](session, owner, rang)
        return str(call)

    def site(self) -> str:
        return self.post("/api/sites", {"name": self.name(), "time_zone": ZONE})["id"]

    def policy(self) -> str:
        assert self.boss.call("PUT", "/api/access/policies", {"kind": "guest"}).status_code == 200
        return str(self.boss.company)

    def zone(self) -> str:
        return self.post(f"/api/sites/{self.site()}/zones", {"name": self.name()})["id"]

    def box(self) -> str:
        return self.post("/api/boxes", {"site_id": self.site(), "name": self.name()})["id"]

    def revoked_box(self) -> str:
        box = self.box()
        assert self.boss.call("POST", f"/api/boxes/{box}/revoke", {"reason": "украден"}).status_code < 300
        return box

    def device_body(self, box: str | None = None) -> dict[str, Any]:
        settings = {"host": "127.0.0.1", "port": 5020}
        return {
            "box_id": box or self.box(),
            "driver": "modbus_tcp",
            "name": self.name(),
            "settings": settings,
        }

    def device(self) -> dict[str, str]:
        body = self.device_body()
        return {"device_id": self.post("/api/devices", body)["id"], "box_id": body["box_id"]}

    def relay(self, box: str) -> str:
        bus = self.post("/api/devices", self.device_body(box))["id"]
        settings = {"bus": bus, "unit": 1, "profile": "wb_mr6c_v2"}
        body = {"box_id": box, "driver": "modbus_relay", "name": self.name(), "settings": settings}
        return self.post("/api/devices", body)["id"]

    def point(self) -> dict[str, str]:
        box = self.box()
        body = {"box_id": box, "name": self.name(), "barrier": {"device": self.relay(box), "output": 0}}
        made = {"point_id": self.post("/api/points", body)["id"], "box_id": box}
        self.enrol(box)
        return made

    def enrol(self, box: str) -> None:
        """As if the box had been: how it is done is not what is tested here."""
        with self.served_as.transaction(self.scope) as session:
            session.execute(update(Box).where(Box.id == UUID(box)).values(enrolled_at=NOON))

    def enrolled_box(self) -> str:
        box = self.box()
        self.enrol(box)
        return box

    def pass_body(self) -> dict[str, Any]:
        return {"site_id": self.site(), "holder": self.name(), "kind": "resident"}

    def pass_(self) -> str:
        return self.post("/api/access/passes", self.pass_body())["id"]

    def requested(self) -> str:
        """A pass that waits for a manager: the boss need not ask one."""
        made = UUID(self.pass_())
        with self.served_as.transaction(self.scope) as session:
            session.execute(update(Pass).where(Pass.id == made).values(state="requested"))
        return str(made)

    def blocked(self) -> str:
        body = {"site_id": self.site(), "person": self.name(), "reason": "драка"}
        return self.post("/api/access/blacklist", body)["id"]

    def meter_body(self) -> dict[str, Any]:
        device = self.device()
        return {
            "name": self.name(),
            "resource": "electricity",
            "box_id": device["box_id"],
            "device_id": device["device_id"],
            "profile": "eastron_sdm120",
            "unit": 1,
            "channels": CHANNELS,
        }

    def meter(self) -> str:
        return self.post("/api/meters", self.meter_body())["id"]

    @property
    def scope(self) -> Scope:
        assert self.boss.company is not None
        return Scope.organisation(self.boss.company)

    def series(self) -> int:
        meter = UUID(self.meter())
        with self.served_as.transaction(self.scope) as session:
            return telemetry.series_of_meter(session, meter)[0].id

    def command(self) -> str:
        point = self.point()["point_id"]
        return self.post(f"/api/points/{point}/open", {"reason": "скорая"})["id"]

    def role(self) -> str:
        return self.post("/api/roles", self.role_body())["id"]

    def role_body(self) -> dict[str, Any]:
        return {"name": self.name(), "permissions": ["passes.read"]}

    def invite_body(self) -> dict[str, Any]:
        return {"email": f"u{next(self.numbers)}@example.org", "name": self.name(), "role_ids": [self.role()]}

    def staff(self) -> str:
        return self.post("/api/staff", self.invite_body())["id"]

    def guard(self) -> str:
        """The boss: may do everything, so may keep watch."""
        staff = self.boss.get("/api/staff?state=active&page_size=200").json()["items"]
        return next(person["id"] for person in staff if person["email"] == self.boss.email)

    def guard_with_pin(self) -> str:
        guard = self.guard()
        self.post(f"/api/guards/{guard}/pin", {})
        return guard

    def guard_card(self) -> dict[str, str]:
        guard = self.guard()
        card = {"text": f"018,{10_000 + next(self.numbers)}"}
        return {"guard_id": guard, "card_id": self.post(f"/api/guards/{guard}/cards", card)["id"]}

    def told(self, event_type: type[Any], /, **fields: Any) -> Any:
        """An act of a guard, as a box of one more site tells it."""
        box = UUID(self.box())
        event = event_type(id=uuid4(), at=NOON, guard=uuid4(), **fields)
        with self.ingest.transaction(self.scope) as session:
            owner = sites.owner_of(session, box)
            assert owner is not None
            HANDLERS[event_type](session, owner, event)
        return event

    def decision(self) -> str:
        point = UUID(self.point()["point_id"])
        decided = {"direction": "in", "verdict": Verdict.OPEN, "reason": ManualReason.POLICE}
        return str(self.told(acts.GateDecision, point=point, **decided).id)

    def visit(self) -> str:
        visit = uuid4()
        self.told(acts.Visit, visit=visit, state=VisitState.INSIDE, name=self.name())
        return str(visit)

    def look(self) -> str:
        return str(self.told(acts.Looked, kind="passes", screen="passes").id)

    def rule(self) -> str:
        """How long the company keeps visitors; boxes that told what they erased."""
        assert self.boss.call("PUT", "/api/retention", {"days": {"visitors": 14}}).status_code == 200
        box = UUID(self.box())
        told = RetentionApplied(id=uuid4(), at=NOON, kinds=[Erased(kind="visitors", days=14)])
        with self.ingest.transaction(self.scope) as session:
            owner = sites.owner_of(session, box)
            assert owner is not None
            HANDLERS[RetentionApplied](session, owner, told)
        return str(box)

    def shift(self) -> str:
        shift = uuid4()
        self.told(acts.Shift, shift=shift, state=ShiftState.BEGUN)
        return str(shift)

    def violation(self) -> str:
        violation = uuid4()
        self.told(acts.Violation, violation=violation, kind=ViolationKind.NOISE)
        return str(violation)

    def gate_pass(self) -> str:
        made, until = uuid4(), NOON + timedelta(hours=1)
        self.told(acts.PassDrafted, pass_id=made, holder=self.name(), valid_from=NOON, valid_until=until)
        return str(made)

    def conflict(self) -> str:
        made = self.gate_pass()
        changed = {"state": DraftState.CONFLICT, "reason": "драка"}
        with self.ingest.transaction(self.scope) as session:
            session.execute(update(GateDraft).where(GateDraft.id == UUID(made)).values(changed))
        return made

    def passage(self) -> str:
        point = self.point()
        site = next(
            box["site_id"]
            for box in self.boss.get("/api/boxes?page_size=200").json()["items"]
            if box["id"] == point["box_id"]
        )
        values = {
            "id": uuid4(),
            "organisation_id": self.boss.company,
            "site_id": UUID(site),
            "box_id": UUID(point["box_id"]),
            "point_id": UUID(point["point_id"]),
            "at": NOON,
            "received_at": NOON,
            "clock_trusted": True,
            "direction": "in",
            "outcome": "granted",
            "reason": "granted",
            "read": "",
            "decision_us": 1,
            "weak_match": False,
            "fault": "",
        }
        with self.ingest.transaction(self.scope) as session:
            session.execute(insert(PassageRow), values)
        return str(values["id"])

    def inside(self) -> str:
        """The pass of somebody who is in a zone."""
        body = self.pass_body()
        made = self.post("/api/access/passes", body)["id"]
        zone = self.post(f"/api/sites/{body['site_id']}/zones", {"name": self.name()})["id"]
        with self.ingest.transaction(self.scope) as session:
            moved = Moved(UUID(made), "", UUID(zone))
            sites.record_place(session, UUID(body["site_id"]), moved, since=NOON, passage_id=uuid4())
        return made

    def alarm(self) -> str:
        alarm = Alarm(id=uuid4(), at=NOON, alarm=uuid4(), kind="tamper", raised=True)
        box = UUID(self.box())
        with self.ingest.transaction(self.scope) as session:
            owner = sites.owner_of(session, box)
            assert owner is not None
            sites.record_alarm(session, owner, alarm)
        return str(alarm.alarm)

    def quarantined(self) -> str:
        box = UUID(self.box())
        with self.ingest.transaction(self.scope) as session:
            refused = telemetry.Refused(
                box_id=box,
                channel=Channel.UP_EVENTS,
                reason=telemetry.QuarantineReason.MALFORMED,
                detail="?",
                content=b"?",
            )
            telemetry.quarantine(session, refused)
        return str(box)

    def unknown_type(self) -> str:
        box = UUID(self.box())
        with self.ingest.transaction(self.scope) as session:
            telemetry.count_unknown(session, box, Channel.UP_EVENTS, "lift_call")
        return str(box)

    def file(self) -> str:
        answer = self.boss.client.post(
            "/api/files", files={"file": ("a.txt", self.name().encode(), "text/plain")}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["sha256"]


Made = tuple[dict[str, Any], Any]  # what fills the path, and the body
Make = Callable[[World], Made]


def named(parameter: str, maker: Callable[[World], Any], body: Callable[[World], Any] | None = None) -> Make:
    """One thing in the path, whose maker gives its id or several parts of the path."""

    def make(world: World) -> Made:
        made = maker(world)
        parts = made if isinstance(made, dict) else {parameter: made}
        return parts, body(world) if body else None

    return make


def bare(body: Callable[[World], Any] | None = None) -> Make:
    return lambda world: ({}, body(world) if body else None)


def plainly(**body: Any) -> Callable[[World], Any]:
    return lambda world: body | ({"name": world.name()} if body.get("name") == "" else {})


def device_change(world: World) -> Made:
    made = world.device()
    return made, world.device_body(made["box_id"])


def point_change(world: World) -> Made:
    made = world.point()
    return made, {"box_id": made["box_id"], "name": world.name()}


W = World
NAMING: dict[str, Make] = {
    # a thing is named, in the path or in the body: the rival is told that there is none
    "GET /api/housing/complexes/{complex_id}": named("complex_id", W.complex),
    "PUT /api/housing/complexes/{complex_id}": named(
        "complex_id", W.complex, plainly(name="", kind="apartments")
    ),
    "GET /api/housing/buildings/{building_id}": named("building_id", W.building),
    "PUT /api/housing/buildings/{building_id}": named("building_id", W.building, W.building_body),
    "GET /api/housing/buildings/{building_id}/entrances": named("building_id", W.building),
    "POST /api/housing/buildings": bare(W.building_body),
    "POST /api/housing/entrances": bare(lambda w: {"building_id": w.building(), "name": "1"}),
    "POST /api/housing/premises": bare(W.premises_body),
    "GET /api/housing/premises/{premises_id}": named("premises_id", W.premises),
    "PUT /api/housing/premises/{premises_id}": named("premises_id", W.premises, W.premises_body),
    "GET /api/people/{person_id}": named("person_id", W.person),
    "PUT /api/people/{person_id}": named("person_id", W.person, plainly(name="")),
    "GET /api/people/{person_id}/residencies": named("person_id", W.person),
    "GET /api/people/{person_id}/account": named("person_id", W.resident),
    "POST /api/people/{person_id}/account": named(
        "person_id", W.person, lambda w: {"email": f"r{next(w.numbers)}@example.org"}
    ),
    "DELETE /api/people/{person_id}/account": named("person_id", W.resident),
    "POST /api/people/{person_id}/residencies": named(
        "person_id", W.person, lambda w: {"premises_id": w.premises(), "role": "owner"}
    ),
    "DELETE /api/people/{person_id}/residencies/{residency_id}": named("", W.residency),
    "GET /api/sites/{site_id}": named("site_id", W.site),
    "PUT /api/sites/{site_id}": named("site_id", W.site, plainly(name="", time_zone=ZONE)),
    "DELETE /api/sites/{site_id}": named("site_id", W.site),
    "GET /api/sites/{site_id}/zones": named("site_id", W.site),
    "PUT /api/zones/{zone_id}": named("zone_id", W.zone, plainly(name="")),
    "DELETE /api/zones/{zone_id}": named("zone_id", W.zone),
    "POST /api/sites/{site_id}/zones": named("site_id", W.site, plainly(name="")),
    "POST /api/boxes": bare(lambda w: {"site_id": w.site(), "name": w.name()}),
    "GET /api/boxes/{box_id}": named("box_id", W.box),
    "PUT /api/boxes/{box_id}": named("box_id", W.box, plainly(name="")),
    "DELETE /api/boxes/{box_id}": named("box_id", W.box),
    "GET /api/boxes/{box_id}/fire": named("box_id", W.box),
    "PUT /api/boxes/{box_id}/fire": named("box_id", W.box, plainly(inputs=[])),
    "POST /api/boxes/{box_id}/code": named("box_id", W.box),
    "POST /api/boxes/{box_id}/commands": named(
        "box_id", W.enrolled_box, plainly(kind="restart", reason="завис")
    ),
    "GET /api/boxes/{box_id}/configuration": named("box_id", W.box),
    "POST /api/boxes/{box_id}/configuration": named("box_id", W.box),
    "GET /api/boxes/{box_id}/configuration/preview": named("box_id", W.box),
    "POST /api/boxes/{box_id}/replacement": named("box_id", W.revoked_box),
    "POST /api/boxes/{box_id}/revoke": named("box_id", W.enrolled_box, plainly(reason="украден")),
    "GET /api/commands/{command_id}": named("command_id", W.command),
    "POST /api/devices": bare(W.device_body),
    "GET /api/devices/{device_id}": named("", W.device),
    "PUT /api/devices/{device_id}": device_change,
    "DELETE /api/devices/{device_id}": named("", W.device),
    "POST /api/points": bare(lambda w: {"box_id": w.box(), "name": w.name()}),
    "GET /api/points/{point_id}": named("", W.point),
    "PUT /api/points/{point_id}": point_change,
    "DELETE /api/points/{point_id}": named("", W.point),
    "POST /api/points/{point_id}/open": named("", W.point, plainly(reason="скорая")),
    "POST /api/points/{point_id}/close": named("", W.point, plainly(reason="скорая")),
    "POST /api/points/{point_id}/stop": named("", W.point, plainly(reason="скорая")),
    "POST /api/points/{point_id}/hold": named(
        "", W.point, plainly(reason="переезд", until=(NOON + timedelta(hours=3)).isoformat())
    ),
    "POST /api/points/{point_id}/release": named("", W.point, plainly(reason="скорая")),
    "POST /api/access/passes": bare(W.pass_body),
    "GET /api/journal/boxes/{box_id}": named("box_id", W.box),
    "GET /api/journal/boxes/{box_id}/pdf": named("box_id", W.box),
    "GET /api/access/passes/{pass_id}": named("pass_id", W.pass_),
    "GET /api/access/passes/{pass_id}/link": named("pass_id", W.pass_),
    "PUT /api/access/passes/{pass_id}": named("pass_id", W.pass_, W.pass_body),
    "POST /api/access/passes/revoke": bare(lambda w: {"ids": [w.pass_()], "reason": "не приедет"}),
    "POST /api/access/passes/change": bare(
        lambda w: {"ids": [w.pass_()], "valid_until": (NOON + timedelta(days=2)).isoformat()}
    ),
    "POST /api/access/passes/approve": bare(lambda w: {"ids": [w.requested()]}),
    "POST /api/access/passes/refuse": bare(lambda w: {"ids": [w.requested()], "reason": "нет мест"}),
    "POST /api/access/blacklist": bare(
        lambda w: {"site_id": w.site(), "person": w.name(), "reason": "драка"}
    ),
    "DELETE /api/access/blacklist/{block_id}": named("block_id", W.blocked),
    "GET /api/access/passages/{passage_id}": named("passage_id", W.passage),
    "GET /api/calls/{call_id}": named("call_id", W.call),
    "GET /api/alarms/{alarm_id}": named("alarm_id", W.alarm),
    "POST /api/alarms/{alarm_id}/acknowledge": named("alarm_id", W.alarm),
    "POST /api/meters": bare(W.meter_body),
    "GET /api/meters/{meter_id}": named("meter_id", W.meter),
    "DELETE /api/meters/{meter_id}": named("meter_id", W.meter),
    "GET /api/telemetry/series/{series_id}": named("series_id", W.series),
    "GET /api/telemetry/series/{series_id}/points": named("series_id", W.series),
    "PUT /api/roles/{role_id}": named("role_id", W.role, W.role_body),
    "DELETE /api/roles/{role_id}": named("role_id", W.role),
    "GET /api/staff/{membership_id}": named("membership_id", W.staff),
    "PATCH /api/staff/{membership_id}": named("membership_id", W.staff, lambda w: {"role_ids": [w.role()]}),
    "DELETE /api/staff/{membership_id}": named("membership_id", W.staff),
    "GET /api/watch/passes/{pass_id}": named("pass_id", W.gate_pass),
    "GET /api/watch/shifts/{shift_id}": named("shift_id", W.shift),
    "POST /api/watch/passes/{pass_id}/settle": named("pass_id", W.conflict, plainly()),
    "GET /api/violations/{violation_id}": named("violation_id", W.violation),
    "POST /api/violations/{violation_id}/step": named("violation_id", W.violation, plainly(state="notified")),
    "GET /api/guards/{guard_id}": named("guard_id", W.guard),
    "PUT /api/guards/{guard_id}": named("guard_id", W.guard, plainly(enabled=True)),
    "POST /api/guards/{guard_id}/pin": named("guard_id", W.guard, plainly()),
    "POST /api/guards/{guard_id}/cards": named("guard_id", W.guard, plainly(text="018,23011")),
    "DELETE /api/guards/{guard_id}/cards/{card_id}": named("", W.guard_card),
    "GET /api/files/{sha256}": named("sha256", W.file),
    "DELETE /api/files/{sha256}": named("sha256", W.file),
    "PUT /api/companies/{company_id}": lambda w: ({"company_id": str(w.boss.company)}, {"name": w.name()}),
}
CREATING: dict[str, Make] = {
    # nothing is named but the company written to: the rival may not write there
    "POST /api/housing/complexes": bare(plainly(name="", kind="settlement")),
    "POST /api/people": bare(plainly(name="")),
    "POST /api/sites": bare(plainly(name="", time_zone=ZONE)),
    "PUT /api/retention": bare(lambda _: {"days": {"visitors": 7}}),
    "PUT /api/access/policies": bare(lambda _: {"kind": "guest", "longest_days": 7}),
    "POST /api/roles": bare(W.role_body),
    "POST /api/staff": bare(W.invite_body),
}
LISTING: dict[str, Callable[[World], Any]] = {
    # the rival's own list shows nothing of the owner's; asking for the owner's company is refused
    "GET /api/housing/complexes": W.complex,
    "GET /api/housing/buildings": W.building,
    "GET /api/housing/premises": W.premises,
    "GET /api/people": W.person,
    "GET /api/sites": W.site,
    "GET /api/boxes": W.box,
    "GET /api/commands": W.command,
    "GET /api/devices": lambda w: w.device()["device_id"],
    "GET /api/points": lambda w: w.point()["point_id"],
    "GET /api/access/passes": W.pass_,
    "GET /api/access/blacklist": W.blocked,
    "GET /api/access/policies": W.policy,
    "GET /api/access/passages": W.passage,
    "GET /api/calls": W.call,
    "GET /api/access/inside": W.inside,
    "GET /api/access/occupancy": W.zone,
    "GET /api/access/lanes": lambda w: w.point()["point_id"],
    "GET /api/site-names": W.site,
    "GET /api/alarms": W.alarm,
    "GET /api/quarantine": W.quarantined,
    "GET /api/quarantine/types": W.unknown_type,
    "GET /api/meters": W.meter,
    "GET /api/telemetry/series": W.meter,
    "GET /api/roles": W.role,
    "GET /api/staff": W.staff,
    "GET /api/watch/decisions": W.decision,
    "GET /api/watch/visits": W.visit,
    "GET /api/watch/shifts": W.shift,
    "GET /api/watch/passes": W.gate_pass,
    "GET /api/violations": W.violation,
    "GET /api/guards": W.guard_with_pin,
    "GET /api/audit": W.complex,
    "GET /api/looks": W.look,
    "GET /api/retention": W.rule,
    "GET /api/companies": lambda w: str(w.boss.company),
}
COUNTING = {"GET /api/access/passes/counts": W.pass_}
STATISTICS = {"GET /api/access/statistics", "GET /api/access/statistics.xlsx"}
TAKING = {"GET /api/looks.xlsx"}
UPLOADING = {"POST /api/files", "POST /api/access/passes/import"}


@pytest.fixture(scope="module")
def api(module_database: RealDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("house")
    ca = authority.make_authority("Test", ec.generate_private_key(ec.SECP256R1()), NOON)
    (folder / "ca.pem").write_bytes(authority.to_pem(ca.certificate))
    with served(module_database, folder, mqtt_ca=folder / "ca.pem") as running:
        yield running


@pytest.fixture(scope="module")
def world(api: Served, module_database: RealDatabase) -> Iterator[World]:
    ports = api.house.database.ports
    ingest = Database(module_database.url(Role.INGEST), ports=ports, pool_size=1)
    served_as = Database(module_database.url(Role.API), ports=ports, pool_size=1)
    boss = api.operator(company="Афины")
    assert boss.company is not None
    owner = api.colleague(boss, "owner@example.org", ["administrator"])
    yield World(owner, ingest, served_as, api.worker)
    ingest.close()
    served_as.close()


@pytest.fixture(scope="module")
def rival(api: Served, world: World) -> Person:
    """The administrator of another company, who may do everything there."""
    operator = api.visitor()
    assert operator.sign_in("boss@example.org").status_code == 200
    made = operator.call("POST", "/api/companies", {"name": "Спарта"})
    assert made.status_code == 201, made.text
    return api.colleague(operator.work_in(made.json()["id"]), "rival@example.org", ["administrator"])


def ask(person: Person, line: str, made: Made) -> Any:
    method, path = line.split(" ")
    parts, body = made
    return person.call(method, path.format(**parts), body)


def test_every_endpoint_has_its_line(api: Served) -> None:
    described = api.visitor().get("/api/openapi.json").json()["paths"]
    lines = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    tables = [
        set(NAMING),
        set(CREATING),
        set(LISTING),
        set(COUNTING),
        STATISTICS,
        TAKING,
        UPLOADING,
        OF_NO_COMPANY,
        AT_HOME,
    ]
    known = set().union(*tables)
    assert lines - known == set(), "a new endpoint: say here how the owner calls it"
    assert known - lines == set(), "an endpoint is gone"
    assert sum(map(len, tables)) == len(known)


@pytest.mark.parametrize("line", sorted(TAKING))
def test_what_is_taken_away_is_ones_own(world: World, rival: Person, line: str) -> None:
    path, of_owner = line.removeprefix("GET "), {"company": str(world.boss.company)}
    assert rival.get(path, params=of_owner).status_code in DENIED
    assert world.boss.get(path, params=of_owner).status_code == 200


@pytest.mark.parametrize("line", sorted(STATISTICS))
def test_what_is_counted_is_ones_own(world: World, rival: Person, line: str) -> None:
    site = UUID(world.site())
    period = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z", "site_id": str(site)}
    path = line.removeprefix("GET ")
    for person, status in ((rival, 404), (world.boss, 200), (rival, 404)):
        assert person.client.get(path, params=period).status_code == status


def test_a_table_is_issued_at_ones_own_sites_alone(world: World, rival: Person) -> None:
    site, table = world.site(), ("guests.csv", "ФИО\nПетров Пётр\n".encode())
    for person, status in ((rival, 404), (world.boss, 200), (rival, 404)):
        draft = {"id": str(uuid4()), "site_id": site, "valid_until": (NOON + timedelta(hours=9)).isoformat()}
        form = {"draft": json.dumps(draft)}
        answer = person.client.post("/api/access/passes/import", files={"file": table}, data=form)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("line", sorted(NAMING))
def test_a_thing_of_another_company_is_not_there(world: World, rival: Person, line: str) -> None:
    made = NAMING[line](world)
    before = ask(rival, line, made)
    assert before.status_code in DENIED, before.text
    mine = ask(world.boss, line, made)
    assert mine.is_success, mine.text
    after = ask(rival, line, made)
    assert after.status_code in DENIED, after.text
    assert world.boss.company is not None
    trespassing = rival.client.request(
        line.split(" ", maxsplit=1)[0],
        line.split(" ")[1].format(**made[0]),
        json=made[1],
        headers={"X-Organisation": str(world.boss.company)},
    )
    assert trespassing.status_code in DENIED, trespassing.text


@pytest.mark.parametrize("line", sorted(CREATING))
def test_nobody_writes_into_another_company(world: World, rival: Person, line: str) -> None:
    method, path = line.split(" ")
    _, body = CREATING[line](world)
    headers = {"X-Organisation": str(world.boss.company)}
    answer = rival.client.request(method, path, json=body, headers=headers)
    assert answer.status_code == 403, answer.text
    assert world.boss.call(method, path, body).status_code in {200, 201}


@pytest.mark.parametrize("line", sorted(LISTING))
def test_a_list_shows_only_one_s_own(world: World, rival: Person, line: str) -> None:
    path, marker = line.split(" ")[1], str(LISTING[line](world))
    assert marker in world.boss.get(path, params={"page_size": 200}).text
    theirs = rival.get(path, params={"page_size": 200})
    assert theirs.status_code == 200
    assert marker not in theirs.text
    assert str(world.boss.company) not in theirs.text
    asked = rival.get(path, params={"company": str(world.boss.company), "page_size": 200})
    assert asked.status_code == 403 or (asked.status_code == 200 and marker not in asked.text)


def test_counts_count_only_one_s_own(world: World, rival: Person) -> None:
    world.pass_()
    path = "/api/access/passes/counts"
    assert sum(world.boss.get(path).json().values()) > 0
    assert sum(rival.get(path).json().values()) == 0


def test_a_file_goes_into_one_s_own_company(world: World, rival: Person) -> None:
    file = {"file": ("a.txt", b"secret", "text/plain")}
    headers = {"X-Organisation": str(world.boss.company)}
    assert rival.client.post("/api/files", files=file, headers=headers).status_code == 403
    mine = world.boss.client.post("/api/files", files=file)
    assert mine.status_code == 201
    assert rival.get(f"/api/files/{mine.json()['sha256']}").status_code == 404


def test_the_live_stream_tells_only_of_one_s_own(world: World, rival: Person) -> None:
    with (
        rival.client.stream("GET", "/api/stream") as theirs,
        world.boss.client.stream("GET", "/api/stream") as ours,
    ):
        assert theirs.status_code == ours.status_code == 200
        marker = world.pass_()
        own = rival.call("POST", "/api/sites", {"name": "Свой", "time_zone": ZONE}).json()["id"]
        assert read_until(ours, marker)
        told = read_until(theirs, own)
        assert marker not in told


def read_until(stream: Any, marker: str) -> str:
    """What came up to the line that holds the marker; the client's own timeout ends a silence."""
    told = ""
    for line in stream.iter_lines():
        told += line + "\n"
        if marker in line:
            return told
    raise AssertionError(f"the stream ended without {marker}: {told}")
