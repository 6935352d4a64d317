"""One change of many passes: each is judged by itself, and whatever is refused stays as it was."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from cloud.access import service
from cloud.access.bulk import BulkResult
from cloud.access.errors import OnBlacklist, PassIsFinal, PassNeedsApproval, PassNotThere
from cloud.access.types import BlockDraft, BulkDraft, PolicyDraft, WindowDraft
from cloud.kernel.database import trial
from cloud.kernel.errors import FixInput, NotAllowed
from cloud.kernel.permissions import Permission
from cloud.kernel.secrets import SecretBox
from protocols.held import PassItem, PassKind
from tests.cloud.access.test_access import Gate, gate
from tests.support.noon import NOON

__all__ = ["gate"]
LATER = NOON + timedelta(days=3)


def change(gate: Gate, draft: BulkDraft, *, dry: bool = False) -> list[BulkResult]:
    with gate.company.work() as (session, actor):
        if dry:
            with trial(session):
                return service.change_passes(session, actor, draft)
        return service.change_passes(session, actor, draft)


def held(gate: Gate, pass_id: UUID) -> PassItem:
    """As the boxes of the site have it last."""
    items = [item for item in gate.held() if isinstance(item, PassItem) and item.id == pass_id]
    return items[-1]


def test_passes_are_extended_and_reach_the_boxes(gate: Gate) -> None:
    first, second = gate.issue(plates=["Х 711 ТТ 90"]), gate.issue(plates=["А 123 ВС 72"])
    results = change(gate, BulkDraft(ids=[second.id, first.id], valid_until=LATER))
    assert [(each.row.number, each.refusal) for each in results] == [
        (first.number, None),
        (second.number, None),
    ]
    for made in (first, second):
        assert held(gate, made.id).valid_until == LATER
    with gate.company.work() as (session, _):
        assert service.history_of(session, first.id)[0].change == "edited"


def test_what_is_refused_stays_as_it_was_and_the_others_are_changed(gate: Gate) -> None:
    guest, resident = gate.issue(), gate.issue(kind="resident", valid_until=None)
    gone, listed = gate.issue(), gate.issue(plates=["Х 711 ТТ 90"])
    before = held(gate, guest.id).valid_until
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [gone.id], "не приедет")
        block = BlockDraft(site_id=listed.site_id, plate="Х711ТТ90", reason="драка")
        service.block(session, actor, SecretBox(bytes(32)), block)
    too_long = NOON + timedelta(days=90)  # for a guest, not for a resident
    ids = [guest.id, resident.id, gone.id, listed.id]
    results = {each.row.id: each.refusal for each in change(gate, BulkDraft(ids=ids, valid_until=too_long))}
    guests = results[guest.id]
    assert isinstance(guests, FixInput)
    assert [(field.path, field.code) for field in guests.fields] == [("valid_until", "too_long")]
    assert results[resident.id] is None
    assert isinstance(results[gone.id], PassIsFinal)
    assert held(gate, guest.id).valid_until == before
    assert held(gate, resident.id).valid_until == too_long
    near = change(gate, BulkDraft(ids=[listed.id], valid_until=LATER))
    assert isinstance(near[0].refusal, OnBlacklist)


def test_a_preview_changes_nothing(gate: Gate) -> None:
    made = gate.issue()
    before = held(gate, made.id)
    [result] = change(gate, BulkDraft(ids=[made.id], valid_until=LATER), dry=True)
    assert result.refusal is None
    assert held(gate, made.id) == before


def test_a_point_that_none_of_their_sites_has_is_a_mistake(gate: Gate) -> None:
    made = gate.issue()
    with pytest.raises(FixInput) as raised:
        change(gate, BulkDraft(ids=[made.id], points=[uuid4()]))
    assert [(field.path, field.code) for field in raised.value.fields] == [("points.0", "point_elsewhere")]


def test_one_that_is_not_there_refuses_all(gate: Gate) -> None:
    made = gate.issue()
    before = held(gate, made.id)
    with pytest.raises(PassNotThere):
        change(gate, BulkDraft(ids=[made.id, uuid4()], valid_until=LATER))
    assert held(gate, made.id) == before


def test_what_a_manager_approved_is_not_extended_past_the_manager(gate: Gate) -> None:
    made = gate.issue()
    with gate.company.work() as (session, actor):
        service.set_policy(session, actor, PolicyDraft(kind=PassKind.GUEST, approval=True))
    with gate.company.work() as (session, actor):
        may = frozenset(Permission) - {Permission.PASSES_APPROVE}
        dispatcher = replace(actor, permissions={gate.company.id: may})
        [result] = service.change_passes(session, dispatcher, BulkDraft(ids=[made.id], valid_until=LATER))
        assert isinstance(result.refusal, PassNeedsApproval)
        nobody = replace(actor, permissions={gate.company.id: frozenset()})
        with pytest.raises(NotAllowed):
            service.change_passes(session, nobody, BulkDraft(ids=[made.id], valid_until=LATER))


def test_what_the_company_allows_since_holds_however_a_pass_is_changed(gate: Gate) -> None:
    one_by_one, by_many = gate.issue(), gate.issue()
    with gate.company.work() as (session, actor):
        hours = {"from_minute": 8 * 60, "until_minute": 20 * 60}
        service.set_policy(session, actor, PolicyDraft(kind=PassKind.GUEST, vehicles=2, **hours))
    with gate.company.work() as (session, actor):
        service.change_pass(session, actor, one_by_one.id, gate.draft(valid_until=LATER))
    change(gate, BulkDraft(ids=[by_many.id], valid_until=LATER))
    for made in (one_by_one, by_many):
        item = held(gate, made.id)
        assert [(window.from_minute, window.until_minute) for window in item.schedule] == [(480, 1200)]
        with gate.company.work() as (session, _):
            assert service.get_pass(session, made.id).vehicles == 2


def test_hours_are_given_to_many_and_taken_off_again(gate: Gate) -> None:
    made = gate.issue(entries=None)
    weekdays = WindowDraft(days=[1, 2, 3, 4, 5], from_minute=540, until_minute=1080)
    change(gate, BulkDraft(ids=[made.id], schedule=[weekdays]))
    [window] = held(gate, made.id).schedule
    assert (window.days, window.from_minute, window.until_minute) == ([1, 2, 3, 4, 5], 540, 1080)
    change(gate, BulkDraft(ids=[made.id], valid_until=LATER))
    assert held(gate, made.id).schedule == [window]
    change(gate, BulkDraft(ids=[made.id], schedule=[]))
    assert held(gate, made.id).schedule == []
