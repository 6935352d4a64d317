"""Desk readers on a real pcscd with virtual cards; run alone in its own network and mount namespaces.

vpcd listens on every interface, hence the network namespace; pcscd's socket has a fixed path, hence the mount one.
pcscd loads a library once, and vpcd keeps one reader's sockets, so each reader has a copy of it under its own name.
Prints what the drivers told, one JSON object.
"""

import asyncio
import contextlib
import json
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from uuid import UUID

from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.pcsc_card import Card, Fault, PcscDesk, contactless

from edge.drivers.table import build
from protocols.records import DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, running
from tests.edge.drivers.transcripts import data_of, steps

VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PLUG = Path(__file__).with_name("pcsc_plug.c")
A, B = READER, UUID(int=4)
NAMES = {A: "Desk A", B: "Desk B"}
READ_PORTS = {A: 40_000, B: 40_010}  # of the first slot; vpcd gives each reader a second, one further
CLASSIC, ULTRALIGHT = bytes.fromhex("04A1B2C3"), bytes.fromhex("04A1B2C3D4E5F6")


class Pcscd:
    """A pcscd with a reader for each name, and nothing else."""

    def __init__(self, folder: Path, libraries: Mapping[UUID, Path]) -> None:
        self._log = folder / "pcscd.log"
        self._conf = folder / "reader.conf"
        self._conf.write_text(
            "".join(
                f'FRIENDLYNAME "{NAMES[each]}"\nDEVICENAME /dev/null:0x{READ_PORTS[each]:X}\n'
                f"LIBPATH {library}\nCHANNELID 0x{READ_PORTS[each]:X}\n\n"
                for each, library in libraries.items()
            )
        )
        self._ports = [READ_PORTS[each] for each in libraries]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Until every reader awaits a card."""
        command = ["pcscd", "--foreground", "--config", str(self._conf)]
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)
        async with asyncio.timeout(10):
            for port in self._ports:
                while not _listens(port):  # noqa: ASYNC110 - it says nowhere that it is ready
                    await asyncio.sleep(0.05)

    async def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        await self._process.wait()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def copied(folder: Path, name: str) -> Path:
    return Path(shutil.copyfile(VPCD, folder / f"vpcd-{name}.so"))


@contextlib.asynccontextmanager
async def at_desks(
    folder: Path, libraries: Mapping[UUID, Path]
) -> AsyncIterator[tuple[Recorder, Pcscd, dict[UUID, PcscDesk]]]:
    """The drivers, each at its reader, and what lies there."""
    journal = Journal(folder / "devices.jsonl", SystemClock())
    desks = {each: PcscDesk(NAMES[each], journal=journal, port=READ_PORTS[each]) for each in libraries}
    service = Pcscd(folder, libraries)
    devices = build([device("pcsc_reader", {"reader": NAMES[each]}, each) for each in libraries], PORTS)
    async with running(*devices.all.values()) as recorder:
        for each in libraries:
            await recorder.until_status(each, DeviceStatus.OFFLINE)
        await service.start()
        for each in libraries:
            await recorder.until_status(each, DeviceStatus.ONLINE)
        try:
            yield recorder, service, desks
        finally:
            for desk in desks.values():
                await desk.take()
    await service.stop()


async def read(recorder: Recorder, who: UUID, desk: PcscDesk, card: Card) -> str:
    """A card is laid there and taken away once it was read: by whom, and as what."""
    reads = len(recorder.reads)
    assert (await desk.lay(card))["submitted"]
    await recorder.until_reads(reads + 1)
    await gone(desk)
    [told] = recorder.reads[reads:]
    assert told.device == who, told
    return told.raw


async def gone(desk: PcscDesk) -> None:
    await desk.take()
    await asyncio.sleep(1.0)  # until pcscd has seen it


async def transcript(folder: Path) -> object:
    """One reader, by the recorded talk."""
    async with at_desks(folder, {A: copied(folder, "a")}) as (recorder, service, desks):
        said: dict[str, bytes | None] = {}
        for sign, text in steps("pcsc_reader.txt"):
            if sign in "+<>~":
                said[sign] = data_of(text) if sign != "~" else None
            elif sign == "=":
                await present(recorder, desks[A], said, text)
                said = {}
            elif sign == "!":
                await service.stop()
                await recorder.until_status(A, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
                await service.start()
                await recorder.until_status(A, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
    return {"reads": [each.raw for each in recorder.reads], "statuses": recorder.of(A)}


async def present(recorder: Recorder, desk: PcscDesk, said: Mapping[str, bytes | None], told: str) -> None:
    reads, asked = len(recorder.reads), len(desk.asked)
    desk.fault = Fault.SILENT if "~" in said else Fault.NONE
    await desk.lay(Card(said["+"] or b"", said.get(">") or b""))
    await desk.until_asked(asked + 1)
    if "~" in said:
        await desk.take()
    await recorder.until_reads(reads + 1)
    await gone(desk)
    credentials = ", ".join(credential.format for credential in recorder.reads[-1].credentials) or "-"
    assert desk.asked[asked] == said["<"], desk.asked[asked:]
    assert f"{recorder.reads[-1].raw} | {credentials}" == told, recorder.reads[-1]


async def several(folder: Path) -> object:
    """Two readers: each device hears of its own cards, also while the other's card is silent or talks nonsense."""
    libraries = {A: copied(folder, "a"), B: copied(folder, "b")}
    async with at_desks(folder, libraries) as (recorder, _, desks):
        told = [
            await read(recorder, A, desks[A], contactless(CLASSIC)),
            await read(recorder, B, desks[B], contactless(ULTRALIGHT)),
        ]
        for desk, uid in ((desks[A], ULTRALIGHT), (desks[B], CLASSIC)):
            await desk.lay(contactless(uid))
        await recorder.until_reads(4)
        assert {each.device: each.raw for each in recorder.reads[2:]} == {A: "04A1B2C3D4E5F6", B: "04A1B2C3"}
        for desk in desks.values():
            await gone(desk)
        desks[A].fault = Fault.SILENT
        await desks[A].lay(contactless(CLASSIC))
        await desks[A].until_asked(3)
        told.append(await read(recorder, B, desks[B], contactless(CLASSIC)))
        await gone(desks[A])
        await recorder.until_reads(6)
        told.append(recorder.reads[-1].raw)
        for fault in (Fault.GARBAGE, Fault.REFUSE, Fault.NONE):
            desks[A].fault = fault
            told.append(await read(recorder, A, desks[A], contactless(CLASSIC)))
    return {"reads": told, "statuses": {NAMES[each]: recorder.of(each) for each in (A, B)}}


