"""The table of the residents slice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Notice(TenantMixin, Base):
    """A pass that an account watches was used. Once a passage; shown to that account alone."""

    __tablename__ = "notice"
    __table_args__ = tenant_table(
        reference("pass_id", "pass", ondelete="CASCADE"),
        UniqueConstraint("organisation_id", "account_id", "passage_id"),
        Index("ix_notice_at", "account_id", "at", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    pass_id: Mapped[UUID]
    passage_id: Mapped[UUID]
    at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str]
    direction: Mapped[str]
    point: Mapped[str]  # its name at that time
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
