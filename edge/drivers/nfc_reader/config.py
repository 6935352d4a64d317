"""Settings of an NFC reader; the cloud knows them, too."""

from protocols.drivers import NfcSettings as Settings

__all__ = ["Settings"]
