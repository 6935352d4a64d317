"""A door controller by ONVIF Door Control: it lets one through when asked, for the time that it is set to."""

import asyncio
import logging
from uuid import UUID

from edge.drivers.base import DeviceError, RefusedError, SilentError, Sink, UnavailableError
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.onvif.soap import Access, Onvif
from edge.drivers.onvif_door.config import Settings
from edge.drivers.own_lock import OwnLock
from edge.drivers.presence import Backoff, Presence
from protocols import config

_log = logging.getLogger(__name__)
DOORS = "http://www.onvif.org/ver10/doorcontrol/wsdl"


class OnvifDoor(OwnLock):
    """Implements `base.Relay`. One request at a time: the device's clock and services are asked once."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        super().__init__(device.name, len(settings.doors.split(",")), ports.monotonic_ns)
        self.id: UUID = device.id
        self._settings = settings
        self._tokens = [token.strip() for token in settings.doors.split(",")]
        self._random = ports.random
        access = Access(
            device.name,
            settings.host,
            settings.port,
            settings.user,
            settings.password,
            settings.timeout_ms / 1000,
        )
        self._device = Onvif(access, ports)
        self._service: str | None = None
        self._turn = asyncio.Lock()

    async def run(self, sink: Sink) -> None:
        """Ask the doors now and then how they are, to know whether the controller lives."""
        presence = Presence(self.id, sink)
        backoff = Backoff(self._random)
        try:
            while True:
                try:
                    await self._look()
                except (UnavailableError, SilentError) as error:
                    presence.offline(error.why)
                    await backoff.wait()
                except DeviceError as error:
                    self._service = None  # its clock may have been set, its services moved
                    presence.fault(error.why)
                    await backoff.wait()
                else:
                    presence.online()
                    backoff.reset()
                    await asyncio.sleep(self._settings.probe_s)
        finally:
            self._device.close()

    async def open_door(self, door: int, *, deadline_ns: int) -> None:
        """See OwnLock."""
        async with self._turn:
            try:
                await self._access(door, deadline_ns)
            except RefusedError:
                if self._service is None:
                    raise
                self._service = None  # once more with its clock and services as they are now
                await self._access(door, deadline_ns)

    async def _access(self, door: int, deadline_ns: int) -> None:
        service, token = await self._found(), self._tokens[door]
        await asyncio.to_thread(self._device.access_door, service, token, until_ns=deadline_ns)

    async def _look(self) -> None:
        for token in self._tokens:
            async with self._turn:  # anew for each: an opening does not wait for all of them
                service = await self._found()
                await asyncio.to_thread(self._device.door_mode, service, token)

    async def _found(self) -> str:
        if self._service is None:
            self._service = await asyncio.to_thread(self._find)
        return self._service

    def _find(self) -> str:
        """The address of the door service; all the doors must be there."""
        facts = self._device.facts()
        service = facts.services.get(DOORS)
        if service is None:
            raise DeviceError(f"{self._name}: it has no door control")
        there = self._device.doors(service)
        missing = [token for token in self._tokens if token not in there]
        if missing:
            raise DeviceError(
                f"{self._name}: no door {missing[0]!r}, only {', '.join(there) or 'none'}"[:400]
            )
        _log.info("%s: %s %s, doors %s", self._name, facts.maker, facts.model, ", ".join(there))
        return service


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `onvif_door`."""
    settings = settings_of(device, Settings)
    built.all[device.id] = built.relays[device.id] = OnvifDoor(device, settings, ports)
