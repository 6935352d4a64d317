"""Meters whose registers follow a household: a recorded one or a documented daily shape."""
