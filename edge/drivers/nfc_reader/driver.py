"""An NFC reader: see `edge.drivers.watched`."""

from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.nfc_reader.config import Settings
from edge.drivers.watched import OnCard, OnState, WatchedReader, Watcher
from protocols import config


class NfcReader(WatchedReader):
    """Implements `base.Reader`."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        super().__init__(device, ports.monotonic_ns)
        self._settings = settings

    def watcher(self, on_card: OnCard, on_state: OnState) -> Watcher:
        """See WatchedReader: it loads libusb."""
        from edge.drivers.nfc_reader.watcher import NfcWatcher

        path, reverse = self._settings.path, self._settings.reverse
        return NfcWatcher(path, reverse=reverse, now_ns=self._now_ns, on_card=on_card, on_state=on_state)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `nfc_reader`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"NFC reader {settings.path!r}")
    built.all[device.id] = built.readers[device.id] = NfcReader(device, settings, ports)
