"""H.264 as cameras send it: an elementary stream cut into pictures, and those into RTP packets (RFC 6184)."""

import base64
import re
import struct
from typing import NamedTuple

CLOCK_HZ = 90_000
PAYLOAD_TYPE = 96
_MOST_BYTES = 1400  # of a payload: what fits an Ethernet frame
_START = re.compile(rb"\x00\x00\x00?\x01")
_SLICE, _KEY_SLICE, _SPS, _PPS, _FU_A = 1, 5, 7, 8, 28


class Picture(NamedTuple):
    """The NAL units of one moment, parameter sets included where they stand before it."""

    units: tuple[bytes, ...]

    @property
    def is_key(self) -> bool:
        """Whether decoding can begin here."""
        return any(kind(unit) == _KEY_SLICE for unit in self.units)


def kind(unit: bytes) -> int:
    """nal_unit_type."""
    return unit[0] & 0x1F


def pictures(stream: bytes) -> list[Picture]:
    """Cut an Annex B stream of one slice a picture. Raises ValueError when there is no picture in it."""
    found: list[Picture] = []
    units: list[bytes] = []
    for unit in _START.split(stream):
        if not unit:
            continue
        units.append(unit.rstrip(b"\x00"))
        if kind(unit) in {_SLICE, _KEY_SLICE}:
            found.append(Picture(tuple(units)))
            units = []
    if not found or not found[0].is_key:
        raise ValueError("no H.264 stream that begins with a key picture")
    return found


def parameter_sets(stream: list[Picture]) -> str:
    """`sprop-parameter-sets` of an SDP: the first SPS and PPS."""
    units = [unit for picture in stream for unit in picture.units]
    chosen = [next(unit for unit in units if kind(unit) == wanted) for wanted in (_SPS, _PPS)]
    return ",".join(base64.b64encode(unit).decode() for unit in chosen)


class Packetiser:
    """RTP packets of one source; sequence numbers run on from picture to picture."""

    def __init__(self, *, source: int = 0x0D0B0B0E, first: int = 1) -> None:
        self._source = source
        self._sequence = first

    def packets(self, picture: Picture, at: int) -> list[bytes]:
        """`at`: in units of `CLOCK_HZ`. The last packet bears the marker."""
        payloads = [payload for unit in picture.units for payload in _payloads(unit)]
        return [
            self._packet(payload, at, is_last=number == len(payloads))
            for number, payload in enumerate(payloads, 1)
        ]

    def _packet(self, payload: bytes, at: int, *, is_last: bool) -> bytes:
        marked = PAYLOAD_TYPE | (0x80 if is_last else 0)
        head = struct.pack(">BBHII", 0x80, marked, self._sequence, at & 0xFFFFFFFF, self._source)
        self._sequence = (self._sequence + 1) & 0xFFFF
        return head + payload


def _payloads(unit: bytes) -> list[bytes]:
    """The unit as it is, or in fragments (FU-A) when it is too long."""
    if len(unit) <= _MOST_BYTES:
        return [unit]
    indicator, body = unit[0] & 0xE0 | _FU_A, unit[1:]
    pieces = [body[start : start + _MOST_BYTES - 2] for start in range(0, len(body), _MOST_BYTES - 2)]
    last = len(pieces) - 1
    return [
        bytes([indicator, (0x80 if n == 0 else 0) | (0x40 if n == last else 0) | kind(unit)]) + piece
        for n, piece in enumerate(pieces)
    ]
