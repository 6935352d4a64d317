"""Points narrow a pass, wherever it comes from; the strictest wins."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloud.access import service
from cloud.access.errors import PassNeedsApproval
from cloud.access.models import Pass
from cloud.access.tables import read_table
from cloud.access.types import BulkDraft, ImportDraft, PassState, PointPolicyDraft, PolicyDraft
from cloud.kernel.errors import FixInput, NotAllowed
from cloud.kernel.permissions import Permission
from cloud.sites import service as sites
from cloud.sites.errors import PointNotFound
from cloud.sites.schemas import BoxDraft, PointDraft
from protocols.held import PassItem, PassKind
from tests.cloud.access.test_access import TODAY_END, Gate, gate
from tests.cloud.access.test_policies import flat
from tests.support.noon import NOON

__all__ = ["flat", "gate"]
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


@pytest.fixture
def wicket(gate: Gate) -> UUID:
    """A second point of the same box."""
    with gate.company.work() as (session, actor):
        return sites.create_point(session, actor, PointDraft(box_id=gate.box_id, name="Калитка")).id


def say(gate: Gate, point: UUID, **said: Any) -> None:
    with gate.company.work() as (session, actor):
        service.set_point_policy(session, actor, point, PointPolicyDraft.model_validate(said))


def wrong(gate: Gate, **draft: object) -> list[tuple[str, str]]:
    with pytest.raises(FixInput) as error:
        gate.issue(**draft)
    return [(field.path, field.code) for field in error.value.fields]


def opens(made: Pass) -> tuple[list[UUID], list[str]]:
    return [UUID(point) for point in made.points], made.left_out


def hours(made: Pass) -> list[tuple[int, int]]:
    return [(window["from_minute"], window["until_minute"]) for window in made.schedule]


def test_a_point_that_is_named_and_refuses_is_a_fault_at_its_place(gate: Gate, wicket: UUID) -> None:
    say(gate, wicket, kinds=["resident", "staff"])
    assert wrong(gate, points=[gate.point_id, wicket]) == [("points.1", "kind_not_here")]
    assert opens(gate.issue(points=[gate.point_id])) == ([gate.point_id], [])
    assert opens(gate.issue(kind="resident", points=[wicket], valid_until=None)) == ([wicket], [])


def test_a_pass_for_every_point_leaves_out_those_that_refuse(gate: Gate, wicket: UUID) -> None:
    say(gate, wicket, kinds=["resident"])
    made = gate.issue()
    assert opens(made) == ([gate.point_id], ["Калитка"])
    item = gate.held()[-1]
    assert isinstance(item, PassItem)
    assert item.points == [gate.point_id]
    assert opens(gate.issue(kind="resident", valid_until=None)) == ([], [])


def test_where_no_point_is_left_it_is_refused_in_words(gate: Gate, wicket: UUID) -> None:
    for point in (gate.point_id, wicket):
        say(gate, point, kinds=["staff"])
    with pytest.raises(FixInput) as error:
        gate.issue()
    [fault] = error.value.fields
    assert (fault.path, fault.code) == ("points", "no_point_left")
    assert str(fault.data and fault.data["points"]) == "Въезд 1, Калитка"


def test_counted_entries_are_counted_where_the_pass_opens(gate: Gate, wicket: UUID) -> None:
    """A strict point of another box no longer stands in the way of counting."""
    with gate.company.work() as (session, actor):
        box = sites.create_box(session, actor, BoxDraft(site_id=gate.site_id, name="Башня"))
        tower = sites.create_point(session, actor, PointDraft(box_id=box.id, name="Подъезд"))
    assert wrong(gate, entries=1) == [("points", "spread_over_boxes")]
    say(gate, tower.id, kinds=["resident"])
    made = gate.issue(entries=1)
    assert (set(opens(made)[0]), opens(made)[1]) == ({gate.point_id, wicket}, ["Подъезд"])


def test_hours_of_the_company_of_the_points_and_of_the_pass_intersect(gate: Gate, wicket: UUID) -> None:
    with gate.company.work() as (session, actor):
        guests = PolicyDraft(kind=PassKind.GUEST, from_minute=480, until_minute=1320)
        service.set_policy(session, actor, guests)
    say(gate, wicket, from_minute=540, until_minute=1440)
    assert hours(gate.issue()) == [(540, 1320)]
    assert hours(gate.issue(points=[gate.point_id])) == [(480, 1320)]
    long = [{"days": EVERY_DAY, "from_minute": 0, "until_minute": 1440}]
    assert hours(gate.issue(schedule=long)) == [(540, 1320)]
    early = [{"days": EVERY_DAY, "from_minute": 480, "until_minute": 530}]
    assert wrong(gate, schedule=early, points=[wicket]) == [("points.0", "closed_then")]
    assert opens(gate.issue(schedule=early)) == ([gate.point_id], ["Калитка"])
    night = [{"days": EVERY_DAY, "from_minute": 1380, "until_minute": 300}]
    assert wrong(gate, schedule=night) == [("schedule", "other_hours")]


def test_points_whose_hours_never_meet_are_no_one_pass(gate: Gate, wicket: UUID) -> None:
    say(gate, gate.point_id, from_minute=480, until_minute=720)
    say(gate, wicket, from_minute=720, until_minute=1200)
    assert wrong(gate) == [("points", "hours_never_meet")]
    assert hours(gate.issue(points=[wicket])) == [(720, 1200)]


def test_a_point_is_opened_by_so_many_passes_of_one_premises_a_day(
    gate: Gate, wicket: UUID, flat: UUID
) -> None:
    """Those count that open it, of any kind; a pass for every point is one of them while it does."""
    say(gate, wicket, per_day=2)
    gate.issue(premises_id=flat, points=[gate.point_id])
    first = gate.issue(premises_id=flat, points=[wicket], kind="service")
    assert opens(gate.issue(premises_id=flat)) == ([], [])
    assert wrong(gate, premises_id=flat, points=[wicket]) == [("points.0", "too_many_today_here")]
    assert opens(gate.issue(premises_id=flat)) == ([gate.point_id], ["Калитка"])
    assert opens(gate.issue()) == ([], [])  # of no premises
    with gate.company.work() as (session, actor):
        again = gate.draft(premises_id=flat, points=[wicket], kind="service", note="позвонить")
        service.change_pass(session, actor, first.id, again)  # itself does not count


def test_a_point_is_opened_by_so_many_standing_passes_of_one_premises(
    gate: Gate, wicket: UUID, flat: UUID
) -> None:
    say(gate, wicket, standing=1)
    first = gate.issue(premises_id=flat, points=[wicket])
    assert wrong(gate, premises_id=flat, points=[wicket]) == [("points.0", "too_many_standing_here")]
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [first.id], "уехал")
    gate.issue(premises_id=flat, points=[wicket])


def test_a_point_is_opened_for_so_many_days_at_once(gate: Gate, wicket: UUID) -> None:
    say(gate, wicket, longest_days=2)
    for_good = {"kind": "resident", "valid_until": None}
    assert wrong(gate, points=[wicket], **for_good) == [("points.0", "longer_than_here")]
    assert opens(gate.issue(**for_good)) == ([gate.point_id], ["Калитка"])
    assert wrong(
        gate, points=[wicket], kind="contractor", valid_until=NOON + timedelta(days=2, seconds=1)
    ) == [("points.0", "longer_than_here")]
    gate.issue(points=[wicket], kind="contractor", valid_until=NOON + timedelta(days=2))


def test_one_strict_point_makes_the_pass_wait(gate: Gate, wicket: UUID) -> None:
    say(gate, wicket, approval=True)
    with gate.company.work() as (session, actor):
        dispatcher = replace(
            actor, permissions={gate.company.id: frozenset(Permission) - {Permission.PASSES_APPROVE}}
        )
        elsewhere = service.issue_pass(session, dispatcher, gate.draft(points=[gate.point_id]))
        everywhere = service.issue_pass(session, dispatcher, gate.draft())
        assert (elsewhere.state, everywhere.state) == (PassState.ISSUED, PassState.REQUESTED)
        [result] = service.change_passes(session, dispatcher, BulkDraft(ids=[elsewhere.id], points=[wicket]))
        assert isinstance(result.refusal, PassNeedsApproval)


def test_each_pass_of_a_bulk_change_is_judged_by_the_points(gate: Gate, wicket: UUID) -> None:
    guest, resident = gate.issue(), gate.issue(kind="resident", valid_until=None)
    say(gate, wicket, kinds=["resident"])
    with gate.company.work() as (session, actor):
        draft = BulkDraft(ids=[guest.id, resident.id], points=[wicket])
        refused, changed = service.change_passes(session, actor, draft)
        assert isinstance(refused.refusal, FixInput)
        assert changed.refusal is None


def test_a_pass_that_is_changed_is_judged_anew(gate: Gate, wicket: UUID) -> None:
    """One for every point still is: what refused it and no longer does is opened again."""
    made = gate.issue()
    later = TODAY_END + timedelta(hours=1)

    def changed() -> tuple[list[UUID], list[str]]:
        with gate.company.work() as (session, actor):
            service.change_passes(session, actor, BulkDraft(ids=[made.id], valid_until=later))
            return opens(service.get_pass(session, made.id))

    say(gate, wicket, kinds=["resident"])
    assert changed() == ([gate.point_id], ["Калитка"])
    say(gate, wicket, kinds=["resident", "guest"])
    assert changed() == ([], [])
    say(gate, wicket, kinds=["resident"])
    with gate.company.work() as (session, actor):
        again = service.change_pass(session, actor, made.id, gate.draft(note="позвонить"))
        assert opens(again) == ([gate.point_id], ["Калитка"])
        kept = service.change_pass(session, actor, made.id, gate.draft(points=[gate.point_id]))
        assert opens(kept) == (
            [gate.point_id],
            ["Калитка"],
        )  # a form that shows no points names those it was given


def test_rows_of_a_table_are_judged_too(gate: Gate) -> None:
    say(gate, gate.point_id, kinds=["staff"])
    draft = ImportDraft(id=uuid4(), site_id=gate.site_id, valid_until=TODAY_END)
    with gate.company.work() as (session, actor):
        [verdict] = service.import_passes(
            session, actor, draft, read_table("ФИО\nПетров Пётр\n".encode()).lines
        )
    assert [fault.code for fault in verdict.faults] == ["no_point_left"]


def test_who_may_say_what_and_of_which_point(gate: Gate) -> None:
    with pytest.raises(PointNotFound):
        say(gate, uuid4())
    with pytest.raises(FixInput) as error:
        say(gate, gate.point_id, from_minute=540)
    assert [(field.path, field.code) for field in error.value.fields] == [("until_minute", "both_needed")]
    with gate.company.work() as (session, actor):
        nobody = replace(actor, permissions={gate.company.id: frozenset({Permission.PASSES_ISSUE})})
        with pytest.raises(NotAllowed):
            service.set_point_policy(session, nobody, gate.point_id, PointPolicyDraft())


def test_what_was_issued_stays_as_it_is(gate: Gate) -> None:
    made = gate.issue(valid_until=NOON + timedelta(days=1))
    say(gate, gate.point_id, kinds=["staff"])
    with gate.company.work() as (session, _):
        assert service.get_pass(session, made.id).state == PassState.ISSUED
