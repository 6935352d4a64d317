"""Tables of the privacy slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class RetentionLimit(Base):
    """How long a kind may be kept in this installation, and how long it is where a company says nothing.

    The operator's data: what the law and the regulator ask for changes, and differs by what a company is.
    """

    __tablename__ = "retention_limit"
    __table_args__ = (CheckConstraint("0 < least AND least <= standard AND standard <= most", name="order"),)

    kind: Mapped[str] = mapped_column(primary_key=True)  # protocols.privacy.KeptKind
    least: Mapped[int] = mapped_column(Integer)  # days, as all
    standard: Mapped[int] = mapped_column(Integer)
    most: Mapped[int] = mapped_column(Integer)


class RetentionRule(TenantMixin, Base):
    """What a company has set for a kind."""

    __tablename__ = "retention_rule"
    __table_args__ = tenant_table(
        UniqueConstraint("organisation_id", "kind"), CheckConstraint("days > 0", name="days")
    )

    kind: Mapped[str]
    days: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class RetentionRun(TenantMixin, Base):
    """A job went over a kind: what was older than `cutoff` is gone, `oldest` is what stayed. Never changed."""

    __tablename__ = "retention_run"
    __table_args__ = tenant_table(
        CheckConstraint("outcome IN ('done', 'unfinished', 'failed')", name="outcome"),
        Index("ix_retention_run_kind", "organisation_id", "kind", "at"),
    )

    kind: Mapped[str]
    days: Mapped[int] = mapped_column(Integer)
    cutoff: Mapped[datetime]
    erased: Mapped[int] = mapped_column(Integer)
    oldest: Mapped[datetime | None]
    at: Mapped[datetime]
    outcome: Mapped[str]
    failure: Mapped[str]


class BoxRetention(TenantMixin, Base):
    """What a box last told of a kind: it applies the same rule to what it holds itself."""

    __tablename__ = "box_retention"
    __table_args__ = tenant_table(
        UniqueConstraint("organisation_id", "box_id", "kind"),
        reference("box_id", "box", ondelete="CASCADE"),
    )

    box_id: Mapped[UUID]
    kind: Mapped[str]
    days: Mapped[int] = mapped_column(Integer)
    erased: Mapped[int] = mapped_column(Integer)  # by what the box told last
    erased_until: Mapped[datetime | None]  # nothing of that was made later
    oldest: Mapped[datetime | None]
    at: Mapped[datetime]


class LookRow(TenantMixin, Base):
    """Somebody looked at data of persons: who, when, whose, by which screen. Never changed.

    `subjects`: whose it was, see `protocols.privacy.subjects_in`; a page of a list names all that it showed.
    """

    __tablename__ = "look"
    __table_args__ = tenant_table(
        reference("site_id", "site"),
        reference("box_id", "box"),
        Index("ix_look_at", "organisation_id", "at", "id"),
        Index("ix_look_subjects", "subjects", postgresql_using="gin"),
    )

    at: Mapped[datetime]
    kind: Mapped[str]  # protocols.privacy.LookKind
    account_id: Mapped[UUID | None]
    guard_id: Mapped[UUID | None]  # at a box's page
    who: Mapped[str]
    role: Mapped[str]  # as it was called then
    operation: Mapped[str]
    screen: Mapped[str]
    asked: Mapped[dict[str, Any]]
    subjects: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    rows: Mapped[int] = mapped_column(Integer)
    times: Mapped[int] = mapped_column(Integer)
    address: Mapped[str | None]
    site_id: Mapped[UUID | None]
    box_id: Mapped[UUID | None]
    search: Mapped[str]
