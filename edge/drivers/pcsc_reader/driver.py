"""A desk reader: the watcher's thread on one side, the event loop on the other, a bounded queue between."""

import asyncio
import logging
from uuid import UUID

from edge.drivers.base import Read, Sink, Verdict, Why
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.pcsc_reader.config import Settings
from edge.drivers.pcsc_reader.decode import card
from edge.drivers.presence import Presence
from protocols import config
from protocols.records import DeviceReason

_log = logging.getLogger(__name__)
QUEUE_MAX = 32


class PcscReader:
    """Implements `base.Reader`; a plain desk reader shows no verdict."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._settings = settings
        self._now_ns = ports.monotonic_ns

    async def run(self, sink: Sink) -> None:
        """Watch the reader until cancelled."""
        from edge.drivers.pcsc_reader.watcher import (
            Watcher,
        )  # loads libpcsclite, which a box without a desk lacks

        loop = asyncio.get_running_loop()
        presence = Presence(self.id, sink)
        reads: asyncio.Queue[Read] = asyncio.Queue(QUEUE_MAX)

        def on_card(data: bytes, status: int) -> None:
            raw, credentials = card(data, status, reverse=self._settings.reverse)
            read = Read(device=self.id, at_ns=self._now_ns(), raw=raw, credentials=credentials)
            loop.call_soon_threadsafe(self._offer, reads, read)

        def on_state(there: bool, detail: str) -> None:
            told = f"{self._name}: {detail}"
            if there:
                loop.call_soon_threadsafe(presence.online, told)
            else:
                loop.call_soon_threadsafe(presence.offline, Why(told, DeviceReason.READER_ABSENT))

        watcher = Watcher(self._settings.reader, on_card=on_card, on_state=on_state)
        watcher.start()
        try:
            while True:
                sink.read(await reads.get())
        finally:
            await asyncio.to_thread(watcher.stop)

    async def signal(self, verdict: Verdict) -> None:
        """Nothing to show it with."""

    def _offer(self, reads: asyncio.Queue[Read], read: Read) -> None:
        if reads.full():
            _log.warning("%s: reads come faster than they are taken; one is dropped", self._name)
        else:
            reads.put_nowait(read)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `pcsc_reader`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"PC/SC reader {settings.reader!r}")
    built.all[device.id] = built.readers[device.id] = PcscReader(device, settings, ports)
