"""Settings of an HTTP panel; the cloud knows them, too."""

from protocols.drivers import HttpPanelSettings as Settings

__all__ = ["Settings"]
