"""Settings of an OSDP reader; the cloud knows them, too."""

from protocols.drivers import OsdpSerial as Serial
from protocols.drivers import OsdpSettings as Settings
from protocols.drivers import OsdpTcp as Tcp

__all__ = ["Serial", "Settings", "Tcp"]
