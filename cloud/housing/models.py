"""Tables of the housing slice."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Complex(TenantMixin, Base):
    """A settlement or an apartment complex. `sort_key` and `search` are kept by the service."""

    __tablename__ = "complex"
    __table_args__ = tenant_table(
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("kind IN ('settlement', 'apartments')", name="kind"),
    )

    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str]
    time_zone: Mapped[str]  # IANA name
    sort_key: Mapped[str]
    search: Mapped[str]


class Building(TenantMixin, Base):
    """A house, a tower, a plot or a service building of a complex."""

    __tablename__ = "building"
    __table_args__ = tenant_table(
        reference("complex_id", "complex"),
        UniqueConstraint("organisation_id", "complex_id", "name"),
        CheckConstraint("kind IN ('house', 'tower', 'plot', 'service')", name="kind"),
        CheckConstraint("floors BETWEEN 1 AND 200", name="floors"),
    )

    complex_id: Mapped[UUID]
    name: Mapped[str]  # "А2", "корп. 1"
    kind: Mapped[str]
    address: Mapped[str]  # as a person would write it on an envelope
    floors: Mapped[int | None] = mapped_column(SmallInteger)
    sort_key: Mapped[str]
    search: Mapped[str]


class Entrance(TenantMixin, Base):
    """An entrance (подъезд) of a tower."""

    __tablename__ = "entrance"
    __table_args__ = tenant_table(
        reference("building_id", "building"), UniqueConstraint("organisation_id", "building_id", "name")
    )

    building_id: Mapped[UUID]
    name: Mapped[str]
    sort_key: Mapped[str]


class Premises(TenantMixin, Base):
    """A flat, house, plot, office, storage room or parking place."""

    __tablename__ = "premises"
    __table_args__ = tenant_table(
        reference("building_id", "building"),
        reference("entrance_id", "entrance"),
        UniqueConstraint("organisation_id", "building_id", "kind", "number"),
        CheckConstraint("kind IN ('flat', 'house', 'plot', 'office', 'storage', 'parking')", name="kind"),
        CheckConstraint("area_m2 > 0", name="area"),
        Index("ix_premises_order", "organisation_id", "sort_key", "id"),
    )

    building_id: Mapped[UUID]
    entrance_id: Mapped[UUID | None]
    kind: Mapped[str]
    number: Mapped[str]
    floor: Mapped[int | None] = mapped_column(SmallInteger)
    area_m2: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    address: Mapped[str]  # building's address and the number: what lists and passes show
    sort_key: Mapped[str]
    search: Mapped[str]
