"""An ONVIF camera: what it is and where its picture is are asked once, and anew when the picture is not there.

Beside that it is listened to, for as long as it is there: whether somebody blinds it.
"""

import asyncio
import contextlib
import logging
from typing import NamedTuple
from uuid import UUID

from edge.drivers.base import DeviceError, RefusedError, SilentError, Sink, Still, Stream, UnavailableError
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.onvif.pull_point import PullPoint
from edge.drivers.onvif.soap import Access, Facts, Onvif, Profile
from edge.drivers.onvif_camera.config import Settings
from edge.drivers.onvif_camera.events import Change, Eye
from edge.drivers.onvif_camera.listening import Listening
from edge.drivers.pictures import auth, fetch
from edge.drivers.presence import Backoff, Presence
from protocols import config
from protocols.records import DeviceReason

_log = logging.getLogger(__name__)
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
CLOCK_WRONG_S = 60.0


class View(NamedTuple):
    """What is known of a camera that answered."""

    facts: Facts
    profile: Profile
    snapshot: str
    stream: str


class OnvifCamera:
    """Implements `base.StreamingCamera`. `view`: None until it has answered once."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self.view: View | None = None
        self.name = device.name
        self.is_recorded = settings.record
        self._settings = settings
        self._random = ports.random
        self._ports = ports
        self._looking = asyncio.Lock()
        self._unheard = ""  # why its events cannot be had
        self._is_there = False
        self._look_now = asyncio.Event()
        self._listening: Listening | None = None

    async def run(self, sink: Sink) -> None:
        """Ask for a picture now and then, to know whether the camera lives, and hear what it tells of itself."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._probe(sink))
            group.create_task(self._listen(sink))

    async def _probe(self, sink: Sink) -> None:
        presence = Presence(self.id, sink)
        backoff = Backoff(self._random)
        while True:
            try:
                await self.still()
            except (UnavailableError, SilentError) as error:
                self._is_there = False
                presence.offline(error.why)
                await backoff.wait()
            except DeviceError as error:
                self._is_there = False
                presence.fault(error.why)
                await backoff.wait()
            else:
                self._tell_online(presence)
                backoff.reset()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._settings.probe_s):
                        await self._look_now.wait()

    def _tell_online(self, presence: Presence) -> None:
        """What was not heard of a camera that was not there is no fault of its events: they are asked for anew."""
        if not self._is_there:
            self._is_there, self._unheard = True, ""
            if self._listening is not None:
                self._listening.wake()
        self._look_now.clear()
        lacks = DeviceReason.NO_EVENTS if self._unheard else None
        presence.online("; ".join(filter(None, [self._unheard, self._about()])), lacks)

    async def _listen(self, sink: Sink) -> None:
        def tell(change: Change) -> None:
            sink.alarm(self.id, change.alarm, change.active, change.detail)

        if not self._settings.events:
            for change in Eye().nothing():
                tell(change)
            return
        point = PullPoint(Onvif(self._access(), self._ports), self._ports.monotonic_ns)
        self._listening = Listening(self.name, point, tell=tell, note=self._note, random=self._random)
        await self._listening.run()

    def _note(self, why: str) -> None:
        """Whether the whole camera is gone, a picture tells; so the probe looks first, and then tells."""
        if bool(why) is not bool(self._unheard) and self._is_there:
            self._look_now.set()
        self._unheard = why

    async def still(self) -> Still:
        """See `base.Camera`. An address that does not serve any more is asked for anew, once."""
        known = self.view
        view = known or await self._look(known)
        try:
            return await self._fetch(view)
        except RefusedError:
            if known is None:
                raise
        return await self._fetch(await self._look(known))

    async def stream(self) -> Stream:
        """See `base.StreamingCamera`. Of the profile whose picture is taken."""
        view = self.view or await self._look(None)
        return Stream(view.stream, self._settings.user, self._settings.password)

    async def _fetch(self, view: View) -> Still:
        settings = self._settings
        sign_in = auth(settings.user, settings.password)
        return await fetch(self.name, view.snapshot, sign_in, timeout_ms=settings.timeout_ms)

    async def _look(self, known: View | None) -> View:
        """Several who want a picture at once ask the camera once. Raises DeviceError."""
        async with self._looking:
            if self.view is None or self.view is known:
                self.view = await asyncio.to_thread(self._ask)
            return self.view

    def _access(self) -> Access:
        given = self._settings
        return Access(self.name, given.host, given.port, given.user, given.password, given.timeout_ms / 1000)

    def _ask(self) -> View:
        with Onvif(self._access(), self._ports) as camera:
            facts = camera.facts()
            media = facts.services.get(MEDIA)
            if media is None:
                raise _lacking(f"{self.name}: it has no media service")
            profile = self._chosen(camera.profiles(media))
            snapshot, stream = (
                camera.snapshot_uri(media, profile.token),
                camera.stream_uri(media, profile.token),
            )
        _log.info(
            "%s: %s %s %s, profile %s", self.name, facts.maker, facts.model, facts.firmware, profile.name
        )
        return View(facts, profile, snapshot, stream)

    def _chosen(self, profiles: list[Profile]) -> Profile:
        wanted = self._settings.profile
        for profile in profiles:
            if not wanted or wanted in profile:
                return profile
        names = ", ".join(f"{each.name} ({each.token})" for each in profiles) or "none"
        raise _lacking(f"{self.name}: no profile {wanted!r}, only {names}"[:400])

    def _about(self) -> str:
        if self.view is None:
            return ""
        facts = self.view.facts
        about = f"{facts.maker} {facts.model}, firmware {facts.firmware}"
        if abs(facts.offset_s) > CLOCK_WRONG_S:
            about += f"; its clock is {facts.offset_s:+.0f} s off"
        return about


def _lacking(message: str) -> DeviceError:
    error = DeviceError(message)
    error.reason = DeviceReason.NO_PICTURE
    return error


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `onvif_camera`."""
    settings = settings_of(device, Settings)
    camera = OnvifCamera(device, settings, ports)
    built.all[device.id] = built.cameras[device.id] = built.streaming[device.id] = camera
