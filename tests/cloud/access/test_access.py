"""Passes, blacklist and passages on a real database, together with the site's replication log."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import text

from cloud.access import queries, service
from cloud.access.errors import BlockNotThere, OnBlacklist, PassIsFinal, PassNotThere
from cloud.access.jobs import forget_places, release_lapsed
from cloud.access.models import Pass
from cloud.access.types import BlockDraft, CardDraft, PassDraft, PassState
from cloud.housing import service as housing
from cloud.housing.types import (
    BuildingDraft,
    BuildingKind,
    ComplexDraft,
    ComplexKind,
    PremisesDraft,
    PremisesKind,
)
from cloud.kernel.database import Database, Ports, Scope
from cloud.kernel.errors import FixInput
from cloud.kernel.jobs import Tools
from cloud.kernel.lists import ListQuery
from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings
from cloud.kernel.tenancy import Role
from cloud.people import service as people
from cloud.people.types import PersonDraft
from cloud.reads.passages import PassageFilter, list_lanes, list_passages
from cloud.sites import service as sites
from cloud.sites.errors import SiteNotFound
from cloud.sites.schemas import BoxDraft, PointDraft, SiteDraft
from cloud.sites.types import BoxOwner, Changes, UpToDate
from protocols.cards import parse_printed
from protocols.fields import Direction
from protocols.held import BlockItem, PassItem, decode_item
from protocols.messages import Uses
from protocols.records import Actuation, Outcome, Passage, Reason, Still
from tests.support.companies import Company
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

VAULT = SecretBox(bytes(32))
TODAY_END = NOON + timedelta(hours=12)


@dataclass(frozen=True)
class Gate:
    """A company with a site, a box and a point."""

    company: Company
    site_id: UUID
    box_id: UUID
    point_id: UUID

    def draft(self, **more: object) -> PassDraft:
        fields = {"site_id": self.site_id, "holder": "Петров Пётр", "valid_until": TODAY_END, **more}
        return PassDraft.model_validate(fields)

    def issue(self, **more: object) -> Pass:
        with self.company.work() as (session, actor):
            return service.issue_pass(session, actor, self.draft(**more))

    def held(self) -> list[PassItem | BlockItem]:
        """What a box that knew nothing would be sent, newest last."""
        with self.company.work() as (session, _):
            state = sites.held_state(session, self.site_id)
            found = sites.difference(session, self.site_id, epoch=state.epoch, version=0, digest=None)
        if isinstance(found, UpToDate):
            return []
        assert isinstance(found, Changes)
        return [decode_item(change.body) for change in found.changes if change.body]

    @property
    def owner(self) -> BoxOwner:
        return BoxOwner(self.box_id, self.company.id, self.site_id, None, None, None)


def make_gate(company: Company) -> Gate:
    with company.work() as (session, actor):
        site = sites.create_site(session, actor, SiteDraft(name="Афины", time_zone="Asia/Yekaterinburg"))
        box = sites.create_box(session, actor, BoxDraft(site_id=site.id, name="КПП"))
        point = sites.create_point(session, actor, PointDraft(box_id=box.id, name="Въезд 1"))
        return Gate(company, site.id, box.id, point.id)


@pytest.fixture
def gate(company: Company) -> Gate:
    return make_gate(company)


def test_a_pass_reaches_the_held_set_with_its_plate_and_card(gate: Gate) -> None:
    made = gate.issue(plates=["Х 711 ТТ 90"], cards=[{"text": "018,23011"}], entries=1)
    (item,) = gate.held()
    assert isinstance(item, PassItem)
    assert (item.id, item.number, item.plates, item.entries) == (made.id, "1", ["X711TT90"], 1)
    assert item.keys[0] == "W26:18:23011"
    assert item.valid_until == TODAY_END


@pytest.mark.parametrize(
    "typed",
    [
        [f"{number:010}" for number in range(1, 21)],
        [f"04:{number:02X}:B2:C3" for number in range(1, 21)],
    ],
)
def test_as_many_cards_as_a_pass_takes_are_held(gate: Gate, typed: list[str]) -> None:
    gate.issue(cards=[{"text": text} for text in typed], pin=True, code=True)
    (item,) = gate.held()
    assert isinstance(item, PassItem)
    assert len(item.keys) > 50
    assert not [text for text in typed if parse_printed(text)[0].keys()[0] not in item.keys]


def test_the_longest_address_keeps_its_flat(gate: Gate) -> None:
    premises_id = make_flat(gate, address="ул. Длинная " + "х" * 488, number="12345678901234567890")
    made = gate.issue(premises_id=premises_id)
    (item,) = gate.held()
    assert isinstance(item, PassItem)
    assert item.address == made.address
    assert len(item.address) == 500
    assert item.address.endswith("х…, кв. 12345678901234567890")


def make_flat(gate: Gate, *, address: str, number: str) -> UUID:
    with gate.company.work() as (session, actor):
        of = housing.create_complex(session, actor, ComplexDraft(name="Афины", kind=ComplexKind.SETTLEMENT))
        tower = BuildingDraft(complex_id=of.id, name="А2", kind=BuildingKind.TOWER, address=address)
        building = housing.create_building(session, actor, tower)
        flat = PremisesDraft(building_id=building.id, kind=PremisesKind.FLAT, number=number)
        return housing.create_premises(session, actor, flat).id


def test_a_pass_of_before_plates_had_a_limit_can_still_be_revoked(gate: Gate) -> None:
    made = gate.issue(plates=["A123BC72"])
    with gate.company.work() as (session, _):
        session.get_one(Pass, made.id).plates = ["A123BC72", "A" * 900]
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [made.id], "не приедет")
    item = gate.held()[-1]
    assert isinstance(item, PassItem)
    assert (item.revoked, item.plates) == (True, ["A123BC72"])


def test_a_plate_that_grows_too_long_is_refused_beside_its_field(gate: Gate) -> None:
    with pytest.raises(FixInput) as caught:
        gate.issue(plates=["\ufdfa" * 60])
    assert [field.path for field in caught.value.fields] == ["plates.0"]
    with pytest.raises(FixInput) as caught, gate.company.work() as (session, actor):
        service.block(
            session, actor, VAULT, BlockDraft(site_id=gate.site_id, plate="\ufdfa" * 60, reason="Драка")
        )
    assert [field.path for field in caught.value.fields] == ["plate"]


def test_numbers_have_no_gaps_after_a_failed_issue(gate: Gate) -> None:
    assert gate.issue().number == 1
    with pytest.raises(SiteNotFound):
        gate.issue(site_id=uuid4())
    assert gate.issue().number == 2


def test_host_and_phone_come_from_the_person(gate: Gate) -> None:
    with gate.company.work() as (session, actor):
        host = people.create_person(session, actor, PersonDraft(name="Иванова Мария", phones=["89123456789"]))
    made = gate.issue(host_id=host.id)
    assert (made.host, made.host_phone, made.phone) == ("Иванова Мария", "+79123456789", None)
    item = gate.held()[-1]
    assert isinstance(item, PassItem)
    assert item.phone == "+79123456789"


def test_revoking_is_for_all_or_none_and_once(gate: Gate) -> None:
    first, second = gate.issue(), gate.issue()
    with pytest.raises(PassNotThere), gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [first.id, uuid4()], "ошибка")
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [first.id, second.id], "не приедет")
    assert [item.revoked for item in gate.held() if isinstance(item, PassItem)] == [False, False, True, True]
    with pytest.raises(PassIsFinal), gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [first.id], "снова")
    with gate.company.work() as (session, _):
        line = service.history_of(session, first.id)[0]
    assert (line.change, line.reason, line.actor) == ("revoked", "не приедет", "Диспетчер")


def test_a_changed_pass_replaces_what_is_held(gate: Gate) -> None:
    made = gate.issue(cards=[{"text": "0001202659"}])
    with gate.company.work() as (session, actor):
        service.change_pass(session, actor, made.id, gate.draft(plates=["A123BC72"], holder="Сидоров"))
    item = gate.held()[-1]
    assert isinstance(item, PassItem)
    assert (item.id, item.holder, item.plates, item.keys) == (made.id, "Сидоров", ["A123BC72"], [])


@pytest.mark.parametrize(
    ("block", "guest"),
    [
        ({"plate": "а 123 вс 72"}, {"plates": ["A123BC72"]}),
        ({"card": {"text": "018,23011"}}, {"cards": [{"text": "0001202659"}]}),
        ({"card": {"text": "0001202659"}}, {"cards": [{"text": "0001202659"}]}),
        ({"person": "Петров  ПЕТР"}, {"holder": "петров пётр"}),
        ({"person": "Петров", "phone": "89123456789"}, {"holder": "Петров", "phone": "+79123456789"}),
        ({"person": "Петров", "phone": "89123456789"}, {"holder": "Петров"}),
        ({"person": "Петров"}, {"holder": "Петров", "phone": "+79123456789"}),
    ],
)
def test_who_is_listed_gets_no_pass(gate: Gate, block: dict[str, object], guest: dict[str, object]) -> None:
    draft = BlockDraft.model_validate({"site_id": gate.site_id, "reason": "Драка", **block})
    with gate.company.work() as (session, actor):
        listed = service.block(session, actor, VAULT, draft)
    with pytest.raises(OnBlacklist) as caught:
        gate.issue(**guest)
    assert caught.value.data["reason"] == "Драка"
    with gate.company.work() as (session, actor):
        service.unblock(session, actor, listed.id)
    assert gate.issue(**guest)
    with pytest.raises(BlockNotThere), gate.company.work() as (session, actor):
        service.unblock(session, actor, listed.id)


def test_a_listed_person_s_passes_are_held_back_too(gate: Gate) -> None:
    made = gate.issue(phone="89123456789")
    gate.issue(holder="Другой")
    draft = BlockDraft(site_id=gate.site_id, person="ПЕТРОВ ПЁТР", phone="89123456789", reason="Драка")
    with gate.company.work() as (session, actor):
        service.block(session, actor, VAULT, draft)
    item = gate.held()[-1]
    assert isinstance(item, BlockItem)
    assert item.passes == [made.id]


def test_a_namesake_with_another_phone_is_somebody_else(gate: Gate) -> None:
    draft = BlockDraft(site_id=gate.site_id, person="Петров", phone="89123456789", reason="Драка")
    with gate.company.work() as (session, actor):
        service.block(session, actor, VAULT, draft)
    assert gate.issue(holder="Петров", phone="89990000000")


@pytest.mark.parametrize(
    ("sent", "path", "code"),
    [
        ({}, "plate", "nothing"),
        ({"plate": "", "person": ""}, "plate", "nothing"),
        ({"plate": "???"}, "plate", "plate_unreadable"),
        ({"card": {"text": "нечто"}}, "card.text", "card_unreadable"),
        ({"card": {"text": "1234567890"}}, "card.text", "card_ambiguous"),
        ({"person": "  "}, "person", "nothing"),
        ({"phone": "89123456789"}, "person", "nothing"),
    ],
)
def test_a_list_entry_must_name_somebody(gate: Gate, sent: dict[str, object], path: str, code: str) -> None:
    draft = BlockDraft.model_validate({"site_id": gate.site_id, "reason": "?", **sent})
    with pytest.raises(FixInput) as caught, gate.company.work() as (session, actor):
        service.block(session, actor, VAULT, draft)
    assert [(field.path, field.code) for field in caught.value.fields] == [(path, code)]


def passage(gate: Gate, made: Pass | None, **more: object) -> Passage:
    event = Passage(
        id=uuid4(),
        at=NOON,
        point=gate.point_id,
        direction=Direction.IN,
        outcome=Outcome.GRANTED,
        reason=Reason.GRANTED,
        pass_id=made.id if made else None,
        plate="X711TT90",
        use=1,
    )
    return Passage(**({name: getattr(event, name) for name in event.__struct_fields__} | more))


@pytest.fixture
def ingest(database: RealDatabase, gate: Gate):
    """The database under ingest's role."""
    opened = Database(
        database.url(Role.INGEST), ports=Ports(gate.company.clock, gate.company.database.ports.ids)
    )
    yield opened
    opened.close()


