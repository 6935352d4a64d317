"""Many boxes on the line, each with its own connection and certificate, holding what they are given in memory.

    python -m bench.boxes FOLDER PORT < ids      `<id>.pem`, `<id>.key` and ca.pem in FOLDER, the broker's PORT

Prints READY when all hold the site's passes, then a line `<monotonic ns> <box> <version>` for every change held.
They stand in for real agents, of which two hundred do not fit beside the cloud on one machine.
"""

import asyncio
import ssl
import sys
import time
from pathlib import Path
from uuid import UUID

import aiomqtt

from protocols.messages import PassChanges
from protocols.topics import Channel, topic
from tests.cloud.downlink.boxes import WireBox

READY = "all boxes hold their site's passes"
_AT_ONCE = 20
_TIMEOUT_S = 30.0


class _Box(WireBox):
    """Tells when it holds a change, and the cloud as an agent does."""

    async def _take_changes(self, message: PassChanges) -> None:
        before = self.version
        await super()._take_changes(message)
        if self.version != before:
            print(time.monotonic_ns(), self.id, self.version, flush=True)
            await self.report()


async def main(folder: Path, port: int, ids: list[UUID]) -> None:
    """Until killed."""
    gate, ready = asyncio.Semaphore(_AT_ONCE), [asyncio.Event() for _ in ids]
    async with asyncio.TaskGroup() as group:
        for box, event in zip(ids, ready, strict=True):
            group.create_task(_live(folder, port, box, gate, event))
        for event in ready:
            await event.wait()
        print(READY, flush=True)


async def _live(folder: Path, port: int, box_id: UUID, gate: asyncio.Semaphore, ready: asyncio.Event) -> None:
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / f"{box_id}.pem", folder / f"{box_id}.key")
    client = aiomqtt.Client(
        "127.0.0.1",
        port,
        identifier=str(box_id),
        protocol=aiomqtt.ProtocolVersion.V5,
        tls_context=context,
        timeout=_TIMEOUT_S,
    )
    async with gate:
        await client.__aenter__()
        box = _Box(box_id, client, bytes(32))
        await client.subscribe(topic(box_id, Channel.DOWN_PASSES), qos=1)
        listening = asyncio.create_task(box.listen())
        await box.pull()
        await box.until(lambda: box.epoch is not None)
        await box.report()
    ready.set()
    await listening


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), [UUID(line) for line in sys.stdin.read().split()]))
