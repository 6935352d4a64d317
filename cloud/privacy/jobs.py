"""Background work of the privacy slice: what was kept long enough goes, company by company, some at a time."""

import logging
from collections.abc import Sequence
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cloud.kernel import claims
from cloud.kernel.database import Scope, now
from cloud.kernel.files import FileStore
from cloud.kernel.jobs import Job, Tools
from cloud.kernel.retention import Kept
from cloud.privacy import retention, rules
from cloud.privacy.types import Rule

ERASED = Counter("domovoy_retention_erased_total", "Personal data erased because its time was over", ["kind"])
_MOST_STEPS = 40  # of a part in a run: a company that shortens a rule does not hold up the others
_COMPANIES = text("SELECT organisation_ids()")
_log = logging.getLogger(__name__)


def apply_retention(tools: Tools) -> None:
    """Over every company. Done twice it erases nothing twice; what a run leaves, the next one takes."""
    with tools.database.transaction() as session:
        companies: list[UUID] = list(session.scalars(_COMPANIES))
    for company in companies:
        with tools.database.transaction(Scope.organisation(company)) as session:
            retention.send_rules(session)  # limits that the operator changed, sites that are new
            wanted = retention.rules_of(session, company)
        for kind, parts in retention.kinds_in_order():
            if kind in wanted:
                _apply(tools, company, wanted[kind], parts)


def _apply(tools: Tools, company: UUID, rule: Rule, parts: Sequence[Kept]) -> None:
    """One kind of one company. A fault is written down and stops no other kind."""
    scope = Scope.organisation(company)
    with tools.database.transaction(scope) as session:
        before = rules.cutoff_of(now(session), rule.days)
    erased, is_done, failure = 0, True, ""
    for each in parts:
        try:
            for step in range(1, _MOST_STEPS + 1):
                with tools.database.transaction(scope) as session:
                    rows, files = retention.erase_some(session, each, before)
                erased += rows
                _remove(tools, files)
                if rows < retention.AT_ONCE:
                    break
                is_done = step < _MOST_STEPS
        except SQLAlchemyError as error:
            failure = f"{type(error).__name__}: {getattr(error, 'orig', None) or 'see the log'}"[:500]
            _log.exception("retention failed", extra={"kind": rule.kind.value, "company": str(company)})
    ERASED.labels(rule.kind.value).inc(erased)
    with tools.database.transaction(scope) as session:
        retention.note_run(
            session,
            rule,
            before=before,
            erased=erased,
            is_done=is_done,
            failure=failure.splitlines()[0] if failure else "",
        )


def _remove(tools: Tools, files: Sequence[str]) -> None:
    """Bytes after the commit of the rows: what falls between is found by the sweep of unclaimed files."""
    if files and tools.settings.files_dir is not None:
        with tools.database.transaction() as session:
            claims.sweep_unclaimed(session, FileStore(tools.settings.files_dir), files)


JOBS = (Job(name=retention.APPLY, run=apply_retention, every=rules.RUN_EVERY),)
