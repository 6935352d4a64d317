"""Personal data goes when its time is over, in small steps, and a query proves it; the journal stays provable."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.access.errors import PassIsFinal
from cloud.access.models import Pass, PassageRow, PassCard, PassHistory
from cloud.access.types import BulkDraft, PolicyDraft
from cloud.guard.models import NoteRow, ShiftRow, SignInRow, ViolationChange, ViolationRow, VisitRow
from cloud.ingest.handlers import HANDLERS
from cloud.kernel import claims
from cloud.kernel import retention as kernel
from cloud.kernel.audit import record
from cloud.kernel.claims import FileKind
from cloud.kernel.database import Database, Scope
from cloud.kernel.errors import FixInput
from cloud.kernel.files import FileStore
from cloud.kernel.jobs import Tools
from cloud.kernel.permissions import Permission
from cloud.kernel.settings import Settings
from cloud.kernel.tables import AuditEntry, StoredFile
from cloud.kernel.tenancy import Role
from cloud.people import service as people
from cloud.people.types import PersonDraft
from cloud.privacy import jobs, queries, retention, rules
from cloud.privacy.models import RetentionRun
from cloud.privacy.types import RunOutcome, Standing
from cloud.sites import service as sites
from cloud.sites.models import Command
from protocols import acts
from protocols.fields import Direction
from protocols.held import ItemKind, PassKind
from protocols.messages import OrderedBy
from protocols.privacy import KINDS_OF_RECORDS, Erased, KeptKind, RetentionApplied
from protocols.records import Outcome, Passage, Reason
from tests.cloud.access.test_access import make_gate
from tests.support.companies import Company
from tests.support.postgres import Database as RealDatabase


class Keeper:
    """A company's gate, and the worker that erases."""

    def __init__(self, company: Company, real: RealDatabase) -> None:
        self.company, self.gate = company, make_gate(company)
        ports = company.database.ports
        self.ingest = Database(real.url(Role.INGEST), ports=ports, pool_size=2)
        self.worker = Database(real.url(Role.WORKER), ports=ports, pool_size=2)
        self.scope = Scope.organisation(company.id)

    def told(self, event_type: type, /, **fields: object) -> UUID:
        """A box tells of something, now."""
        fields = {"id": uuid4(), "at": self.company.clock.now()} | fields
        event = event_type(**fields)
        with self.ingest.transaction(self.scope) as session:
            HANDLERS[event_type](session, self.gate.owner, event)
        return event.id

    def passage(self) -> UUID:
        return self.told(
            Passage,
            point=self.gate.point_id,
            direction=Direction.IN,
            outcome=Outcome.DENIED,
            reason=Reason.UNKNOWN_PLATE,
            read="X711TT90",
            plate="X711TT90",
            carrier="X711TT90",
        )

    def later(self, days: float) -> None:
        self.company.clock.advance(timedelta(days=days))

    def erase(self, files_dir: Path | None = None) -> None:
        settings = Settings(_env_file=None, files_dir=files_dir)  # type: ignore[call-arg]
        jobs.apply_retention(Tools(self.worker, settings))

    def claim(self, name: str, kind: FileKind = FileKind.VIOLATION) -> None:
        with self.company.work() as (session, _):
            claims.claim(
                session, name, kind=kind, size=1, media_type="image/jpeg", name=name, quota_bytes=100
            )

    def standing(self, kind: KeptKind) -> Standing:
        with self.company.database.transaction(self.scope) as session:
            return next(each for each in retention.standings(session) if each.rule.kind is kind)

    def set(self, **days: int | None) -> None:
        with self.company.work() as (session, actor):
            retention.set_rules(session, actor, {KeptKind(kind): given for kind, given in days.items()})

    def rows(self, table: type) -> list:
        with self.company.database.transaction(self.scope) as session:
            return list(session.scalars(select(table)))


@pytest.fixture
def keeper(company: Company, database: RealDatabase) -> Iterator[Keeper]:
    keeper = Keeper(company, database)
    yield keeper
    keeper.ingest.close()
    keeper.worker.close()


