"""Cameras that give a picture over HTTP (driver `http_camera`)."""
