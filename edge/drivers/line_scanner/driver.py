"""A scanner that sends what it read as a line."""

import errno
import os
from uuid import UUID

from edge.drivers.base import Read, Sink, UnavailableError, Verdict, Why
from edge.drivers.descriptors import readable
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.line_scanner.config import Settings
from edge.drivers.line_scanner.decode import Keys, Line, Lines
from edge.drivers.line_scanner.wire import Wire, opened, received
from edge.drivers.presence import Backoff, Presence
from protocols import config
from protocols.records import DeviceReason

_ABSENT = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO})


class LineScanner:
    """Implements `base.Reader`."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._settings = settings
        self._now_ns = ports.monotonic_ns
        self._random = ports.random
        self._descriptor: int | None = None  # while the line is open

    async def run(self, sink: Sink) -> None:
        """Keep the line open and read it until cancelled."""
        presence = Presence(self.id, sink)
        backoff = Backoff(self._random, cap_s=5.0)
        while True:
            try:
                async with opened(self._settings, self._now_ns) as wire:
                    self._descriptor = wire.descriptor
                    presence.online()
                    await self._follow(wire, sink, backoff)
                why = Why("the connection was closed", DeviceReason.NO_CONNECTION)
            except OSError as error:
                why = Why(f"no connection ({error})", _reason(error))
            finally:
                self._descriptor = None
            presence.offline(why._replace(detail=f"{self._name}, {self._settings.place}: {why.detail}"))
            await backoff.wait()

    async def signal(self, verdict: Verdict) -> None:
        """Send what makes the scanner beep, where that is known."""
        granted = verdict is Verdict.GRANTED
        said = bytes.fromhex(self._settings.beep_granted if granted else self._settings.beep_denied)
        if not said:
            return
        if self._descriptor is None:
            raise UnavailableError(f"{self._name}: the scanner is offline")
        try:
            os.write(self._descriptor, said)
        except OSError as error:
            raise UnavailableError(f"{self._name}: {error}") from error

    async def _follow(self, wire: Wire, sink: Sink, backoff: Backoff) -> None:
        """Until the line is lost. A line is as old as the first of its bytes."""
        lines = Lines()
        feed = Keys(lines).feed if self._settings.hid is not None else lines.feed
        silence_s = self._settings.silence_ms / 1000
        begun_ns = 0  # the line in hand
        while True:
            if not await readable(wire.descriptor, silence_s if lines.begun else None):
                self._tell(lines.end(), begun_ns, sink)
                continue
            since_ns = wire.since_ns()
            data = received(wire.descriptor)
            if data is None:
                return
            backoff.reset()
            if not lines.begun:
                begun_ns = since_ns
            if ended := feed(data):
                self._tell(ended, begun_ns, sink)
                begun_ns = since_ns

    def _tell(self, lines: list[Line], at_ns: int, sink: Sink) -> None:
        for line in lines:
            sink.read(Read(device=self.id, at_ns=at_ns, raw=line.raw, code=line.code))


def _reason(error: OSError) -> DeviceReason:
    return DeviceReason.READER_ABSENT if error.errno in _ABSENT else DeviceReason.NO_CONNECTION


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `line_scanner`."""
    settings = settings_of(device, Settings)
    built.claim(device, settings.place)
    built.all[device.id] = built.readers[device.id] = LineScanner(device, settings, ports)
