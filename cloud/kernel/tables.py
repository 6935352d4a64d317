"""Tables of the kernel: the company that everything belongs to, and what carries events, mail, audit and files."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, tenant_table


class Organisation(Base):
    """A company: the tenant. `sort_name` is `text.sort_key(name)`."""

    __tablename__ = "organisation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    sort_name: Mapped[str]
    inn: Mapped[str | None]  # taxpayer number, 10 or 12 digits
    language: Mapped[str]
    time_zone: Mapped[str]  # IANA name
    administrators_need_totp: Mapped[bool]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class DomainEventRow(TenantMixin, Base):
    """A domain event on its way to its handlers (`outbox`)."""

    __tablename__ = "domain_event"
    __table_args__ = tenant_table(
        Index("ix_domain_event_due", "due_at", postgresql_where=text("done_at IS NULL")),
        Index("ix_domain_event_done", "done_at", postgresql_where=text("done_at IS NOT NULL")),
    )

    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    correlation_id: Mapped[str | None]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    handled: Mapped[list[str]] = mapped_column(ARRAY(String))  # handlers that are done with it
    failure: Mapped[str | None]
    done_at: Mapped[datetime | None]


class RealtimeEventRow(Base):
    """What changed, for those who watch; ids grow in commit order; kept an hour (`realtime`)."""

    __tablename__ = "realtime_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organisation_id: Mapped[UUID]
    kind: Mapped[str]
    object_id: Mapped[UUID]
    permission: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class AuditEntry(TenantMixin, Base):
    """Who did what; never changed, and deleted by its retention alone. `search` is `text.search_text(actor)`."""

    __tablename__ = "audit_entry"
    __table_args__ = tenant_table(
        Index("ix_audit_entry_time", "organisation_id", "at"),
        Index("ix_audit_entry_object", "organisation_id", "object_kind", "object_id"),
    )

    at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    actor: Mapped[str]  # the name at that time
    search: Mapped[str] = mapped_column(default="", server_default="")
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID]
    changes: Mapped[dict[str, Any]]
    correlation_id: Mapped[str | None]
    address: Mapped[str | None]


class StoredFile(TenantMixin, Base):
    """A company's claim to a file of the content-addressed store."""

    __tablename__ = "stored_file"
    __table_args__ = tenant_table(
        UniqueConstraint("organisation_id", "sha256"),
        CheckConstraint("kind IN ('still', 'violation', 'document', 'face')", name="kind"),
        Index("ix_stored_file_age", "organisation_id", "kind", "created_at", "id"),
    )

    sha256: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]  # claims.FileKind
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    media_type: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]


class FileUsage(Base):
    """The sum of a company's `StoredFile.size`, kept as they come; its row is the lock under which the quota holds."""

    __tablename__ = "file_usage"
    __table_args__ = (CheckConstraint("bytes >= 0", name="bytes"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)


class RateLimitRow(Base):
    """How often something was tried within its window; survives what was tried."""

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


class MailMessage(Base):
    """A letter to send; its body is wiped once it is sent, for it may carry a one-time link."""

    __tablename__ = "mail_message"
    __table_args__ = (Index("ix_mail_message_due", "due_at", postgresql_where=text("sent_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    failure: Mapped[str | None]
    sent_at: Mapped[datetime | None]
