"""The routes of `protocols.guard_api.OPERATIONS` at the cloud: read, run in one transaction, answered."""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from cloud.gate import deciding, lanes, live, making, passes, pictures, printing, shifts
from cloud.gate.desk import Asked, Desk, Handler, open_desk, sites_of
from cloud.gate.problems import Trouble, answer, invalid, not_found, of_the_house
from cloud.kernel.actor import Actor
from cloud.kernel.api import (
    CSRF_HEADER,
    SESSION_COOKIE,
    address_of,
    csrf_token,
    host_in,
    screen_of,
)
from cloud.kernel.asked import asked_in
from cloud.kernel.database import now
from cloud.kernel.errors import DomovoyError, SignIn
from cloud.kernel.house import CredentialKind, Credentials, House
from cloud.kernel.language import preferred_language
from cloud.kernel.looks import Look, looked
from cloud.sites.models import Site
from protocols import decoding
from protocols import guard_views as views
from protocols.guard_api import OPERATIONS, PHOTO_MAX_BYTES, ROOT, Operation

SITE_COOKIE = "domovoy_gate_site"
_ANSWER_WITHIN_S, _LOOK_S = 8.0, 0.1
_SAFE = frozenset({"GET", "HEAD"})


def _no_camera(_desk: Desk, _asked: Asked) -> Any:
    raise Trouble(404, "no_camera")


def _no_video(_desk: Desk, _asked: Asked) -> Any:
    raise Trouble(404, "no_video")


def _pass_card(desk: Desk, asked: Asked) -> views.PassCard:
    row = passes.one(desk, asked.uuid)
    return views.PassCard(
        row=passes.row_of(desk, row),
        passages=lanes.of_pass(desk, row.id),
        notes=passes.notes_about(desk, row.id),
    )


HANDLERS: Mapping[str, Handler] = {
    "sign_out": lambda desk, _asked: shifts.leave(desk),
    "board": lanes.board,
    "decide": deciding.decide,
    "live_still": _no_camera,
    "live_video": _no_video,
    "passage_video": _no_video,
    "camera_video": _no_video,
    "video_playlist": _no_video,
    "video_segment": _no_video,
    "passages": lanes.page,
    "picture": pictures.picture,
    "passes": passes.find,
    "pass_card": _pass_card,
    "draft_pass": making.draft_pass,
    "withdraw_pass": making.withdraw_pass,
    "add_note": making.add_note,
    "visits": making.visits,
    "put_visit": making.put_visit,
    "add_photo": pictures.add_photo,
    "violations": making.violations,
    "add_violation": making.add_violation,
    "shifts": shifts.listed,
    "begin_shift": shifts.begin,
    "end_shift": shifts.end,
    "shift_report": shifts.report,
    "shift_report_pdf": shifts.report,
}
"""All but those that need no desk, which `GateApi` answers itself."""


class GateApi:
    """ASGI: everything below `ROOT`."""

    def __init__(self, house: House) -> None:
        self._house = house
        own: dict[str, Callable[[Request], Any]] = {
            "me": self._me,
            "sign_in": self._by_account,
            "sign_in_by_card": self._by_account,
            "live": self._live,
            "authority": self._nothing,
        }
        routes = [
            Route(each.path, self._endpoint(each, own.get(each.name)), methods=[each.method])
            for each in OPERATIONS
        ]
        self._router = Router(routes, default=self._nowhere)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)

    def _endpoint(
        self, operation: Operation, own: Callable[[Request], Any] | None
    ) -> Callable[[Request], Any]:
        async def run(request: Request) -> Response:
            language = preferred_language(request.headers.get("accept-language"))
            try:
                if request.method not in _SAFE:
                    _check_origin(request)
                return await own(request) if own is not None else await self._answered(operation, request)
            except Trouble as trouble:
                return answer(trouble, language)
            except DomovoyError as error:
                return of_the_house(error, language)

        return run

    async def _nowhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = preferred_language(Request(scope).headers.get("accept-language"))
        await answer(not_found(), language)(scope, receive, send)

    async def _answered(self, operation: Operation, request: Request) -> Response:
        shown = _shown(request)
        if shown is None:
            raise SignIn
        asked = Asked(
            id=request.path_params.get("id", ""),
            query=_query(operation, request),
            body=await _body(operation, request),
        )
        view, look = await self._in_turn(shown, request, lambda desk: _seen(operation, request, desk, asked))
        if look is not None:
            self._house.ledger.note_if_room(look)  # the gate goes on, come what may
        if operation.name == "decide":
            view = await self._done(shown, request, asked, view)
        if operation.name == "shift_report_pdf":
            site: Site = await self._in_turn(shown, request, lambda desk: desk.site)
            return await printing.printed(view, site, request.headers.get("accept-language"))
        return _response(view)

    async def _done(
        self, shown: Credentials, request: Request, asked: Asked, view: views.Decided
    ) -> views.Decided:
        """The box's answer, if there is one soon; the guard looks at the barrier meanwhile."""
        for _ in range(int(_ANSWER_WITHIN_S / _LOOK_S)):
            if not await self._in_turn(shown, request, lambda _desk: deciding.is_under_way(_desk, view.id)):
                break
            await asyncio.sleep(_LOOK_S)
        known: views.Decided = await self._in_turn(shown, request, lambda desk: deciding.decide(desk, asked))
        return known

    async def _in_turn(self, shown: Credentials, request: Request, work: Callable[[Desk], Any]) -> Any:
        chosen = _chosen(request)

        def run() -> Any:
            with self._house.database.transaction() as session:
                actor = self._house.authenticate(session, shown)
                return work(open_desk(self._house, session, actor, chosen))

        return await self._house.database.in_thread(run)

    async def _me(self, request: Request) -> Response:
        """Who is signed in; `?site=` chooses the site from now on."""
        shown = _shown(request)
        try:
            view = (
                await self._in_turn(shown, request, lambda desk: shifts.me(desk, Asked())) if shown else None
            )
        except SignIn:
            view = None
        except Trouble as trouble:
            if trouble.code != "no_site" or shown is None:
                raise
            view = await self._house.database.in_thread(lambda: self._choice(shown))
        answered = _response(view or views.Me(by=views.SignInBy.ACCOUNT, guard=None, site=None))
        if (site := request.query_params.get("site")) is not None:
            answered.set_cookie(SITE_COOKIE, site[:36], path=ROOT, httponly=True, samesite="strict")
        return answered

    def _choice(self, shown: Credentials) -> views.Me:
        with self._house.database.transaction() as session:
            actor: Actor = self._house.authenticate(session, shown)
            sites = sites_of(session, actor)
            named = [views.Site(id=site.id, name=site.name, time_zone=site.time_zone) for site in sites]
        return views.Me(by=views.SignInBy.ACCOUNT, guard=None, site=None, sites=named)

    async def _by_account(self, _request: Request) -> Response:
        raise Trouble(403, "by_account")

    async def _nothing(self, _request: Request) -> Response:
        raise not_found()

    async def _live(self, request: Request) -> Response:
        shown = _shown(request)
        if shown is None:
            raise SignIn
        company: UUID = await self._in_turn(shown, request, lambda desk: desk.site.organisation_id)
        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isascii() and last.isdecimal() and len(last) < 19 else None

        async def goes_on() -> bool:
            try:
                await self._in_turn(shown, request, lambda desk: desk.site.id)
            except (SignIn, Trouble):
                return False
            return True

        headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        told = live.stream(self._house.hub, company, after, goes_on=goes_on)
        return StreamingResponse(told, headers=headers, media_type="text/event-stream")


