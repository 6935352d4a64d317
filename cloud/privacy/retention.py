"""Retention: a company's rules, the run that applies them, and the proof by a query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.calls import service as calls
from cloud.guard import service as guard
from cloud.kernel import audit
from cloud.kernel.actor import Actor
from cloud.kernel.database import current_organisation, new_id, now, scope_of, send_after_commit
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.kernel.retention import Kept
from cloud.privacy import own, rules
from cloud.privacy.models import BoxRetention, RetentionLimit, RetentionRule, RetentionRun
from cloud.privacy.types import Rule, RunOutcome, RunReport, Standing
from cloud.residents import service as residents
from cloud.sites import service as sites
from cloud.sites.types import BoxOwner
from cloud.telemetry import service as telemetry
from protocols.held import RetentionItem
from protocols.privacy import KeptKind, RetentionApplied

KEPT: tuple[Kept, ...] = (
    *access.KEPT,
    *calls.KEPT,
    *guard.KEPT,
    *residents.KEPT,
    *sites.KEPT,
    *telemetry.KEPT,
    *own.KEPT,
)
"""All that is kept of persons for a while; a slice that keeps more adds its own."""

APPLY = "privacy.apply_retention"
"""The job that applies the rules; see `jobs`."""

AT_ONCE = 500
_TOLD = ("days", "erased", "erased_until", "oldest", "at")
_OUT_OF_LIMITS = Text(
    "Можно от {least} до {most} дней.",
    "Between {least} and {most} days.",
)


def rules_of(session: Session, company: UUID) -> dict[KeptKind, Rule]:
    """Every kind's rule in a company."""
    limits = {
        row.kind: (row.least, row.standard, row.most)
        for row in session.execute(
            select(RetentionLimit.kind, RetentionLimit.least, RetentionLimit.standard, RetentionLimit.most)
        )
    }
    set_ones = select(RetentionRule.kind, RetentionRule.days).where(RetentionRule.organisation_id == company)
    chosen = {row.kind: row.days for row in session.execute(set_ones)}
    return {kind: rules.rule_of(kind, limits[kind], chosen.get(kind)) for kind in KeptKind if kind in limits}


def set_rules(session: Session, actor: Actor, days: Mapping[KeptKind, int | None]) -> None:
    """The kinds that are named are kept so long from now on; None: as the installation has it.

    A shorter time takes effect with the next run, within the hour, and cannot be undone. Raises FixInput.
    """
    company = actor.require(Permission.ORGANISATION_MANAGE)
    before = rules_of(session, company)
    wrong = [
        FieldError(f"days.{kind}", "out_of_limits", _OUT_OF_LIMITS, {"least": rule.least, "most": rule.most})
        for kind, wanted in days.items()
        if wanted is not None and not (rule := before[kind]).least <= wanted <= rule.most
    ]
    if wrong:
        raise FixInput(*wrong)
    for kind, wanted in sorted(days.items()):
        _set_rule(session, actor, company, kind, wanted)
    after = rules_of(session, company)
    changes = audit.difference(
        {f"kept_{kind}": rule.days for kind, rule in before.items()},
        {f"kept_{kind}": rule.days for kind, rule in after.items()},
    )
    if changes:
        audit.record(session, actor, "privacy.retention.change", "retention", company, changes)
        send_after_commit(session, APPLY)
    send_rules(session)


def _set_rule(session: Session, actor: Actor, company: UUID, kind: KeptKind, days: int | None) -> None:
    if days is None:
        mine = (RetentionRule.organisation_id == company, RetentionRule.kind == kind)
        session.execute(delete(RetentionRule).where(*mine))
        return
    statement = insert(RetentionRule).values(
        id=new_id(session),
        organisation_id=company,
        kind=kind,
        days=days,
        changed_at=now(session),
        changed_by=actor.name,
    )
    given = {name: statement.excluded[name] for name in ("days", "changed_at", "changed_by")}
    session.execute(statement.on_conflict_do_update(index_elements=["organisation_id", "kind"], set_=given))


