"""Tables of faces by which panels recognise, and of the consents without which there is none."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class FaceConsent(TenantMixin, Base):
    """A person agreed that panels know their face; until it is withdrawn. Never changed but for that."""

    __tablename__ = "face_consent"
    __table_args__ = tenant_table(
        reference("person_id", "person"),
        UniqueConstraint("organisation_id", "id", "in_force"),
        CheckConstraint("how IN ('app', 'paper')", name="how"),
        CheckConstraint("withdrawn_how IN ('app', 'company')", name="withdrawn_how"),
        CheckConstraint(
            "in_force = (withdrawn_at IS NULL) AND in_force = (withdrawn_how IS NULL)", name="in_force"
        ),
        Index("ix_face_consent_person", "organisation_id", "person_id"),
        Index(
            "ix_face_consent_one",
            "organisation_id",
            "person_id",
            unique=True,
            postgresql_where=text("in_force"),
        ),
    )

    person_id: Mapped[UUID]
    how: Mapped[str]
    text_version: Mapped[str]  # of `face_texts`
    given_on: Mapped[date]  # on paper: the date that stands there
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str]  # where the paper is
    in_force: Mapped[bool]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str]
    withdrawn_how: Mapped[str | None]


class Face(TenantMixin, Base):
    """A person's picture, under a consent that is in force: the database takes no other, nor a withdrawal beside it."""

    __tablename__ = "face"
    __table_args__ = tenant_table(
        reference("person_id", "person"),
        ForeignKeyConstraint(
            ["organisation_id", "consent_id", "in_force"],
            ["face_consent.organisation_id", "face_consent.id", "face_consent.in_force"],
            name="fk_face_consent_id_face_consent",
        ),
        UniqueConstraint("organisation_id", "person_id"),
        UniqueConstraint("organisation_id", "sha256"),
        CheckConstraint("in_force", name="in_force"),
    )

    person_id: Mapped[UUID]
    consent_id: Mapped[UUID]
    in_force: Mapped[bool]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)  # bytes
    stored_at: Mapped[datetime]
    stored_by: Mapped[str]