def _seen(operation: Operation, request: Request, desk: Desk, asked: Asked) -> tuple[Any, Look | None]:
    """What the handler answers, and whose data that shows."""
    view = HANDLERS[operation.name](desk, asked)
    if operation.looks is None:
        return view, None
    look = looked(
        operation.looks,
        view,
        at=now(desk.session),
        actor=desk.actor,
        operation=operation.name,
        screen=screen_of(request),
        asked=_asked_of(operation, request),
        companies=frozenset({desk.site.organisation_id}),
        site_id=desk.site.id,
    )
    return view, look


_BY_ID = {"picture": "sha256", "passage_video": "passage_id"}
"""What the `id` of an operation is, whose answer says nothing of whom it shows."""


def _asked_of(operation: Operation, request: Request) -> dict[str, str]:
    asked = asked_in(request, _query_names(operation))
    return {_BY_ID.get(operation.name, name) if name == "id" else name: said for name, said in asked.items()}


def _query_names(operation: Operation) -> tuple[str, ...]:
    return ("site", *(operation.query.__struct_encode_fields__ if operation.query is not None else ()))


def _check_origin(request: Request) -> None:
    """A change comes from our own page: it says so itself, or shows what only our page knows. Raises Trouble."""
    origin = request.headers.get("origin")
    if origin is not None and host_in(origin) == request.headers.get("host"):
        return
    cookie = request.cookies.get(SESSION_COOKIE)
    sent = request.headers.get(CSRF_HEADER, "")
    if cookie is not None and hmac.compare_digest(sent.encode(), csrf_token(cookie).encode()):
        return
    raise Trouble(403, "wrong_origin")


def _shown(request: Request) -> Credentials | None:
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    return Credentials(token=cookie, kind=CredentialKind.COOKIE, address=address_of(request))


def _chosen(request: Request) -> UUID | None:
    try:
        return UUID(request.query_params.get("site") or request.cookies.get(SITE_COOKIE) or "")
    except ValueError:
        return None


def _query(operation: Operation, request: Request) -> Any:
    if operation.query is None:
        return None
    given = {name: value for name, value in request.query_params.items() if name != "site"}
    return _converted(lambda: msgspec.convert(given, operation.query, strict=False))


async def _body(operation: Operation, request: Request) -> Any:
    if operation.asks is None:
        return None
    if operation.asks is not bytes:
        data = await request.body()
        try:
            return _converted(lambda: decoding.decode_typed(operation.asks, data))
        except msgspec.DecodeError as error:
            raise _unreadable(error, data) from error
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > PHOTO_MAX_BYTES:
        raise Trouble(413, "too_large")
    return await request.body()


def _converted(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except msgspec.ValidationError as error:
        place = (
            str(error).partition("`$.")[2].partition("`")[0]
            or str(error).partition("field `")[2].partition("`")[0]
        )
        field = place.partition(".")[0].partition("[")[0] or "body"
        raise invalid(field, "missing" if decoding.is_missing(error) else "wrong", str(error)) from error


def _unreadable(error: msgspec.DecodeError, data: bytes) -> Trouble:
    position = decoding.breaks_at(error, data)
    return invalid("body") if position is None else Trouble(400, "not_json", str(position))


def _response(view: Any) -> Response:
    if isinstance(view, Response):
        return view
    if view is None:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return Response(
        msgspec.json.encode(view), media_type="application/json", headers={"Cache-Control": "no-store"}
    )
