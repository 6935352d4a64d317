"""Intercom panels that speak HTTP in a documented generic shape (driver `http_panel`)."""
