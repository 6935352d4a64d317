"""Snapshots over HTTP, as nearly every IP camera gives them; `onvif_camera` finds the address by itself."""

import asyncio
from uuid import UUID

from edge.drivers.base import RefusedError, SilentError, Sink, Still, Stream, UnavailableError
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.http_camera.config import Settings
from edge.drivers.pictures import auth, fetch
from edge.drivers.presence import Backoff, Presence
from protocols import config


class HttpCamera:
    """Implements `base.Camera`, with a stream in its settings `base.StreamingCamera`."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self.name = device.name
        self.is_recorded = settings.record
        self._settings = settings
        self._random = ports.random

    async def run(self, sink: Sink) -> None:
        """Ask for a picture now and then, to know whether the camera lives."""
        presence = Presence(self.id, sink)
        backoff = Backoff(self._random)
        while True:
            try:
                await self.still()
            except RefusedError as error:
                presence.fault(error.why)
                await backoff.wait()
            except (UnavailableError, SilentError) as error:
                presence.offline(error.why)
                await backoff.wait()
            else:
                presence.online()
                backoff.reset()
                await asyncio.sleep(self._settings.probe_s)

    async def still(self) -> Still:
        """See `base.Camera`."""
        settings = self._settings
        sign_in = auth(settings.user, settings.password, settings.auth)
        return await fetch(self.name, settings.url, sign_in, timeout_ms=settings.timeout_ms)

    async def stream(self) -> Stream:
        """See `base.StreamingCamera`; the settings name it."""
        settings = self._settings
        return Stream(settings.stream, settings.user, settings.password)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `http_camera`."""
    settings = settings_of(device, Settings)
    camera = HttpCamera(device, settings, ports)
    built.all[device.id] = built.cameras[device.id] = camera
    if settings.stream:
        built.streaming[device.id] = camera
