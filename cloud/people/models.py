"""Tables of the people slice."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Person(TenantMixin, Base):
    """A person whom the company knows. `phones` are in E.164 form."""

    __tablename__ = "person"
    __table_args__ = tenant_table(Index("ix_person_order", "organisation_id", "sort_key", "id"))

    name: Mapped[str]
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    email: Mapped[str | None]
    note: Mapped[str]
    sort_key: Mapped[str]
    search: Mapped[str]


class Residency(TenantMixin, Base):
    """Who is what to which premises, and since when."""

    __tablename__ = "residency"
    __table_args__ = tenant_table(
        reference("person_id", "person"),
        reference("premises_id", "premises"),
        CheckConstraint("role IN ('owner', 'tenant', 'resident', 'representative')", name="role"),
        CheckConstraint("until >= since", name="period"),
        Index("ix_residency_premises", "organisation_id", "premises_id"),
        Index("ix_residency_person", "organisation_id", "person_id"),
    )

    person_id: Mapped[UUID]
    premises_id: Mapped[UUID]
    role: Mapped[str]
    since: Mapped[date | None]
    until: Mapped[date | None]


class Resident(TenantMixin, Base):
    """By which account a person uses the resident's app, or is asked to. `email` is what the company typed.

    An account is one person in a company; its own row is shown to it, too.
    """

    __tablename__ = "resident"
    __table_args__ = tenant_table(
        reference("person_id", "person"),
        UniqueConstraint("organisation_id", "person_id"),
        CheckConstraint("state IN ('invited', 'active', 'ended')", name="state"),
        Index(
            "ix_resident_one_person",
            "organisation_id",
            "account_id",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
        ),
        Index("ix_resident_account", "account_id"),
    )

    person_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    email: Mapped[str]
    state: Mapped[str]
    invited_at: Mapped[datetime]
    invited_by: Mapped[str]
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
