"""Passes, blacklist, passages."""
