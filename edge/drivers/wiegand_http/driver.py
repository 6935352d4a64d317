"""A listening port to which a controller pushes the cards that its Wiegand readers see."""

import hmac
from http import HTTPStatus
from uuid import UUID

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from edge.drivers.base import Read, Sink, Verdict
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.http_server import BodyError, Place, keep_serving, whole_body
from edge.drivers.presence import Backoff, Presence
from edge.drivers.wiegand_http.config import Settings
from edge.drivers.wiegand_http.decode import CardPushError, Seen, seen
from protocols import config

BODY_MAX_BYTES = 4096
BODY_WITHIN_S = 10.0


class WiegandSource:
    """Implements `base.Reader`; the controller's own readers show no verdict of the box."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._settings = settings
        self._now_ns = ports.monotonic_ns
        self._random = ports.random
        self._last: tuple[str, int] | None = None  # what was last pushed, and when

    async def run(self, sink: Sink) -> None:
        """Listen until cancelled."""
        place = Place(self._name, self._settings.host, self._settings.port)
        await keep_serving(self._application(sink), place, Presence(self.id, sink), Backoff(self._random))

    async def signal(self, verdict: Verdict) -> None:
        """Nothing to show it with."""

    def _application(self, sink: Sink) -> Starlette:
        async def push(request: Request) -> Response:
            return await self._push(request, sink)

        return Starlette(
            routes=[Route("/cards/{token}", push, methods=["POST"])],
            exception_handlers={HTTPException: _answered, ClientDisconnect: _left},
        )

    async def _push(self, request: Request, sink: Sink) -> Response:
        if not hmac.compare_digest(request.path_params["token"].encode(), self._settings.token.encode()):
            raise HTTPException(HTTPStatus.NOT_FOUND, "unknown token")
        try:
            body = await whole_body(request, most_bytes=BODY_MAX_BYTES, within_s=BODY_WITHIN_S)
            at_ns = self._now_ns()
            what = seen(body, reverse=self._settings.reverse)
        except BodyError as error:
            raise HTTPException(error.status, str(error)) from error
        except CardPushError as error:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
        if not self._repeated(what, at_ns):
            sink.read(Read(device=self.id, at_ns=at_ns, raw=what.raw, credentials=what.credentials))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _repeated(self, what: Seen, at_ns: int) -> bool:
        """The same card pushed again; every push keeps it the same presentation."""
        before, self._last = self._last, (what.raw, at_ns)
        return (
            before is not None
            and before[0] == what.raw
            and at_ns - before[1] < self._settings.repeat_ms * 1_000_000
        )


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


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `wiegand_http`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"port {settings.port}")
    built.all[device.id] = built.readers[device.id] = WiegandSource(device, settings, ports)
