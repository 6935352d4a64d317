"""Keys that are pressed in a call: as SIP INFO, and as events among the voice's packets (RFC 4733). Pure."""

import re
import struct
from typing import NamedTuple

KEYS = "0123456789*#ABCD"  # RFC 4733, 3.2: the event's number is the place
STEP = 160  # a packet's worth of time at 8000 Hz: 20 ms
_SIGNAL = re.compile(r"^Signal\s*=\s*([0-9*#A-Da-d])\s*$", re.MULTILINE)
_VERSION, _EXTENSION, _PADDING = 0x80, 0x10, 0x20


class Tone(NamedTuple):
    """`stamp`: when the key was pressed, the same in all packets of one press."""

    key: str
    stamp: int


def of_info(kind: str, body: str) -> str | None:
    """The key in the body of an INFO; None when it tells none."""
    if kind == "application/dtmf-relay":
        found = _SIGNAL.search(body.replace("\r", ""))
        return found.group(1).upper() if found else None
    text = body.strip().upper()
    return text if kind == "application/dtmf" and len(text) == 1 and text in KEYS else None


def info_body(key: str) -> tuple[str, str]:
    """Media type and body of an INFO."""
    return "application/dtmf-relay", f"Signal={key}\r\nDuration=160\r\n"


def of_packet(packet: bytes, payload_type: int) -> Tone | None:
    """The press that a packet tells of; None when it is voice, or no packet at all."""
    if len(packet) < 16 or packet[0] & 0xC0 != _VERSION or packet[1] & 0x7F != payload_type:
        return None
    stamp = struct.unpack_from(">I", packet, 4)[0]
    start = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & _EXTENSION:
        if len(packet) < start + 4:
            return None
        start += 4 + 4 * struct.unpack_from(">H", packet, start + 2)[0]
    if len(packet) < start + 4 or packet[start] >= len(KEYS):
        return None
    return Tone(KEYS[packet[start]], stamp)


def packets(
    key: str, payload_type: int, *, first: int, stamp: int, source: int, length: int = 8
) -> list[bytes]:
    """A press of `length` packets of 20 ms each, and its end, told three times. `first`: sequence number."""
    told = []
    for at in range(length + 2):
        duration = STEP * min(at + 1, length)
        is_end = at >= length - 1
        marker = 0x80 if at == 0 else 0
        head = struct.pack(
            ">BBHII", _VERSION, marker | payload_type, (first + at) & 0xFFFF, stamp & 0xFFFFFFFF, source
        )
        told.append(head + struct.pack(">BBH", KEYS.index(key), (0x80 if is_end else 0) | 10, duration))
    return told
