"""A box of a company that lives through everything: enrolled, configured, sending, forked; for tests of the wall.

Its rows come the way they come in life, through the API, the services and the intake of ingest.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.guard import service as guard
from cloud.ingest.handlers import HANDLERS
from cloud.ingest.unit import Intake, Message
from cloud.kernel.database import Database
from cloud.sites import authority
from cloud.sites import service as sites
from cloud.telemetry import service as telemetry
from cloud.telemetry.upkeep import Retention
from protocols import acts
from protocols.fields import Direction
from protocols.messages import State
from protocols.records import DeviceState, DeviceStatus, Outcome, Passage, Reading, Reason
from tests.cloud.ingest.boxes import BoxStream, Place, at_ms
from tests.cloud.organisations.test_entry import set_up_totp
from tests.cloud.pki.serving import FakeBox
from tests.cloud.serving import Served
from tests.contract.world import World
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase


@dataclass
class Life:
    """One company's box."""

    world: World
    api: Served
    downlink: Database

    def live(self) -> None:
        """Leave a row wherever a company and its box can leave one."""
        self.world.post("/api/housing/entrances", {"building_id": self.world.building(), "name": "1"})
        set_up_totp(self.api, self.world.boss)
        liked = {"value": {"hidden": ["phone"]}}
        assert self.world.boss.call("PUT", "/api/account/preferences/columns.passes", liked).is_success
        self.world.guard_card()
        self._keep_watch()
        place = self._enrol()
        assert self.world.boss.call("POST", f"/api/boxes/{place.box_id}/configuration").is_success
        self._report(place)
        self._let_in(place)
        self._read_meter(place)
        self._fork_and_lose(place)

    def _keep_watch(self) -> None:
        """A guard does all that guards do."""
        for done in (self.world.decision, self.world.visit, self.world.shift, self.world.gate_pass):
            done()
        violation = self.world.violation()
        assert self.world.boss.call(
            "POST", f"/api/violations/{violation}/step", {"state": "notified"}
        ).is_success
        self.world.told(acts.GuardNote, text="Ворота скрипят")
        self._sign_in_at_a_post()
        self.world.told(acts.SignIn, way=acts.SignInWay.PIN, outcome=acts.SignInOutcome.SIGNED_IN)

    def _sign_in_at_a_post(self) -> None:
        code = self.world.post(f"/api/sites/{self.world.site()}/gate-posts", {"name": self.world.name()})[
            "code"
        ]
        pin = self.world.post(f"/api/guards/{self.world.guard()}/pin", {})["pin"]
        with self.world.served_as.transaction() as session:
            token = guard.join_post(session, code)
            assert token is not None
            post = guard.post_of(session, token)
            assert post is not None
            assert guard.enter_by_pin(session, post, UUID(self.world.guard()), pin).token

    def _enrol(self) -> Place:
        box_id, company = self.world.box(), self.world.boss.company
        assert company is not None
        answer = self.world.boss.call("POST", f"/api/boxes/{box_id}/code")
        assert answer.is_success, answer.text
        ca = authority.make_authority("Test", ec.generate_private_key(ec.SECP256R1()), NOON)
        box = FakeBox(None)  # type: ignore[arg-type]  # it makes its request; no server is asked
        with self.world.served_as.transaction() as session:
            asked = box.enrol_request(answer.json()["code"])
            sites.enrol(session, lambda *request: authority.issue_box(ca, *request), asked)
        with self.world.served_as.transaction(self.world.scope) as session:
            site_id = sites.find_box(session, UUID(box_id)).site_id
        return Place(company, site_id, UUID(box_id), box.journal_key)

    def _report(self, place: Place) -> None:
        with self.downlink.transaction(self.world.scope) as session:
            owner = sites.owner_of(session, place.box_id)
            assert owner is not None
            sites.record_state(session, owner, State(online=True, at=NOON, software="0.1"))

    def _let_in(self, place: Place) -> None:
        """By a card, at the box's point; beside that an event that only a newer cloud knows."""
        zone = self.world.post(f"/api/sites/{place.site_id}/zones", {"name": self.world.name()})["id"]
        body = {"box_id": str(place.box_id), "name": self.world.name(), "zone_id": zone}
        point = self.world.post("/api/points", body)["id"]
        card = {"site_id": str(place.site_id), "kind": "resident", "cards": [{"text": "018,23011"}]}
        entered = Passage(
            id=uuid4(),
            at=NOON,
            point=UUID(point),
            direction=Direction.IN,
            outcome=Outcome.GRANTED,
            reason=Reason.GRANTED,
            pass_id=UUID(self.world.post("/api/access/passes", card)["id"]),
            use=1,
            zone=UUID(zone),
            behind=UUID(zone),
        )
        stream = place.stream()
        stream.write(entered, b'{"type":"lift_call","id":"%s"}' % str(uuid4()).encode())
        self._take(stream.batch(events=True))

    def _read_meter(self, place: Place) -> None:
        draft = telemetry.SeriesDraft(
            site_id=place.site_id, name="Энергия", unit="kWh", kind=telemetry.SeriesKind.COUNTER
        )
        with self.world.served_as.transaction(self.world.scope) as session:
            series = telemetry.create_series(session, draft).id
        stream = place.stream()
        stream.readings(Reading(series, 0, 1, 1.0), at=at_ms(NOON))
        self._take(stream.batch())

    def _fork_and_lose(self, place: Place) -> None:
        first, lost = place.stream(), place.stream()
        first.write(*map(_gone, range(3)))
        self._take(first.batch(events=True))
        copy = BoxStream(place, first.id, first.records[:1])
        copy.write(*map(_gone, range(3)))
        self._take(copy.batch(2, 4, events=True))
        lost.write(*map(_gone, range(4)))
        self._take(lost.batch(3, 4, oldest=3, events=True))

    def _take(self, message: tuple[str, bytes]) -> None:
        assert Intake(self.world.ingest, HANDLERS).take([Message(*message)])


def aggregate(real: RealDatabase) -> None:
    """What `maintain` does of itself in time."""
    with psycopg.connect(real.owner_url, autocommit=True) as owner:
        telemetry.prepare(owner, NOON, Retention())
        telemetry.refresh(owner, NOON, Retention())


def _gone(_number: int) -> DeviceState:
    return DeviceState(id=uuid4(), at=NOON, device=uuid4(), status=DeviceStatus.OFFLINE)
