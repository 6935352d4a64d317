"""An NFC reader: the watcher's thread on one side, the event loop on the other, a bounded queue between."""

import asyncio
import logging
from uuid import UUID

from edge.drivers.base import Read, Sink, Verdict, Why
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.nfc_reader.config import Settings
from edge.drivers.nfc_reader.decode import card
from edge.drivers.presence import Presence
from protocols import config
from protocols.records import DeviceReason

_log = logging.getLogger(__name__)
QUEUE_MAX = 32


class NfcReader:
    """Implements `base.Reader`; it shows no verdict."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._settings = settings
        self._now_ns = ports.monotonic_ns

    async def run(self, sink: Sink) -> None:
        """Look for tags until cancelled."""
        from edge.drivers.nfc_reader.watcher import Watcher  # loads libusb, which a box without one lacks

        loop = asyncio.get_running_loop()
        presence = Presence(self.id, sink)
        reads: asyncio.Queue[Read] = asyncio.Queue(QUEUE_MAX)

        def on_card(uid: bytes) -> None:
            raw, credentials = card(uid, reverse=self._settings.reverse)
            read = Read(device=self.id, at_ns=self._now_ns(), raw=raw, credentials=credentials)
            loop.call_soon_threadsafe(self._offer, reads, read)

        def on_state(there: bool, detail: str) -> None:
            told = f"{self._name}: {detail}"
            if there:
                loop.call_soon_threadsafe(presence.online, told)
            else:
                loop.call_soon_threadsafe(presence.offline, Why(told, DeviceReason.READER_ABSENT))

        watcher = Watcher(self._settings.path, now_ns=self._now_ns, on_card=on_card, on_state=on_state)
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
    """Driver `nfc_reader`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"NFC reader {settings.path!r}")
    built.all[device.id] = built.readers[device.id] = NfcReader(device, settings, ports)