async def unplugged(folder: Path) -> object:
    """The one reader is pulled out and put back; the other goes on."""
    out = folder / "pulled-out"
    libraries = {A: await with_a_plug(folder, out), B: copied(folder, "b")}
    async with at_desks(folder, libraries) as (recorder, _, desks):
        told = [await read(recorder, A, desks[A], contactless(CLASSIC))]
        out.touch()
        await recorder.until_status(A, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
        told.append(await read(recorder, B, desks[B], contactless(CLASSIC)))
        told.append(await read(recorder, B, desks[B], contactless(ULTRALIGHT)))
        await asyncio.sleep(5.0)  # the driver has looked for it more than once by then
        out.unlink()
        await recorder.until_status(A, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
        told.append(await read(recorder, A, desks[A], contactless(ULTRALIGHT)))
    return {"reads": told, "statuses": {NAMES[each]: recorder.of(each) for each in (A, B)}}


async def with_a_plug(folder: Path, out: Path) -> Path:
    library = folder / "plug-a.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-I/usr/include/PCSC", f'-DVPCD="{copied(folder, "a")}"']
    command += [f'-DOUT="{out}"', "-o", str(library), str(PLUG)]
    compiler = await asyncio.create_subprocess_exec(*command)
    assert await compiler.wait() == 0
    return library


if __name__ == "__main__":
    scenario = {"transcript": transcript, "several": several, "unplugged": unplugged}[sys.argv[1]]
    print(json.dumps(asyncio.run(scenario(Path(sys.argv[2])))))
