"""What a company allows of each kind of pass, and what it says when somebody asks for more."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from cloud.access import service
from cloud.access.types import PolicyDraft
from cloud.housing import service as housing
from cloud.housing.types import BuildingDraft, ComplexDraft, PremisesDraft
from cloud.kernel.errors import FixInput, NotAllowed
from cloud.kernel.permissions import Permission
from protocols.held import PassItem, PassKind
from tests.cloud.access.test_access import Gate, gate
from tests.support.noon import NOON

__all__ = ["gate"]
DAY = timedelta(days=1)


def allow(gate: Gate, kind: PassKind = PassKind.GUEST, **limits: int) -> None:
    with gate.company.work() as (session, actor):
        service.set_policy(session, actor, PolicyDraft(kind=kind, **limits))


@pytest.fixture
def flat(gate: Gate) -> UUID:
    with gate.company.work() as (session, actor):
        complex_ = housing.create_complex(
            session, actor, ComplexDraft.model_validate({"name": "Афины", "kind": "settlement"})
        )
        place = {"complex_id": complex_.id, "name": "А2", "kind": "house"}
        building = housing.create_building(session, actor, BuildingDraft.model_validate(place))
        flat = {"building_id": building.id, "kind": "flat", "number": "1"}
        return housing.create_premises(session, actor, PremisesDraft.model_validate(flat)).id


def wrong(gate: Gate, **draft: object) -> list[tuple[str, str]]:
    with pytest.raises(FixInput) as error:
        gate.issue(**draft)
    return [(field.path, field.code) for field in error.value.fields]


def test_a_company_may_allow_less_than_the_house_and_never_more(gate: Gate) -> None:
    allow(gate, longest_days=2)
    gate.issue(valid_until=NOON + 2 * DAY)
    assert wrong(gate, valid_until=NOON + 3 * DAY) == [("valid_until", "longer_than_policy")]
    with pytest.raises(FixInput):
        allow(gate, longest_days=32)


def test_what_has_no_end_of_its_own_gets_one(gate: Gate) -> None:
    allow(gate, PassKind.RESIDENT, longest_days=365)
    assert wrong(gate, kind="resident", valid_until=None) == [("valid_until", "longer_than_policy")]


def test_so_many_a_day_to_one_premises(gate: Gate, flat: UUID) -> None:
    allow(gate, per_day=2)
    first = gate.issue(premises_id=flat)
    gate.issue(premises_id=flat)
    assert wrong(gate, premises_id=flat) == [("premises_id", "too_many_today")]
    gate.issue()  # to nobody's
    with gate.company.work() as (session, actor):
        service.change_pass(session, actor, first.id, gate.draft(premises_id=flat, note="позвонить"))


def test_so_many_standing_at_once(gate: Gate, flat: UUID) -> None:
    allow(gate, standing=1)
    first = gate.issue(premises_id=flat)
    assert wrong(gate, premises_id=flat) == [("premises_id", "too_many_standing")]
    gate.issue(premises_id=flat, kind="service")
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [first.id], "ушёл")
    gate.issue(premises_id=flat)


def test_at_the_company_s_hours(gate: Gate) -> None:
    allow(gate, from_minute=540, until_minute=1320)
    gate.issue()
    item = gate.held()[-1]
    assert isinstance(item, PassItem)
    [window] = item.schedule
    assert (window.days, window.from_minute, window.until_minute) == ([1, 2, 3, 4, 5, 6, 7], 540, 1320)
    narrower = {"days": [1], "from_minute": 600, "until_minute": 660}
    gate.issue(schedule=[narrower])
    item = gate.held()[-1]
    assert isinstance(item, PassItem)
    assert item.schedule[0].from_minute == 600
    with pytest.raises(FixInput):
        allow(gate, from_minute=540)


def test_the_vehicles_of_a_household_are_told_to_the_gate(gate: Gate, flat: UUID) -> None:
    allow(gate, PassKind.RESIDENT, vehicles=2)
    gate.issue(kind="resident", premises_id=flat, plates=["Х 711 ТТ 90"], valid_until=None)
    item = gate.held()[-1]
    assert isinstance(item, PassItem)
    assert (item.household, item.vehicles) == (flat, 2)


def test_only_who_runs_the_company_sets_them(gate: Gate) -> None:
    with gate.company.work() as (session, actor):
        nobody = replace(actor, permissions={gate.company.id: frozenset({Permission.PASSES_ISSUE})})
        with pytest.raises(NotAllowed):
            service.set_policy(session, nobody, PolicyDraft(kind=PassKind.GUEST))
