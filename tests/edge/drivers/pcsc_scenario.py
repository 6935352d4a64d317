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

VPCD_PORT = 0x8C7B
ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")  # PC/SC part 3, Mifare Classic 1K
GET_UID = b"\xff\xca\x00\x00"


class Card(threading.Thread):
    """A card in the virtual reader, from `start` until `take_away`. `answer`: to GET DATA, status word included."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(daemon=True)
        self._answer = answer
        self._socket = socket.create_connection(("127.0.0.1", VPCD_PORT))

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while head := self._socket.recv(2, socket.MSG_WAITALL):
                command = self._socket.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL)
                if command == b"\x04":  # asks for the ATR; power off, on and reset get no answer
                    self._send(ATR)
                elif len(command) > 1:
                    self._send(self._answer if command[:4] == GET_UID else b"\x6a\x81")

    def take_away(self) -> None:
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


async def present(recorder: Recorder, answer: bytes) -> None:
    reads = len(recorder.reads)
    card = Card(answer)
    card.start()
    await recorder.until_reads(reads + 1)
    await asyncio.to_thread(card.take_away)
    await asyncio.sleep(1.0)  # until pcscd has seen that it is gone


async def main(log: Path) -> None:
    devices = build([device("pcsc_reader", {"reader": "Virtual PCD 00 00"})], PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        service = await start_pcscd(log)
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await present(recorder, bytes.fromhex("04A1B2C3 9000"))
        await present(recorder, bytes.fromhex("04A1B2C3D4E5F6 9000"))
        await present(recorder, bytes.fromhex("6A81"))
        service.terminate()
        await service.wait()
        await recorder.until_status(READER, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
        service = await start_pcscd(log)
        await recorder.until_status(READER, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
        await present(recorder, bytes.fromhex("04A1B2C3 9000"))
    service.terminate()
    await service.wait()
    reads = [[read.raw, [card.format for card in read.credentials]] for read in recorder.reads]
    print(json.dumps({"reads": reads, "statuses": recorder.of(READER)}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
