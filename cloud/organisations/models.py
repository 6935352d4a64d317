"""Accounts of people, their sessions, and what they are in each company.

An account, its secret, sessions, tokens, recovery codes and preferences belong to a person, not to a company: the
policies show them to that person (`app.account`), and an account also to those who share a company with it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Account(Base):
    """A person who can sign in, known by an e-mail address (stored in lower case).

    `sort_name` and `search` are made of name and address by `accounts.name_keys`.
    """

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_name: Mapped[str] = mapped_column(server_default="")
    search: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str]
    is_operator: Mapped[bool]  # runs the installation: makes companies
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    totp_since: Mapped[datetime | None]


class AccountSecret(Base):
    """What proves the person: argon2id of the password, the sealed TOTP secret."""

    __tablename__ = "account_secret"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    password_hash: Mapped[str]
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int] = mapped_column(BigInteger)  # a code is good once


class AccountSession(Base):
    """One signed-in browser or app; the token itself is nowhere stored."""

    __tablename__ = "account_session"
    __table_args__ = (Index("ix_account_session_account", "account_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kind: Mapped[str]  # "web": cookie, "app": bearer
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None]
    user_agent: Mapped[str | None]
    totp_passed: Mapped[bool]


class AccountToken(Base):
    """A one-time link sent by mail: an invitation or a password reset."""

    __tablename__ = "account_token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    purpose: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that stands in for TOTP once."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]


class AccountPreference(Base):
    """How its person likes what they see: what a face keeps under a name of its own."""

    __tablename__ = "account_preference"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[datetime]


class RoleRow(TenantMixin, Base):
    """A role of a company: a set of permissions. `code` marks those that every company starts with."""

    __tablename__ = "role"
    __table_args__ = tenant_table(
        UniqueConstraint("organisation_id", "name"),
        UniqueConstraint("organisation_id", "code"),
    )

    code: Mapped[str | None]
    name: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String))
    created_at: Mapped[datetime]


class Membership(TenantMixin, Base):
    """A person is staff of a company, or is asked to be.

    Until somebody has accepted, the company knows what it typed itself: the name under which it invited, with its keys
    (`accounts.name_keys`). All three are null from then on, and the account's own are shown.
    """

    __tablename__ = "membership"
    __table_args__ = tenant_table(
        UniqueConstraint("organisation_id", "account_id"), Index("ix_membership_account_id", "account_id")
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str]
    created_at: Mapped[datetime]
    invited_by: Mapped[UUID | None]
    invited_name: Mapped[str | None]
    invited_sort_name: Mapped[str | None]
    invited_search: Mapped[str | None]
    changed_at: Mapped[datetime]


class MembershipRole(Base):
    """The person has this role there."""

    __tablename__ = "membership_role"
    __table_args__ = (
        reference("membership_id", "membership", ondelete="CASCADE"),
        reference("role_id", "role"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    membership_id: Mapped[UUID] = mapped_column(primary_key=True)
    role_id: Mapped[UUID] = mapped_column(primary_key=True)


class Platform(Base):
    """The installation itself: one row, holding the first-run token until somebody claims it."""

    __tablename__ = "platform"

    id: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, server_default=text("1")
    )
    first_run_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    claimed_at: Mapped[datetime | None]
