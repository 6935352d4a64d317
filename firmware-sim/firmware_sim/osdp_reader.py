"""An OSDP v2 card reader (peripheral device) behind a TCP port or a serial line.

The library's context is refreshed from the event loop over non-blocking descriptors, so there is no thread.
"""

import asyncio
import contextlib
import errno
import os
import socket
import termios
import tty
from typing import Any

import osdp_sys
from osdp import (
    Capability,
    CardFormat,
    Channel,
    Command,
    Event,
    LibFlag,
    LogLevel,
    PDCapabilities,
    PDInfo,
    StatusReportType,
)

from firmware_sim.journal import Journal

REFRESH_S = 0.01
CAPABILITIES = PDCapabilities(
    [
        (Capability.CardDataFormat, 1, 0),
        (Capability.LEDControl, 1, 2),
        (Capability.AudibleControl, 1, 1),
        (Capability.CommunicationSecurity, 1, 1),
        (Capability.ContactStatusMonitoring, 1, 2),
        (Capability.Readers, 0, 1),
    ]
)
_COMMANDS = {
    Command.LED: "led",
    Command.Buzzer: "buzzer",
    Command.Output: "output",
    Command.Text: "text",
    Command.Keyset: "keyset",
    Command.Status: "status",
}
_KEYS = {"#": "\r", "*": "\x7f"}  # what OSDP has for them


class Wire(Channel):  # type: ignore[misc]
    """Bytes to and from a descriptor that never blocks."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.lost = False
        self._descriptor = descriptor

    def read(self, max_bytes: int) -> bytes:
        """What has arrived; nothing when the other side is silent or gone."""
        try:
            data = os.read(self._descriptor, max_bytes)
        except BlockingIOError:
            return b""
        except OSError:
            self.lost = True
            return b""
        self.lost = self.lost or not data
        return data

    def drain(self) -> None:
        """Let go what has arrived."""
        while self.read(4096):
            pass

    def write(self, buf: bytes) -> int:
        """How much was taken."""
        try:
            return os.write(self._descriptor, buf)
        except OSError as error:
            self.lost = self.lost or error.errno != errno.EAGAIN
            return 0

    def flush(self) -> None:
        """Nothing is kept back."""


class OsdpReader:
    """One reader. `key` is the secure channel base key; without one the reader talks in the clear.

    `install`: a new one, that has the default key (SCBK-D) and keeps the first that it is given.
    """

    def __init__(
        self,
        name: str,
        *,
        address: int,
        key: bytes | None,
        journal: Journal,
        port: int = 0,
        path: str = "",
        install: bool = False,
    ) -> None:
        self.name = name
        self.port = port
        self._address = address
        self.key = key
        self._install = install
        self.opened = False
        self.power_fails = False
        self._path = path
        self._journal = journal
        self.unplugged = False  # hears nothing and says nothing, though its wire stands
        self._device: Any = None
        self._came_online = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen, or open the serial line."""
        osdp_sys.set_loglevel(LogLevel.Critical)
        if self._path:
            self._tasks.append(asyncio.create_task(self._serve_serial(), name=f"osdp {self.name}"))
            return
        listener = socket.create_server(("127.0.0.1", self.port))
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._tasks.append(asyncio.create_task(self._serve_tcp(listener), name=f"osdp {self.name}"))

    async def stop(self) -> None:
        """Stop, cutting the panel off."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    @property
    def is_plugged(self) -> bool:
        """Started, and not stopped since."""
        return bool(self._tasks)

    @property
    def online(self) -> bool:
        """A panel is talking to the reader (over the secure channel, where there is a key)."""
        device = self._device
        return device is not None and bool(device.is_sc_active() if self.key else device.is_online())

    async def wait_online(self, timeout_s: float) -> bool:
        """Until a panel talks to the reader, at most `timeout_s`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._came_online.wait()
        return self.online

    def present(self, bits: str) -> dict[str, Any]:
        """A card's bits, first transmitted first. Returns the log's entry; `submitted` false: no panel is there."""
        entry = self._journal.write("card", reader=self.name, bits=bits, submitted=self.online)
        if not entry["submitted"]:
            return entry
        data = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
        self._device.submit_event(
            {
                "event": Event.CardRead,
                "reader_no": 0,
                "format": CardFormat.Wiegand,
                "direction": 0,
                "length": len(bits),
                "data": data,
            }
        )
        return entry

    def press(self, keys: str) -> dict[str, Any]:
        """Digits, * and # of its keypad. Returns the log's entry; `submitted` false: no panel is there."""
        entry = self._journal.write("keys", reader=self.name, keys=keys, submitted=self.online)
        for key in keys if entry["submitted"] else "":
            data = _KEYS.get(key, key).encode()
            self._device.submit_event({"event": Event.KeyPress, "reader_no": 0, "data": data})
        return entry

    def condition(self, *, opened: bool, power_fails: bool) -> None:
        """Open or close its housing, take its power or give it back."""
        self.opened, self.power_fails = opened, power_fails
        self._journal.write("reader_condition", reader=self.name, opened=opened, power_fails=power_fails)
        if self.online:
            self._device.submit_event({"event": Event.Status} | self._status())

    def _status(self) -> dict[str, Any]:
        report = bytes([self.opened, self.power_fails])
        return {"type": StatusReportType.Local, "report": report, "nr_entries": 2}

    async def _serve_tcp(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.closing(listener):
            serving: asyncio.Task[None] | None = None
            try:
                while True:
                    connection, _ = await loop.sock_accept(listener)
                    if serving is not None:  # the panel came anew; its old connection is dead
                        serving.cancel()
                        await asyncio.wait([serving])
                    serving = asyncio.create_task(self._serve_socket(connection))
            finally:
                if serving is not None:
                    serving.cancel()
                    await asyncio.wait([serving])

    async def _serve_socket(self, connection: socket.socket) -> None:
        with contextlib.closing(connection):
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._serve(Wire(connection.fileno()), ends=True)

    async def _serve_serial(self) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            tty.setraw(descriptor, termios.TCSANOW)
            await self._serve(Wire(descriptor), ends=False)
        finally:
            os.close(descriptor)

    async def _serve(self, wire: Wire, *, ends: bool) -> None:
        flags = [LibFlag.EnforceSecure] if self.key else [LibFlag.InstallMode] if self._install else []
        info = PDInfo(self._address, wire, scbk=self.key, flags=flags, name=self.name)
        self._device = osdp_sys.PeripheralDevice(info.get(), capabilities=CAPABILITIES.get())
        self._device.set_command_callback(self._commanded)
        try:
            while not (ends and wire.lost):
                if self.unplugged:
                    wire.drain()
                else:
                    self._device.refresh()
                if self.online:
                    self._came_online.set()
                else:
                    self._came_online.clear()
                await asyncio.sleep(REFRESH_S)
        finally:
            self._device = None
            self._came_online.clear()

    def _commanded(self, command: dict[str, Any]) -> tuple[int, None]:
        details = {name: value for name, value in command.items() if isinstance(value, int)}
        kind = _COMMANDS.get(command["command"], "other")
        if kind == "keyset":
            self.key = bytes(command["data"])
        if kind == "status":  # the library answers by itself that all is well; the truth follows
            if self.opened or self.power_fails:
                self._device.submit_event({"event": Event.Status} | self._status())
            return 0, None
        self._journal.write("reader_command", reader=self.name, command=kind, details=details)
        return 0, None
