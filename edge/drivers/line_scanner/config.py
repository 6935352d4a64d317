"""Settings of a scanner; the cloud knows them, too."""

from protocols.drivers import LineScannerSettings as Settings

__all__ = ["Settings"]
