"""What all devices that push over HTTP have alike: a listening port, a secret in the path, refusals in words."""

import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive

from edge.drivers.base import Sink
from edge.drivers.devices import Ports
from edge.drivers.http_auth import Admitted, SignIn
from edge.drivers.http_connection import age_ns
from edge.drivers.http_server import BodyError, Place, keep_serving, whole_body
from edge.drivers.parts import Part
from edge.drivers.presence import Backoff, Presence
from protocols import config

Take = Callable[[Request, bytes, int], Awaitable[Response]]
"""Of the head, the whole body and the moment of the first byte: what is pushed slowly is old when it is whole."""


class PushError(ValueError):
    """The push is not of a documented shape; the text names the place."""


class Terms(NamedTuple):
    """How a port is pushed to: `http://<host>:<port>/<folder>/<token>`, and how much may come, how slowly."""

    host: str
    port: int
    folder: str
    token: str
    body_max_bytes: int
    body_within_s: float


class PushPort:
    """Listens for one device. `sign_in`: what is asked for beside the token."""

    def __init__(
        self, device: config.Device, ports: Ports, terms: Terms, sign_in: SignIn | None = None
    ) -> None:
        self._device = device
        self._random = ports.random
        self._now_ns = ports.monotonic_ns
        self._terms = terms
        self._sign_in = sign_in

    async def run(self, sink: Sink, take: Take, presence: Presence | None = None) -> None:
        """Until cancelled. `take` makes a body into reads and the answer; its PushError becomes a refusal.

        `presence`: of a device that is more than its pushes.
        """
        place = Place(self._device.name, self._terms.host, self._terms.port)
        told = presence or Presence(self._device.id, sink)
        await keep_serving(self._application(take), place, told, Backoff(self._random))

    def _application(self, take: Take) -> Starlette:
        async def push(request: Request) -> Response:
            return await self._push(request, take)

        path = f"/{self._terms.folder}/{{token}}"
        return Starlette(  # makers append a path of their own to what is typed into a camera
            routes=[
                Route(path, push, methods=["POST"]),
                Route(path + "/{rest:path}", push, methods=["POST"]),
            ],
            exception_handlers={HTTPException: _answered, ClientDisconnect: _left},
        )

    async def _push(self, request: Request, take: Take) -> Response:
        if not hmac.compare_digest(request.path_params["token"].encode(), self._terms.token.encode()):
            raise HTTPException(HTTPStatus.NOT_FOUND, "unknown token")
        self._check_sign_in(request)
        came_ns = self._now_ns() - age_ns(request)
        most, within_s = self._terms.body_max_bytes, self._terms.body_within_s
        try:
            body = await whole_body(request, most_bytes=most, within_s=within_s)
            return await take(request, body, came_ns)
        except BodyError as error:
            raise HTTPException(error.status, str(error)) from error
        except PushError as error:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error

    def _check_sign_in(self, request: Request) -> None:
        if self._sign_in is None:
            return
        path = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        target = f"{path}?{query}" if query else path
        admitted = self._sign_in.admits("POST", target, request.headers.get("authorization", ""))
        if admitted is not Admitted.YES:
            headers = {"WWW-Authenticate": self._sign_in.challenge(admitted)}
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "user or password", headers)


async def parts_of(request: Request, body: bytes) -> list[Part]:
    """The parts of a form, or the whole body as one. Raises PushError."""
    kind = _kind(request.headers.get("content-type", ""))
    if not kind.startswith("multipart/"):
        return [Part("", "", kind, body)]
    replay = Request(request.scope, _once(body))
    try:
        async with replay.form(max_files=8, max_fields=16, max_part_size=len(body)) as form:
            return [await _part(name, value) for name, value in form.multi_items()]
    except HTTPException as error:
        raise PushError(f"form: {error.detail}") from error


async def _part(name: str, value: UploadFile | str) -> Part:
    if isinstance(value, str):
        kind = "application/json" if value.lstrip()[:1] == "{" else "application/xml"
        return Part(name, "", kind, value.encode())
    return Part(name, value.filename or "", _kind(value.content_type or ""), await value.read())


def _kind(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _answered(_request: Request, error: Exception) -> Response:
    """Problem details (RFC 9457)."""
    assert isinstance(error, HTTPException)  # noqa: S101  # for the type checker
    status = HTTPStatus(error.status_code)
    problem = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": error.detail}
    return Response(
        msgspec.json.encode(problem), status, error.headers, media_type="application/problem+json"
    )


async def _left(_request: Request, _error: Exception) -> Response:
    return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it
