"""An intercom panel over HTTP: it pushes calls, codes, cards and faces, opens when asked, is told whom to let in."""

import asyncio
from http import HTTPStatus
from uuid import UUID

import httpx
from starlette.requests import Request
from starlette.responses import Response

from edge.drivers import pictures
from edge.drivers.base import (
    DeviceError,
    DoubtfulError,
    Grant,
    Read,
    RefusedError,
    Ring,
    SilentError,
    Sink,
    UnavailableError,
    UnsupportedError,
    Verdict,
    Why,
)
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.http_panel.config import Settings
from edge.drivers.http_panel.decode import (
    PanelEvent,
    PanelPushError,
    change,
    ending,
    event,
    face_id,
    faces,
    grants,
    picture_of,
)
from edge.drivers.own_lock import OwnLock
from edge.drivers.presence import Backoff, Presence
from edge.drivers.pushes import PushError, PushPort, Terms, parts_of
from edge.drivers.stills import STILL_MAX_BYTES, StillError, still
from protocols import config
from protocols.cards import CardError, from_uid
from protocols.records import CallPhase, DeviceReason
from protocols.urls import without_secrets

BODY_WITHIN_S = 10.0
PORT_LOOK_S = 0.05
ANSWER_MAX_BYTES = 4 * 1024 * 1024
PICTURE_WITHIN_S = 15.0  # a panel looks for the face in a picture before it answers
NS_PER_S = 1_000_000_000
_NO_SUCH_WAY = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_PHASES = {"ring": CallPhase.RINGING, "answered": CallPhase.ANSWERED, "ended": CallPhase.ENDED}


