"""A scanner of QR and bar codes: behind a TCP port or on a serial line it sends lines, as a keyboard it types them.

As a keyboard it writes what the kernel would give for its keys (struct input_event of <linux/input.h>) into a pipe,
which needs no rights over the machine's own input devices.
"""

import asyncio
import contextlib
import os
import socket
import struct
import termios
import tty
from pathlib import Path
from typing import Any

from firmware_sim.journal import Journal

_EVENT = struct.Struct("@llHHi")
_SYN, _MSC, _KEY, _SCAN, _LEFT_SHIFT, _ENTER = 0, 4, 1, 4, 42, 28
# As <linux/input-event-codes.h> numbers the keys of a US keyboard.
_CODES = dict(zip("1234567890-=", range(2, 14), strict=True))
_CODES |= dict(zip("qwertyuiop[]", range(16, 28), strict=True))
_CODES |= dict(zip("asdfghjkl;'`", range(30, 42), strict=True))
_CODES |= dict(zip("\\zxcvbnm,./", range(43, 54), strict=True)) | {" ": 57}
_WITH_SHIFT = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))


def typed(text: str) -> bytes:
    """The events of a keyboard that types the text and Enter. Raises KeyError for what no US keyboard has."""
    return b"".join(_press(character) for character in text) + _stroke(_ENTER, 1) + _stroke(_ENTER, 0)


def _press(character: str) -> bytes:
    key = _WITH_SHIFT.get(character, character.lower())
    stroke = _stroke(_CODES[key], 1) + _stroke(_CODES[key], 0)
    return stroke if key == character else _stroke(_LEFT_SHIFT, 1) + stroke + _stroke(_LEFT_SHIFT, 0)


def _stroke(code: int, value: int) -> bytes:
    """A key goes down (1) or up (0): scan code, key, and the mark that they belong together."""
    events = ((_MSC, _SCAN, 0x70000 + code), (_KEY, code, value), (_SYN, 0, 0))
    return b"".join(_EVENT.pack(1_700_000_000, 0, *event) for event in events)


class Scanner:
    """One scanner. `serial`: the port on which it sends; `pipe`: where it types instead; none: it has a TCP port."""

    def __init__(
        self,
        name: str,
        *,
        journal: Journal,
        port: int = 0,
        serial: str = "",
        pipe: str = "",
        ending: str = "\r",
    ) -> None:
        self.name = name
        self.port = port
        self._serial = serial
        self._pipe = pipe
        self._ending = ending.encode()
        self._journal = journal
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._file = -1

    async def start(self) -> None:
        """Listen, open the serial port, or make the pipe."""
        if self._serial:
            self._file = os.open(self._serial, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self._file, termios.TCSANOW)
            asyncio.get_running_loop().add_reader(self._file, self._commanded_by_serial)
        elif self._pipe:
            with contextlib.suppress(FileExistsError):
                os.mkfifo(self._pipe, 0o600)
            self._file = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)  # so it need not wait for a reader
        else:
            listener = socket.create_server(("127.0.0.1", self.port))
            self.port = listener.getsockname()[1]
            self._server = await asyncio.start_server(self._serve, sock=listener)

    async def stop(self) -> None:
        """Pull the plug."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.close()
            await self._server.wait_closed()
            self._server = None
        if self._file >= 0:
            self._pull_out()

    def scan(self, text: str) -> dict[str, Any]:
        """A code is held before the scanner. Returns the log's entry; `submitted` false: nobody listens."""
        data = typed(text) if self._pipe else text.encode() + self._ending
        entry = self._journal.write("scan", scanner=self.name, text=text, submitted=self.listened_to)
        if entry["submitted"]:
            self.send(data)
        return entry

    def send(self, data: bytes) -> None:
        """Whatever bytes."""
        if self._file >= 0:
            os.write(self._file, data)
        for writer in self._writers:
            writer.write(data)

    @property
    def is_plugged(self) -> bool:
        """Started, and not stopped since."""
        return self._server is not None or self._file >= 0

    @property
    def listened_to(self) -> bool:
        """Somebody has the line open; of a serial port nobody can tell."""
        return self._file >= 0 or bool(self._writers)

    def _pull_out(self) -> None:
        if self._serial:
            asyncio.get_running_loop().remove_reader(self._file)
        os.close(self._file)
        self._file = -1
        if self._pipe:
            Path(self._pipe).unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while data := await reader.read(4096):
                self._commanded(data)
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _commanded_by_serial(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._commanded(os.read(self._file, 4096))

    def _commanded(self, data: bytes) -> None:
        self._journal.write("scanner_command", scanner=self.name, data=data.hex())
