"""Settings of a source of plates; the cloud knows them, too."""

from protocols.drivers import PlateHttpSettings as Settings

__all__ = ["Settings"]
