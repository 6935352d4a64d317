"""From what a caller shows to who it is and what it may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from cloud.kernel import correlation
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, ask, enter, now
from cloud.kernel.errors import NotAllowed, SignIn
from cloud.kernel.house import CredentialKind, Credentials
from cloud.kernel.language import Language
from cloud.kernel.permissions import ADMINISTERING, Permission
from cloud.organisations.codes import token_hash
from cloud.organisations.errors import TotpMustBeSetUp
from cloud.organisations.models import AccountSession
from cloud.organisations.rules import known_permissions
from cloud.organisations.types import SessionKind

_SEEN_EVERY = timedelta(minutes=1)
_AUTH_SESSION = """
    SELECT session_id, account_id, email, name, language, is_operator, kind, seen_at, totp_passed, memberships
    FROM auth_session(%(hash)s, %(now)s)
"""
_KIND_OF = {CredentialKind.COOKIE: SessionKind.WEB, CredentialKind.BEARER: SessionKind.APP}


class _Row(NamedTuple):
    """What `auth_session` answers."""

    session_id: UUID
    account_id: UUID
    email: str
    name: str
    language: str
    is_operator: bool
    kind: str
    seen_at: datetime
    totp_passed: bool
    memberships: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Belonging:
    """A person's place in one company."""

    organisation_id: UUID
    name: str
    roles: tuple[str, ...]  # codes of the built-in ones
    permissions: frozenset[Permission]
    lacks_totp: bool  # its permissions are withheld until an authenticator app is set up


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A valid session with all that hangs on it."""

    session_id: UUID
    account_id: UUID
    email: str
    name: str
    language: Language
    is_operator: bool
    kind: SessionKind
    seen_at: datetime
    totp_passed: bool
    companies: tuple[Belonging, ...]


def authenticate(session: Session, credentials: Credentials) -> Actor:
    """The actor behind a session's token. Raises SignIn."""
    signed_in = look_up(session, credentials)
    if now(session) - signed_in.seen_at > _SEEN_EVERY:
        _note_seen(session, signed_in, credentials)
    return actor_of(signed_in, address=credentials.address)


def look_up(session: Session, credentials: Credentials) -> SignedIn:
    """The valid session that a token opens. Raises SignIn, also for a token shown in the other way."""
    rows = ask(session, _AUTH_SESSION, {"hash": token_hash(credentials.token), "now": now(session)})
    row = _Row(*rows[0]) if rows else None
    if row is None or row.kind != _KIND_OF[credentials.kind]:
        raise SignIn
    return SignedIn(
        session_id=row.session_id,
        account_id=row.account_id,
        email=row.email,
        name=row.name,
        language=Language(row.language),
        is_operator=row.is_operator,
        kind=SessionKind(row.kind),
        seen_at=row.seen_at,
        totp_passed=row.totp_passed,
        companies=tuple(_belonging(each, totp_passed=row.totp_passed) for each in row.memberships),
    )


def actor_of(signed_in: SignedIn, *, address: str | None) -> Actor:
    """What a signed-in person is to the services."""
    withheld: dict[UUID, NotAllowed] = {
        each.organisation_id: TotpMustBeSetUp() for each in signed_in.companies if each.lacks_totp
    }
    return Actor(
        name=signed_in.name,
        account_id=signed_in.account_id,
        session_id=signed_in.session_id,
        is_operator=signed_in.is_operator,
        permissions={each.organisation_id: each.permissions for each in signed_in.companies},
        withheld=withheld,
        language=signed_in.language,
        correlation_id=correlation.current(),
        address=address,
    )


def _belonging(membership: dict[str, Any], *, totp_passed: bool) -> Belonging:
    codes = tuple(role["code"] for role in membership["roles"] if role["code"])
    granted = known_permissions(each for role in membership["roles"] for each in role["permissions"])
    lacks_totp = membership["needs_totp"] and bool(granted & ADMINISTERING) and not totp_passed
    return Belonging(
        organisation_id=UUID(membership["organisation"]),
        name=membership["name"],
        roles=codes,
        permissions=frozenset() if lacks_totp else granted,
        lacks_totp=lacks_totp,
    )


def _note_seen(session: Session, signed_in: SignedIn, credentials: Credentials) -> None:
    enter(session, Scope(account=signed_in.account_id))
    session.execute(
        update(AccountSession)
        .where(AccountSession.id == signed_in.session_id)
        .values(seen_at=now(session), address=credentials.address)
    )
