"""The table of the calls slice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class CallRow(TenantMixin, Base):
    """A call at an intercom; `id` is the box's. The address is frozen as it was when it rang."""

    __tablename__ = "call"
    __table_args__ = tenant_table(
        reference("site_id", "site"),
        reference("box_id", "box"),
        reference("premises_id", "premises"),
        CheckConstraint("answer IN ('open', 'refuse')", name="answer"),
        Index("ix_call_at", "organisation_id", "started_at", "id"),
        Index("ix_call_premises", "organisation_id", "premises_id", "started_at"),
        Index("ix_call_still", "organisation_id", "still", postgresql_where=text("still IS NOT NULL")),
        Index("ix_call_command", "command_id", postgresql_where=text("command_id IS NOT NULL")),
    )

    site_id: Mapped[UUID]
    box_id: Mapped[UUID]
    point_id: Mapped[UUID]  # as the box named it, like the panel
    panel_id: Mapped[UUID]
    number: Mapped[str]  # as the panel gave it
    premises_id: Mapped[UUID | None]  # None: the number is nobody's, or could be several's
    address: Mapped[str]
    started_at: Mapped[datetime]
    received_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # at the panel: by whom, it does not tell
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    still: Mapped[str | None]  # SHA-256 of the picture, which may still be on its way
    answer: Mapped[str | None]  # of a resident
    decided_at: Mapped[datetime | None]
    account_id: Mapped[UUID | None]
    person: Mapped[str]
    command_id: Mapped[UUID | None]  # by which the answer went to the box
    search: Mapped[str]
