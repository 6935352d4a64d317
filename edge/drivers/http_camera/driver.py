"""Snapshots over HTTP, as nearly every IP camera gives them; ONVIF will find the address by itself later."""

import asyncio
from http import HTTPStatus
from uuid import UUID

import httpx

from edge.drivers.base import RefusedError, SilentError, Sink, Still, UnavailableError
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.http_camera.config import Settings
from edge.drivers.presence import Backoff, Presence
from edge.drivers.stills import STILL_MAX_BYTES, StillError, still
from protocols import config
from protocols.records import DeviceReason
from protocols.urls import without_secrets


class HttpCamera:
    """Implements `base.Camera`."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._name = device.name
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
        timeout_s = self._settings.timeout_ms / 1000
        try:
            async with (
                asyncio.timeout(timeout_s),
                # no proxy of the environment: it would see the camera's password
                httpx.AsyncClient(auth=self._auth(), timeout=timeout_s, trust_env=False) as client,
            ):
                return await self._fetch(client)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
            raise UnavailableError(f"{self._name}: {without_secrets(str(error))}") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise SilentError(
                f"{self._name}: no picture in {self._settings.timeout_ms} ms ({without_secrets(str(error))})"
            ) from error

    async def _fetch(self, client: httpx.AsyncClient) -> Still:
        async with client.stream("GET", self._settings.url) as answer:
            if answer.status_code != HTTPStatus.OK:
                status = answer.status_code
                raise RefusedError(f"{self._name}: HTTP status {status}", status, DeviceReason.HTTP_STATUS)
            data = bytearray()
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) > STILL_MAX_BYTES:
                    break
        try:
            return still(bytes(data))
        except StillError as error:
            raise RefusedError(f"{self._name}: {error}", HTTPStatus.OK, DeviceReason.NO_PICTURE) from error

    def _auth(self) -> httpx.Auth | None:
        if not self._settings.user:
            return None
        kind = httpx.DigestAuth if self._settings.auth == "digest" else httpx.BasicAuth
        return kind(self._settings.user, self._settings.password)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `http_camera`."""
    built.all[device.id] = built.cameras[device.id] = HttpCamera(device, settings_of(device, Settings), ports)
