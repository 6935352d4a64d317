"""Cameras that speak ONVIF (driver `onvif_camera`)."""
