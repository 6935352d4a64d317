"""The guard's API over HTTP: routes from the contract's table, and all that stands before a handler.

A request must come under a name of this box (against DNS rebinding) and, when it changes anything, from its own page
(against forged requests); its body is bounded in size and time; the session stands in a cookie that no script reads.
"""

import ipaddress
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.drivers.http_server import BodyError, whole_body
from edge.guardhouse import problems
from edge.guardhouse.ground import Asked, Session, Turn
from edge.guardhouse.pace import Pace
from edge.guardhouse.problems import Trouble
from edge.guardhouse.web_files import WebFiles
from edge.store import StoreError
from protocols import correlation, decoding
from protocols.guard_api import OPERATIONS, PHOTO_MAX_BYTES, ROOT, Operation
from protocols.guard_views import FieldFault

log = logging.getLogger(__name__)
BODY_MAX_BYTES = 64 * 1024
BODY_WITHIN_S = 15.0
PHOTO_WITHIN_S = 60.0
Handler = Callable[[Asked], Awaitable[Any]]
"""Answers with the operation's type, or with a response of its own."""

_CSP = (
    "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", _CSP.encode()),
    (b"permissions-policy", b"geolocation=(), camera=(self), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_SAFE = frozenset({"GET", "HEAD"})


class Doors:
    """Who may come in. `find`: the session of a token; `turn_of`: the shift that a guard has begun.

    `is_name`: whether the page's certificate stands for a name, in lower case.
    """

    def __init__(
        self,
        names: list[str],
        cookie: str,
        pace: Pace,
        find: Callable[[str], Session | None],
        turn_of: Callable[[UUID], Turn | None],
        is_name: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._is_name = is_name
        self._names = frozenset(name.lower() for name in names) | {"localhost"}
        self._cookie = cookie
        self._pace = pace
        self._find = find
        self._turn_of = turn_of

    def check(self, request: Request) -> None:
        """Raises Trouble for a strange name, a strange page, or a station that asks without end."""
        self._pace.take(request.client.host if request.client is not None else "-")
        host = request.headers.get("host", "")
        if not self._is_ours(host, request.scope.get("server")):
            raise Trouble(HTTPStatus.MISDIRECTED_REQUEST, "wrong_host")
        if request.method in _SAFE:
            return
        origin = request.headers.get("origin")
        if origin is None or urlsplit(origin).netloc.lower() != host.lower():
            raise Trouble(HTTPStatus.FORBIDDEN, "wrong_origin")

    def _is_ours(self, host: str, server: tuple[str, int | None] | None) -> bool:
        """A name of settings or certificate, or the very address at which it arrived: no DNS can point to that."""
        name = (urlsplit(f"//{host}").hostname or "").lower()
        if name in self._names or self._is_name(name):
            return True
        try:
            address = ipaddress.ip_address(name)
            return address.is_loopback or (server is not None and address == ipaddress.ip_address(server[0]))
        except ValueError:
            return False

    def let_in(self, request: Request, operation: Operation) -> tuple[Session | None, Turn | None]:
        """Whoever is signed in, and their shift. Raises Trouble when the operation needs what is not there."""
        token = request.cookies.get(self._cookie)
        session = self._find(token) if token else None
        turn = self._turn_of(session.guard.id) if session else None
        if session is None and not operation.public:
            raise Trouble(HTTPStatus.UNAUTHORIZED, "not_signed_in")
        if operation.on_duty and turn is None:
            raise problems.conflict("not_on_duty")
        return session, turn


Noted = Callable[[Operation, Asked, Any], None]
"""Told of each answer, before it is given."""


def make_app(doors: Doors, handlers: Mapping[str, Handler], web: WebFiles, noted: Noted) -> ASGIApp:
    """The whole of it. Raises KeyError for an operation without a handler."""
    routes = [
        Route(
            ROOT + operation.path,
            _endpoint(operation, handlers[operation.name], doors, noted),
            methods=[operation.method],
        )
        for operation in OPERATIONS
    ]
    routes.append(Route(f"{ROOT}/{{rest:path}}", _nowhere, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]))

    async def file(request: Request) -> Response:
        doors.check(request)
        return await web.serve(request)

    routes.append(Route("/{rest:path}", file, methods=["GET"]))
    app = Starlette(
        routes=routes,
        exception_handlers={
            Trouble: _refused,
            StoreError: _unwritten,
            HTTPException: _odd,
            ClientDisconnect: _left,
        },
    )
    return _Envelope(app)


def _endpoint(
    operation: Operation, handler: Handler, doors: Doors, noted: Noted
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        doors.check(request)
        session, turn = doors.let_in(request, operation)
        asked = Asked(
            request=request,
            session=session,
            turn=turn,
            id=request.path_params.get("id", ""),
            body=await _body(request, operation),
            query=_query(request, operation.query),
        )
        try:
            answer = await handler(asked)
        except (Trouble, StoreError, ClientDisconnect):
            raise
        except Exception as error:  # a defect: the guard hears so at once, the log says which
            log.exception("%s failed", operation.name)
            raise Trouble(HTTPStatus.INTERNAL_SERVER_ERROR, "defect") from error
        noted(operation, asked, answer)
        if isinstance(answer, Response):
            return answer
        if operation.answers is None:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        return Response(msgspec.json.encode(answer), media_type="application/json")

    return endpoint


async def _nowhere(_request: Request) -> Response:
    raise problems.not_found()


async def _body(request: Request, operation: Operation) -> Any:
    if operation.asks is None:
        return None
    is_photo = operation.asks is bytes
    try:
        data = await whole_body(
            request,
            most_bytes=PHOTO_MAX_BYTES if is_photo else BODY_MAX_BYTES,
            within_s=PHOTO_WITHIN_S if is_photo else BODY_WITHIN_S,
        )
    except BodyError as error:
        code = "too_large" if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "too_slow"
        raise Trouble(error.status, code) from error
    if is_photo:
        return data
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Trouble(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "wrong_media_type")
    try:
        return decoding.decode_typed(operation.asks, data)
    except msgspec.ValidationError as error:
        raise _invalid(error) from error
    except msgspec.DecodeError as error:
        raise _unreadable(error, data) from error


def _unreadable(error: msgspec.DecodeError, data: bytes) -> Trouble:
    position = decoding.breaks_at(error, data)
    if position is None:
        return problems.invalid("body")
    return Trouble(HTTPStatus.BAD_REQUEST, "not_json", str(position))


def _query(request: Request, kind: Any) -> Any:
    """What stands after the question mark; an empty value is one that was not given."""
    if kind is None:
        return None
    given = {name: value for name, value in request.query_params.items() if value}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _invalid(error) from error


def _invalid(error: msgspec.ValidationError) -> Trouble:
    """msgspec names the place as `$.field`, or the missing field in backquotes."""
    text = str(error)
    _, at, place = text.rpartition(" - at `$")
    field = place.rstrip("`").lstrip(".").partition("[")[0]
    if not at or "missing required field" in text or "unknown field" in text:
        field = text.split("`")[1] if "`" in text else ""
    code = "missing" if decoding.is_missing(error) else "wrong"
    fault = FieldFault(field=field, code=code, message="")
    return Trouble(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", text, errors=[fault])


class _Envelope:
    """A correlation id, and headers that every answer has.

    No HSTS: a browser that lost the site's CA must be able to ask for it again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # neither websockets nor a lifespan
        given = Headers(scope=scope).get(correlation.HEADER)
        asked = correlation.acceptable(given) or os.urandom(8).hex()
        correlation.begin(asked)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(message, scope["path"], asked)
            await send(message)

        await self._app(scope, receive, dressed)

    def _dress(self, message: MutableMapping[str, Any], path: str, asked: str) -> None:
        headers = list(message.get("headers", ()))
        present = {name.lower() for name, _ in headers}
        added = [*_HEADERS, (correlation.HEADER.lower().encode(), asked.encode())]
        if path.startswith(ROOT):
            added.append((b"cache-control", b"no-store"))
        message["headers"] = headers + [pair for pair in added if pair[0] not in present]


def _language(request: Request) -> str:
    return problems.language_of(request.headers.get("accept-language"))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Trouble)  # noqa: S101  # for the type checker
    return problems.answer(error, _language(request))


async def _unwritten(request: Request, error: Exception) -> Response:
    log.warning("%s: %s", request.url.path, error)
    trouble = Trouble(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", retry_after_s=3)
    return problems.answer(trouble, _language(request))


async def _odd(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    is_method = error.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed" if is_method else "not_found"
    return problems.answer(Trouble(HTTPStatus(error.status_code), code), _language(request))


async def _left(_request: Request, _error: Exception) -> Response:
    return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it