def test_a_passage_moves_its_pass_and_shows_on_the_board(gate: Gate, ingest: Database) -> None:
    made = gate.issue(plates=["X711TT90"], entries=2)
    entered = passage(gate, made)
    left = passage(gate, made, direction=Direction.OUT, use=None, at=NOON + timedelta(minutes=5))
    with ingest.transaction(Scope.organisation(gate.company.id)) as session:
        service.record_passage(session, gate.owner, entered)
        done = Actuation(
            id=uuid4(), at=NOON, passage=entered.id, point=gate.point_id, done=True, latency_us=900
        )
        service.record_actuation(session, gate.owner, done)
        still = Still(id=uuid4(), at=NOON, passage=entered.id, sha256="ab" * 32)
        service.record_still(session, gate.owner, still)
    with gate.company.work() as (session, _):
        assert service.get_pass(session, made.id).state == PassState.INSIDE
        (row,) = list_passages(session, ListQuery(q="петров"), PassageFilter())["items"]
    assert (row["point"], row["site"], row["pass_number"], row["holder"]) == (
        "Въезд 1",
        "Афины",
        1,
        "Петров Пётр",
    )
    assert (row["opened"], row["latency_us"], row["still"]) == (True, 900, "ab" * 32)
    with ingest.transaction(Scope.organisation(gate.company.id)) as session:
        service.record_passage(session, gate.owner, left)
    with gate.company.work() as (session, _):
        row = service.get_pass(session, made.id)
        assert (row.state, row.uses) == (PassState.LEFT, 1)
        changes = [line.change for line in service.history_of(session, made.id)]
    assert changes == ["left", "entered", "issued"]


