"""Settings of Modbus lines; the cloud knows them, too."""

from protocols.drivers import ModbusRtuSettings as RtuSettings
from protocols.drivers import ModbusTcpSettings as TcpSettings

__all__ = ["RtuSettings", "TcpSettings"]
