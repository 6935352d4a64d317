"""The routes of `protocols.guard_api.OPERATIONS` at the cloud: read, run in one transaction, answered."""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from cloud.gate import (
    deciding,
    lanes,
    leaving,
    live,
    looking_back,
    making,
    passes,
    pictures,
    printing,
    shifts,
)
from cloud.gate.answers import body_of, query_of, response_of
from cloud.gate.desk import Asked, Desk, Handler
from cloud.gate.entry import Entry, Who, desk_of, who_of
from cloud.gate.problems import Trouble, answer, not_found, of_the_house
from cloud.kernel.api import CSRF_HEADER, SESSION_COOKIE, csrf_token, host_in, screen_of
from cloud.kernel.asked import asked_in
from cloud.kernel.database import now
from cloud.kernel.errors import DomovoyError, SignIn
from cloud.kernel.house import House
from cloud.kernel.language import preferred_language
from cloud.kernel.looks import Look, looked
from cloud.sites.models import Site
from protocols import guard_views as views
from protocols.acts import SignInWay
from protocols.guard_api import OPERATIONS, Operation

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
    "passages": looking_back.page,
    "passage": looking_back.whole,
    "picture": pictures.picture,
    "passes": passes.find,
    "pass_card": _pass_card,
    "draft_pass": making.draft_pass,
    "withdraw_pass": making.withdraw_pass,
    "mark_left": leaving.mark_left,
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
        entry, by_name = Entry(house), {each.name: each for each in OPERATIONS}
        own: dict[str, Callable[[Request], Any]] = {
            "me": entry.me,
            "sign_in": entry.sign_in(by_name["sign_in"], SignInWay.PIN),
            "sign_in_by_card": entry.sign_in(by_name["sign_in_by_card"], SignInWay.CARD),
            "join_post": entry.join_post(by_name["join_post"]),
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
        who = who_of(request)
        if who.account is None and who.guard is None:
            raise SignIn
        asked = Asked(
            id=request.path_params.get("id", ""),
            query=query_of(operation, request),
            body=await body_of(operation, request),
        )
        view, look = await self._in_turn(who, lambda desk: _seen(operation, request, desk, asked))
        if look is not None:
            self._house.ledger.note_if_room(look)  # the gate goes on, come what may
        if operation.name == "decide":
            view = await self._done(who, asked, view)
        if operation.name == "mark_left":
            view = await self._marked(who, asked)
        if operation.name == "shift_report_pdf":
            site: Site = await self._in_turn(who, lambda desk: desk.site)
            return await printing.printed(view, site, request.headers.get("accept-language"))
        return response_of(view)

    async def _done(self, who: Who, asked: Asked, view: views.Decided) -> views.Decided:
        """The box's answer, if there is one soon; the guard looks at the barrier meanwhile."""
        await self._answers(who, lambda desk: deciding.is_under_way(desk, view.id))
        known: views.Decided = await self._in_turn(who, lambda desk: deciding.decide(desk, asked))
        return known

    async def _marked(self, who: Who, asked: Asked) -> views.PassRow:
        """What the box said of it. Raises Trouble when it was not done, or nothing was heard."""
        await self._answers(who, lambda desk: leaving.is_under_way(desk, asked.uuid))
        row: views.PassRow = await self._in_turn(who, lambda desk: leaving.marked(desk, asked))
        return row

    async def _answers(self, who: Who, is_under_way: Callable[[Desk], bool]) -> None:
        """The box has answered, or has been silent for too long."""
        for _ in range(int(_ANSWER_WITHIN_S / _LOOK_S)):
            if not await self._in_turn(who, is_under_way):
                return
            await asyncio.sleep(_LOOK_S)

    async def _in_turn(self, who: Who, work: Callable[[Desk], Any]) -> Any:
        def run() -> Any:
            with self._house.database.transaction() as session:
                return work(desk_of(self._house, session, who))

        return await self._house.database.in_thread(run)

    async def _nothing(self, _request: Request) -> Response:
        raise not_found()

    async def _live(self, request: Request) -> Response:
        who = who_of(request)
        company: UUID = await self._in_turn(who, lambda desk: desk.site.organisation_id)
        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isascii() and last.isdecimal() and len(last) < 19 else None

        async def goes_on() -> bool:
            try:
                await self._in_turn(who, lambda desk: desk.site.id)
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


_BY_ID = {"picture": "sha256", "passage_video": "passage_id", "passage": "passage_id"}
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