def test_a_passage_on_its_way_holds_up_nobody_at_the_desk(gate: Gate, ingest: Database) -> None:
    """Each has a pass and names the site: if that excluded the other, the two could wait for each other for ever."""
    comes, goes = gate.issue(plates=["X711TT90"]), gate.issue()
    with ingest.transaction(Scope.organisation(gate.company.id)) as session:
        service.record_passage(session, gate.owner, passage(gate, comes))
        with gate.company.work() as (meanwhile, actor):
            meanwhile.execute(text("SET LOCAL lock_timeout = '5s'"))
            service.revoke_passes(meanwhile, actor, [goes.id], "не приедет")
    with gate.company.work() as (session, _):
        states = [service.get_pass(session, each.id).state for each in (comes, goes)]
    assert states == [PassState.INSIDE, PassState.REVOKED]


def test_an_older_passage_that_comes_late_changes_the_history_alone(gate: Gate, ingest: Database) -> None:
    made = gate.issue(plates=["X711TT90"], entries=None)
    now_in = passage(gate, made, at=NOON + timedelta(hours=1))
    was_out = passage(gate, made, direction=Direction.OUT, use=None, at=NOON + timedelta(minutes=1))
    for event in (now_in, was_out):  # the second by a box that had been away
        with ingest.transaction(Scope.organisation(gate.company.id)) as session:
            service.record_passage(session, gate.owner, event)
    with gate.company.work() as (session, _):
        row = service.get_pass(session, made.id)
        assert (row.state, row.changed_at) == (PassState.INSIDE, now_in.at)
        assert [line.change for line in service.history_of(session, made.id)] == ["entered", "left", "issued"]


