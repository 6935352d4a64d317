"""One reader of an OSDP line."""

from typing import Any
from uuid import UUID

from osdp import Command, CommandLEDColor, Event

from edge.drivers.base import ConfigError, Read, Sink, UnavailableError, Verdict, Why
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.osdp_reader.config import Settings
from edge.drivers.osdp_reader.decode import card
from edge.drivers.osdp_reader.line import OsdpLine
from edge.drivers.presence import Presence
from protocols import config

SIGNAL_TICKS = 10  # of 100 ms


class OsdpReader:
    """Implements `base.Reader`."""

    def __init__(self, device: config.Device, settings: Settings, line: OsdpLine, ports: Ports) -> None:
        self.id: UUID = device.id
        self.settings = settings
        self._name = device.name
        self._line = line
        self._now_ns = ports.monotonic_ns
        self._panel: tuple[Any, int] | None = None  # while online: the line's panel, and the place in it
        self._sink: Sink | None = None
        self._presence: Presence | None = None

    async def run(self, sink: Sink) -> None:
        """Keep the reader online until cancelled."""
        self._sink = sink
        self._presence = Presence(self.id, sink)
        try:
            await self._line.serve()
        finally:
            self._sink = self._presence = None

    async def signal(self, verdict: Verdict) -> None:
        """Green and a short beep, or red and three."""
        if self._panel is None:
            raise UnavailableError(f"{self._name}: the reader is offline")
        panel, index = self._panel
        granted = verdict is Verdict.GRANTED
        panel.submit_command(index, _led(CommandLEDColor.Green if granted else CommandLEDColor.Red))
        panel.submit_command(index, _buzzer(1 if granted else 3))

    def came(self, panel: Any, index: int) -> None:
        """See `line.Station`."""
        self._panel = panel, index
        if self._presence is not None:
            self._presence.online()

    def gone(self, why: Why) -> None:
        """See `line.Station`."""
        self._panel = None
        if self._presence is not None:
            detail = f"{self._name}, {self.settings.place}: {why.detail}"
            self._presence.offline(why._replace(detail=detail))

    def seen(self, event: dict[str, Any]) -> None:
        """See `line.Station`."""
        if event["event"] == Event.CardRead and self._sink is not None:
            at_ns = self._now_ns()
            raw, credentials = card(event, reverse=self.settings.reverse)
            self._sink.read(Read(device=self.id, at_ns=at_ns, raw=raw, credentials=credentials))


def _led(colour: int) -> dict[str, Any]:
    return {
        "command": Command.LED,
        "reader": 0,
        "led_number": 0,
        "control_code": 2,
        "on_count": SIGNAL_TICKS,
        "off_count": 0,
        "on_color": colour,
        "off_color": CommandLEDColor.Black,
        "timer_count": SIGNAL_TICKS,
        "temporary": True,
    }


def _buzzer(times: int) -> dict[str, Any]:
    return {
        "command": Command.Buzzer,
        "reader": 0,
        "control_code": 2,
        "on_count": 1,
        "off_count": 1,
        "rep_count": times,
    }


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `osdp_reader`. Readers of one place share its line."""
    settings = settings_of(device, Settings)
    line = built.shared.get(settings.place)
    if line is None:
        built.claim(device, settings.place)
        line = built.shared[settings.place] = OsdpLine(settings, ports)
    if not isinstance(line, OsdpLine) or (line.settings.tcp, line.settings.serial) != (
        settings.tcp,
        settings.serial,
    ):
        raise _error(device, f"{settings.place} is already used, and otherwise")
    if any(station.settings.address == settings.address for station in line.stations):
        raise _error(device, f"address: {settings.address} stands twice on {settings.place}")
    reader = OsdpReader(device, settings, line, ports)
    line.stations.append(reader)
    built.all[device.id] = built.readers[device.id] = reader


def _error(device: config.Device, what: str) -> ConfigError:
    return ConfigError([f"device {device.name!r} ({device.id}), settings.{what}"])
