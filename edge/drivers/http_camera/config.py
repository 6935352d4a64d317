"""Settings of a camera; the cloud knows them, too."""

from protocols.drivers import HttpCameraSettings as Settings

__all__ = ["Settings"]
