"""One-time links from letters: invitations and password resets."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, text, update
from sqlalchemy.orm import Session

from cloud.kernel.database import Scope, enter, new_id, now
from cloud.organisations import codes
from cloud.organisations.errors import LinkDead
from cloud.organisations.models import AccountToken
from cloud.organisations.types import TokenPurpose

_AUTH_TOKEN = text("SELECT * FROM auth_token(:hash)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link that still holds."""

    id: UUID
    account_id: UUID
    organisation_id: UUID | None
    email: str
    name: str
    has_password: bool


def issue_link(
    session: Session,
    account_id: UUID,
    purpose: TokenPurpose,
    *,
    token: str,
    life: timedelta,
    organisation_id: UUID | None = None,
) -> None:
    """Make a token good for one use."""
    session.add(
        AccountToken(
            id=new_id(session),
            account_id=account_id,
            organisation_id=organisation_id,
            purpose=purpose,
            token_hash=codes.token_hash(token),
            created_at=now(session),
            expires_at=now(session) + life,
        )
    )


def look_at_link(session: Session, token: str, purpose: TokenPurpose) -> Link:
    """A link that holds, without using it. Raises LinkDead."""
    row = session.execute(_AUTH_TOKEN, {"hash": codes.token_hash(token)}).one_or_none()
    if row is None or row.purpose != purpose or row.used_at is not None or row.expires_at <= now(session):
        raise LinkDead
    return Link(
        id=row.id,
        account_id=row.account_id,
        organisation_id=row.organisation_id,
        email=row.email,
        name=row.name,
        has_password=row.has_password,
    )


def use_link(session: Session, link: Link) -> None:
    """Use a link up; the transaction then sees its account (and company). Raises LinkDead for a second use."""
    company = frozenset({link.organisation_id}) if link.organisation_id else frozenset()
    enter(session, Scope(allowed=company, current=link.organisation_id, account=link.account_id))
    used = session.execute(
        update(AccountToken)
        .where(AccountToken.id == link.id, AccountToken.used_at.is_(None))
        .values(used_at=now(session))
    )
    if cast("CursorResult[Any]", used).rowcount != 1:
        raise LinkDead


def spend_links(
    session: Session, account_id: UUID, purpose: TokenPurpose, *, organisation_id: UUID | None = None
) -> None:
    """What these links were for is over: none of the account's (of the company's) opens anything any more."""
    session.execute(
        update(AccountToken)
        .where(
            AccountToken.account_id == account_id,
            AccountToken.purpose == purpose,
            AccountToken.organisation_id.is_not_distinct_from(organisation_id),
            AccountToken.used_at.is_(None),
        )
        .values(used_at=now(session))
    )
