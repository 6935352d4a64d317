"""Tables of telemetry. Readings and their aggregates are not entities: see `storage` and the views of the migration."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Series(Base):
    """One measured quantity. Its number is what a box puts before each reading; it never moves to another site.

    `sort_name` and `search_name` are made from the name by `text.sort_key` and `text.search_text`.
    """

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        CheckConstraint("kind IN ('counter', 'gauge')", name="kind"),
        CheckConstraint("scale <> 0", name="scale"),
        reference("site_id", "site"),
        reference("box_id", "box"),
        Index("ix_series_site", "organisation_id", "site_id"),
        Index(
            "ix_series_meter",
            "meter_id",
            "channel",
            unique=True,
            postgresql_where=text("meter_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    site_id: Mapped[UUID]
    box_id: Mapped[UUID | None]  # which polls it now; any box of the site may deliver what it once read
    meter_id: Mapped[UUID | None]
    channel: Mapped[str]  # of the meter's profile
    name: Mapped[str]
    sort_name: Mapped[str] = mapped_column(server_default="")
    search_name: Mapped[str] = mapped_column(server_default="")
    unit: Mapped[str]
    kind: Mapped[str]  # types.SeriesKind
    scale: Mapped[Decimal] = mapped_column(Numeric)  # value = raw × scale, for integer registers
    modulus: Mapped[Decimal | None] = mapped_column(Numeric)  # a counter starts again from 0 at this value
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class BoxStream(Base):
    """How far a box's stream is committed, and the hash there (32 bytes)."""

    __tablename__ = "box_stream"
    __table_args__ = (reference("box_id", "box", ondelete="CASCADE"),)

    box_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes]
    opened_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    superseded_by: Mapped[UUID | None]  # the stream that a box opened after a fork


class StreamGap(TenantMixin, Base):
    """Records that the box no longer held when the cloud asked for them; both ends included."""

    __tablename__ = "stream_gap"
    __table_args__ = tenant_table(reference("box_id", "box", ondelete="CASCADE"))

    box_id: Mapped[UUID]
    stream_id: Mapped[UUID]
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    noticed_at: Mapped[datetime]


class StreamFork(TenantMixin, Base):
    """A box's history differs from what the cloud holds: it was restored from a copy, or somebody forges it."""

    __tablename__ = "stream_fork"
    __table_args__ = tenant_table(
        UniqueConstraint("organisation_id", "box_id", "stream_id", "box_head"),
        reference("box_id", "box", ondelete="CASCADE"),
    )

    box_id: Mapped[UUID]
    stream_id: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(BigInteger)
    cloud_head: Mapped[bytes]
    box_head: Mapped[bytes]
    noticed_at: Mapped[datetime]


class BoxEvent(Base):
    """A record of an events stream as the box wrote it: the journal, byte for byte."""

    __tablename__ = "box_event"
    __table_args__ = (
        reference("box_id", "box", ondelete="CASCADE"),
        Index("ix_box_event_received", "received_at"),
        Index(
            "ix_box_event_kept",
            "organisation_id",
            "kind",
            "received_at",
            postgresql_where=text("erased_at IS NULL"),
        ),
        CheckConstraint("erased_at IS NULL OR (record = '' AND hash IS NOT NULL)", name="erased"),
    )

    box_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    record: Mapped[bytes]
    received_at: Mapped[datetime]
    hash: Mapped[bytes | None]  # `protocols.chain`; None: of before hashes were kept, beyond a hole
    erased_at: Mapped[datetime | None]  # the record's bytes are gone, its hash stays: see `retention`


class JournalAnchor(Base):
    """The hash at a sequence whose record is not in the journal, and why: what follows stays provable."""

    __tablename__ = "journal_anchor"
    __table_args__ = (reference("box_id", "box", ondelete="CASCADE"),)

    box_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    hash: Mapped[bytes]
    cause: Mapped[str]
    noted_at: Mapped[datetime]


class EventProof(Base):
    """The box's signature over its events stream up to `last`, and the key that it was checked with."""

    __tablename__ = "event_proof"
    __table_args__ = (reference("box_id", "box", ondelete="CASCADE"),)

    box_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    head: Mapped[bytes]
    signature: Mapped[bytes]
    key: Mapped[bytes]
    received_at: Mapped[datetime]


class Quarantine(TenantMixin, Base):
    """What could not be taken in, with the reason. The same bytes again are counted, not stored again."""

    __tablename__ = "quarantine"
    __table_args__ = tenant_table(
        UniqueConstraint("organisation_id", "box_id", "digest"),
        Index("ix_quarantine_last_at", "organisation_id", "last_at"),
        reference("box_id", "box", ondelete="CASCADE"),
    )

    box_id: Mapped[UUID]
    stream_id: Mapped[UUID | None]
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    channel: Mapped[str]
    reason: Mapped[str]  # types.QuarantineReason
    detail: Mapped[str]
    content: Mapped[bytes]  # the beginning of it, see ingest
    digest: Mapped[bytes]
    size: Mapped[int] = mapped_column(BigInteger)
    times: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class UnknownType(Base):
    """Message and record types that a newer box sends and this version does not know."""

    __tablename__ = "unknown_type"
    __table_args__ = (reference("box_id", "box", ondelete="CASCADE"),)

    box_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    times: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
