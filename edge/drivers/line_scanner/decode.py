"""From a scanner's bytes, or the keys that it presses, to lines. Pure."""

import struct
from typing import NamedTuple

LINE_MAX_BYTES = 1000
SHOWN = 500
_ENDS = (0x0A, 0x0D)
_ANSWERS = (0x05, 0x06, 0x15)  # ENQ, ACK, NAK: what a scanner says of what made it beep


class Line(NamedTuple):
    """What was scanned. `raw`: as it can be written down; `code`: None when nobody can read it."""

    raw: str
    code: str | None


class Lines:
    """Cuts bytes into lines. However much comes without an end, no more than a line is kept."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._spoilt = False

    @property
    def begun(self) -> bool:
        """Part of a line is in hand."""
        return bool(self._held) or self._spoilt

    def feed(self, data: bytes) -> list[Line]:
        """The lines that end in these bytes; empty ones, such as between CR and LF, are none."""
        lines = []
        for byte in data:
            if byte in _ENDS:
                lines += self.end()
            elif byte in _ANSWERS and not self.begun:
                continue
            elif len(self._held) < LINE_MAX_BYTES:
                self._held.append(byte)
            else:
                self._spoilt = True
        return lines

    def spoil(self) -> None:
        """Part of this line was lost: it is worth nothing."""
        self._spoilt = True

    def end(self) -> list[Line]:
        """The line in hand ends here, by a sign or by silence."""
        held, spoilt = bytes(self._held), self._spoilt
        self._held.clear()
        self._spoilt = False
        if spoilt:
            return [Line(_shown(held), None)]
        return [_line(held)] if held.strip() else []


def _line(data: bytes) -> Line:
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return Line(_shown(data), None)
    return Line(text[:SHOWN], text) if text.isprintable() else Line(_shown(data), None)


def _shown(data: bytes) -> str:
    """What no terminal takes, as `\\x1d`."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")[:SHOWN]


EVENT = struct.Struct("@llHHi")  # input_event of <linux/input.h>: seconds, microseconds, type, code, value
_SYN, _KEY = 0, 1
_DROPPED = 3  # of _SYN: the kernel's buffer ran over
_DOWN, _UP = 1, 0
_SHIFTS = frozenset({42, 54})
_ENTERS = frozenset({28, 96})
_ROWS = (  # first key code; the characters of it and of those that follow, without and with shift, on a US keyboard
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),  # the pad
    (98, "/", "/"),
)
_PLAIN = {first + at: each for first, plain, _ in _ROWS for at, each in enumerate(plain)}
_SHIFTED = {first + at: each for first, _, shifted in _ROWS for at, each in enumerate(shifted)}


class Keys:
    """Key presses as bytes of a line. A key is a place on the keyboard: no layout of the box is asked."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._rest = b""
        self._shifts: set[int] = set()

    def feed(self, data: bytes) -> list[Line]:
        """The lines that end in these events, whole or not."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        lines = []
        for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == _SYN and code == _DROPPED:
                self._lines.spoil()
                self._shifts.clear()
            elif kind == _KEY:
                lines += self._key(code, value)
        return lines

    def _key(self, code: int, value: int) -> list[Line]:
        if code in _SHIFTS:
            (self._shifts.discard if value == _UP else self._shifts.add)(code)
        elif value != _DOWN:
            pass  # let go, or held so long that it repeats
        elif code in _ENTERS:
            return self._lines.feed(b"\r")
        else:
            typed = (_SHIFTED if self._shifts else _PLAIN).get(code, "")
            return self._lines.feed(typed.encode())
        return []