class _Listening(Presence):
    """Whether the panel is heard. A port that cannot be had is a fault, however well the panel answers."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self.is_open = False

    def online(self, detail: str = "", lacks: DeviceReason | None = None) -> None:  # noqa: ARG002
        """The panel itself may not live."""
        self.is_open = True

    def fault(self, why: Why) -> None:
        self.is_open = False
        self._presence.fault(why)


class HttpPanel(OwnLock):
    """Implements `base.Relay`, `Reader`, `Panel`, `FacePanel` and `Intercom`; it shows itself what became of it."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        super().__init__(device.name, settings.doors, ports.monotonic_ns)
        self.id: UUID = device.id
        self.recognises = settings.recognises
        self._settings = settings
        self._random = ports.random
        self._ringing = ""
        self._sink: Sink | None = None
        body = STILL_MAX_BYTES + 64 * 1024
        terms = Terms(settings.host, settings.port, "panels", settings.token, body, BODY_WITHIN_S)
        self._port = PushPort(device, ports, terms)

    async def run(self, sink: Sink) -> None:
        """Listen, and ask the panel now and then whether it lives."""
        presence, self._sink = Presence(self.id, sink), sink
        listening = _Listening(presence)

        async def take(request: Request, body: bytes, came_ns: int) -> Response:
            return await self._take(request, body, came_ns, sink)

        async with asyncio.TaskGroup() as group:
            group.create_task(self._probe(presence, listening), name=f"probe {self._name}")
            group.create_task(self._port.run(sink, take, listening), name=f"pushes of {self._name}")

    async def signal(self, verdict: Verdict) -> None:
        """See `base.Reader`: it opens, or it does not."""

    async def open_door(self, door: int, *, deadline_ns: int) -> None:
        """See OwnLock. Whoever rings and was let in is told so."""
        await self._ask("POST", f"/doors/{door}/open", within_s=self._left_s(deadline_ns))
        call, self._ringing = self._ringing, ""
        if call and self._sink is not None:
            self._sink.ring(Ring(device=self.id, call=call, phase=CallPhase.OPENED))

    async def hang_up(self, call: str) -> None:
        """See `base.Intercom`. That the call is over, the panel tells itself."""
        try:
            await self._ask("POST", "/calls/end", ending(call))
        except RefusedError as error:
            if error.code in _NO_SUCH_WAY:
                raise UnsupportedError(f"{self._name}: this panel cannot refuse a call from afar") from error
            raise

    async def grants(self) -> frozenset[Grant]:
        """See `base.Panel`."""
        try:
            return grants(await self._ask("GET", "/grants"))
        except PanelPushError as error:
            raise DeviceError(f"{self._name}: {error}") from error

    async def change_grants(self, add: frozenset[Grant], remove: frozenset[Grant]) -> None:
        """See `base.Panel`."""
        await self._ask("POST", "/grants", change(add, remove))

    async def faces(self) -> dict[str, str]:
        """See `base.FacePanel`."""
        try:
            return faces(await self._ask("GET", "/faces"))
        except PanelPushError as error:
            raise DeviceError(f"{self._name}: {error}") from error
        except RefusedError as error:
            if error.code in _NO_SUCH_WAY:
                raise UnsupportedError(f"{self._name}: this panel keeps no faces") from error
            raise

    async def put_face(self, face: str, picture: bytes) -> None:
        """See `base.FacePanel`."""
        path = f"/faces/{face_id(face)}"
        await self._ask("PUT", path, picture, media_type="image/jpeg", within_s=PICTURE_WITHIN_S)

    async def drop_face(self, face: str) -> None:
        """See `base.FacePanel`."""
        try:
            await self._ask("DELETE", f"/faces/{face_id(face)}")
        except RefusedError as error:
            if error.code != HTTPStatus.NOT_FOUND:
                raise

    async def _probe(self, presence: Presence, listening: _Listening) -> None:
        backoff = Backoff(self._random)
        while True:
            while not listening.is_open:  # noqa: ASYNC110  # it opens at once, or not for long
                await asyncio.sleep(PORT_LOOK_S)
            try:
                await self._ask("GET", "/")
            except (UnavailableError, SilentError) as error:
                presence.offline(error.why)
                await backoff.wait()
            except DeviceError as error:
                presence.fault(error.why)
                await backoff.wait()
            else:
                presence.online()
                backoff.reset()
                await asyncio.sleep(self._settings.probe_s)

    async def _take(self, request: Request, body: bytes, came_ns: int, sink: Sink) -> Response:
        try:
            parts = await parts_of(request, body)
            told = event(next((part.data for part in parts if part.name in {"", "event"}), b""))
            data = next((part.data for part in parts if part.name == "still"), None)
            picture = still(data) if data else None
        except (PanelPushError, StillError) as error:
            raise PushError(str(error)) from error
        if told.event == "face" and not self.recognises:
            raise PushError("event: $.event: face: the settings do not say that this panel recognises")
        if told.event in _PHASES:
            self._ringing = told.call if told.event == "ring" else ""
            phase = _PHASES[told.event]
            sink.ring(Ring(device=self.id, call=told.call, phase=phase, number=told.number, still=picture))
        else:
            sink.read(self._read(told, came_ns))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _read(self, told: PanelEvent, at_ns: int) -> Read:
        if told.face is not None:
            face = picture_of(told.face)
            raw = f"face {face[-8:]}" if face else "face of another's"
            return Read(device=self.id, at_ns=at_ns, raw=raw, face=face, confidence=told.confidence)
        if told.uid is None:
            code = told.code or ""
            return Read(device=self.id, at_ns=at_ns, raw=code, code=code)
        try:
            credentials = (from_uid(bytes.fromhex(told.uid), reverse=self._settings.reverse),)
        except CardError as error:
            raise PushError(f"event: $.uid: {error}") from error
        return Read(device=self.id, at_ns=at_ns, raw=told.uid.upper(), credentials=credentials)

    def _left_s(self, deadline_ns: int) -> float:
        left_s = (deadline_ns - self._monotonic_ns()) / NS_PER_S
        return max(0.0, min(left_s, self._settings.timeout_ms / 1000))

    async def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        within_s: float | None = None,
        media_type: str = "application/json",
    ) -> bytes:
        """Raises UnavailableError, RefusedError (4xx), SilentError (no answer, or 5xx: it may have done it)."""
        settings = self._settings
        limit_s = settings.timeout_ms / 1000 if within_s is None else within_s
        sign_in = pictures.auth(settings.user, settings.password, settings.auth)
        headers = {"Content-Type": media_type} if body is not None else {}
        url = settings.url.rstrip("/") + path
        try:
            async with (
                asyncio.timeout(limit_s),
                httpx.AsyncClient(auth=sign_in, timeout=limit_s, trust_env=False) as client,
                client.stream(method, url, content=body, headers=headers) as answer,
            ):
                data = bytearray()
                async for chunk in answer.aiter_bytes():
                    data += chunk
                    if len(data) > ANSWER_MAX_BYTES:
                        raise DeviceError(f"{self._name}: {method} {path}: the answer is too long")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
            raise UnavailableError(f"{self._name}: {without_secrets(str(error))}") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise SilentError(f"{self._name}: {method} {path}: no answer within {limit_s:.1f} s") from error
        status = answer.status_code
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise DoubtfulError(f"{self._name}: {method} {path}: HTTP status {status}")
        if not answer.is_success:
            message = f"{self._name}: {method} {path}: HTTP status {status}"
            raise RefusedError(message, status, DeviceReason.HTTP_STATUS)
        return bytes(data)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `http_panel`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"port {settings.port}")
    panel = HttpPanel(device, settings, ports)
    built.all[device.id] = built.relays[device.id] = built.readers[device.id] = panel
    built.panels[device.id] = built.intercoms[device.id] = built.faces[device.id] = panel
