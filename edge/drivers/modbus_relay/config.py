"""Settings of a relay module; the cloud knows them, too."""

from protocols.drivers import ModbusRelaySettings as Settings

__all__ = ["Settings"]
