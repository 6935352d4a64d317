"""A box's side in a process of its own, which a test kills: it holds a lock open at the port that it is given."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from edge.barrier.board import build
from protocols.config import Barrier, BarrierKind, Configuration, Point
from protocols.records import BarrierCause, DeviceStatus
from tests.edge.drivers.support import PORTS, RELAY, bus_and_relay, running, soon_ns
from tests.edge.world import POINT, uid


async def main(port: int) -> None:
    devices = bus_and_relay(port, silence_s=3)
    lock = Barrier(device=RELAY, output=0, kind=BarrierKind.HOLD, stay_s=60)
    point = Point(id=POINT, name="Door", barrier=lock)
    wanted = Configuration(site=uid(), site_name="", time_zone="UTC", points=[point])
    board = build(wanted, devices.relays, PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await board.open(POINT, BarrierCause.GRANT, direction=None, deadline_ns=soon_ns())
        await board.drivers[POINT].run()


asyncio.run(main(int(sys.argv[1])))
