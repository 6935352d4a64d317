"""Settings of a controller that tells its cards to a broker; the cloud knows them, too."""

from protocols.drivers import WiegandMqttSettings as Settings

__all__ = ["Settings"]
