"""Modbus frames as the application protocol v1.1b3 and the serial line guide v1.02 define them. Pure."""

import struct
from typing import NamedTuple

MBAP_BYTES = 7
PDU_MAX = 253
RTU_MIN = 4
_FIXED_REQUEST = 5  # function, address, value or count
_READS = frozenset({1, 2, 3, 4})
_SINGLE_WRITES = frozenset({5, 6})
_MULTIPLE_WRITES = frozenset({15, 16})


class Request(NamedTuple):
    """A request's PDU and whom it asks. `transaction` is 0 on a serial line."""

    transaction: int
    unit: int
    pdu: bytes


def crc16(data: bytes | bytearray) -> int:
    """Polynomial 0xA001, initial 0xFFFF; sent low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def take_tcp(buffer: bytearray) -> Request | None:
    """Cut the first whole request off the buffer. Raises ValueError when the bytes are no Modbus."""
    if len(buffer) < MBAP_BYTES:
        return None
    transaction, protocol, length, unit = struct.unpack_from(">HHHB", buffer)
    if protocol != 0 or not 2 <= length <= PDU_MAX + 1:
        raise ValueError(f"not an MBAP header: {bytes(buffer[:MBAP_BYTES]).hex(' ')}")
    if len(buffer) < 6 + length:
        return None
    pdu = bytes(buffer[MBAP_BYTES : 6 + length])
    del buffer[: 6 + length]
    return Request(transaction, unit, pdu)


def wrap_tcp(request: Request, pdu: bytes) -> bytes:
    """The answer's frame."""
    return struct.pack(">HHHB", request.transaction, 0, len(pdu) + 1, request.unit) + pdu


def take_rtu(buffer: bytearray) -> Request | None:
    """Cut the first whole request off the buffer, skipping bytes that begin no valid frame."""
    while len(buffer) >= RTU_MIN:
        length = _rtu_length(buffer)
        if length is None:
            del buffer[0]
        elif len(buffer) < length:
            return None
        elif crc16(buffer[: length - 2]) == int.from_bytes(buffer[length - 2 : length], "little"):
            request = Request(0, buffer[0], bytes(buffer[1 : length - 2]))
            del buffer[:length]
            return request
        else:
            del buffer[0]
    return None


def wrap_rtu(request: Request, pdu: bytes) -> bytes:
    """The answer's frame, CRC included."""
    frame = bytes([request.unit]) + pdu
    return frame + crc16(frame).to_bytes(2, "little")


def _rtu_length(buffer: bytearray) -> int | None:
    function = buffer[1]
    if function in _READS or function in _SINGLE_WRITES:
        return 1 + _FIXED_REQUEST + 2
    if function in _MULTIPLE_WRITES:
        if len(buffer) < 7:
            return 1 + _FIXED_REQUEST + 1 + 2
        return 1 + _FIXED_REQUEST + 1 + int(buffer[6]) + 2
    return None
