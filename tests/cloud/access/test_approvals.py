"""Passes that a manager must approve: until then no box hears of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from cloud.access import queries, rules, service
from cloud.access.errors import OnBlacklist, PassIsFinal, PassNeedsApproval, PassNotRequested
from cloud.access.models import Pass
from cloud.access.types import BlockDraft, PassState, PolicyDraft
from cloud.kernel.actor import Actor
from cloud.kernel.errors import NotAllowed
from cloud.kernel.permissions import Permission
from cloud.kernel.secrets import SecretBox
from protocols.held import PassItem, PassKind
from tests.cloud.access.test_access import Gate, gate

__all__ = ["gate"]
VAULT = SecretBox(bytes(32))


@pytest.fixture(autouse=True)
def asked_for(gate: Gate) -> None:
    with gate.company.work() as (session, actor):
        service.set_policy(session, actor, PolicyDraft(kind=PassKind.GUEST, approval=True))


@contextmanager
def dispatcher(gate: Gate) -> Iterator[tuple[Session, Actor]]:
    with gate.company.work() as (session, actor):
        may = frozenset(Permission) - {Permission.PASSES_APPROVE}
        yield session, replace(actor, permissions={gate.company.id: may})


def request(gate: Gate, **more: object) -> UUID:
    with dispatcher(gate) as (session, actor):
        made = service.issue_pass(session, actor, gate.draft(**more))
        assert made.state == PassState.REQUESTED
        return made.id


def state_of(gate: Gate, pass_id: UUID) -> str:
    with gate.company.work() as (session, _):
        return service.get_pass(session, pass_id).state


def test_a_request_reaches_no_box_until_it_is_approved(gate: Gate) -> None:
    asked = request(gate, plates=["Х 711 ТТ 90"], pin=True)
    assert gate.held() == []
    with gate.company.work() as (session, actor):
        service.approve_passes(session, actor, [asked])
    (held,) = gate.held()
    assert isinstance(held, PassItem)
    assert held.plates == ["X711TT90"]
    assert [key[:4] for key in held.keys] == ["PIN:"]
    with gate.company.work() as (session, _):
        assert [line.change for line in service.history_of(session, asked)] == ["approved", "requested"]


def test_who_may_approve_issues_at_once_and_other_kinds_need_nobody(gate: Gate) -> None:
    assert gate.issue().state == PassState.ISSUED
    with dispatcher(gate) as (session, actor):
        assert service.issue_pass(session, actor, gate.draft(kind="service")).state == PassState.ISSUED


def test_only_a_manager_decides(gate: Gate) -> None:
    asked = request(gate)
    with dispatcher(gate) as (session, actor), pytest.raises(NotAllowed):
        service.approve_passes(session, actor, [asked])
    with dispatcher(gate) as (session, actor), pytest.raises(NotAllowed):
        service.refuse_passes(session, actor, [asked], "нет")


def test_a_refused_request_is_over(gate: Gate) -> None:
    asked = request(gate)
    with gate.company.work() as (session, actor):
        service.refuse_passes(session, actor, [asked], "Ремонт дороги")
    assert state_of(gate, asked) == PassState.REFUSED
    assert gate.held() == []
    with gate.company.work() as (session, actor), pytest.raises(PassIsFinal):
        service.approve_passes(session, actor, [asked])
    with gate.company.work() as (session, _):
        assert service.history_of(session, asked)[0].reason == "Ремонт дороги"


def test_what_is_decided_is_not_decided_again(gate: Gate) -> None:
    asked = request(gate)
    other = request(gate)
    with gate.company.work() as (session, actor):
        service.approve_passes(session, actor, [asked])
    with gate.company.work() as (session, actor), pytest.raises(PassNotRequested):
        service.refuse_passes(session, actor, [other, asked], "нет")
    assert state_of(gate, other) == PassState.REQUESTED  # all or none


def test_a_request_that_is_changed_or_withdrawn_stays_unknown_to_the_boxes(gate: Gate) -> None:
    asked = request(gate)
    with dispatcher(gate) as (session, actor):
        changed = service.change_pass(session, actor, asked, gate.draft(note="с собакой"))
        assert changed.state == PassState.REQUESTED
    with dispatcher(gate) as (session, actor):
        service.revoke_passes(session, actor, [asked], "не приедет")
    assert gate.held() == []
    assert state_of(gate, asked) == PassState.REVOKED


def test_an_approved_pass_is_not_changed_past_the_manager(gate: Gate) -> None:
    made = gate.issue()
    with dispatcher(gate) as (session, actor), pytest.raises(PassNeedsApproval):
        service.change_pass(session, actor, made.id, gate.draft(entries=100))
    with gate.company.work() as (session, actor):
        service.change_pass(session, actor, made.id, gate.draft(entries=100))


def test_who_was_blacklisted_meanwhile_is_not_approved(gate: Gate) -> None:
    asked = request(gate, plates=["А 123 ВС 72"])
    with gate.company.work() as (session, actor):
        block = BlockDraft(site_id=gate.site_id, plate="А 123 ВС 72", reason="Драка")
        service.block(session, actor, VAULT, block)
    with gate.company.work() as (session, actor), pytest.raises(OnBlacklist):
        service.approve_passes(session, actor, [asked])


def test_a_request_has_no_code_for_its_guest(gate: Gate) -> None:
    asked = request(gate)
    with gate.company.work() as (session, _):
        service.keep_key(session, VAULT, gate.site_id)
        row = session.get_one(Pass, asked)
        assert service.guest_code(session, VAULT, row) is None
        row.state = PassState.ISSUED
        assert service.guest_code(session, VAULT, row) is not None


def test_a_request_that_nobody_decided_expires(gate: Gate) -> None:
    asked = request(gate)
    with gate.company.work() as (session, _):
        row = service.get_pass(session, asked)
        assert row.valid_until is not None
        late = row.valid_until + timedelta(minutes=1)
        assert rules.shown_state(PassState(row.state), row.valid_until, late) is PassState.EXPIRED
        assert queries.count_by_state(session, late) == {PassState.EXPIRED: 1}
