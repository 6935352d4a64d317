"""One reader of an OSDP line."""

import logging
from typing import Any
from uuid import UUID

from osdp import (
    Capability,
    Command,
    CommandLEDColor,
    Event,
    EventNotification,
    LibFlag,
    StatusReportType,
)

from edge.drivers.base import ConfigError, Read, Sink, UnavailableError, Verdict, Why
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.keypad import Keypad
from edge.drivers.osdp_reader.config import Settings
from edge.drivers.osdp_reader.decode import Condition, card, condition
from edge.drivers.osdp_reader.line import OsdpLine
from edge.drivers.presence import Presence
from protocols import config
from protocols.records import DeviceAlarm, DeviceReason

_log = logging.getLogger(__name__)
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
        self._keypad = Keypad()
        self._condition: Condition | None = None  # None: it has not said anything of itself yet
        self._has_key = False  # it came online with its own: no more installing

    @property
    def installing(self) -> bool:
        """See `tries.Station`."""
        return self.settings.install and not self._has_key

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

    def came(self, panel: Any, index: int, *, settled: bool) -> None:
        """See `tries.Station`."""
        if self._panel is None:
            self._panel = panel, index
            self._begin(panel, index)
        if self._presence is None or not settled:
            return
        if self._condition is None or not any(self._condition):
            self._presence.online()
        elif self._condition.tampered:
            self._presence.fault(Why(f"{self._name}: opened, or torn off", DeviceReason.TAMPERED))
        else:
            self._presence.fault(Why(f"{self._name}: its power fails", DeviceReason.POWER_FAILING))

    def gone(self, why: Why) -> None:
        """See `tries.Station`."""
        self._panel = None
        if self._presence is not None:
            detail = f"{self._name}, {self.settings.place}: {why.detail}"
            self._presence.offline(why._replace(detail=detail))

    def seen(self, event: dict[str, Any], at_ns: int) -> None:
        """See `tries.Station`."""
        if event["event"] == Event.Notification:
            self._note(event)
        if self._panel is None or self._sink is None:
            return  # nothing counts that came by another way than the settings want
        if event["event"] == Event.CardRead:
            raw, credentials = card(event, reverse=self.settings.reverse)
            self._sink.read(Read(device=self.id, at_ns=at_ns, raw=raw, credentials=credentials))
        elif event["event"] == Event.KeyPress:
            for code in self._keypad.press(bytes(event["data"]), self._now_ns()):
                self._sink.read(Read(device=self.id, at_ns=at_ns, raw=code, code=code))
        elif event["event"] == Event.Status:
            self._learn(condition(event), self._sink)

    def _begin(self, panel: Any, index: int) -> None:
        """It has just come: whoever typed before is gone, and it is asked how it fares."""
        self._keypad = Keypad()
        if self.settings.key:
            self._has_key = True
            panel.set_flag(index, LibFlag.EnforceSecure)
        level, _ = panel.check_capability(index, Capability.ContactStatusMonitoring)
        if level:
            panel.submit_command(index, _STATUS)

    def _note(self, event: dict[str, Any]) -> None:
        """The library tells of itself, which it does while a key is being installed."""
        if event["type"] == EventNotification.Command and event["arg0"] == Command.Keyset:
            done = "has its own key now" if event["arg1"] else "refused its key"
            _log.warning("%s, %s: the reader %s", self._name, self.settings.place, done)

    def _learn(self, news: Condition | None, sink: Sink) -> None:
        if news is None:
            return
        before, self._condition = self._condition, news
        if before is None or before.tampered is not news.tampered:
            sink.alarm(
                self.id, DeviceAlarm.READER_TAMPER, news.tampered, "the reader was opened, or torn off"
            )


_STATUS = {"command": Command.Status, "type": StatusReportType.Local, "report": b"", "nr_entries": 2}


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