def test_every_point_is_a_lane_with_its_last_passage(gate: Gate, ingest: Database) -> None:
    made = gate.issue(plates=["X711TT90"], entries=None)
    older, newer = (passage(gate, made, at=NOON + timedelta(minutes=minute)) for minute in (1, 2))
    with gate.company.work() as (session, actor):
        names = ("Въезд 10", "Въезд 2")
        for name in names:
            sites.create_point(session, actor, PointDraft(box_id=gate.box_id, name=name))
        gone = sites.create_point(session, actor, PointDraft(box_id=gate.box_id, name="Закрытый въезд"))
        sites.archive_point(session, actor, gone.id)
    with ingest.transaction(Scope.organisation(gate.company.id)) as session:
        for event in (newer, older):
            service.record_passage(session, gate.owner, event)
    with gate.company.work() as (session, _):
        lanes = list_lanes(session)
    assert [lane["point"] for lane in lanes] == ["Въезд 1", "Въезд 2", "Въезд 10"]
    assert lanes[0]["passage"]["id"] == newer.id
    assert [lane["passage"] for lane in lanes[1:]] == [None, None]


def test_a_denial_and_an_unknown_pass_are_recorded_and_change_nothing(gate: Gate, ingest: Database) -> None:
    made = gate.issue()
    denied = passage(gate, made, outcome=Outcome.DENIED, reason=Reason.EXPIRED, use=None)
    unknown = passage(gate, replace_id(made), reason=Reason.GRANTED)
    with ingest.transaction(Scope.organisation(gate.company.id)) as session:
        service.record_passage(session, gate.owner, denied)
        service.record_passage(session, gate.owner, unknown)
    with gate.company.work() as (session, _):
        assert service.get_pass(session, made.id).state == PassState.ISSUED
        found = list_passages(session, ListQuery(), PassageFilter(outcome=Outcome.DENIED))
        assert [row["reason"] for row in found["items"]] == ["expired"]
        assert list_passages(session, ListQuery(), PassageFilter())["total"] == 2


