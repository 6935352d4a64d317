"""Recorded talks with devices, played to the drivers: what the device sends, in bytes, and what the driver tells.

A transcript is a text file. `> 41 42 0D`: the device sends, text in quotes stands for itself; `~ 400`: it is silent for
so many ms; `= raw | code`: the driver has told a read (`-`: no code that anybody can read); `=` alone: nothing.
`< 41 42 0D`: the box sends, where a device speaks only when it is asked.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from tests.edge.drivers.support import Recorder

FOLDER = Path(__file__).parent / "transcripts"
QUIET_S = 0.05


def steps(name: str) -> list[tuple[str, str]]:
    """The signs and what stands behind them."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [(line[0], line[1:].strip()) for line in lines if line.strip() and not line.startswith("#")]


def data_of(text: str) -> bytes:
    """`41 "BC" 'DE' 0D` as bytes."""
    parts = re.findall(r"""\"([^"]*)\"|'([^']*)'|\b([0-9A-Fa-f]{2})\b""", text)
    return b"".join((one or other).encode() or bytes.fromhex(pair) for one, other, pair in parts)


class Asked:
    """A device that answers by the transcript, behind a TCP port. `astray`: what it was asked instead."""

    def __init__(self, name: str) -> None:
        self.steps = steps(name)
        self.astray: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to the end of the transcript; then silence."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while self.steps:
                sign, text = self.steps.pop(0)
                data = data_of(text)
                if sign == ">":
                    writer.write(data)
                elif (asked := await reader.readexactly(len(data))) != data:
                    self.astray.append(f"{asked.hex(' ').upper()} instead of {text}")
                    self.steps.clear()
            while await reader.read(4096):
                pass
        writer.close()


class Spoken:
    """A device that is asked over HTTP, by the transcript: a connection for each request.

    `words`: what stands for what in the transcript. `open`: connections. Where no answer follows a request, none comes.
    """

    def __init__(self, name: str, **words: str) -> None:
        self._steps = steps(name)
        for word, meant in words.items():
            self._steps = [(sign, text.replace(word, meant)) for sign, text in self._steps]
        self._astray: list[bytes] = []
        self.open = 0

    @property
    def asked(self) -> str:
        """How the box's next request begins; "" at the transcript's end."""
        return self._steps[0][1] if self._steps else ""

    @property
    def will_answer(self) -> bool:
        """Whether an answer stands before what the driver says of it."""
        signs = [sign for sign, _ in self._steps]
        return ">" in signs[: signs.index("=")]

    def check(self, said: str) -> None:
        """The box asked what stands there, and the driver said of the answer what stands there."""
        assert (self._astray, self._steps.pop(0)) == ([], ("=", said))

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Its port on loopback."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self.open -= 1

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
        for asked in (head, body):
            if self._steps[0][0] == "<" and not asked.startswith(data_of(self._steps.pop(0)[1])):
                self._astray.append(asked)
        if self._steps[0][0] == ">":
            writer.write(data_of(self._steps.pop(0)[1]))
            await writer.drain()
        else:
            await reader.read()  # until the box gives it up


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The next answer, its body read away."""
    async with asyncio.timeout(30):
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
    return head


async def play(name: str, send: Callable[[bytes], None], recorder: Recorder) -> None:
    """Play the device's part and check what the driver tells."""
    told = 0
    for sign, text in steps(name):
        if sign == ">":
            send(data_of(text))
        elif sign == "~":
            await asyncio.sleep(int(text) / 1000)
        elif not text:
            await asyncio.sleep(QUIET_S)
            assert len(recorder.reads) == told, f"{name}: {recorder.reads[told:]}"
        else:
            told += 1
            await recorder.until_reads(told)
            read = recorder.reads[told - 1]
            assert f"{read.raw} | {read.code or '-'}" == text, name
    await asyncio.sleep(QUIET_S)
    assert len(recorder.reads) == told
