"""What an endpoint stands on: who calls, on whose rows, within one transaction committed before the response.

    router = Router(prefix="/api/access", tags=["access"])

    @router.get("/passes", responses=answers())
    def list_passes(call: Annotated[Call, reading(Permission.PASSES_READ)], query: ListParams) -> Page[PassRow]: ...

    @router.post("/passes", status_code=201, responses=answers(Blacklisted))
    def issue(call: Annotated[Call, writing(Permission.PASSES_ISSUE)], draft: PassDraft) -> PassCard: ...

`reading` shows the rows of every company where the caller has the permission (`?company=` narrows it); `writing` works
in one company: the header X-Organisation, or the caller's only one.

What was sent is looked at before the transaction opens: so whoever shows nothing is told 401, and whoever shows a
session that no longer holds is told 422 first if the input is wrong besides.
"""

import functools
import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, get_type_hints
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from cloud.kernel import limits
from cloud.kernel.actor import Actor
from cloud.kernel.asked import COMPANY, asked_in, query_names, refuse_unknown, with_query_at_once
from cloud.kernel.database import Scope, enter, now, scope_of
from cloud.kernel.errors import CrossSite, NotAllowed, SignIn
from cloud.kernel.house import CredentialKind, Credentials, House, house_of
from cloud.kernel.limits import Limit
from cloud.kernel.looks import Look, kind_looked_at, looked
from cloud.kernel.permissions import Permission
from protocols.privacy import LookKind

SESSION_COOKIE = "domovoy_session"
CSRF_COOKIE = "domovoy_csrf"
CSRF_HEADER = "X-CSRF-Token"
_ORIGIN_LENGTH = 60
_SCREEN_LENGTH = 200
PERSONAL = "x-personal-data"
"""In the API's description: whose data an operation shows; each look is noted in the ledger."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_SCHEMES = {
    "APIKeyCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "the web app's session",
    },
    "HTTPBearer": {"type": "http", "scheme": "bearer", "description": "an app's token"},
}
"""How a caller may show who it is, for the API's description."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one caller."""

    session: Session
    actor: Actor
    house: House
    about: set[UUID] = field(default_factory=set)
    """The companies whose data is shown, where the answer's rows do not say so: for the ledger of looks."""


def csrf_token(session_token: str) -> str:
    """What a page must send back with every change: made from the session, so it needs no storage."""
    return hashlib.sha256(b"csrf\0" + session_token.encode()).hexdigest()[:32]


def address_of(request: Request) -> str | None:
    """Where the request came from; proxies were resolved by the server (`trusted_proxies`)."""
    return request.client.host if request.client else None


def origins_of(request: Request) -> tuple[str, ...]:
    """By what tries are counted, the narrowest first: the address; of IPv6 a link's network and a customer's.

    A customer has 64 bits at least and may hold 48 (RFC 6177), with 65536 of the former to try from.
    """
    address = address_of(request) or ""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return (address[:_ORIGIN_LENGTH],)
    if isinstance(known, ipaddress.IPv4Address):
        return (str(known),)
    if known.ipv4_mapped is not None:
        return (str(known.ipv4_mapped),)
    return tuple(str(ipaddress.ip_network((known.packed, bits), strict=False)) for bits in (64, 48))


async def credentials_of(request: Request) -> Credentials | None:
    """What the caller showed, if anything. Raises CrossSite for a change that another site may have sent.

    Reads the headers itself: to be given them by dependencies of its own costs every request a tenth of its time.
    Async, as all small dependencies are: a plain function would be given a thread of its own.
    """
    scheme, bearer = get_authorization_scheme_param(request.headers.get("Authorization"))
    if bearer and scheme.lower() == "bearer":
        return Credentials(token=bearer, kind=CredentialKind.BEARER, address=address_of(request))
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
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
    Query(alias=COMPANY, description="only these companies; default: all that the caller may see"),
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


def reading_scope(actor: Actor, permissions: tuple[Permission, ...], companies: list[UUID] | None) -> Scope:
    """Every company where the actor has one of these, narrowed to those asked for. NotAllowed when none is left."""
    allowed = frozenset[UUID]().union(*map(actor.organisations_with, permissions))
    if companies:
        allowed &= frozenset(companies)
    if not allowed:
        raise actor.refusal(permissions[0])
    return Scope(allowed=allowed, account=actor.account_id)


@dataclass(frozen=True, slots=True)
class Opening:
    """A call that is not open yet: what its dependency gives, and `Router` opens around the endpoint."""

    house: House
    shown: Credentials
    at_work: Callable[[Actor], tuple[Actor, Scope]]
    request: Request
    limit: Limit | None = None

    @contextmanager
    def opened(self) -> Iterator[Call]:
        """The call, within its transaction. Raises SignIn, NotAllowed; TooMany, before that transaction opens."""
        if self.limit is not None:
            self._count(self.limit)
        with self.house.database.transaction() as session:
            actor, scope = self.at_work(authenticated(self.house, session, self.shown))
            enter(session, scope)
            yield Call(session, actor, self.house)

    def _count(self, limit: Limit) -> None:
        """By itself and before: a call that held a connection and asked for another would wait for all the others."""
        with self.house.database.transaction() as session:
            account_id = authenticated(self.house, session, self.shown).account_id
        limits.take(self.house.database, limit.key_of(account_id), most=limit.most, window=limit.window)


