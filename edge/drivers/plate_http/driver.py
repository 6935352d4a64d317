"""A listening port to which cameras push the plates that they read."""

import hmac
from http import HTTPStatus
from uuid import UUID

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive

from edge.drivers.base import Read, Sink, Still, Verdict
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.http_server import BodyError, Place, keep_serving, whole_body
from edge.drivers.plate_http.config import Settings
from edge.drivers.plate_http.decode import PushError, Seen, seen
from edge.drivers.presence import Backoff, Presence
from edge.drivers.stills import STILL_MAX_BYTES, StillError, still
from protocols import config

BODY_MAX_BYTES = STILL_MAX_BYTES + 64 * 1024
BODY_WITHIN_S = 30.0


class PlateSource:
    """Implements `base.Reader`; it has no lamp to show a verdict."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._settings = settings
        self._now_ns = ports.monotonic_ns
        self._random = ports.random
        self._last: tuple[str, int] | None = None  # plate, and when it was last pushed

    async def run(self, sink: Sink) -> None:
        """Listen until cancelled."""
        place = Place(self._name, self._settings.host, self._settings.port)
        await keep_serving(self._application(sink), place, Presence(self.id, sink), Backoff(self._random))

    async def signal(self, verdict: Verdict) -> None:
        """A camera shows nothing."""

    def _application(self, sink: Sink) -> Starlette:
        async def push(request: Request) -> Response:
            return await self._push(request, sink)

        return Starlette(
            routes=[Route("/plates/{token}", push, methods=["POST"])],
            exception_handlers=dict.fromkeys((PushError, StillError, BodyError, ClientDisconnect), _refused),
        )

    async def _push(self, request: Request, sink: Sink) -> Response:
        if not hmac.compare_digest(request.path_params["token"].encode(), self._settings.token.encode()):
            return PlainTextResponse("unknown token", HTTPStatus.NOT_FOUND)
        event, picture = await _parts(request)
        at_ns = self._now_ns()
        what = seen(event, min_confidence=self._settings.min_confidence)
        if not self._repeated(what, at_ns):
            sink.read(
                Read(
                    device=self.id,
                    at_ns=at_ns,
                    raw=what.raw,
                    plate=what.plate,
                    confidence=what.confidence,
                    still=picture,
                )
            )
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _repeated(self, what: Seen, at_ns: int) -> bool:
        """The same car pushed again; every push keeps it the same car."""
        if what.plate is None:
            return False
        before, self._last = self._last, (what.plate, at_ns)
        return (
            before is not None
            and before[0] == what.plate
            and at_ns - before[1] < self._settings.repeat_ms * 1_000_000
        )


async def _parts(request: Request) -> tuple[bytes, Still | None]:
    """The event's JSON and the picture, from JSON alone or from a form of both.

    Raises PushError, StillError, BodyError.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await whole_body(request, most_bytes=BODY_MAX_BYTES, within_s=BODY_WITHIN_S)
    if kind == "application/json":
        return body, None
    if kind != "multipart/form-data":
        raise PushError(f"content type {kind!r}: application/json or multipart/form-data is needed")
    replay = Request(request.scope, _once(body))
    try:
        async with replay.form(max_files=4, max_fields=16, max_part_size=BODY_MAX_BYTES) as form:
            event, picture = await _bytes(form.get("event")), await _bytes(form.get("still"))
    except HTTPException as error:
        raise PushError(f"form: {error.detail}") from error
    if event is None:
        raise PushError("form: no part event")
    return event, still(picture) if picture is not None else None


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _bytes(part: UploadFile | str | None) -> bytes | None:
    return await part.read() if isinstance(part, UploadFile) else part.encode() if part is not None else None


async def _refused(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `plate_http`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"port {settings.port}")
    built.all[device.id] = built.readers[device.id] = PlateSource(device, settings, ports)
