"""Settings of an ONVIF door controller; the cloud knows them, too."""

from protocols.drivers import OnvifDoorSettings as Settings

__all__ = ["Settings"]
