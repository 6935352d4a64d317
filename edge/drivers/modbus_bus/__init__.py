"""Modbus lines: TCP gateways and RTU serial ports (drivers `modbus_tcp`, `modbus_rtu`)."""
