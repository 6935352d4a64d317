"""Settings of a controller that pushes cards; the cloud knows them, too."""

from protocols.drivers import WiegandHttpSettings as Settings

__all__ = ["Settings"]
