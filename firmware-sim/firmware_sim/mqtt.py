"""As much of MQTT 3.1.1 as a small controller needs to tell something: connect, publish at QoS 0, leave."""

import socket
import struct
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 5.0
_CONNECT, _CONNACK, _PUBLISH, _DISCONNECT = 0x10, 0x20, 0x30, b"\xe0\x00"
_CLEAN, _USER, _PASSWORD, _RETAIN = 0x02, 0x80, 0x40, 0x01
_KEEP_ALIVE_S = 30


class BrokerError(OSError):
    """The broker is not there, or does not let the controller in."""


def publish(url: str, payload: bytes, *, client: str, retain: bool = False) -> None:
    """To `mqtt://user:password@host:port/topic`. Raises OSError."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port or 1883), TIMEOUT_S) as connection:
        connection.sendall(_connect(client, unquote(parts.username or ""), unquote(parts.password or "")))
        answer = connection.recv(4, socket.MSG_WAITALL)
        if answer[:2] != bytes([_CONNACK, 2]) or answer[3:] != b"\x00":
            raise BrokerError(f"the broker answered {answer.hex(' ')}")
        topic = unquote(parts.path.removeprefix("/"))
        connection.sendall(_packet(_PUBLISH | retain * _RETAIN, _text(topic) + payload) + _DISCONNECT)


def _connect(client: str, user: str, password: str) -> bytes:
    flags = _CLEAN | (_USER if user else 0) | (_PASSWORD if password else 0)
    head = _text("MQTT") + bytes([4, flags]) + struct.pack(">H", _KEEP_ALIVE_S)
    return _packet(_CONNECT, head + b"".join(map(_text, filter(None, (client, user, password)))))


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def _packet(kind: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, digit = divmod(left, 128)
        length.append(digit | (0x80 if left else 0))
        if not left:
            return bytes([kind]) + bytes(length) + body
