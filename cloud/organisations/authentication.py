"""From what a caller shows to who it is and what it may do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, ask, enter, has_entered, now
from cloud.kernel.errors import NotAllowed, SignIn
from cloud.kernel.house import CredentialKind, Credentials
from cloud.kernel.language import Language
from cloud.kernel.permissions import ADMINISTERING, Permission
from cloud.organisations.codes import token_hash
from cloud.organisations.errors import TotpMustBeSetUp
from cloud.organisations.models import AccountSession
from cloud.organisations.rules import known_permissions
from cloud.organisations.types import SessionKind
from protocols import correlation

_SEEN_EVERY = timedelta(minutes=1)
_AUTH_SESSION = """
    SELECT session_id, account_id, email, name, language, is_operator, kind, seen_at, totp_passed,
        organisations, organisation_names, need_totp, role_codes, role_permissions,
        set_config('app.allowed', organisations::text, true), set_config('app.current', '', true),
        set_config('app.account', account_id::text, true)
    FROM auth_session(%(hash)s, %(now)s)
"""  # the scope that most readers need, set in the same round trip
_KIND_OF = {CredentialKind.COOKIE: SessionKind.WEB, CredentialKind.BEARER: SessionKind.APP}


class _Row(NamedTuple):
    """What `auth_session` answers: a company stands in the five arrays once for each role held there, or once."""

    session_id: UUID
    account_id: UUID
    email: str
    name: str
    language: str
    is_operator: bool
    kind: str
    seen_at: datetime
    totp_passed: bool
    organisations: list[UUID]
    organisation_names: list[str] | None
    need_totp: list[bool] | None
    role_codes: list[str | None] | None
    role_permissions: list[str | None] | None
    allowed: str
    current: str
    account: str


class _Held(NamedTuple):
    """One role in one company; a company without a role has neither."""

    organisation_id: UUID
    name: str
    needs_totp: bool
    code: str | None  # of the built-in ones
    permissions: str | None  # as PostgreSQL writes an array


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
    if row is None:
        raise SignIn
    has_entered(session, Scope(allowed=frozenset(row.organisations), account=row.account_id))
    if row.kind != _KIND_OF[credentials.kind]:
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
        companies=tuple(_companies(row)),
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


def _companies(row: _Row) -> Iterator[Belonging]:
    columns = (row.organisation_names, row.need_totp, row.role_codes, row.role_permissions)
    held = map(_Held, row.organisations, *(column or () for column in columns))
    for _, roles in groupby(held, key=attrgetter("organisation_id")):
        yield _belonging(list(roles), totp_passed=row.totp_passed)


def _belonging(roles: list[_Held], *, totp_passed: bool) -> Belonging:
    company = roles[0]
    granted = frozenset[Permission]().union(*(_granted(role.permissions) for role in roles))
    lacks_totp = company.needs_totp and bool(granted & ADMINISTERING) and not totp_passed
    return Belonging(
        organisation_id=company.organisation_id,
        name=company.name,
        roles=tuple(role.code for role in roles if role.code),
        permissions=frozenset() if lacks_totp else granted,
        lacks_totp=lacks_totp,
    )


@lru_cache(maxsize=1024)
def _granted(permissions: str | None) -> frozenset[Permission]:
    return known_permissions((permissions or "{}")[1:-1].split(","))


def _note_seen(session: Session, signed_in: SignedIn, credentials: Credentials) -> None:
    enter(session, Scope(account=signed_in.account_id))
    session.execute(
        update(AccountSession)
        .where(AccountSession.id == signed_in.session_id)
        .values(seen_at=now(session), address=credentials.address)
    )
