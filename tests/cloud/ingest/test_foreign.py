"""A box tells of its own site: another's points are set aside, another's passes stay as they are."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from cloud.access import service as access
from cloud.access.models import Pass
from cloud.access.types import PassDraft
from cloud.ingest.unit import Intake, Message
from cloud.sites import service as sites
from cloud.sites.models import Point
from protocols import acts
from protocols.acts import ManualReason, Verdict
from protocols.fields import Direction
from protocols.records import (
    Actuation,
    BarrierPosition,
    BarrierState,
    Call,
    CallPhase,
    Event,
    Outcome,
    Passage,
    PointHold,
    Reason,
)
from tests.cloud.ingest.boxes import NOW, Place, make_place, make_point
from tests.cloud.sites.building import House

PLATE = "X711TT90"


@pytest.fixture
def place(house: House) -> Place:
    return make_place(house)


@pytest.fixture
def other(house: House, place: Place) -> Place:
    """Another site of the same company."""
    return make_place(house)


def tell(intake: Intake, place: Place, *events: Event) -> None:
    stream = place.stream()
    stream.write(*events)
    [answer] = intake.take([Message(*stream.batch(events=True))])
    assert answer.ack.sequence == len(events)


def make_pass(house: House, place: Place) -> UUID:
    with house.work() as session:
        given = {"site_id": place.site_id, "holder": "Петров Пётр", "plates": [PLATE], "entries": 2}
        draft = PassDraft.model_validate({**given, "valid_until": NOW + timedelta(days=1)})
        return access.issue_pass(session, house.actor, draft).id


def passage(point: UUID, pass_id: UUID | None = None, **more: Any) -> Passage:
    given = {"id": uuid4(), "at": NOW, "point": point, "direction": Direction.IN, "plate": PLATE}
    granted = {"outcome": Outcome.GRANTED, "reason": Reason.GRANTED, "pass_id": pass_id, "use": 1}
    return Passage(**given | granted | more)


def decision(point: UUID, pass_id: UUID) -> acts.GateDecision:
    return acts.GateDecision(
        id=uuid4(),
        at=NOW,
        guard=uuid4(),
        shift=uuid4(),
        point=point,
        direction=Direction.IN,
        verdict=Verdict.OPEN,
        reason=ManualReason.PASS_SHOWN,
        pass_id=pass_id,
        use=2,
    )


def draft(*points: UUID) -> acts.PassDrafted:
    ids = {"id": uuid4(), "guard": uuid4(), "shift": uuid4(), "pass_id": uuid4()}
    window = {"valid_from": NOW, "valid_until": NOW + timedelta(hours=1)}
    return acts.PassDrafted(at=NOW, points=list(points), plates=[PLATE], **ids, **window)


def rows(house: House, sql: str) -> list[tuple[Any, ...]]:
    with house.work() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def standing(house: House, pass_id: UUID) -> tuple[str, int]:
    with house.work() as session:
        row = session.get_one(Pass, pass_id)
        return row.state, row.uses


def test_what_is_told_of_another_sites_point_is_set_aside_in_words(
    house: House, intake: Intake, place: Place, other: Place
) -> None:
    point = make_point(house, other)
    mine = passage(make_point(house, place), None, use=None)
    call = Call(id=uuid4(), at=NOW, call=uuid4(), point=point, phase=CallPhase.RINGING, source=uuid4())
    stands = BarrierState(id=uuid4(), at=NOW, point=point, position=BarrierPosition.OPEN)
    until = {"until": NOW + timedelta(hours=1), "person": "П", "reason": "переезд"}
    held = PointHold(id=uuid4(), at=NOW, point=point, hold=uuid4(), **until)
    done = Actuation(id=uuid4(), at=NOW, passage=mine.id, point=point, done=True)
    tell(intake, place, passage(point), mine, decision(point, uuid4()), call, stands, held, done)
    told = rows(house, "SELECT reason, sequence, detail FROM quarantine ORDER BY sequence")
    assert [row[:2] for row in told] == [("foreign_point", number) for number in (1, 3, 4, 5, 6, 7)]
    assert all("is of another site than the box" in row[2] for row in told)
    assert rows(house, "SELECT id FROM passage") == [(mine.id,)]
    assert rows(house, "SELECT 1 FROM gate_decision UNION SELECT 1 FROM call") == []


def test_a_pass_made_at_the_gate_for_another_sites_point_is_set_aside(
    house: House, intake: Intake, place: Place, other: Place
) -> None:
    own = make_point(house, place)
    tell(intake, place, draft(own), draft(own, make_point(house, other)))
    assert rows(house, "SELECT reason, sequence FROM quarantine") == [("foreign_point", 2)]


def test_a_point_that_is_gone_or_was_given_to_another_box_of_the_site_is_taken(
    house: House, intake: Intake, place: Place
) -> None:
    archived, moved = make_point(house, place), make_point(house, place)
    with house.work() as session:
        site = sites.find_site(session, place.site_id)
    neighbour = house.make_box(site, name="КПП 2")
    with house.work() as session:
        sites.archive_point(session, house.actor, archived)
        session.get_one(Point, moved).box_id = neighbour.id
    told = [passage(point, None, use=None) for point in (archived, moved, uuid4())]
    tell(intake, place, *told)
    assert rows(house, "SELECT 1 FROM quarantine") == []
    assert {row[0] for row in rows(house, "SELECT id FROM passage")} == {event.id for event in told}


def test_another_sites_pass_is_neither_moved_nor_counted_nor_given_back(
    house: House, intake: Intake, place: Place, other: Place
) -> None:
    own_point, other_point = make_point(house, place), make_point(house, other)
    foreign = make_pass(house, other)
    forged = passage(own_point, foreign, zone=uuid4())
    tell(intake, place, forged, decision(own_point, foreign))
    assert standing(house, foreign) == ("issued", 0)
    assert rows(house, "SELECT 1 FROM pass_use UNION SELECT 1 FROM pass_place") == []
    assert {row[0] for row in rows(house, "SELECT id FROM passage")} == {forged.id}

    tell(intake, other, passage(other_point, foreign))
    assert standing(house, foreign) == ("inside", 1)
    not_done = {"id": uuid4(), "at": NOW, "point": own_point, "done": False, "entry_returned": True}
    tell(intake, place, Actuation(passage=forged.id, **not_done))
    assert standing(house, foreign) == ("inside", 1)


def test_another_sites_pass_is_not_led_out_with_the_own_one(
    house: House, intake: Intake, place: Place, other: Place
) -> None:
    own_point, _ = make_point(house, place), make_point(house, other)
    own, foreign, zone = make_pass(house, place), make_pass(house, other), uuid4()
    companion = {"other_pass": foreign, "other_carrier": PLATE, "zone": zone, "use": None}
    tell(intake, place, passage(own_point, own, direction=Direction.OUT, **companion))
    assert rows(house, "SELECT pass_id FROM pass_place") == [(own,)]
    assert standing(house, own)[0] == "left"