def test_what_nobody_knows_is_said_to_be_unknown_and_the_entry_stays(gate: Gate, ingest: Database) -> None:
    made = gate.issue(entries=1)
    entered = passage(gate, made)
    cut_off = Actuation(
        id=uuid4(),
        at=NOON,
        passage=entered.id,
        point=gate.point_id,
        done=False,
        known=False,
        detail="restarted",
    )
    with ingest.transaction(Scope.organisation(gate.company.id)) as session:
        service.record_passage(session, gate.owner, entered)
        service.record_actuation(session, gate.owner, cut_off)
    with gate.company.work() as (session, _):
        (row,) = list_passages(session, ListQuery(), PassageFilter())["items"]
        assert (row["opened"], row["fault"]) == (None, "restarted")
        kept = service.get_pass(session, made.id)
        assert (kept.uses, kept.state) == (1, PassState.INSIDE)


def test_an_entry_that_the_box_gave_back_is_not_counted(gate: Gate, ingest: Database) -> None:
    made = gate.issue(entries=1)
    entered = passage(gate, made)
    failed = Actuation(
        id=uuid4(),
        at=NOON,
        passage=entered.id,
        point=gate.point_id,
        done=False,
        entry_returned=True,
        detail="no relay",
    )
    with ingest.transaction(Scope.organisation(gate.company.id)) as session:
        service.record_passage(session, gate.owner, entered)
        for _ in range(3):  # as after forks of the stream
            service.record_actuation(session, gate.owner, failed)
    with gate.company.work() as (session, _):
        row = service.get_pass(session, made.id)
        assert (row.uses, row.state) == (0, PassState.ISSUED)
        assert sites.snapshot(session, gate.site_id).uses == [Uses(pass_id=made.id, entries=0)]
        assert [line.change for line in service.history_of(session, made.id)] == [
            "not_opened",
            "entered",
            "issued",
        ]


def test_an_event_that_comes_again_counts_once(gate: Gate, ingest: Database) -> None:
    made = gate.issue()
    event = passage(gate, made)
    for _ in range(2):
        with ingest.transaction(Scope.organisation(gate.company.id)) as session:
            service.record_passage(session, gate.owner, event)
    with gate.company.work() as (session, _):
        assert list_passages(session, ListQuery(), PassageFilter())["total"] == 1
        assert [line.change for line in service.history_of(session, made.id)] == ["entered", "issued"]


def replace_id(made: Pass) -> Pass:
    return Pass(id=uuid4(), organisation_id=made.organisation_id)


def test_lists_filter_by_shown_state_search_and_day(gate: Gate) -> None:
    gate.issue(holder="Утренний", plates=["X711TT90"], valid_until=NOON + timedelta(hours=1))
    gate.issue(holder="Вечерний")
    gate.company.clock.advance(timedelta(hours=2))
    at = gate.company.clock.now()

    def holders(query: ListQuery, **wanted: object) -> list[str]:
        with gate.company.work() as (session, _):
            page = queries.list_passes(session, query, queries.PassFilter(**wanted), at)  # type: ignore[arg-type]
        return [row["holder"] for row in msgspec.json.decode(page)["items"]]

    assert holders(ListQuery(sort="number")) == ["Утренний", "Вечерний"]
    assert holders(ListQuery(), states=(PassState.EXPIRED,)) == ["Утренний"]
    assert holders(ListQuery(q="x711")) == ["Утренний"]
    assert holders(ListQuery(), valid_on_from=at, valid_on_until=at + timedelta(days=1)) == ["Вечерний"]
    with gate.company.work() as (session, _):
        assert queries.count_by_state(session, at) == {PassState.EXPIRED: 1, PassState.ISSUED: 1}


