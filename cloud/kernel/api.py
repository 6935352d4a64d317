"""What an endpoint stands on: who calls, on whose rows, within one transaction committed before the response.

    @router.get("/passes", responses=answers())
    def list_passes(call: Annotated[Call, reading(Permission.PASSES_READ)], query: ListParams) -> Page[PassRow]: ...

    @router.post("/passes", status_code=201, responses=answers(Blacklisted))
    def issue(call: Annotated[Call, writing(Permission.PASSES_ISSUE)], draft: PassDraft) -> PassCard: ...

`reading` shows the rows of every company where the caller has the permission (`?company=` narrows it); `writing` works
in one company: the header X-Organisation, or the caller's only one.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, enter
from cloud.kernel.errors import CrossSite, NotAllowed, SignIn
from cloud.kernel.house import CredentialKind, Credentials, House, house_of
from cloud.kernel.permissions import Permission

SESSION_COOKIE = "domovoy_session"
CSRF_COOKIE = "domovoy_csrf"
CSRF_HEADER = "X-CSRF-Token"
_ORIGIN_LENGTH = 60
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_cookie = APIKeyCookie(name=SESSION_COOKIE, auto_error=False, description="the web app's session")
_bearer = HTTPBearer(auto_error=False, description="an app's token")


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one caller."""

    session: Session
    actor: Actor
    house: House


def csrf_token(session_token: str) -> str:
    """What a page must send back with every change: made from the session, so it needs no storage."""
    return hashlib.sha256(b"csrf\0" + session_token.encode()).hexdigest()[:32]


def address_of(request: Request) -> str | None:
    """Where the request came from; proxies were resolved by the server (`trusted_proxies`)."""
    return request.client.host if request.client else None


def origin_of(request: Request) -> str:
    """The address by which tries are counted: an IPv6 network of 64 bits is one customer's."""
    address = address_of(request) or ""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:_ORIGIN_LENGTH]
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known.packed[:8] + bytes(8), 64)))
    return str(known)


async def credentials_of(
    request: Request,
    cookie: Annotated[str | None, Security(_cookie)] = None,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
) -> Credentials | None:
    """What the caller showed, if anything. Raises CrossSite for a change that another site may have sent.

    Async, as all small dependencies are: a plain function would be given a thread of its own.
    """
    if bearer is not None:
        return Credentials(token=bearer.credentials, kind=CredentialKind.BEARER, address=address_of(request))
    if cookie is None:
        return None
    sent = request.headers.get(CSRF_HEADER, "")
    if request.method not in _SAFE_METHODS and not hmac.compare_digest(
        sent.encode(), csrf_token(cookie).encode()
    ):
        raise CrossSite
    return Credentials(token=cookie, kind=CredentialKind.COOKIE, address=address_of(request))


Shown = Annotated[Credentials | None, Depends(credentials_of)]
Companies = Annotated[
    list[UUID] | None,
    Query(alias="company", description="only these companies; default: all that the caller may see"),
]
CurrentCompany = Annotated[
    UUID | None,
    Header(alias="X-Organisation", description="the company to write in; needed by staff of several"),
]


def authenticated(house: House, session: Session, shown: Credentials | None) -> Actor:
    """Who calls. Raises SignIn. The transaction may then see that person's own rows."""
    if shown is None:
        raise SignIn
    return house.authenticate(session, shown)


def in_company(actor: Actor, chosen: UUID | None) -> Actor:
    """The actor at work in the chosen company, or in its only one. Raises NotAllowed for a company of others."""
    if chosen is None:
        only = next(iter(actor.permissions)) if len(actor.permissions) == 1 else None
        return replace(actor, organisation_id=only)
    if chosen not in actor.permissions:
        raise NotAllowed(permission="organisation")
    return replace(actor, organisation_id=chosen)


def reading_scope(actor: Actor, permission: Permission, companies: list[UUID] | None) -> Scope:
    """Every company where the actor may do this, narrowed to those asked for. Raises NotAllowed when none is left."""
    allowed = actor.organisations_with(permission)
    if companies:
        allowed &= frozenset(companies)
    if not allowed:
        raise actor.refusal(permission)
    return Scope(allowed=allowed, account=actor.account_id)


def reading(permission: Permission) -> Any:
    """A dependency: a `Call` that sees all companies in which the caller has the permission, and changes nothing."""

    def open_call(request: Request, shown: Shown, companies: Companies = None) -> Iterator[Call]:
        house = house_of(request)
        with house.database.transaction() as session:
            actor = authenticated(house, session, shown)
            enter(session, reading_scope(actor, permission, companies))
            yield Call(session, actor, house)

    return Depends(open_call, scope="function")


def writing(permission: Permission) -> Any:
    """A dependency: a `Call` at work in one company, where the caller has the permission."""

    def open_call(request: Request, shown: Shown, chosen: CurrentCompany = None) -> Iterator[Call]:
        house = house_of(request)
        with house.database.transaction() as session:
            actor = in_company(authenticated(house, session, shown), chosen)
            enter(session, Scope.organisation(actor.require(permission), account=actor.account_id))
            yield Call(session, actor, house)

    return Depends(open_call, scope="function")


def signed_in() -> Any:
    """A dependency: a `Call` about the caller's own account, in no company."""

    def open_call(request: Request, shown: Shown) -> Iterator[Call]:
        house = house_of(request)
        with house.database.transaction() as session:
            actor = authenticated(house, session, shown)
            enter(session, Scope(account=actor.account_id))
            yield Call(session, actor, house)

    return Depends(open_call, scope="function")


HouseOf = Annotated[House, Depends(house_of)]
"""For the few endpoints that need no sign-in; they open their transactions themselves."""
