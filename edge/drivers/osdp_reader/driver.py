"""The control panel's side of OSDP for one reader.

The library's context is refreshed from the event loop over a descriptor that never blocks, so its callbacks come in
the loop and there is no thread. It is made anew for each connection: its own retry delays grow to five minutes.
"""

import asyncio
import enum
from typing import Any
from uuid import UUID

import osdp_sys
from osdp import Command, CommandLEDColor, Event, LibFlag, LogLevel, PDInfo

from edge.drivers.base import Read, Sink, UnavailableError, Verdict
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.osdp_reader.config import Settings
from edge.drivers.osdp_reader.decode import card
from edge.drivers.osdp_reader.wire import Wire, opened
from edge.drivers.presence import Backoff, Presence
from protocols import config

REFRESH_S = 0.01
ANSWER_WITHIN_NS = 6_000_000_000  # of a fresh connection; a refused key shows as silence, too
SIGNAL_TICKS = 10  # of 100 ms


class _State(enum.Enum):
    CONNECTING = "connecting"
    ONLINE = "online"
    GONE = "gone"


class OsdpReader:
    """Implements `base.Reader`."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._settings = settings
        self._now_ns = ports.monotonic_ns
        self._random = ports.random
        self._panel: Any = None
        self._sink: Sink | None = None

    async def run(self, sink: Sink) -> None:
        """Keep the reader online until cancelled."""
        self._sink = sink
        presence = Presence(self.id, sink)
        backoff = Backoff(self._random, cap_s=5.0)
        while True:
            try:
                async with opened(self._settings) as wire:
                    detail = await self._serve(wire, presence, backoff)
            except OSError as error:
                detail = f"no connection ({error})"
            presence.offline(f"{self._name}, {self._settings.place}: {detail}")
            await backoff.wait()

    async def signal(self, verdict: Verdict) -> None:
        """Green and a short beep, or red and three."""
        panel = self._panel
        if panel is None:
            raise UnavailableError(f"{self._name}: the reader is offline")
        granted = verdict is Verdict.GRANTED
        panel.submit_command(0, _led(CommandLEDColor.Green if granted else CommandLEDColor.Red))
        panel.submit_command(0, _buzzer(1 if granted else 3))

    async def _serve(self, wire: Wire, presence: Presence, backoff: Backoff) -> str:
        """Refresh the panel until the reader is gone; says why."""
        panel = self._make_panel(wire)
        began_ns = self._now_ns()
        state = _State.CONNECTING
        try:
            while not wire.lost:
                panel.refresh()
                state = self._state(panel, state)
                if state is _State.GONE:
                    return "no answer any more"
                if state is _State.ONLINE:
                    self._panel = panel
                    presence.online()
                    backoff.reset()
                elif self._now_ns() - began_ns > ANSWER_WITHIN_NS:
                    return "no answer, or the key is refused"
                await asyncio.sleep(REFRESH_S)
            return "the connection was closed"
        finally:
            self._panel = None

    def _make_panel(self, wire: Wire) -> Any:
        osdp_sys.set_loglevel(LogLevel.Critical)
        key = bytes.fromhex(self._settings.key) if self._settings.key else None
        flags = [LibFlag.EnforceSecure] if key else []
        info = PDInfo(self._settings.address, wire, scbk=key, flags=flags, name=str(self.id)[:8])
        panel = osdp_sys.ControlPanel([info.get()])
        panel.set_event_callback(self._on_event)
        return panel

    def _state(self, panel: Any, before: _State) -> _State:
        if panel.sc_status() if self._settings.key else panel.status():
            return _State.ONLINE
        return _State.GONE if before is _State.ONLINE else before

    def _on_event(self, _reader: int, event: dict[str, Any]) -> int:
        if event["event"] == Event.CardRead and self._sink is not None:
            at_ns = self._now_ns()
            raw, credentials = card(event, reverse=self._settings.reverse)
            self._sink.read(Read(device=self.id, at_ns=at_ns, raw=raw, credentials=credentials))
        return 0


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
    """Driver `osdp_reader`. One reader a line for now."""
    settings = settings_of(device, Settings)
    built.claim(device, settings.place)
    built.all[device.id] = built.readers[device.id] = OsdpReader(device, settings, ports)
