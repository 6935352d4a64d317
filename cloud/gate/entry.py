"""Getting in at the cloud's page: by an account, or at a post by a PIN or a card, as at a box's own.

At a post a guard's session opens this page alone, with a guard's rights and nothing else of the account.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.gate import shifts
from cloud.gate.answers import body_of, response_of
from cloud.gate.desk import Asked, Desk, open_desk, open_desk_at_post, sites_of
from cloud.gate.problems import Trouble
from cloud.guard import service as guards
from cloud.guard.models import Post
from cloud.kernel import limits
from cloud.kernel.api import SESSION_COOKIE, address_of, origins_of
from cloud.kernel.errors import SignIn
from cloud.kernel.house import CredentialKind, Credentials, House
from cloud.sites import service as sites
from cloud.sites.models import Site
from protocols import guard_views as views
from protocols.acts import SignInOutcome, SignInWay
from protocols.guard_api import ROOT, Operation

SITE_COOKIE = "domovoy_gate_site"
POST_COOKIE = "domovoy_gate_post"
GUARD_COOKIE = "domovoy_gate_guard"
_POST_LASTS_S = (
    400 * 86_400
)  # the longest that browsers keep a cookie; begun anew each time the page is opened
_TRIES, _TRIES_WITHIN = 20, timedelta(minutes=2)
_CODES, _CODES_WITHIN = 20, timedelta(minutes=10)


class Who(NamedTuple):
    """What a browser showed, not yet believed: the tokens of a post, of a guard there, of an account."""

    post: str | None
    guard: str | None
    account: Credentials | None
    site: UUID | None  # that the account chose
    address: str | None


def who_of(request: Request) -> Who:
    """From the request's cookies."""
    address, cookie = address_of(request), request.cookies.get(SESSION_COOKIE)
    account = Credentials(token=cookie, kind=CredentialKind.COOKIE, address=address) if cookie else None
    post, guard = (request.cookies.get(name) or None for name in (POST_COOKIE, GUARD_COOKIE))
    return Who(post, guard, account, _site_in(request), address)


def desk_of(house: House, session: Session, who: Who) -> Desk:
    """Raises SignIn, Trouble."""
    if (at_post := _desk_at_post(house, session, who)) is not None:
        return at_post
    if who.account is None:
        raise SignIn
    if who.post and guards.post_of(session, who.post) is not None:
        raise SignIn  # the guard's session is over: nobody goes on as whoever set the post up
    return open_desk(house, session, house.authenticate(session, who.account), who.site)


class Entry:
    """The operations that need no desk."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def me(self, request: Request) -> Response:
        """Who is signed in; `?site=` chooses an account's site from now on."""
        who = who_of(request)
        view = await self._in_turn(lambda session: _me(self._house, session, who))
        answered = response_of(view)
        if view.post and who.post:
            self._keep(answered, POST_COOKIE, who.post, _POST_LASTS_S)
        if (site := request.query_params.get("site")) is not None:
            answered.set_cookie(SITE_COOKIE, site[:36], path=ROOT, httponly=True, samesite="strict")
        return answered

    def join_post(self, operation: Operation) -> Callable[[Request], Any]:
        """This browser's computer is a post from now on. Raises Trouble."""

        async def join(request: Request) -> Response:
            body = await body_of(operation, request)
            await self._limit_codes(request)
            token = await self._in_turn(lambda session: guards.join_post(session, body.code))
            if token is None:
                raise Trouble(404, "unknown_code")
            view = await self._in_turn(lambda session: _pin_pad(session, token))
            if view is None:
                raise Trouble(404, "unknown_code")  # removed this moment
            answered = response_of(view)
            self._keep(answered, POST_COOKIE, token, _POST_LASTS_S)
            answered.delete_cookie(GUARD_COOKIE, path=ROOT)
            return answered

        return join

    def sign_in(self, operation: Operation, way: SignInWay) -> Callable[[Request], Any]:
        """A guard at the post. Raises Trouble."""

        async def enter(request: Request) -> Response:
            body, who = await body_of(operation, request), who_of(request)
            await self._limit_tries(who, way)

            def run(session: Session) -> guards.PostEntry:
                post = _post(session, who)
                if way is SignInWay.PIN:
                    return guards.enter_by_pin(session, post, body.guard, body.pin)
                return guards.enter_by_card(session, post, body.card)

            token = _let_in(await self._in_turn(run), way)
            answered = response_of(
                await self._in_turn(lambda session: _me(self._house, session, who._replace(guard=token)))
            )
            self._keep(answered, GUARD_COOKIE, token, None)
            return answered

        return enter

    async def _limit_codes(self, request: Request) -> None:
        def count() -> None:
            for origin in origins_of(request):
                limits.take(self._house.database, f"gate-post/{origin}", most=_CODES, window=_CODES_WITHIN)

        await self._house.database.in_thread(count)

    async def _limit_tries(self, who: Who, way: SignInWay) -> None:
        def note(session: Session) -> None:
            guards.note_too_many(session, _post(session, who), way)

        def run() -> None:
            with self._house.database.transaction() as session:
                post_id = _post(session, who).id

            def on_lock() -> None:
                with self._house.database.transaction() as session:
                    note(session)

            key = f"gate-post/{post_id}/tries"
            limits.take(self._house.database, key, most=_TRIES, window=_TRIES_WITHIN, on_lock=on_lock)

        await self._house.database.in_thread(run)

    async def _in_turn(self, work: Callable[[Session], Any]) -> Any:
        def run() -> Any:
            with self._house.database.transaction() as session:
                return work(session)

        return await self._house.database.in_thread(run)

    def _keep(self, answered: Response, name: str, token: str, lasts_s: int | None) -> None:
        secure = self._house.settings.is_https
        answered.set_cookie(
            name, token, max_age=lasts_s, path=ROOT, secure=secure, httponly=True, samesite="strict"
        )


