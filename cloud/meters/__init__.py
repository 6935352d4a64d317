"""Meters and their channels."""
