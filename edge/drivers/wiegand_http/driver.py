"""A listening port to which a controller pushes the cards that its Wiegand readers see."""

from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from edge.drivers.base import Read, Sink, Verdict
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.pushes import PushError, PushPort, Terms
from edge.drivers.repeats import Repeats
from edge.drivers.wiegand_http.config import Settings
from edge.drivers.wiegand_http.decode import CardPushError, seen
from protocols import config

BODY_MAX_BYTES = 4096
BODY_WITHIN_S = 10.0


class WiegandSource:
    """Implements `base.Reader`; the controller's own readers show no verdict of the box."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._settings = settings
        self._now_ns = ports.monotonic_ns
        self._repeats = Repeats(settings.repeat_ms)
        terms = Terms(settings.host, settings.port, "cards", settings.token, BODY_MAX_BYTES, BODY_WITHIN_S)
        self._port = PushPort(device, ports, terms)

    async def run(self, sink: Sink) -> None:
        """Listen until cancelled."""

        async def take(_request: Request, body: bytes, came_ns: int) -> Response:
            return self._take(body, came_ns, sink)

        await self._port.run(sink, take)

    async def signal(self, verdict: Verdict) -> None:
        """Nothing to show it with."""

    def _take(self, body: bytes, came_ns: int, sink: Sink) -> Response:
        try:
            what = seen(body, reverse=self._settings.reverse)
        except CardPushError as error:
            raise PushError(str(error)) from error
        if not self._repeats.take(what.raw, self._now_ns()):
            sink.read(Read(device=self.id, at_ns=came_ns, raw=what.raw, credentials=what.credentials))
        return Response(status_code=HTTPStatus.NO_CONTENT)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `wiegand_http`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"port {settings.port}")
    built.all[device.id] = built.readers[device.id] = WiegandSource(device, settings, ports)
