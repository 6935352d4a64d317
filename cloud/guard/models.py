"""Tables of the guard slice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Guard(TenantMixin, Base):
    """How a member of staff signs in at the boxes' own pages; `id` is the membership's.

    `name` and `may_work` are the membership's as they were last looked at: boxes and ingest go by them.
    """

    __tablename__ = "guard"
    __table_args__ = tenant_table(reference("id", "membership"))

    name: Mapped[str]
    sort_name: Mapped[str]
    search: Mapped[str]
    pin_hash: Mapped[str]  # argon2id; empty: no PIN
    pin_set_at: Mapped[datetime | None]
    enabled: Mapped[bool]
    may_work: Mapped[bool]  # is staff, and has a role that may keep watch
    site_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))  # empty: all sites of the company
    changed_at: Mapped[datetime]


class GuardCard(TenantMixin, Base):
    """A card by which a guard signs in: what was typed, what it was taken for, its match keys, strongest first."""

    __tablename__ = "guard_card"
    __table_args__ = tenant_table(
        reference("guard_id", "guard", ondelete="CASCADE"),
        Index("ix_guard_card_guard", "organisation_id", "guard_id"),
    )

    guard_id: Mapped[UUID]
    format: Mapped[str]
    printed: Mapped[str]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text()))