def send_rules(session: Session) -> None:
    """The current company's boxes hold its rules; what they hold already is left alone."""
    days = {kind.value: rule.days for kind, rule in rules_of(session, current_organisation(session)).items()}
    every = [place.site_id for place in sites.site_places(session)]
    sites.lock_sites(session, every)
    for site_id in every:
        sites.append_item(session, site_id, RetentionItem(id=site_id, days=days))


def erase_some(session: Session, each: Kept, before: datetime) -> tuple[int, Sequence[str]]:
    """One step over the current company's; (how many, files given up). Fewer than AT_ONCE: no more is to be had."""
    gone = each.erase(session, current_organisation(session), before, AT_ONCE)
    return gone.rows, gone.files


def note_run(session: Session, rule: Rule, *, before: datetime, erased: int, failure: str = "") -> None:
    """Write down what a run over a kind came to. Whether it is done is said by the proof, not by the run's steps."""
    company = current_organisation(session)
    is_done = not overdue(session, company, rule.kind, before)
    last = _last_runs(session, company).get(rule.kind)
    if not rules.is_worth_telling(
        erased=erased,
        is_done=is_done and not failure and (last is None or last.outcome is RunOutcome.DONE),
        last_told=last.at if last else None,
        now=now(session),
    ):
        return
    outcome = RunOutcome.FAILED if failure else RunOutcome.DONE if is_done else RunOutcome.UNFINISHED
    session.add(
        RetentionRun(
            id=new_id(session),
            organisation_id=company,
            kind=rule.kind,
            days=rule.days,
            cutoff=before,
            erased=erased,
            oldest=oldest(session, company, rule.kind),
            at=now(session),
            outcome=outcome,
            failure=failure,
        )
    )


def standings(session: Session) -> list[Standing]:
    """Every kind's rule with its proof, of all companies that may be read."""
    found = []
    for company in sorted(scope_of(session).allowed):
        last = _last_runs(session, company)
        for kind, rule in rules_of(session, company).items():
            before = rules.cutoff_of(now(session), rule.days)
            late = overdue(session, company, kind, before)
            left = oldest(session, company, kind)
            found.append(Standing(company, rule, left, late, last.get(kind)))
    return found


def overdue(session: Session, company: UUID, kind: KeptKind, before: datetime) -> int:
    """How many of a kind are here that are older; see `Kept`."""
    return sum(each.overdue(session, company, before) for each in KEPT if each.kind is kind)


def oldest(session: Session, company: UUID, kind: KeptKind) -> datetime | None:
    """When the oldest that is here of a kind was made."""
    ages = [each.oldest(session, company) for each in KEPT if each.kind is kind]
    return min((age for age in ages if age is not None), default=None)


def record_box_run(session: Session, box: BoxOwner, event: RetentionApplied) -> None:
    """A box told what it erased. An older report than the one that is known changes nothing."""
    for each in event.kinds:
        statement = insert(BoxRetention).values(
            id=new_id(session),
            organisation_id=box.organisation_id,
            box_id=box.box_id,
            kind=each.kind,
            days=each.days,
            erased=each.count,
            erased_until=each.gone_until,
            oldest=each.oldest_at,
            at=event.at,
        )
        given = {name: statement.excluded[name] for name in _TOLD}
        newer = BoxRetention.at <= statement.excluded.at
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["organisation_id", "box_id", "kind"], set_=given, where=newer
            )
        )


def kinds_in_order() -> list[tuple[KeptKind, list[Kept]]]:
    """What there is to go over, kind by kind."""
    order = list(KeptKind)
    inside = sorted(KEPT, key=lambda each: order.index(each.kind))
    return [(kind, list(parts)) for kind, parts in groupby(inside, key=lambda each: each.kind)]


def _last_runs(session: Session, company: UUID) -> dict[KeptKind, RunReport]:
    row = RetentionRun
    query = (
        select(row.kind, row.at, row.cutoff, row.erased, row.oldest, row.outcome, row.failure)
        .where(row.organisation_id == company)
        .ext(distinct_on(row.kind))
        .order_by(row.kind, row.at.desc(), row.id.desc())
    )
    return {
        KeptKind(kind): RunReport(at, cutoff, erased, left, RunOutcome(outcome), failure)
        for kind, at, cutoff, erased, left, outcome, failure in session.execute(query)
        if kind in set(KeptKind)
    }
