"""Relay modules on a Modbus line: barriers, doors, gates (driver `modbus_relay`)."""
