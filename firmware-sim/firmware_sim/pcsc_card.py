"""What lies on a desk reader of vpcd, pcscd's driver of virtual readers: the card calls the reader, by TCP.

Every message is its length in two bytes, high byte first, and the bytes. One byte is the reader itself: power off (0),
on (1), reset (2), which nobody answers, and the question for the ATR (4), some times a second. The rest is the card's.
"""

import asyncio
import contextlib
import functools
import operator
import struct
from enum import StrEnum
from typing import Any, NamedTuple

from firmware_sim.journal import Journal

VPCD_PORT = 0x8C7B  # of the first reader that vpcd comes with
GET_UID, DONE = bytes.fromhex("FFCA000000"), bytes.fromhex("9000")
NO_SUCH_FUNCTION, UNKNOWN_COMMAND = bytes.fromhex("6A81"), bytes.fromhex("6D00")
GARBAGE = b"\xa5"  # an answer ends with a status word of two bytes
_ATR = 4
_CALL_S = 2.0  # a reader that is there takes the call at once


class Fault(StrEnum):
    """How the card answers from now on. `SILENT`: not at all, until it is taken away."""

    NONE = "none"
    SILENT = "silent"
    GARBAGE = "garbage"
    REFUSE = "refuse"


class Card(NamedTuple):
    """`atr`: what it says when it gets power; `answer`: to the question for its UID, with the status word."""

    atr: bytes
    answer: bytes


def contactless(uid: bytes) -> Card:
    """As a reader shows it (PC/SC part 3, 3.1.3.2.3): with a UID of 4 bytes a Mifare Classic 1K, else an Ultralight."""
    name = bytes.fromhex("0001" if len(uid) == 4 else "0003")
    told = bytes.fromhex("8F8001804F0CA00000030603") + name + bytes(4)
    return Card(b"\x3b" + told + bytes([functools.reduce(operator.xor, told)]), uid + DONE)


class PcscDesk:
    """A reader's plate: at most one card at a time. `asked`: what each card was asked, since the desk stands there."""

    def __init__(self, name: str, *, journal: Journal, port: int = VPCD_PORT) -> None:
        self.name = name
        self.port = port
        self.fault = Fault.NONE
        self.asked: list[bytes] = []
        self._journal = journal
        self._answering: asyncio.Task[None] | None = None
        self._asked = asyncio.Event()

    @property
    def has_card(self) -> bool:
        """There lies one, and the reader has not hung up."""
        return self._answering is not None and not self._answering.done()

    async def lay(self, card: Card) -> dict[str, Any]:
        """Put it there instead of the one before. Returns the log's entry; `submitted` false: no reader took it."""
        await self.take()
        line = None
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_CALL_S):
                line = await asyncio.open_connection("127.0.0.1", self.port)
        entry = self._journal.write(
            "desk_card",
            desk=self.name,
            atr=card.atr.hex(),
            answer=card.answer.hex(),
            submitted=line is not None,
        )
        if line is not None:
            self._answering = asyncio.create_task(self._serve(card, *line), name=f"card {self.name}")
            self._answering.add_done_callback(lambda _: line[1].close())
        return entry

    async def take(self) -> None:
        """Take the card away."""
        if self._answering is not None:
            self._answering.cancel()
            await asyncio.wait([self._answering])
            self._answering = None

    async def until_asked(self, count: int, *, wait_s: float = 60.0) -> None:
        """Until cards were asked that many times. Raises TimeoutError."""
        async with asyncio.timeout(wait_s):
            while len(self.asked) < count:
                self._asked.clear()
                await self._asked.wait()

    async def _serve(self, card: Card, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                (length,) = struct.unpack(">H", await reader.readexactly(2))
                answer = self._answer(card, await reader.readexactly(length))
                if answer is not None:
                    writer.write(struct.pack(">H", len(answer)) + answer)
                    await writer.drain()

    def _answer(self, card: Card, message: bytes) -> bytes | None:
        if len(message) <= 1:
            return card.atr if message == bytes([_ATR]) else None
        answers = {Fault.SILENT: None, Fault.GARBAGE: GARBAGE, Fault.REFUSE: NO_SUCH_FUNCTION}
        told = card.answer if message == GET_UID else UNKNOWN_COMMAND
        answer = answers.get(self.fault, told)
        self._journal.write(
            "desk_asked",
            desk=self.name,
            command=message.hex(),
            answer=None if answer is None else answer.hex(),
        )
        self.asked.append(message)
        self._asked.set()
        return answer
