"""Background work of the privacy slice: what was kept long enough goes, company by company, some at a time."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cloud.kernel import claims
from cloud.kernel.database import Scope
from cloud.kernel.files import FileStore
from cloud.kernel.jobs import Job, Tools
from cloud.kernel.retention import Kept
from cloud.privacy import retention, rules
from cloud.privacy.types import Rule
from protocols.privacy import KeptKind

ERASED = Counter("domovoy_retention_erased_total", "Personal data erased because its time was over", ["kind"])
_MOST_STEPS = 40  # of a part in a run: a company that shortens a rule does not hold up the others
_FAULTS = (SQLAlchemyError, OSError)
_COMPANIES = text("SELECT organisation_ids()")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    """One kind of one company. A fault of the database or the disk is written down and stops nothing else."""

    tools: Tools
    company: UUID
    rule: Rule
    erased: int = 0
    failure: str = ""

    @property
    def scope(self) -> Scope:
        return Scope.organisation(self.company)

    def erase(self, parts: Sequence[Kept]) -> None:
        """Go over the parts, and write down what came of it: the tables say whether anything is left."""
        before = rules.cutoff_of(self.tools.database.ports.clock.now(), self.rule.days)
        for each in parts:
            with self.noting():
                self._erase_part(each, before)
        ERASED.labels(self.rule.kind.value).inc(self.erased)
        with self.noting(), self.tools.database.transaction(self.scope) as session:
            retention.note_run(session, self.rule, before=before, erased=self.erased, failure=self.failure)

    def _erase_part(self, each: Kept, before: datetime) -> None:
        for _ in range(_MOST_STEPS):
            with self.tools.database.transaction(self.scope) as session:
                rows, files = retention.erase_some(session, each, before)
            self.erased += rows
            with self.noting():
                self._remove(files)
            if rows < retention.AT_ONCE:
                return

    def _remove(self, files: Sequence[str]) -> None:
        """Bytes after the commit of the rows: what falls between, or the disk keeps, the sweep of unclaimed files
        tries again.
        """
        folder = self.tools.settings.files_dir
        if files and folder is not None:
            with self.tools.database.transaction() as session:
                claims.sweep_unclaimed(session, FileStore(folder), files)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """The first fault is the one that is shown."""
        try:
            yield
        except _FAULTS as error:
            self.failure = self.failure or _told(error)
            _log.exception(
                "retention failed", extra={"kind": self.rule.kind.value, "company": str(self.company)}
            )


def apply_retention(tools: Tools) -> None:
    """Over every company. Done twice it erases nothing twice; what a run leaves, the next one takes."""
    with tools.database.transaction() as session:
        companies: list[UUID] = list(session.scalars(_COMPANIES))
    for company in companies:
        _send_rules(tools, company)
        wanted = _rules_of(tools, company)
        for kind, parts in retention.kinds_in_order():
            if kind in wanted:
                _Run(tools, company, wanted[kind]).erase(parts)


def _send_rules(tools: Tools, company: UUID) -> None:
    """Limits that the operator changed, sites that are new. What is kept here goes whether boxes hear of it or not."""
    try:
        with tools.database.transaction(Scope.organisation(company)) as session:
            retention.send_rules(session)
    except SQLAlchemyError:
        _log.exception("retention rules were not sent", extra={"company": str(company)})


def _rules_of(tools: Tools, company: UUID) -> Mapping[KeptKind, Rule]:
    try:
        with tools.database.transaction(Scope.organisation(company)) as session:
            return retention.rules_of(session, company)
    except SQLAlchemyError:
        _log.exception("retention rules were not read", extra={"company": str(company)})
        return {}


def _told(error: Exception) -> str:
    """In one line and without the paths of this machine: companies read it."""
    said = error.strerror if isinstance(error, OSError) else getattr(error, "orig", None)
    return f"{type(error).__name__}: {said or 'see the log'}".splitlines()[0][:500]


JOBS = (Job(name=retention.APPLY, run=apply_retention, every=rules.RUN_EVERY),)
