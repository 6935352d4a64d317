"""A listening port to which cameras push the plates that they read."""

import asyncio
from collections import deque
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from edge.drivers.base import Read, Sink, Still, Verdict
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.http_auth import SignIn
from edge.drivers.plate_http.config import Settings
from edge.drivers.plate_http.decode import PlatePushError, Seen, seen
from edge.drivers.plate_http.votes import Ballot, Frame
from edge.drivers.pushes import PushError, PushPort, Terms, parts_of
from edge.drivers.stills import STILL_MAX_BYTES, StillError, still
from protocols import config

BODY_MAX_BYTES = 2 * STILL_MAX_BYTES  # base64 takes a third more than the picture, and some send several
BODY_WITHIN_S = 30.0
EVENTS_KEPT = 64
NS_PER_MS = 1_000_000


class PlateSource:
    """Implements `base.Reader`; it has no lamp to show a verdict."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._settings = settings
        self._now_ns = ports.monotonic_ns
        self._ballot = Ballot(
            min_votes=settings.min_votes,
            within_ns=settings.votes_ms * NS_PER_MS,
            repeat_ns=settings.repeat_ms * NS_PER_MS,
        )
        self._events: deque[str] = deque(maxlen=EVENTS_KEPT)
        sign_in = (
            SignIn(settings.user, settings.password, scheme=settings.auth, now_ns=ports.monotonic_ns)
            if settings.user
            else None
        )
        terms = Terms(settings.host, settings.port, "plates", settings.token, BODY_MAX_BYTES, BODY_WITHIN_S)
        self._port = PushPort(device, ports, terms, sign_in)

    async def run(self, sink: Sink) -> None:
        """Listen until cancelled."""

        async def take(request: Request, body: bytes, came_ns: int) -> Response:
            return await self._take(request, body, came_ns, sink)

        async with asyncio.TaskGroup() as group:
            if self._settings.min_votes > 1:
                group.create_task(self._tell_unread(sink), name="cars that were not read")
            await self._port.run(sink, take)

    async def signal(self, verdict: Verdict) -> None:
        """A camera shows nothing."""

    async def _take(self, request: Request, body: bytes, came_ns: int, sink: Sink) -> Response:
        try:
            parts = await parts_of(request, body)
            what = seen(self._settings.shape, parts, min_confidence=self._settings.min_confidence)
            picture = still(what.picture) if what is not None and what.picture else None
        except (PlatePushError, StillError) as error:
            raise PushError(str(error)) from error
        if what is not None and not self._is_known(what.event):
            self._judge(what, picture, came_ns, sink)
        if self._settings.shape == "dahua":  # it sends again what is not answered so
            return JSONResponse({"result": "true"})
        is_own = self._settings.shape == "generic"
        return Response(status_code=HTTPStatus.NO_CONTENT if is_own else HTTPStatus.OK)

    def _is_known(self, event: str) -> bool:
        """The same event again: some cameras send the plate at once, and plate and pictures a moment later."""
        if not event:
            return False
        if event in self._events:
            return True
        self._events.append(event)
        return False

    def _judge(self, what: Seen, picture: Still | None, came_ns: int, sink: Sink) -> None:
        is_unread = what.plate is None and self._settings.min_votes == 1
        if is_unread or self._ballot.see(Frame(self._now_ns(), what.plate, what.track)):
            sink.read(
                Read(
                    device=self.id,
                    at_ns=came_ns,
                    raw=what.raw,
                    plate=what.plate,
                    confidence=what.confidence,
                    still=picture,
                )
            )

    async def _tell_unread(self, sink: Sink) -> None:
        """A car that left without its votes was seen, and is told of as unreadable."""
        while True:
            await asyncio.sleep(self._settings.votes_ms / 1000)
            now_ns = self._now_ns()
            for raw in self._ballot.gone(now_ns):
                sink.read(Read(device=self.id, at_ns=now_ns, raw=raw))


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `plate_http`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"port {settings.port}")
    built.all[device.id] = built.readers[device.id] = PlateSource(device, settings, ports)
