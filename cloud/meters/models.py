"""Tables of the meters slice. A meter's series stand in telemetry and name the meter and the channel."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Meter(TenantMixin, Base):
    """A meter that a box polls."""

    __tablename__ = "meter"
    __table_args__ = tenant_table(
        reference("premises_id", "premises"),
        reference("building_id", "building"),
        reference("box_id", "box"),
        reference("device_id", "device"),
        CheckConstraint("unit BETWEEN 0 AND 247", name="unit"),
        CheckConstraint("period_s > 0", name="period"),
        Index("ix_meter_box", "organisation_id", "box_id"),
        Index("ix_meter_order", "organisation_id", "sort_key", "id"),
    )

    name: Mapped[str]
    serial: Mapped[str]
    resource: Mapped[str]
    premises_id: Mapped[UUID | None]
    building_id: Mapped[UUID | None]
    box_id: Mapped[UUID]
    device_id: Mapped[UUID]
    profile: Mapped[str]
    unit: Mapped[int] = mapped_column(SmallInteger)
    period_s: Mapped[float] = mapped_column(Float)
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    sort_key: Mapped[str]
    search: Mapped[str]
