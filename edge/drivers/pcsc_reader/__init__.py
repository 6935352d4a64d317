"""Desk readers of PC/SC (driver `pcsc_reader`)."""
