"""Tables of the sites slice. What boxes report of themselves stands apart from what people decide about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    case,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table

_JSON = JSONB(none_as_null=True)


class Site(TenantMixin, Base):
    """A place with gates and boxes. Its row is the lock under which versions of the held set are given."""

    __tablename__ = "site"
    __table_args__ = tenant_table(
        reference("complex_id", "complex"),
        Index("ix_site_sort_name", "organisation_id", "sort_name", "id"),
        Index("ix_site_complex", "organisation_id", "complex_id"),
    )

    complex_id: Mapped[UUID | None]  # None: nobody has said, or it serves several
    name: Mapped[str]
    sort_name: Mapped[str]
    search_name: Mapped[str]
    time_zone: Mapped[str]
    stale: Mapped[dict[str, Any]]  # protocols.config.StalePolicy, as JSON
    pass_epoch: Mapped[UUID]
    pass_version: Mapped[int] = mapped_column(BigInteger)
    pass_digest: Mapped[bytes] = mapped_column(LargeBinary)  # 32 bytes, big-endian sum
    created_at: Mapped[datetime]


class Zone(TenantMixin, Base):
    """A part of a site into which points lead; `protocols.config.Zone` says what its fields mean."""

    __tablename__ = "zone"
    __table_args__ = tenant_table(
        reference("site_id", "site"),
        reference("parent_id", "zone"),
        UniqueConstraint("site_id", "number"),
        Index("ix_zone_site", "organisation_id", "site_id"),
    )

    site_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str]
    sort_name: Mapped[str]
    parent_id: Mapped[UUID | None]
    anti_passback: Mapped[str]
    amnesty_minute: Mapped[int | None] = mapped_column(Integer)
    capacity: Mapped[int | None] = mapped_column(Integer)
    vehicles_only: Mapped[bool]


class Box(TenantMixin, Base):
    """An edge box. `meters` is what the meters slice wants polled; it and `fire` are as wire configuration."""

    __tablename__ = "box"
    __table_args__ = tenant_table(
        reference("site_id", "site"), Index("ix_box_site", "organisation_id", "site_id")
    )

    site_id: Mapped[UUID]
    name: Mapped[str]
    sort_name: Mapped[str]
    search_name: Mapped[str]
    created_at: Mapped[datetime]
    enrolled_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    journal_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # Ed25519, 32 bytes
    config_version: Mapped[int] = mapped_column(BigInteger)  # newest desired; 0: none yet
    drafted_from: Mapped[bytes | None] = mapped_column(LargeBinary)  # see `unsent`
    meters: Mapped[list[Any]]
    fire: Mapped[list[Any]]
    page_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary
    )  # protocols.config.PageCertificate, as JSON
    page_uploaded: Mapped[dict[str, Any] | None] = mapped_column(_JSON)  # what people see of it


class BoxState(TenantMixin, Base):
    """What a box last said of itself (`up/state`); `id` is the box's."""

    __tablename__ = "box_state"
    __table_args__ = tenant_table(reference("id", "box", ondelete="CASCADE"))

    online: Mapped[bool]
    seen_at: Mapped[datetime | None]  # by the cloud's clock
    changed_at: Mapped[datetime]  # when `online` last changed
    reported_at: Mapped[datetime | None]  # by the box's clock
    software: Mapped[str | None]
    pass_epoch: Mapped[UUID | None]
    pass_version: Mapped[int | None] = mapped_column(BigInteger)
    pass_digest: Mapped[str | None]
    config_version: Mapped[int | None] = mapped_column(BigInteger)
    clock: Mapped[str | None]
    events_waiting: Mapped[int | None] = mapped_column(BigInteger)
    events_oldest_at: Mapped[datetime | None]
    readings_waiting: Mapped[int | None] = mapped_column(BigInteger)
    readings_oldest_at: Mapped[datetime | None]
    disk_free_mb: Mapped[int | None] = mapped_column(BigInteger)
    page: Mapped[dict[str, Any] | None] = mapped_column(_JSON)  # protocols.messages.ServedPage, as JSON


