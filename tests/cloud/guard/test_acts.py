"""What guards did at the gates, as ingest takes it over and a worker judges it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from cloud.access import service as access
from cloud.access.models import Pass, PassCard
from cloud.access.types import BlockDraft, PointPolicyDraft, PolicyDraft
from cloud.guard import service as guard
from cloud.guard.errors import DraftNotThere
from cloud.guard.models import GateDecisionRow, GateDraft, ShiftRow, SignInRow, ViolationRow, VisitRow
from cloud.ingest.handlers import HANDLERS
from cloud.kernel import outbox
from cloud.kernel.database import Database, Ports, Scope
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.secrets import SecretBox
from cloud.kernel.tables import AuditEntry
from cloud.kernel.tenancy import Role
from cloud.reactions import REACTIONS
from cloud.sites import service as sites
from protocols import acts
from protocols.acts import ManualReason, ShiftState, Verdict, ViolationKind, VisitState
from protocols.fields import Direction
from protocols.held import PassItem, PassKind
from protocols.messages import Uses
from protocols.records import Actuation, Event, Still
from tests.cloud.access.test_access import Gate, gate, make_gate
from tests.support.companies import Company
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

__all__ = ["gate"]
GUARD = uuid4()
MINUTE = timedelta(minutes=1)


@dataclass
class Post:
    """A gate whose box reports, and the worker behind the cloud."""

    gate: Gate
    ingest: Database
    worker: Database
    shift: UUID = field(default_factory=uuid4)

    def report(self, *events: Event) -> None:
        with self.ingest.transaction(Scope.organisation(self.gate.company.id)) as session:
            for event in events:
                HANDLERS[type(event)](session, self.gate.owner, event)
                session.flush()

    def react(self) -> None:
        self.gate.company.clock.advance(MINUTE)
        outbox.Deliverer(self.worker, REACTIONS).sweep()

    def act(self, event: type[Any], /, **fields: Any) -> Any:
        return event(**{"id": uuid4(), "at": NOON, "guard": GUARD, "shift": self.shift, **fields})

    def draft(self, **fields: Any) -> acts.PassDrafted:
        times = {"valid_from": NOON, "valid_until": NOON + timedelta(hours=4)}
        made: acts.PassDrafted = self.act(
            acts.PassDrafted,
            **{"pass_id": uuid4(), "holder": "Петров Пётр", "plates": ["X711TT90"], **times, **fields},
        )
        return made

    def decide(self, **fields: Any) -> acts.GateDecision:
        plain = {"point": self.gate.point_id, "direction": Direction.IN, "verdict": Verdict.OPEN}
        made: acts.GateDecision = self.act(
            acts.GateDecision, **plain | {"reason": ManualReason.PASS_SHOWN} | fields
        )
        return made

    def row(self, table: type[Any], row_id: UUID) -> Any:
        with self.gate.company.work() as (session, _):
            return session.get_one(table, row_id)

    def held_pass(self, pass_id: UUID) -> PassItem:
        return [item for item in self.gate.held() if isinstance(item, PassItem) and item.id == pass_id][-1]

    def uses(self) -> list[Uses]:
        with self.gate.company.work() as (session, _):
            return sites.snapshot(session, self.gate.site_id).uses


@pytest.fixture
def post(gate: Gate, database: RealDatabase) -> Iterator[Post]:
    ports = Ports(gate.company.clock, Uuid7Ids(gate.company.clock))
    ingest = Database(database.url(Role.INGEST), ports=ports, pool_size=2)
    worker = Database(database.url(Role.WORKER), ports=ports, pool_size=2)
    yield Post(gate, ingest, worker)
    ingest.close()
    worker.close()


def test_a_shift_has_its_beginning_and_its_end_once(post: Post) -> None:
    begun = post.act(acts.Shift, state=ShiftState.BEGUN)
    ended = post.act(acts.Shift, state=ShiftState.ENDED, note="Ворота 2 скрипят", at=NOON + MINUTE)
    post.report(
        begun, begun, ended, post.act(acts.Shift, state=ShiftState.ENDED, note="позже", at=NOON + 2 * MINUTE)
    )
    row = post.row(ShiftRow, post.shift)
    assert (row.begun_at, row.ended_at, row.note) == (NOON, NOON + MINUTE, "Ворота 2 скрипят")
    tried = acts.SignIn(
        id=uuid4(),
        at=NOON,
        guard=None,
        way=acts.SignInWay.CARD,
        outcome=acts.SignInOutcome.WRONG,
        station="10.0.0.7",
    )
    post.report(tried, tried)
    assert post.row(SignInRow, tried.id).station == "10.0.0.7"


def test_a_decision_by_a_pass_counts_as_a_passage_does_once(post: Post) -> None:
    made = post.gate.issue(plates=["X711TT90"], entries=3)
    decided = post.decide(
        verdict=Verdict.CONFIRM, pass_id=made.id, use=1, plate="X711TT90", carrier="X711TT90"
    )
    post.report(decided, decided)
    assert [(each.pass_id, each.entries) for each in post.uses()] == [(made.id, 1)]
    assert (post.row(Pass, made.id).uses, post.row(Pass, made.id).state) == (1, "inside")
    not_done = Actuation(
        id=uuid4(),
        at=NOON,
        passage=decided.id,
        point=decided.point,
        done=False,
        entry_returned=True,
        detail="молчит",
    )
    post.report(not_done, not_done, Still(id=uuid4(), at=NOON, passage=decided.id, sha256="5c" * 32))
    row = post.row(GateDecisionRow, decided.id)
    assert (row.opened, row.fault, row.still) == (False, "молчит", "5c" * 32)
    assert (post.row(Pass, made.id).uses, post.uses()[0].entries) == (0, 0)


def test_a_refusal_leaves_the_pass_as_it_is(post: Post) -> None:
    made = post.gate.issue()
    post.report(post.decide(verdict=Verdict.REFUSE, pass_id=made.id, reason=ManualReason.HOST_REFUSED))
    assert post.row(Pass, made.id).state == "issued"


def test_an_opening_by_hand_stands_in_the_audit(post: Post) -> None:
    opened = post.decide(reason=ManualReason.AMBULANCE, note="в А2")
    post.report(opened)
    with post.gate.company.work() as (session, _):
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "guard.decision.open")).one()
    assert (entry.object_id, entry.changes["reason"], entry.changes["note"]) == (
        opened.id,
        "ambulance",
        "в А2",
    )


def test_a_pass_made_at_the_gate_is_taken_over_under_its_id(post: Post) -> None:
    drafted = post.draft(keys=["W26:18:23011", "~N:23011"], points=[post.gate.point_id], entries=1)
    post.report(drafted, drafted)
    post.report(post.decide(verdict=Verdict.CONFIRM, pass_id=drafted.pass_id, use=1))
    post.react()
    item = post.held_pass(drafted.pass_id)
    assert (item.plates, item.keys, item.entries, item.revoked) == (["X711TT90"], drafted.keys, 1, False)
    row = post.row(Pass, drafted.pass_id)
    assert (row.number, row.uses, row.state) == (1, 1, "inside")
    assert post.row(GateDraft, drafted.pass_id).state == "taken"
    with post.gate.company.work() as (session, _):
        (card,) = session.scalars(select(PassCard).where(PassCard.pass_id == drafted.pass_id))
    assert (card.format, card.printed) == ("H10301", "018,23011")


@pytest.mark.parametrize(
    "listed", [{"plate": "Х711ТТ90"}, {"person": "Петров Пётр"}, {"card": {"text": "018,23011"}}]
)
def test_what_the_blacklist_names_is_a_conflict_and_goes_to_the_boxes_revoked(
    post: Post, listed: Any
) -> None:
    with post.gate.company.work() as (session, actor):
        block = BlockDraft.model_validate({"site_id": post.gate.site_id, "reason": "драка", **listed})
        access.block(session, actor, SecretBox(bytes(32)), block)
    drafted = post.draft(keys=["W26:18:23011"])
    post.report(drafted)
    post.react()
    draft = post.row(GateDraft, drafted.pass_id)
    assert draft.state == "conflict"
    assert "драка" in draft.reason
    held = post.held_pass(drafted.pass_id)
    assert (held.revoked, held.refusal) == (True, draft.reason)
    assert post.row(Pass, drafted.pass_id).state == "refused"
    with post.gate.company.work() as (session, actor):
        assert guard.settle(session, actor, drafted.pass_id).settled_by == actor.name
    with pytest.raises(DraftNotThere), post.gate.company.work() as (session, actor):
        guard.settle(session, actor, uuid4())


def test_what_the_companys_policies_do_not_allow_is_a_conflict(post: Post) -> None:
    with post.gate.company.work() as (session, actor):
        access.set_policy(session, actor, PolicyDraft(kind=PassKind.GUEST, longest_days=1))
    drafted = post.draft(valid_until=NOON + timedelta(days=2))
    post.report(drafted)
    post.react()
    assert "1 дн." in post.row(GateDraft, drafted.pass_id).reason
    assert post.held_pass(drafted.pass_id).revoked


def test_what_a_point_does_not_allow_is_a_conflict(post: Post) -> None:
    with post.gate.company.work() as (session, actor):
        residents_alone = PointPolicyDraft(kinds=[PassKind.RESIDENT])
        access.set_point_policy(session, actor, post.gate.point_id, residents_alone)
    drafted = post.draft()
    post.report(drafted)
    post.react()
    assert "Въезд 1" in post.row(GateDraft, drafted.pass_id).reason
    assert post.held_pass(drafted.pass_id).revoked


def test_only_what_a_gate_made_is_withdrawn_there(post: Post) -> None:
    drafted, issued = post.draft(), post.gate.issue()
    post.report(drafted)
    post.react()
    for pass_id in (drafted.pass_id, issued.id):
        post.report(post.act(acts.PassWithdrawn, pass_id=pass_id, note="не приехал"))
    post.react()
    assert post.held_pass(drafted.pass_id).revoked
    assert not post.held_pass(issued.id).revoked
    assert post.row(GateDraft, drafted.pass_id).state == "withdrawn"


def test_a_visit_is_as_its_newest_report_says(post: Post) -> None:
    visit = uuid4()
    came = post.act(
        acts.Visit, visit=visit, state=VisitState.INSIDE, name="Курьер", card="W26:1:2", photos=["5c" * 32]
    )
    left = post.act(
        acts.Visit,
        visit=visit,
        state=VisitState.LEFT,
        name="Курьер",
        card="W26:1:2",
        card_back=True,
        at=NOON + MINUTE,
    )
    post.report(came, left, came)
    row = post.row(VisitRow, visit)
    assert (row.state, row.card_back, row.registered_at, row.since) == ("left", True, NOON, NOON + MINUTE)


def test_a_violation_becomes_a_case_once_and_has_a_number(post: Post) -> None:
    first = post.act(acts.Violation, violation=uuid4(), kind=ViolationKind.PARKING, plate="X711TT90")
    second = post.act(acts.Violation, violation=uuid4(), kind=ViolationKind.NOISE, address="А2")
    post.report(first, first, second)
    rows = [post.row(ViolationRow, event.violation) for event in (first, second)]
    assert [(row.number, row.state) for row in rows] == [(1, "recorded"), (2, "recorded")]


def test_another_companys_rows_are_beyond_a_boxs_reach(post: Post, other_company: Company) -> None:
    theirs = make_gate(other_company)
    made = theirs.issue()
    post.report(post.decide(pass_id=made.id, use=1), post.draft(household=uuid4()))
    with theirs.company.work() as (session, _):
        assert session.get_one(Pass, made.id).uses == 0
    foreign = post.act(acts.Visit, visit=uuid4(), state=VisitState.INSIDE, name="Их гость")
    with post.ingest.transaction(Scope.organisation(other_company.id)) as session:
        HANDLERS[acts.Visit](session, theirs.owner, foreign)
    post.report(
        post.act(acts.Visit, visit=foreign.visit, state=VisitState.LEFT, name="Наш", at=NOON + MINUTE)
    )
    with theirs.company.work() as (session, _):
        assert session.get_one(VisitRow, foreign.visit).name == "Их гость"
