"""Settings of a SIP panel; the cloud knows them, too."""

from protocols.drivers import SipPanelSettings as Settings

__all__ = ["Settings"]
