"""A desk reader: see `edge.drivers.watched`."""

from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.pcsc_reader.config import Settings
from edge.drivers.watched import OnCard, OnState, WatchedReader, Watcher
from protocols import config


class PcscReader(WatchedReader):
    """Implements `base.Reader`."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        super().__init__(device, ports.monotonic_ns)
        self._settings = settings

    def watcher(self, on_card: OnCard, on_state: OnState) -> Watcher:
        """See WatchedReader: it loads libpcsclite."""
        from edge.drivers.pcsc_reader.watcher import PcscWatcher

        settings = self._settings
        return PcscWatcher(settings.reader, reverse=settings.reverse, on_card=on_card, on_state=on_state)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `pcsc_reader`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"PC/SC reader {settings.reader!r}")
    built.all[device.id] = built.readers[device.id] = PcscReader(device, settings, ports)