class EnrolmentCode(TenantMixin, Base):
    """A one-time code, hashed. `request_hash`: of the CSR that it was used for, which may ask again."""

    __tablename__ = "enrolment_code"
    __table_args__ = tenant_table(
        reference("box_id", "box", ondelete="CASCADE"),
        UniqueConstraint("hash"),
        Index("ix_enrolment_code_box", "organisation_id", "box_id"),
    )

    box_id: Mapped[UUID]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    request_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class BoxCertificate(TenantMixin, Base):
    """A certificate that a box was given."""

    __tablename__ = "box_certificate"
    __table_args__ = tenant_table(
        reference("box_id", "box", ondelete="CASCADE"),
        UniqueConstraint("serial"),
        Index("ix_box_certificate_request", "organisation_id", "box_id", "request_hash"),
    )

    box_id: Mapped[UUID]
    serial: Mapped[str]  # hexadecimal
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)  # SHA-256 of the CSR's DER
    pem: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class BoxJournalKey(TenantMixin, Base):
    """A key that a box was enrolled with, which signs its journal. Rows are only ever added."""

    __tablename__ = "box_journal_key"
    __table_args__ = tenant_table(
        reference("box_id", "box", ondelete="CASCADE"), UniqueConstraint("organisation_id", "box_id", "key")
    )

    box_id: Mapped[UUID]
    key: Mapped[bytes] = mapped_column(LargeBinary)  # Ed25519, 32 bytes
    since: Mapped[datetime]


class Device(TenantMixin, Base):
    """A device that a box drives. `secrets` is a sealed JSON object: the secrets that `secret_names` tells of, and the
    settings whose addresses may hold a password, which `settings` has with asterisks.
    """

    __tablename__ = "device"
    __table_args__ = tenant_table(
        reference("box_id", "box", ondelete="CASCADE"), Index("ix_device_box", "organisation_id", "box_id")
    )

    box_id: Mapped[UUID]
    driver: Mapped[str]
    name: Mapped[str]
    sort_name: Mapped[str]
    search_name: Mapped[str]
    settings: Mapped[dict[str, Any]]
    secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_names: Mapped[list[Any]]
    status: Mapped[str | None]
    status_at: Mapped[datetime | None]
    status_reason: Mapped[str | None]  # as the box told it, known here or not
    status_number: Mapped[int | None]
    status_detail: Mapped[str]


class Point(TenantMixin, Base):
    """A lane, door or gate, driven by one box. `barrier` and `readers` are as in protocols.config."""

    __tablename__ = "point"
    __table_args__ = tenant_table(
        reference("site_id", "site"),
        reference("box_id", "box"),
        reference("zone_id", "zone"),
        reference("building_id", "building"),
        reference("entrance_id", "entrance"),
        CheckConstraint("entrance_id IS NULL OR building_id IS NOT NULL", name="entrance"),
        Index("ix_point_site", "organisation_id", "site_id"),
        Index("ix_point_box", "organisation_id", "box_id"),
    )

    site_id: Mapped[UUID]
    box_id: Mapped[UUID]
    zone_id: Mapped[UUID | None]
    building_id: Mapped[UUID | None]  # whose door it is; None: of everybody in the site's complex
    entrance_id: Mapped[UUID | None]
    residents: Mapped[bool] = mapped_column(server_default=text("false"))  # may open it from afar
    name: Mapped[str]
    sort_name: Mapped[str]
    search_name: Mapped[str]
    barrier: Mapped[dict[str, Any] | None]
    readers: Mapped[list[Any]]
    camera_id: Mapped[UUID | None]
    archived_at: Mapped[datetime | None]
    barrier_position: Mapped[str | None]  # as the box told it, known here or not
    barrier_cause: Mapped[str | None]
    barrier_at: Mapped[datetime | None]
    hold: Mapped[dict[str, Any] | None]  # who has it held open, until when; as the box told it
    hold_at: Mapped[datetime | None]  # when that was told


def held_now(at: datetime) -> ColumnElement[Any]:
    """`Point.hold` while it lasts: its box releases it by itself, also when it cannot tell so."""
    return case((Point.hold["until"].astext.cast(DateTime(timezone=True)) > at, Point.hold))


class DesiredConfig(TenantMixin, Base):
    """A version of a box's configuration as it is sent; sealed, since it carries devices' secrets."""

    __tablename__ = "desired_config"
    __table_args__ = tenant_table(
        reference("box_id", "box", ondelete="CASCADE"),
        UniqueConstraint("organisation_id", "box_id", "version"),
    )

    box_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    person: Mapped[str]
    applied: Mapped[bool | None]  # None: the box has not answered yet
    answered_at: Mapped[datetime | None]
    errors: Mapped[list[Any]]


