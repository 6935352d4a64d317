"""A device at a unit address: what it is asked in a PDU, and what it answers. Pure but for the device behind."""

import struct
from typing import Protocol

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
COIL_ON, COIL_OFF = 0xFF00, 0x0000
READ_BITS_MAX, READ_REGISTERS_MAX = 2000, 125


class RefusalError(Exception):
    """The device answers with a Modbus exception."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class Unit(Protocol):
    """A simulated device."""

    def read(self, function: int, address: int, count: int, /) -> list[int]:
        """Bits as 0 and 1 (functions 1, 2) or registers (3, 4). Raises RefusalError."""

    def write(self, function: int, address: int, value: int, /) -> None:
        """A coil as 0 or 1 (function 5) or a register (6). Raises RefusalError."""


def answer(unit: Unit, pdu: bytes) -> bytes:
    """The PDU that answers `pdu`; a refusal is the exception PDU."""
    function = pdu[0]
    try:
        return _HANDLERS.get(function, _unknown)(unit, pdu)
    except RefusalError as refusal:
        return bytes([function | 0x80, refusal.code])
    except (struct.error, IndexError):
        return bytes([function | 0x80, ILLEGAL_VALUE])


def _read_bits(unit: Unit, pdu: bytes) -> bytes:
    function, address, count = struct.unpack(">BHH", pdu)
    if not 1 <= count <= READ_BITS_MAX:
        raise RefusalError(ILLEGAL_VALUE)
    bits = unit.read(function, address, count)
    packed = sum(bit << index for index, bit in enumerate(bits)).to_bytes((count + 7) // 8, "little")
    return bytes([function, len(packed)]) + packed


def _read_registers(unit: Unit, pdu: bytes) -> bytes:
    function, address, count = struct.unpack(">BHH", pdu)
    if not 1 <= count <= READ_REGISTERS_MAX:
        raise RefusalError(ILLEGAL_VALUE)
    registers = unit.read(function, address, count)
    return struct.pack(f">BB{count}H", function, 2 * count, *registers)


def _write_single(unit: Unit, pdu: bytes) -> bytes:
    function, address, value = struct.unpack(">BHH", pdu)
    if function == 5:
        if value not in (COIL_ON, COIL_OFF):
            raise RefusalError(ILLEGAL_VALUE)
        value = int(value == COIL_ON)
    unit.write(function, address, value)
    return pdu


def _write_coils(unit: Unit, pdu: bytes) -> bytes:
    function, address, count, length = struct.unpack_from(">BHHB", pdu)
    if length != (count + 7) // 8 or len(pdu) != 6 + length:
        raise RefusalError(ILLEGAL_VALUE)
    bits = int.from_bytes(pdu[6:], "little")
    for index in range(count):
        unit.write(5, address + index, bits >> index & 1)
    return struct.pack(">BHH", function, address, count)


def _write_registers(unit: Unit, pdu: bytes) -> bytes:
    function, address, count, length = struct.unpack_from(">BHHB", pdu)
    if length != 2 * count or len(pdu) != 6 + length:
        raise RefusalError(ILLEGAL_VALUE)
    for index, value in enumerate(struct.unpack(f">{count}H", pdu[6:])):
        unit.write(6, address + index, value)
    return struct.pack(">BHH", function, address, count)


def _unknown(_unit: Unit, _pdu: bytes) -> bytes:
    raise RefusalError(ILLEGAL_FUNCTION)


_HANDLERS = {
    1: _read_bits,
    2: _read_bits,
    3: _read_registers,
    4: _read_registers,
    5: _write_single,
    6: _write_single,
    15: _write_coils,
    16: _write_registers,
}
