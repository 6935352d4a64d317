"""Tables of the people slice."""

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text
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
