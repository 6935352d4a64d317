"""A network that is cut while a code is scanned and a plate is seen; run alone in its own network namespace.

The loopback is taken down: what the devices sent stays with their kernel and is sent again when it comes up.
Prints how old each read was believed to be, one JSON object: before the cut, held by the cut, and after it.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from uuid import UUID

from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.scanner import Scanner

from edge.drivers.table import build
from tests.edge.drivers.cut_scenario import loopback
from tests.edge.drivers.support import PORTS, Recorder, device, eventually, running

CAMERA_PORT = 7002
PLATES = UUID(int=4)
QUIET_S = 4.0  # longer than any silence that counts
CUT_S = 5.0
TOKEN = "a-long-enough-token"


def push(plate: str) -> bytes:
    body = json.dumps({"plate": plate})
    names = f"Host: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"POST /plates/{TOKEN} HTTP/1.1\r\n{names}\r\n\r\n{body}".encode()


async def ages(recorder: Recorder, count: int) -> list[float]:
    """Of so many further reads, seconds, when they came to hand."""
    begun, told = len(recorder.reads), []
    for further in range(1, count + 1):
        await recorder.until_reads(begun + further)
        told.append((time.monotonic_ns() - recorder.reads[begun + further - 1].at_ns) / 1e9)
    return told


async def main(log: Path) -> None:
    scanner = Scanner("lane", journal=Journal(log, SystemClock()))
    await scanner.start()
    settings = {"host": "127.0.0.1", "port": CAMERA_PORT, "token": TOKEN}
    devices = build(
        [
            device("line_scanner", {"tcp": {"host": "127.0.0.1", "port": scanner.port}}),
            device("plate_http", settings, PLATES),
        ],
        PORTS,
    )
    async with running(*devices.all.values()) as recorder:
        await eventually(lambda: scanner.listened_to)
        await recorder.until(lambda: len(recorder.statuses) == 2)
        _, camera = await asyncio.open_connection("127.0.0.1", CAMERA_PORT)
        told: dict[str, list[float]] = {}

        async def see(when: str, code: str, plate: str) -> None:
            coming = asyncio.create_task(ages(recorder, 2))
            await asyncio.sleep(0)
            scanner.scan(code)
            camera.write(push(plate))
            if when == "held":
                await asyncio.sleep(CUT_S)
                await loopback("up")
            told[when] = await coming

        await see("first", "111111", "A123BC72")
        await asyncio.sleep(QUIET_S)
        await see("quiet", "222222", "X711TT90")
        await asyncio.sleep(QUIET_S)
        await loopback("down")
        await see("held", "333333", "M333MM33")
        await asyncio.sleep(1.0)
        await see("after", "444444", "E444EE44")
        camera.close()
    await scanner.stop()
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
