"""The table of the residents slice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Notice(TenantMixin, Base):
    """What an account is told of a pass: that it was used, or what was decided of it. Once each; shown to it alone.

    Why it was decided stands in the pass's history alone, and goes with it.
    """

    __tablename__ = "notice"
    __table_args__ = tenant_table(
        reference("pass_id", "pass", ondelete="CASCADE"),
        reference("change_id", "pass_history", ondelete="CASCADE"),
        UniqueConstraint("organisation_id", "account_id", "passage_id"),
        UniqueConstraint("organisation_id", "account_id", "change_id"),
        CheckConstraint("kind IN ('used', 'approved', 'refused', 'revoked')", name="kind"),
        CheckConstraint(
            "(kind = 'used') = (passage_id IS NOT NULL) AND (kind = 'used') = (change_id IS NULL)",
            name="of_one",
        ),
        Index("ix_notice_at", "account_id", "at", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    pass_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(server_default="used")
    passage_id: Mapped[UUID | None]  # used; else empty, as all that is said of a passage
    change_id: Mapped[UUID | None]  # decided: a line of the pass's history
    at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str]
    direction: Mapped[str]
    point: Mapped[str]  # its name at that time
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
