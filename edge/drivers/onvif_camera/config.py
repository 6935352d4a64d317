"""Settings of an ONVIF camera; the cloud knows them, too."""

from protocols.drivers import OnvifCameraSettings as Settings

__all__ = ["Settings"]
