"""The desk reader on a real pcscd with virtual cards; run alone in its own network and mount namespaces.

vpcd listens on every interface, hence the network namespace; pcscd's socket has a fixed path, hence the mount one.
Prints what the driver told, one JSON object.
"""

import asyncio
import contextlib
import json
import socket
import struct
import sys
import threading
from pathlib import Path

from edge.drivers.table import build
from protocols.records import DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, running
from tests.edge.drivers.transcripts import data_of, steps

VPCD_PORT = 0x8C7B


class Card(threading.Thread):
    """A card in the virtual reader. `asked`: what it was asked; `answer`: to that, None takes it away instead."""

    def __init__(self, atr: bytes, answer: bytes | None) -> None:
        super().__init__(daemon=True)
        self.asked: list[bytes] = []
        self._atr = atr
        self._answer = answer
        self._socket = socket.create_connection(("127.0.0.1", VPCD_PORT))

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while head := self._socket.recv(2, socket.MSG_WAITALL):
                command = self._socket.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL)
                if command == b"\x04":  # asks for the ATR; power off, on and reset get no answer
                    self._send(self._atr)
                elif len(command) > 1:
                    self.asked.append(command)
                    if self._answer is None:
                        self._socket.shutdown(socket.SHUT_RDWR)
                    else:
                        self._send(self._answer)

    def take_away(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self.join()
        self._socket.close()

    def _send(self, data: bytes) -> None:
        self._socket.sendall(struct.pack(">H", len(data)) + data)


async def start_pcscd(log: Path) -> asyncio.subprocess.Process:
    with log.open("ab") as output:
        service = await asyncio.create_subprocess_exec("pcscd", "--foreground", stdout=output, stderr=output)
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", VPCD_PORT), 1):
                return service
            await asyncio.sleep(0.05)


async def present(recorder: Recorder, atr: bytes, asked: bytes, answer: bytes | None, told: str) -> None:
    reads = len(recorder.reads)
    card = Card(atr, answer)
    card.start()
    await recorder.until_reads(reads + 1)
    await asyncio.to_thread(card.take_away)
    await asyncio.sleep(1.0)  # until pcscd has seen that it is gone
    read = recorder.reads[-1]
    formats = ", ".join(credential.format for credential in read.credentials) or "-"
    assert card.asked[:1] == [asked], card.asked
    assert f"{read.raw} | {formats}" == told, read


async def main(log: Path) -> None:
    devices = build([device("pcsc_reader", {"reader": "Virtual PCD 00 00"})], PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        service = await start_pcscd(log)
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        card: dict[str, bytes | None] = {}
        for sign, text in steps("pcsc_reader.txt"):
            if sign in "+<>~":
                card[sign] = data_of(text) if sign != "~" else None
            elif sign == "=":
                await present(recorder, card["+"] or b"", card["<"] or b"", card.get(">"), text)
                card = {}
            elif sign == "!":
                service.terminate()
                await service.wait()
                await recorder.until_status(READER, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
                service = await start_pcscd(log)
                await recorder.until_status(READER, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
    service.terminate()
    await service.wait()
    print(json.dumps({"reads": [read.raw for read in recorder.reads], "statuses": recorder.of(READER)}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
