"""A network that is cut with an "on" under way and heals after the deadline; run alone in its own network namespace.

The loopback is taken down: what TCP has taken stays with the kernel and is sent again when it comes up.
Prints what the module was told, one JSON object.
"""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.modbus.line import Line, TcpServer
from firmware_sim.relay import RelayModule

from protocols.records import DeviceStatus
from tests.edge.drivers.support import RELAY, bus_and_relay, running, soon_ns

DEADLINE_S = 1.0
CUT_S = 1.5
WATCHED_S = 6.0  # the kernel's next retransmission comes within this, and the agent's next connection


async def loopback(state: str) -> None:
    await asyncio.to_thread(subprocess.run, ["ip", "link", "set", "lo", state], check=True)


async def main(log: Path) -> None:
    journal = Journal(log, SystemClock())
    module = RelayModule(line="gate", unit=12, model="wb_mr6c_v2", barriers={}, journal=journal)
    server = TcpServer(Line("gate", {12: module}))
    await server.start()
    devices = bus_and_relay(server.port, poll_s=1.0)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(RELAY, DeviceStatus.ONLINE)
        await loopback("down")
        deadline_ns = soon_ns(DEADLINE_S)
        pulse = asyncio.create_task(devices.relays[RELAY].pulse(0, 100, deadline_ns=deadline_ns))
        await asyncio.sleep(CUT_S)
        await loopback("up")
        await asyncio.sleep(WATCHED_S - (time.monotonic_ns() - deadline_ns) / 1e9)
        [outcome] = await asyncio.gather(pulse, return_exceptions=True)
    await server.stop()
    coils = [[entry["output"], entry["on"]] for entry in journal.after(0, frozenset({"coil"}))]
    print(json.dumps({"coils": coils, "outcome": type(outcome).__name__, "left_on": any(module.outputs)}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
