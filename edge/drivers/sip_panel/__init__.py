"""Intercom panels that call by SIP (driver `sip_panel`)."""
