"""Cameras that read plates and push them to the box over HTTP (driver `plate_http`)."""
