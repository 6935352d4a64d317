"""A line of OSDP readers: one wire, one control panel, each reader polled in turn by its address.

The library's context is refreshed from the event loop over a descriptor that never blocks, so its callbacks come in
the loop and there is no thread. A reader that falls silent would be tried again after five minutes by the library's
own delay; the line takes it out and puts it back every few seconds instead (`tries`).

The library counts its delays by the system's clock: set back by a day, that clock would stop every reader for a day
without a word. So the panel is made anew when the clock has been set.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import osdp_sys
from osdp import LibFlag, LogLevel, PDInfo

from edge.drivers.base import MonotonicNs, Why
from edge.drivers.devices import Ports
from edge.drivers.osdp_reader.config import Settings
from edge.drivers.osdp_reader.talk import SILENCE_NS, Talk
from edge.drivers.osdp_reader.tries import Station, Tries
from edge.drivers.osdp_reader.wire import Wire, opened
from edge.drivers.presence import Backoff
from protocols.records import DeviceReason

REFRESH_S = 0.01
STEP_NS = 500_000_000  # between two refreshes no clock drifts so much: it was set
UNKNOWN_NS = 60_000_000_000  # what a reader holds when it is first spoken to may be of any age
GIVE_UP_NS = 20_000_000_000  # nobody on the wire answers: it may be half-open


class OsdpLine:
    """Served by whichever of its readers' tasks comes first; when that ends, by the next."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self.settings = settings
        self.stations: list[Station] = []
        self._now_ns: MonotonicNs = ports.monotonic_ns
        self._wall_ns = ports.wall_ns
        self._random = ports.random
        self._serving = asyncio.Lock()

    async def serve(self) -> None:
        """Keep the wire open and its readers polled until cancelled."""
        async with self._serving:
            backoff = Backoff(self._random, cap_s=5.0)
            while True:
                try:
                    async with opened(self.settings, self._now_ns) as wire:
                        why = await self._poll(wire, backoff)
                except OSError as error:
                    why = Why(f"no connection ({error})", DeviceReason.NO_CONNECTION)
                for station in self.stations:
                    station.gone(why)
                await backoff.wait()

    async def _poll(self, wire: Wire, backoff: Backoff) -> Why:
        """Refresh the panel until the wire is lost; says how."""
        panel = self._panel(wire)
        heard_ns = self._now_ns()
        ahead_ns = self._wall_ns() - heard_ns
        tries = Tries(panel, wire, self.stations, heard_ns)
        patience_ns = max(GIVE_UP_NS, 2 * tries.round_ns)
        while not wire.lost:
            panel.refresh()
            now_ns = self._now_ns()
            was_ahead_ns, ahead_ns = ahead_ns, self._wall_ns() - now_ns
            if abs(ahead_ns - was_ahead_ns) > STEP_NS:
                return Why("the system's clock was set", DeviceReason.CLOCK_SET)
            if tries.judge(panel.sc_status(), panel.status(), now_ns):
                heard_ns = now_ns
                backoff.reset()
            elif now_ns - heard_ns > patience_ns:
                return Why("no answer", DeviceReason.NO_ANSWER)
            await asyncio.sleep(REFRESH_S)
        return Why("the connection was closed", DeviceReason.NO_CONNECTION)

    def _panel(self, wire: Wire) -> Any:
        osdp_sys.set_loglevel(LogLevel.Critical)
        panel = osdp_sys.ControlPanel(_descriptions(self.stations, wire))
        panel.set_event_callback(partial(self._on_event, wire.talk))
        return panel

    def _on_event(self, talk: Talk, index: int, event: dict[str, Any]) -> int:
        station, now_ns = self.stations[index], self._now_ns()
        idle_ns = talk.idle_ns(station.settings.address)
        since_ns = now_ns - UNKNOWN_NS if idle_ns is None else idle_ns
        station.seen(event, now_ns if now_ns - since_ns < SILENCE_NS else since_ns)
        return 0


def _descriptions(stations: Sequence[Station], wire: Wire) -> list[dict[str, Any]]:
    descriptions = []
    for station in stations:
        key = bytes.fromhex(station.settings.key) if station.settings.key else None
        flags = [LibFlag.EnforceSecure] if key else []
        if station.installing:  # the library then sets the key by itself, and says so
            flags = [LibFlag.EnableNotification]
        name = f"reader-{station.settings.address}"
        description = PDInfo(station.settings.address, wire, scbk=key, flags=flags, name=name)
        descriptions.append(description.get())
    return descriptions
