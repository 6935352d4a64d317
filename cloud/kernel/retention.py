"""What a slice keeps of persons for a while only: parts of its tables, erased and proved by `cloud.privacy`.

    PASSAGES = Part(
        KeptKind.PASSAGES,
        PassageRow,
        at=PassageRow.at,
        holds=PassageRow.erased_at.is_(None),
        wiped={"plate": None, "read": ""},
    )

A part with `wiped` is emptied and marked in `erased_at`; one without is deleted. The same condition finds what is to go
and proves that nothing of it is left, so neither can be forgotten without the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, true, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.kernel.database import now
from cloud.kernel.models import Base
from protocols.privacy import KeptKind

COUNTED_MOST = 10_000  # of what is overdue: more is told as so many


class Gone(NamedTuple):
    """What one step erased. `files`: names in the store that the company has given up."""

    rows: int
    files: Sequence[str] = ()


class Kept(Protocol):
    """Something that is kept of persons. All of it is of one company."""

    @property
    def kind(self) -> KeptKind:
        """By whose rule it goes."""

    def erase(self, session: Session, company: UUID, before: datetime, most: int) -> Gone:
        """Erase up to `most` of what is older than `before`, the oldest first; fewer: nothing is left."""

    def oldest(self, session: Session, company: UUID) -> datetime | None:
        """When the oldest of what is here was made."""

    def overdue(self, session: Session, company: UUID, before: datetime) -> int:
        """How many are here that are older, counted up to COUNTED_MOST."""


Column = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows of one table, or what they say of persons. `also`: what goes with rows of these ids."""

    kind: KeptKind
    table: type[Base]
    at: Column
    holds: ColumnElement[bool] = field(default_factory=true)
    wiped: Mapping[str, Any] | None = None
    also: Callable[[Session, Sequence[UUID]], None] | None = None

    def erase(self, session: Session, company: UUID, before: datetime, most: int) -> Gone:
        """See `Kept`. What somebody else has in hand is left for the next time."""
        keys = self.table.__mapper__.primary_key
        chosen = select(*keys).where(self._older(company, before)).order_by(self.at).limit(most)
        if self.wiped is not None:
            chosen = chosen.with_for_update(
                skip_locked=True, key_share=True
            )  # whoever may only delete may not lock
        found = session.execute(chosen).all()
        if not found:
            return Gone(0)
        these = tuple_(*keys).in_([tuple(row) for row in found])
        if self.also is not None:
            self.also(session, [row[0] for row in found])
        if self.wiped is None:
            # A row that was changed meanwhile is judged anew: nothing here was locked.
            still = and_(these, self._older(company, before))
            deletion = delete(self.table).where(still).execution_options(synchronize_session=False)
            deleted: Any = session.execute(deletion)
            return Gone(deleted.rowcount)
        values = {**self.wiped, "erased_at": now(session)}
        session.execute(
            update(self.table).where(these).values(values).execution_options(synchronize_session=False)
        )
        return Gone(len(found))

    def oldest(self, session: Session, company: UUID) -> datetime | None:
        """See `Kept`; by an index where the table is long: an aggregate would read all of it."""
        mine = (self._of(company), self.holds)
        first = select(self.at).where(*mine, self.at.is_not(None)).order_by(self.at).limit(1)
        found: datetime | None = session.scalar(first)
        return found

    def overdue(self, session: Session, company: UUID, before: datetime) -> int:
        """See `Kept`."""
        found = select(self.at).where(self._older(company, before)).limit(COUNTED_MOST).subquery()
        return session.scalar(select(func.count()).select_from(found)) or 0

    def _older(self, company: UUID, before: datetime) -> ColumnElement[bool]:
        return and_(self._of(company), self.holds, self.at < before)

    def _of(self, company: UUID) -> ColumnElement[bool]:
        owner: ColumnElement[bool] = getattr(self.table, "organisation_id") == company  # noqa: B009  # of every tenant table
        return owner
