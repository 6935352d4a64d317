"""People and where they live."""
