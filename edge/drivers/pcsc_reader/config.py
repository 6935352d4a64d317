"""Settings of a desk reader; the cloud knows them, too."""

from protocols.drivers import PcscSettings as Settings

__all__ = ["Settings"]