def test_a_passage_loses_what_it_says_of_persons_and_stays_a_passage(keeper: Keeper) -> None:
    old = keeper.passage()
    keeper.later(30)
    young = keeper.passage()
    keeper.set(passages=7)
    before = keeper.standing(KeptKind.PASSAGES)
    assert (before.overdue, before.run) == (1, None)
    keeper.erase()
    rows = {row.id: row for row in keeper.rows(PassageRow)}
    assert (rows[old].plate, rows[old].read, rows[old].carrier) == (None, "", "")
    assert rows[old].erased_at is not None
    assert rows[old].reason == Reason.UNKNOWN_PLATE
    assert rows[young].plate == "X711TT90"
    after = keeper.standing(KeptKind.PASSAGES)
    assert after.overdue == 0
    assert after.oldest == rows[young].at
    assert after.run is not None
    assert (after.run.erased, after.run.oldest, after.run.outcome) == (1, rows[young].at, RunOutcome.DONE)


def test_the_database_itself_refuses_a_mark_on_what_is_not_erased(keeper: Keeper) -> None:
    keeper.passage()
    marking = update(PassageRow).values(erased_at=keeper.company.clock.now())
    with (
        pytest.raises(IntegrityError, match="ck_passage_erased"),
        keeper.worker.transaction(keeper.scope) as work,
    ):
        work.execute(marking)


def test_done_twice_it_erases_once_and_tells_once_a_day(keeper: Keeper) -> None:
    keeper.told(acts.SignIn, guard=uuid4(), way=acts.SignInWay.PIN, outcome=acts.SignInOutcome.WRONG)
    keeper.set(sign_ins=30)
    keeper.later(40)
    keeper.erase()
    keeper.erase()

    def told() -> list[int]:
        runs = [row for row in keeper.rows(RetentionRun) if row.kind == KeptKind.SIGN_INS]
        return [row.erased for row in sorted(runs, key=lambda row: row.id)]

    assert told() == [1]
    assert keeper.rows(SignInRow) == []
    keeper.later(1)
    keeper.erase()
    keeper.erase()
    assert told() == [1, 0]


