"""A company that has one of everything, and the door to it: what tests of the wall look at from outside."""

import io
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PIL import Image
from sqlalchemy import insert, update

from cloud.access import service as access
from cloud.access.events import PassUsed
from cloud.access.face_texts import CURRENT
from cloud.access.models import Pass, PassageRow
from cloud.guard.models import GateDraft, VisitRow
from cloud.guard.types import DraftState
from cloud.ingest.handlers import HANDLERS
from cloud.kernel.database import Database, Scope
from cloud.people import service as people
from cloud.residents import service as residents
from cloud.sites import service as sites
from cloud.sites.models import Box
from cloud.sites.types import Moved
from cloud.telemetry import service as telemetry
from protocols import acts
from protocols.acts import ManualReason, ShiftState, Verdict, ViolationKind, VisitState
from protocols.messages import ServedPage, State
from protocols.meters import load_meter
from protocols.privacy import Erased, RetentionApplied
from protocols.records import Alarm, Call, CallPhase
from protocols.topics import Channel
from tests.cloud.serving import Person
from tests.support.certificates import make_certificate
from tests.support.noon import NOON

API: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
ZONE = "Asia/Yekaterinburg"
PAPER = {"given_on": "2026-11-02", "note": "папка 12", "text_version": CURRENT}
CHANNELS = [channel.name for channel in load_meter("eastron_sdm120").channels][:1]


def whole(path: str) -> dict[str, int]:
    """How to ask for all rows of a list at once, where it has pages."""
    known = {each["name"] for each in API["paths"][path]["get"].get("parameters", ())}
    return {"page_size": 200} if "page_size" in known else {}


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

    def faced(self) -> str:
        """A person who agreed on paper that panels know the face, with a picture."""
        person = self.person()
        self.post(f"/api/people/{person}/face/consent", PAPER)
        file = {"file": ("face.jpg", portrait(), "image/jpeg")}
        answer = self.boss.client.put(f"/api/people/{person}/face/picture", files=file)
        assert answer.status_code == 200, answer.text
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

    def point_policy(self) -> str:
        point = self.point()["point_id"]
        answer = self.boss.call("PUT", f"/api/access/point-policies/{point}", {"residents": False})
        assert answer.status_code == 200
        return point

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

    def box_with_page(self) -> str:
        """It tells that it serves the guard's page."""
        box = self.box()
        with self.served_as.transaction(self.scope) as session:
            owner = sites.owner_of(session, UUID(box))
            assert owner is not None
            sites.record_state(session, owner, State(online=True, page=ServedPage(own_names=["kpp.local"])))
        return box

    def page_body(self) -> dict[str, Any]:
        made = make_certificate(["kpp.local"], begins=NOON)
        return {"certificate": made.pem, "key": made.key_pem}

    def box_with_certificate(self) -> str:
        box = self.box_with_page()
        answer = self.boss.call("PUT", f"/api/boxes/{box}/page-certificate", self.page_body())
        assert answer.status_code == 200, answer.text
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

    def card_text(self) -> str:
        return f"{7_000_000 + next(self.numbers):010}"

    def card(self) -> str:
        return self.post("/api/access/cards", {"card": {"text": self.card_text()}})["id"]

    def given_card(self) -> str:
        card = self.card()
        self.post(f"/api/access/cards/{card}/give", {"pass_id": self.pass_()})
        return card

    def code_key(self) -> str:
        """Of a site that has given out a pass."""
        site = self.pass_body()["site_id"]
        self.post("/api/access/passes", self.pass_body() | {"site_id": site})
        answer = self.boss.get(f"/api/access/sites/{site}/code-keys")
        return str(answer.json()[0]["id"])

    def gate_post(self) -> str:
        made = self.post(f"/api/sites/{self.site()}/gate-posts", {"name": self.name()})
        return str(made["post"]["id"])

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

    def told(self, event_type: type[Any], /, *, by: str = "", **fields: Any) -> Any:
        """An act of a guard, as a box tells it: `by`, or that of one more site."""
        box = UUID(by or self.box())
        event = event_type(id=uuid4(), at=NOON, guard=uuid4(), **fields)
        with self.ingest.transaction(self.scope) as session:
            owner = sites.owner_of(session, box)
            assert owner is not None
            HANDLERS[event_type](session, owner, event)
        return event

    def decision(self) -> str:
        made = self.point()
        point = UUID(made["point_id"])
        decided = {"direction": "in", "verdict": Verdict.OPEN, "reason": ManualReason.POLICE}
        return str(self.told(acts.GateDecision, by=made["box_id"], point=point, **decided).id)

    def visit(self) -> str:
        visit = uuid4()
        self.told(acts.Visit, visit=visit, state=VisitState.INSIDE, name=self.name())
        return str(visit)

    def listed_visit(self) -> str:
        visit = self.visit()
        with self.ingest.transaction(self.scope) as session:
            session.execute(update(VisitRow).where(VisitRow.id == UUID(visit)).values(conflict="драка"))
        return visit

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

    def leaving(self) -> Any:
        """Somebody who is in a zone that a box counts, and how one knows that they left."""
        made = self.inside()
        everybody = self.boss.get("/api/access/inside?page_size=200").json()["items"]
        row = next(each for each in everybody if each["pass_id"] == made)
        box = self.post("/api/boxes", {"site_id": row["site_id"], "name": self.name()})["id"]
        self.post("/api/points", {"box_id": box, "name": self.name(), "zone_id": row["zone_id"]})
        self.enrol(box)
        whom = {"site_id": row["site_id"], "pass_id": made, "plate": None}
        return {"whom": [whom], "reason": "уехал"}

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


def portrait() -> bytes:
    """A picture as a telephone takes it."""
    made = io.BytesIO()
    Image.new("RGB", (400, 300), (90, 80, 70)).save(made, "JPEG")
    return made.getvalue()


Made = tuple[dict[str, Any], Any]  # what fills the path, and the body
Make = Callable[[World], Made]