def _me(house: House, session: Session, who: Who) -> views.Me:
    if (desk := _desk_at_post(house, session, who)) is not None:
        return shifts.me(desk, Asked())
    if who.post and (pad := _pin_pad(session, who.post)) is not None:
        ended = guards.why_ended(session, who.guard) if who.guard else None
        return msgspec.structs.replace(pad, ended=ended)
    nobody = views.Me(by=views.SignInBy.ACCOUNT, guard=None, site=None)
    try:
        actor = house.authenticate(session, who.account) if who.account else None
    except SignIn:
        return nobody
    if actor is None:
        return nobody
    try:
        return shifts.me(open_desk(house, session, actor, who.site), Asked())
    except Trouble as trouble:
        if trouble.code != "no_site":
            raise
    named = [_named(site) for site in sites_of(session, actor)]
    return views.Me(by=views.SignInBy.ACCOUNT, guard=None, site=None, sites=named)


def _desk_at_post(house: House, session: Session, who: Who) -> Desk | None:
    if not who.post or not who.guard:
        return None
    return open_desk_at_post(house, session, who.post, who.guard, who.address)


def _pin_pad(session: Session, token: str) -> views.Me | None:
    """Whose names a post offers; None: it is none any more."""
    post = guards.post_of(session, token)
    if post is None:
        return None
    named = [views.Guard(id=guard.id, name=guard.name) for guard in guards.guards_at(session, post)]
    site = _named(sites.find_site(session, post.site_id))
    return views.Me(by=views.SignInBy.PIN, guard=None, site=site, guards=named, post=post.name)


def _post(session: Session, who: Who) -> Post:
    """Raises Trouble where the computer is none."""
    post = guards.post_of(session, who.post) if who.post else None
    if post is None:
        raise Trouble(403, "by_account")
    return post


def _let_in(entry: guards.PostEntry, way: SignInWay) -> str:
    """The session's token. Raises Trouble: as a box refuses."""
    if entry.token is not None:
        return entry.token
    if entry.outcome is SignInOutcome.LOCKED:
        raise Trouble(423, "locked", until=entry.until)
    if entry.outcome is SignInOutcome.DISABLED:
        raise Trouble(403, "disabled")
    if way is SignInWay.CARD:
        raise Trouble(401, "unknown_card")
    raise Trouble(401, "wrong_pin", left=entry.left)


def _named(site: Site) -> views.Site:
    return views.Site(id=site.id, name=site.name, time_zone=site.time_zone)


def _site_in(request: Request) -> UUID | None:
    try:
        return UUID(request.query_params.get("site") or request.cookies.get(SITE_COOKIE) or "")
    except ValueError:
        return None