def test_more_than_a_step_goes_in_one_run(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(5):
        keeper.told(acts.GuardNote, guard=uuid4(), text="Просил не пускать")
    keeper.later(400)
    keeper.erase()
    assert keeper.rows(NoteRow) == []
    last = keeper.standing(KeptKind.NOTES).run
    assert last is not None
    assert last.erased == 5


def test_what_is_too_much_for_a_run_is_told_and_taken_by_the_next(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "_MOST_STEPS", 2)
    for _ in range(3):
        keeper.told(acts.GuardNote, guard=uuid4(), text="Просил не пускать")
    keeper.later(400)
    keeper.erase()
    standing = keeper.standing(KeptKind.NOTES)
    assert standing.run is not None
    assert (standing.run.outcome, standing.overdue) == (RunOutcome.UNFINISHED, 1)
    keeper.erase()
    standing = keeper.standing(KeptKind.NOTES)
    assert standing.run is not None
    assert (standing.run.outcome, standing.overdue) == (RunOutcome.DONE, 0)


def test_what_a_part_has_left_is_not_done_because_the_next_part_is(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "_MOST_STEPS", 2)
    for _ in range(3):  # notes are the first part of their kind, hand-overs the second
        keeper.told(acts.GuardNote, guard=uuid4(), text="Просил не пускать")
    keeper.told(acts.Shift, guard=uuid4(), shift=uuid4(), state=acts.ShiftState.ENDED, note="Ключ у Петрова")
    keeper.later(400)
    keeper.erase()
    standing = keeper.standing(KeptKind.NOTES)
    assert standing.run is not None
    assert (standing.run.outcome, standing.overdue) == (RunOutcome.UNFINISHED, 1)


def test_what_somebody_has_in_hand_is_not_done(keeper: Keeper) -> None:
    held = keeper.passage()
    keeper.later(400)
    with keeper.worker.transaction(keeper.scope) as other:
        other.execute(select(PassageRow.id).where(PassageRow.id == held).with_for_update())
        keeper.erase()
        standing = keeper.standing(KeptKind.PASSAGES)
    assert standing.run is not None
    assert (standing.run.outcome, standing.overdue) == (RunOutcome.UNFINISHED, 1)
    keeper.erase()
    standing = keeper.standing(KeptKind.PASSAGES)
    assert standing.run is not None
    assert (standing.run.outcome, standing.overdue) == (RunOutcome.DONE, 0)


def test_a_picture_that_the_disk_does_not_let_go_stops_nothing_else(keeper: Keeper, tmp_path: Path) -> None:
    stuck, free = "a" * 64, "b" * 64
    for name in (stuck, free):
        keeper.claim(name)
    store = FileStore(tmp_path)
    store.path(stuck).mkdir(parents=True)  # what cannot be unlinked
    store.path(free).parent.mkdir(parents=True)
    store.path(free).write_bytes(b"x")
    keeper.told(acts.GuardNote, guard=uuid4(), text="Просил не пускать")
    keeper.told(acts.Violation, guard=uuid4(), violation=uuid4(), kind=acts.ViolationKind.NOISE, note="шумел")
    keeper.later(1200)
    keeper.erase(files_dir=tmp_path)
    assert store.size(free) is None
    assert keeper.rows(NoteRow) == []
    assert [row.note for row in keeper.rows(ViolationRow)] == [""]
    run = keeper.standing(KeptKind.VIOLATIONS).run
    assert run is not None
    assert run.outcome is RunOutcome.FAILED
    assert run.failure.startswith(("IsADirectoryError", "PermissionError"))
    assert str(tmp_path) not in run.failure
    assert keeper.standing(KeptKind.NOTES).run.outcome is RunOutcome.DONE  # type: ignore[union-attr]


def test_rules_that_cannot_be_sent_are_applied_all_the_same(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: Session) -> None:
        session.execute(text("SELECT 1 / 0"))

    monkeypatch.setattr(retention, "send_rules", broken)
    keeper.told(acts.GuardNote, guard=uuid4(), text="Просил не пускать")
    keeper.later(400)
    keeper.erase()
    assert keeper.rows(NoteRow) == []


def test_a_fault_in_one_kind_is_written_down_and_the_others_go_on(
    keeper: Keeper, database: RealDatabase
) -> None:
    keeper.told(acts.GuardNote, guard=uuid4(), text="Просил не пускать")
    old = keeper.passage()
    keeper.later(400)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("REVOKE UPDATE ON passage FROM domovoy_worker")
    keeper.erase()
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("GRANT UPDATE ON passage TO domovoy_worker")
    run = keeper.standing(KeptKind.PASSAGES).run
    assert run is not None
    assert run.outcome is RunOutcome.FAILED
    assert "permission denied" in run.failure
    assert keeper.rows(NoteRow) == []
    keeper.erase()
    assert {row.id: row.plate for row in keeper.rows(PassageRow)} == {old: None}


def test_visitors_go_whole_and_violations_keep_their_number(keeper: Keeper) -> None:
    guard = uuid4()
    visit = {"visit": uuid4(), "state": acts.VisitState.LEFT, "name": "Иванов", "document": "4510 123456"}
    keeper.told(acts.Visit, guard=guard, **visit)
    keeper.told(acts.Shift, guard=guard, shift=uuid4(), state=acts.ShiftState.ENDED, note="Ключ у Петрова")
    case = uuid4()
    keeper.told(
        acts.Violation,
        guard=guard,
        violation=case,
        kind=acts.ViolationKind.NOISE,
        plate="X711TT90",
        note="шумел",
    )
    keeper.later(1200)
    keeper.erase()
    assert keeper.rows(VisitRow) == []
    [shift] = keeper.rows(ShiftRow)
    assert (shift.note, shift.erased_at is None) == ("", False)
    [row] = keeper.rows(ViolationRow)
    assert (row.number, row.kind, row.plate, row.note) == (1, "noise", None, "")
    assert {change.note for change in keeper.rows(ViolationChange)} == {""}


def test_ended_passes_forget_their_holders_and_standing_ones_do_not(keeper: Keeper) -> None:
    at = keeper.company.clock.now()
    ended = keeper.gate.issue(
        holder="Иванов",
        plates=["Х711ТТ90"],
        kind="guest",
        valid_until=at + timedelta(hours=3),
        note="к Петрову",
    )
    standing = keeper.gate.issue(holder="Петров", kind="resident", valid_until=None)
    keeper.later(400)
    keeper.erase()
    rows = {row.id: row for row in keeper.rows(Pass)}
    gone = rows[ended.id]
    assert (gone.holder, gone.plates, gone.note, gone.search) == ("", [], "", "")
    assert rows[standing.id].holder == "Петров"
    assert [card for card in keeper.rows(PassCard) if card.pass_id == ended.id] == []
    lines = [line for line in keeper.rows(PassHistory) if line.pass_id == ended.id]
    assert lines
    assert {(line.reason, str(line.data)) for line in lines} == {("", "{}")}


def test_what_a_standing_pass_was_is_forgotten_and_that_it_was_changed_is_not(keeper: Keeper) -> None:
    standing = keeper.gate.issue(holder="Петров", kind="resident", valid_until=None)
    with keeper.company.work() as (session, actor):
        draft = keeper.gate.draft(holder="Иванов", kind="resident", valid_until=None)
        access.change_pass(session, actor, standing.id, draft, reason="опечатка")

    def last() -> PassHistory:
        return next(line for line in keeper.rows(PassHistory) if line.change == "edited")

    keeper.later(300)
    keeper.erase()
    assert last().changes == {"holder": ["Петров", "Иванов"]}
    keeper.later(100)
    assert keeper.standing(KeptKind.PASSES).overdue == 1
    keeper.erase()
    assert keeper.standing(KeptKind.PASSES).overdue == 0
    line = last()
    assert (line.changes, line.reason, line.actor) == (None, "опечатка", "Диспетчер")


def test_a_pass_whose_holder_is_forgotten_is_changed_no_more(keeper: Keeper) -> None:
    gate, at = keeper.gate, keeper.company.clock.now()
    gone = gate.issue(holder="Иванов", plates=["Х711ТТ90"], kind="guest", valid_until=at + timedelta(hours=3))
    keeper.later(400)
    keeper.erase()
    later = keeper.company.clock.now() + timedelta(days=1)
    with pytest.raises(PassIsFinal), keeper.company.work() as (session, actor):
        access.change_pass(session, actor, gone.id, gate.draft(holder="Иванов", valid_until=later))
    with pytest.raises(PassIsFinal), keeper.company.work() as (session, actor):
        access.revoke_passes(session, actor, [gone.id], "поздно")
    with keeper.company.work() as (session, actor):
        [result] = access.change_passes(session, actor, BulkDraft(ids=[gone.id], valid_until=later))
    assert isinstance(result.refusal, PassIsFinal)
    [row] = keeper.rows(Pass)
    assert row.valid_until == at + timedelta(hours=3)


def test_a_request_that_was_forgotten_is_neither_approved_nor_refused(keeper: Keeper) -> None:
    with keeper.company.work() as (session, actor):
        access.set_policy(session, actor, PolicyDraft(kind=PassKind.GUEST, approval=True))
    with keeper.company.work() as (session, actor):
        asking = replace(actor, permissions={keeper.company.id: frozenset({Permission.PASSES_ISSUE})})
        asked = access.issue_pass(session, asking, keeper.gate.draft(holder="Иванов"))
    keeper.later(400)
    keeper.erase()
    with pytest.raises(PassIsFinal), keeper.company.work() as (session, actor):
        access.approve_passes(session, actor, [asked.id])
    with pytest.raises(PassIsFinal), keeper.company.work() as (session, actor):
        access.refuse_passes(session, actor, [asked.id], "поздно")


def test_an_erased_pass_forgets_which_resident_asked_for_it(keeper: Keeper, database: RealDatabase) -> None:
    at, resident, staff = keeper.company.clock.now(), uuid4(), uuid4()
    with keeper.company.work() as (session, actor):
        person = people.create_person(session, actor, PersonDraft(name="Иванова Мария"))
    with psycopg.connect(database.admin_url) as admin:
        admin.execute(
            "INSERT INTO account (id, email, name, language, is_operator, created_at)"
            " VALUES (%s, 'm@example.org', 'Иванова Мария', 'ru', false, %s)",
            [resident, at],
        )
        admin.execute(
            "INSERT INTO resident (id, organisation_id, person_id, account_id, email, state, invited_at, invited_by)"
            " VALUES (%s, %s, %s, %s, 'm@example.org', 'ended', %s, '')",
            [uuid4(), keeper.company.id, person.id, resident, at],
        )
    with keeper.company.work() as (session, actor):
        asking = replace(actor, name="Иванова Мария", account_id=resident)
        draft = keeper.gate.draft(valid_until=at + timedelta(hours=3))
        ended = access.issue_pass(session, asking, draft)
        watching = replace(actor, name="Охрана", account_id=staff)
        access.revoke_passes(session, watching, [ended.id], "не приедет")
    keeper.later(400)
    keeper.erase()
    lines = {(line.change, line.actor, line.account_id) for line in keeper.rows(PassHistory)}
    assert lines == {("issued", "", None), ("revoked", "Охрана", staff)}


def test_orders_forget_who_gave_them_when_the_trail_does(keeper: Keeper, database: RealDatabase) -> None:
    with psycopg.connect(database.admin_url) as admin:
        at = keeper.company.clock.now()
        admin.execute("UPDATE box SET enrolled_at = %s WHERE id = %s", [at, keeper.gate.box_id])
    with keeper.company.work() as (session, actor):
        sites.open_point(session, actor, keeper.gate.point_id, "курьер", by=OrderedBy.DISPATCHER)
    keeper.later(1000)
    keeper.erase()
    [order] = keeper.rows(Command)
    assert (order.reason, order.erased_at) == ("курьер", None)
    keeper.later(100)
    assert keeper.standing(KeptKind.AUDIT).overdue > 0
    keeper.erase()
    [order] = keeper.rows(Command)
    assert (order.person, order.account_id, order.reason) == ("", None, "")
    assert (order.kind, order.target) == ("open", keeper.gate.point_id)
    assert keeper.standing(KeptKind.AUDIT).overdue == 0


def test_the_audit_trail_goes_by_its_own_rule_and_by_nobody_else(
    keeper: Keeper, database: RealDatabase
) -> None:
    with keeper.company.work() as (session, actor):
        record(session, actor, "test.act", "company", keeper.company.id, {})
    with psycopg.connect(database.url(Role.API)) as api, pytest.raises(psycopg.errors.InsufficientPrivilege):
        api.execute("DELETE FROM audit_entry")
    keeper.later(1100)
    keeper.erase()
    assert "test.act" not in {row.action for row in keeper.rows(AuditEntry)}


def test_a_company_keeps_within_the_installations_limits(keeper: Keeper, database: RealDatabase) -> None:
    with pytest.raises(FixInput) as caught:
        keeper.set(audit=7)
    assert [error.path for error in caught.value.fields] == ["days.audit"]
    keeper.set(visitors=300)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE retention_limit SET standard = 20, most = 60 WHERE kind = 'visitors'")
    rule = keeper.standing(KeptKind.VISITORS).rule
    assert (rule.days, rule.own, rule.most) == (60, 300, 60)
    keeper.set(visitors=None)
    assert keeper.standing(KeptKind.VISITORS).rule.days == 20


def test_boxes_hold_the_rules(keeper: Keeper) -> None:
    keeper.set(visitors=14)
    with keeper.company.database.transaction(keeper.scope) as session:
        held = [body for body in sites.snapshot(session, keeper.gate.site_id).items if b'"retention"' in body]
        assert sites.is_held(session, keeper.gate.site_id, ItemKind.RETENTION, keeper.gate.site_id)
    assert len(held) == 1
    assert b'"visitors":14' in held[0]


def test_a_box_tells_what_it_erased_and_an_older_report_changes_nothing(keeper: Keeper) -> None:
    at = keeper.company.clock.now()

    def tell(hours: int, count: int) -> None:
        kinds = [Erased(kind="visitors", days=14, count=count, oldest_at=at - timedelta(days=13))]
        keeper.told(RetentionApplied, at=at + timedelta(hours=hours), kinds=kinds)

    tell(2, 5)
    tell(1, 99)
    with keeper.company.database.transaction(keeper.scope) as session:
        [(company, told)] = queries.box_reports(session)
    assert (company, told.box_id, told.site) == (keeper.company.id, keeper.gate.box_id, "Афины")
    assert (told.kind, told.days, told.erased, told.oldest) == ("visitors", 14, 5, at - timedelta(days=13))


def test_a_boxs_video_goes_by_the_rule_of_stills_and_up_to_when_it_went_is_kept(keeper: Keeper) -> None:
    at = keeper.company.clock.now()
    left, gone = at - timedelta(days=6), at - timedelta(days=7)
    kinds = [Erased(kind="video", days=7, count=900, oldest_at=left, gone_until=gone)]
    keeper.told(RetentionApplied, at=at, kinds=kinds)
    with keeper.company.database.transaction(keeper.scope) as session:
        [(_, told)] = queries.box_reports(session)
        days = {each.rule.kind.value: each.rule.days for each in retention.standings(session)}
    assert (told.kind, told.days, told.erased) == ("video", 7, 900)
    assert (told.oldest, told.erased_until) == (left, gone)
    assert rules.box_days("video", days) == days["stills"]
    assert not rules.is_box_late(told, 7, at)
    assert rules.is_box_late(told, 3, at)
    keeper.told(RetentionApplied, at=at + timedelta(days=1), kinds=[Erased(kind="video", days=7)])
    with keeper.company.database.transaction(keeper.scope) as session:
        [(_, told)] = queries.box_reports(session)
    assert (told.erased, told.erased_until, told.oldest) == (0, None, None)


def test_a_silent_box_is_late_and_one_that_never_told_is_listed(
    keeper: Keeper, database: RealDatabase
) -> None:
    at = keeper.company.clock.now()
    with psycopg.connect(database.admin_url) as admin:
        admin.execute("UPDATE box SET enrolled_at = %s WHERE id = %s", [at, keeper.gate.box_id])

    def told() -> list[tuple[str, bool, bool]]:
        with keeper.company.database.transaction(keeper.scope) as session:
            shown = queries.box_reports(session)
            days = {each.rule.kind.value: each.rule.days for each in retention.standings(session)}
        moment = keeper.company.clock.now()
        judged = [(each, rules.box_days(each.kind, days)) for _, each in shown]
        return [
            (each.kind, each.at is None, rules.is_box_late(each, wanted, moment)) for each, wanted in judged
        ]

    assert told() == [("records", True, False)]
    keeper.set(visitors=1)
    keeper.later(10)
    assert told() == [("records", True, True)]
    now = keeper.company.clock.now()
    kinds = [
        Erased(kind="records", days=3, count=2, oldest_at=now - timedelta(days=2)),
        Erased(kind="visitors", days=1, count=2),
    ]
    keeper.told(RetentionApplied, at=now, kinds=kinds)
    assert told() == [("records", False, False), ("visitors", False, False)]
    keeper.later(100)
    assert told() == [("records", False, True), ("visitors", False, True)]


def test_photographs_go_with_their_visitor_unless_a_violation_shows_them(keeper: Keeper) -> None:
    guard, photos = uuid4(), ["a" * 64, "b" * 64]
    for name in photos:
        keeper.claim(name)
    visit = {"visit": uuid4(), "state": acts.VisitState.LEFT, "name": "Иванов", "photos": photos}
    keeper.told(acts.Visit, guard=guard, **visit)
    case = {"violation": uuid4(), "kind": acts.ViolationKind.NOISE, "photos": photos[:1]}
    keeper.told(acts.Violation, guard=guard, **case)
    keeper.later(40)
    keeper.erase()
    assert [row.sha256 for row in keeper.rows(StoredFile)] == photos[:1]


def test_a_photograph_that_a_younger_visit_shows_stays(keeper: Keeper) -> None:
    guard, photos = uuid4(), ["a" * 64, "b" * 64]
    for name in photos:
        keeper.claim(name, FileKind.VIOLATION)

    def visit(names: list[str]) -> UUID:
        told = {"visit": uuid4(), "state": acts.VisitState.LEFT, "name": "Иванов", "photos": names}
        keeper.told(acts.Visit, guard=guard, **told)
        return told["visit"]

    visit(photos)
    keeper.later(20)
    younger = visit(photos[:1])
    keeper.later(20)
    keeper.erase()
    assert [row.id for row in keeper.rows(VisitRow)] == [younger]
    assert [row.sha256 for row in keeper.rows(StoredFile)] == photos[:1]
    keeper.later(20)
    keeper.erase()
    assert keeper.rows(StoredFile) == []


def test_what_is_changed_between_the_choice_and_the_deletion_stays(keeper: Keeper) -> None:
    """A visitor who came again while the run had them in hand."""
    told = {"visit": uuid4(), "name": "Иванов"}
    keeper.told(acts.Visit, guard=uuid4(), state=acts.VisitState.LEFT, **told)
    keeper.later(40)
    again = keeper.company.clock.now()

    def come_again(session: Session, visits: Sequence[UUID]) -> None:
        with keeper.ingest.transaction(keeper.scope) as other:
            other.execute(update(VisitRow).where(VisitRow.id.in_(visits)).values(changed_at=again))

    part = kernel.Part(kind=KeptKind.VISITORS, table=VisitRow, at=VisitRow.changed_at, also=come_again)
    with keeper.worker.transaction(keeper.scope) as session:
        gone = part.erase(session, keeper.company.id, again - timedelta(days=30), 10)
    assert [row.changed_at for row in keeper.rows(VisitRow)] == [again]
    assert gone.rows == 0


def test_every_kind_has_a_limit_a_rule_and_something_to_erase(keeper: Keeper) -> None:
    with keeper.company.database.transaction(keeper.scope) as session:
        assert retention.rules_of(session, keeper.company.id).keys() == set(KeptKind)
    assert {kind for kind, _ in retention.kinds_in_order()} == set(KeptKind)
    assert set(KINDS_OF_RECORDS.values()) <= set(KeptKind)
    assert kernel.COUNTED_MOST > retention.AT_ONCE