class Command(TenantMixin, Base):
    """An order to a box: a person, an expiry, at most one answer."""

    __tablename__ = "command"
    __table_args__ = tenant_table(
        reference("box_id", "box", ondelete="CASCADE"),
        Index("ix_command_box", "organisation_id", "box_id", "issued_at"),
        Index(
            "ix_command_open",
            "expires_at",
            postgresql_where=text("answered_at IS NULL AND lapsed_at IS NULL"),
        ),
        Index("ix_command_kept", "organisation_id", "issued_at", postgresql_where=text("erased_at IS NULL")),
        CheckConstraint(
            "erased_at IS NULL OR (person = '' AND account_id IS NULL AND reason = '')", name="erased"
        ),
    )

    box_id: Mapped[UUID]
    kind: Mapped[str]
    target: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    person: Mapped[str]
    person_kind: Mapped[str] = mapped_column(server_default="")  # `OrderedBy`; empty: before it was told
    reason: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    until: Mapped[datetime | None]  # of a hold
    carrier: Mapped[str | None]  # by what whoever left had come: the plate, or "" on foot
    sent_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]  # expired and no answer had come
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    outcome_reason: Mapped[str | None]
    detail: Mapped[str]
    erased_at: Mapped[datetime | None]  # who gave it is forgotten: see `retention`


class Alarm(TenantMixin, Base):
    """An alarm of a box. `id` is the one under which the box raised it, if a box did."""

    __tablename__ = "alarm"
    __table_args__ = tenant_table(
        reference("site_id", "site"),
        reference("box_id", "box", ondelete="CASCADE"),
        Index("ix_alarm_raised", "organisation_id", "raised_at", "id"),
        Index(
            "ix_alarm_notice",
            "organisation_id",
            "box_id",
            "kind",
            unique=True,
            postgresql_where=text("notice AND cleared_at IS NULL"),
        ),
    )

    site_id: Mapped[UUID]
    box_id: Mapped[UUID]
    source_id: Mapped[UUID | None]  # device or point, as the box names it
    kind: Mapped[str]
    severity: Mapped[str]  # protocols.records.Severity
    detail: Mapped[str]
    search: Mapped[str]
    notice: Mapped[bool]  # it happened and does not last: taking note is its end
    times: Mapped[int] = mapped_column(BigInteger)
    raised_at: Mapped[datetime]
    last_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]  # account
    acknowledged_person: Mapped[str | None]  # the name at that time


class HeldItem(Base):
    """What the boxes of a site hold now; `body` is the item's canonical bytes."""

    __tablename__ = "held_item"
    __table_args__ = (reference("site_id", "site", ondelete="CASCADE"),)

    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    version: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class HeldChange(Base):
    """A version of a site's held set. `body` None: the item left. `digest`: of the whole set after it."""

    __tablename__ = "held_log"
    __table_args__ = (reference("site_id", "site", ondelete="CASCADE"),)

    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    item_id: Mapped[UUID]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class PassUse(Base):
    """Entries that a site's boxes reported on a pass; a snapshot gives them back to a replaced box."""

    __tablename__ = "pass_use"
    __table_args__ = (reference("site_id", "site", ondelete="CASCADE"),)

    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    pass_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    entries: Mapped[int] = mapped_column(BigInteger)
    exits: Mapped[int] = mapped_column(BigInteger, server_default="0")  # by guests' codes


class PassPlace(Base):
    """Where a site's box saw a pass last, by what it came; a snapshot gives it back to a replaced box.

    What was before stands beside it, for a passage that surely did not happen after all.
    """

    __tablename__ = "pass_place"
    __table_args__ = (
        reference("site_id", "site", ondelete="CASCADE"),
        Index(
            "ix_pass_place_inside",
            "organisation_id",
            "site_id",
            "since",
            postgresql_where=text("zone_id IS NOT NULL"),
        ),
        Index("ix_pass_place_passage", "passage_id"),
    )

    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    pass_id: Mapped[UUID] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(primary_key=True)  # the plate, or "" on foot
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    zone_id: Mapped[UUID | None]  # None: outside
    since: Mapped[datetime]
    household_id: Mapped[UUID | None]
    passage_id: Mapped[UUID]
    was_known: Mapped[bool]
    before_zone_id: Mapped[UUID | None]
    before_since: Mapped[datetime | None]