def reading(*permissions: Permission) -> Any:
    """A dependency: a `Call` that sees all companies where the caller has one of these, and changes nothing."""

    async def opening(request: Request, companies: Companies = None) -> Opening:
        return await _opening(request, lambda actor: (actor, reading_scope(actor, permissions, companies)))

    return Depends(opening)


def writing(permission: Permission) -> Any:
    """A dependency: a `Call` at work in one company, where the caller has the permission."""

    def at_work(actor: Actor, chosen: UUID | None) -> tuple[Actor, Scope]:
        actor = in_company(actor, chosen)
        return actor, Scope.organisation(actor.require(permission), account=actor.account_id)

    async def opening(request: Request, chosen: CurrentCompany = None) -> Opening:
        return await _opening(request, lambda actor: at_work(actor, chosen))

    return Depends(opening)


def signed_in(limit: Limit | None = None) -> Any:
    """A dependency: a `Call` about the caller's own account, in no company; only so often, if there is a limit."""

    async def opening(request: Request) -> Opening:
        made = await _opening(request, lambda actor: (actor, Scope(account=actor.account_id)))
        return replace(made, limit=limit)

    return Depends(opening)


async def _opening(request: Request, at_work: Callable[[Actor], tuple[Actor, Scope]]) -> Opening:
    shown = await credentials_of(request)
    if shown is None:
        raise SignIn
    return Opening(house_of(request), shown, at_work, request)


class Router(APIRouter):
    """Runs an endpoint that takes a `Call` in one turn of a thread: transaction opened, work done, committed.

    All of it is done again when the database undid it for another's sake: see `Database.in_thread`.

    One whose query is read at once stands twice: quick to be asked, and as declared to be described.
    """

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **how: Any) -> None:
        """As APIRouter's; says in the description which endpoints look at who calls."""
        if {Call, Credentials | None} & set(get_type_hints(endpoint).values()):
            how["openapi_extra"] = {"security": [{scheme: []} for scheme in SECURITY_SCHEMES]}
        if (kind := kind_looked_at(endpoint)) is not None:
            how["openapi_extra"] = how.get("openapi_extra", {}) | {PERSONAL: kind.value}
        run = _in_transaction(path, endpoint)
        signature = with_query_at_once(endpoint)
        if signature is not None:
            quick = functools.wraps(run)(functools.partial(run))
            quick.__signature__ = signature  # type: ignore[attr-defined]  # FastAPI reads it before the function's own
            super().add_api_route(path, quick, **how | {"include_in_schema": False})
        super().add_api_route(path, run, **how)


def _in_transaction(path: str, endpoint: Callable[..., Any]) -> Callable[..., Any]:
    names = [name for name, kind in get_type_hints(endpoint).items() if kind is Call]
    if not names:
        return endpoint
    [call] = names
    kind = kind_looked_at(endpoint)
    known = query_names(path, endpoint)

    @functools.wraps(endpoint)
    async def run(**arguments: Any) -> Any:
        opening: Opening = arguments[call]
        refuse_unknown(opening.request, known)
        files = [sent.file for sent in arguments.values() if isinstance(sent, UploadFile)]

        def work() -> Any:
            for file in files:
                file.seek(0)  # it may have been read: see `Database.in_thread`
            with opening.opened() as opened:
                answer = endpoint(**arguments | {call: opened})
            if kind is not None:
                asked = asked_in(opening.request, known)
                screen = screen_of(opening.request)
                opening.house.ledger.note(_look(kind, endpoint.__name__, opened, answer, asked, screen))
            return answer

        return await opening.house.database.in_thread(work)

    return run


def _look(
    kind: LookKind, operation: str, call: Call, answer: Any, asked: Mapping[str, str], screen: str
) -> Look:
    """What the ledger is told of a call that is answered now."""
    return looked(
        kind,
        answer,
        at=now(call.session),
        actor=call.actor,
        operation=operation,
        screen=screen,
        asked=asked,
        companies=scope_of(call.session).allowed,
        about=frozenset(call.about),
    )


def screen_of(request: Request) -> str:
    """The page of our own web app from which was asked; empty when it did not say so."""
    referer = _split(request.headers.get("referer", ""))
    return referer.path[:_SCREEN_LENGTH] if referer.netloc == request.headers.get("host") else ""


def host_in(url: str) -> str:
    """The host and port that a header's URL names; empty for one that is none."""
    return _split(url).netloc


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


HouseOf = Annotated[House, Depends(house_of)]
"""For the few endpoints that need no sign-in; they open their transactions themselves."""