def test_another_company_neither_sees_nor_touches(gate: Gate, other_company: Company) -> None:
    made = gate.issue()
    theirs = replace(gate, company=other_company)
    with pytest.raises(SiteNotFound):
        theirs.issue()
    with pytest.raises(PassNotThere), other_company.work() as (session, actor):
        service.revoke_passes(session, actor, [made.id], "чужой")
    with other_company.work() as (session, _):
        page = queries.list_passes(session, ListQuery(), queries.PassFilter(), NOON)
        assert msgspec.json.decode(page)["total"] == 0
        assert list_passages(session, ListQuery(), PassageFilter())["total"] == 0


def test_an_ambiguous_card_leaves_nothing_behind(gate: Gate) -> None:
    with pytest.raises(FixInput):
        gate.issue(cards=[CardDraft(text="01823011").model_dump()])
    assert gate.issue().number == 1


def test_what_ended_days_ago_leaves_the_boxes(gate: Gate, database: RealDatabase) -> None:
    short, long = gate.issue(), gate.issue(kind="resident", valid_until=None)
    revoked, inside = gate.issue(kind="resident", valid_until=None), gate.issue()
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [revoked.id], "уволен")
    with gate.company.work() as (session, _):
        service.get_pass(session, inside.id).state = PassState.INSIDE
    gate.company.clock.advance(timedelta(days=3))
    worker = Database(database.url(Role.WORKER), ports=gate.company.database.ports)
    release_lapsed(Tools(worker, Settings()))
    worker.close()
    with gate.company.work() as (session, _):
        left = {decode_item(body).id for body in sites.snapshot(session, gate.site_id).items}
    assert left == {long.id, inside.id}
    assert short.id not in left


def test_whoever_was_inside_by_a_pass_that_left_the_boxes_is_counted_no_more(
    gate: Gate, database: RealDatabase, ingest: Database
) -> None:
    standing, revoked = gate.issue(), gate.issue(kind="resident", valid_until=None)
    for each in (standing, revoked):
        entered = Passage(
            id=uuid4(),
            at=NOON,
            point=gate.point_id,
            direction=Direction.IN,
            outcome=Outcome.GRANTED,
            reason=Reason.GRANTED,
            pass_id=each.id,
            zone=gate.site_id,
            behind=gate.site_id,
        )
        with ingest.transaction(Scope.organisation(gate.company.id)) as session:
            service.record_passage(session, gate.owner, entered)
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [revoked.id], "уволен")
    worker = Database(database.url(Role.WORKER), ports=gate.company.database.ports)
    tools = Tools(worker, Settings())

    def inside_after(days: int) -> set[UUID]:
        gate.company.clock.advance(timedelta(days=days))
        release_lapsed(tools)
        forget_places(tools)
        with gate.company.work() as (session, _):
            return {place.pass_id for place in sites.snapshot(session, gate.site_id).places}

    assert inside_after(1) == {standing.id, revoked.id}, "it may still be on its way out"
    assert inside_after(2) == {standing.id}, "whoever overstays is inside"
    worker.close()


def test_a_car_that_left_with_another_guest_is_out_and_so_is_the_guest(gate: Gate, ingest: Database) -> None:
    driver, walker, zone = gate.issue(plates=["Х 711 ТТ 90"]), gate.issue(), uuid4()
    common = {
        "at": NOON,
        "point": gate.point_id,
        "outcome": Outcome.GRANTED,
        "reason": Reason.GRANTED,
        "zone": zone,
    }
    events = [
        Passage(
            id=uuid4(), direction=Direction.IN, pass_id=driver.id, behind=zone, carrier="X711TT90", **common
        ),
        Passage(id=uuid4(), direction=Direction.IN, pass_id=walker.id, behind=zone, **common),
        Passage(
            id=uuid4(),
            direction=Direction.OUT,
            pass_id=walker.id,
            other_pass=driver.id,
            other_carrier="X711TT90",
            **common,
        ),
    ]
    with ingest.transaction(Scope.organisation(gate.company.id)) as session:
        for event in events:
            service.record_passage(session, gate.owner, event)
    with gate.company.work() as (session, _):
        places = sites.snapshot(session, gate.site_id).places
    assert {(place.pass_id, place.carrier, place.zone) for place in places} == {
        (driver.id, "X711TT90", None),
        (walker.id, "", None),
    }
