"""What stands at a checkpoint: relay modules on a simulated Modbus line, cameras that push to the box."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.modbus.frames import Request
from firmware_sim.modbus.line import Fault, Line, TcpServer
from firmware_sim.relay import OUTPUTS, RelayModule

from deploy.demo.servers.processes import free_port
from edge.agent import Agent
from protocols.fields import Direction
from protocols.records import DeviceStatus

MODEL: Final = "wb_mr6c_v2"
TOKEN = "a-token-of-the-checkpoint"
FIRST_UNIT = 11
PULSE_MS = 50
ONLINE_S = 90.0
Wrap = Callable[[Request, bytes], bytes]


@dataclass(frozen=True)
class Lane:
    """A way in or out, with a camera that pushes to this port, and its number among the modules' outputs."""

    name: str
    direction: Direction
    port: int
    number: int

    @property
    def unit(self) -> int:
        """The module's address on the line."""
        return FIRST_UNIT + self.number // OUTPUTS[MODEL]

    @property
    def output(self) -> int:
        """The module's output that opens it."""
        return self.number % OUTPUTS[MODEL]


def lay_lanes(*directions: Direction) -> list[Lane]:
    """So many lanes, numbered from 0."""
    return [Lane(f"{way.value} {at}", way, free_port(), at) for at, way in enumerate(directions)]


WRITE_COIL = 5


class RefusableLine(Line):
    """Counts the coils that it refused to switch."""

    refused = 0

    def reply(self, request: Request, wrap: Wrap, *, gateway: bool) -> bytes:
        if self.trouble.fault is Fault.REFUSE and request.pdu[0] == WRITE_COIL:
            self.refused += 1
        return super().reply(request, wrap, gateway=gateway)


class Field:
    """The line with its modules. Its log is the truth about what was opened."""

    def __init__(self, folder: Path, modules: int = 1) -> None:
        self._log = folder / "devices.jsonl"
        self._journal = Journal(self._log, SystemClock())
        self.units = [FIRST_UNIT + number for number in range(modules)]
        self.line = RefusableLine("gate", {unit: self._module(unit) for unit in self.units})
        self._server = TcpServer(self.line)

    def _module(self, unit: int) -> RelayModule:
        return RelayModule(line="gate", unit=unit, model=MODEL, barriers={}, journal=self._journal)

    @property
    def port(self) -> int:
        """Of the line."""
        return self._server.port

    def openings(self) -> list[tuple[int, int]]:
        """(unit, output) of every coil that the box switched on, in their order."""
        with self._log.open("rb") as lines:
            entries = [json.loads(line) for line in lines]
        return [
            (entry["unit"], entry["output"])
            for entry in entries
            if entry["kind"] == "coil" and entry["on"] and entry["by"] == "write"
        ]

    def is_on(self, lane: Lane) -> bool:
        """The relay itself."""
        unit = self.line.units[lane.unit]
        assert isinstance(unit, RelayModule)
        return unit.outputs[lane.output]

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Field"]:
        """The line answers."""
        await self._server.start()
        try:
            yield self
        finally:
            await self._server.stop()
            self._journal.close()


class Cameras:
    """The lanes' cameras, each with a connection that stays: two pushes may leave in the same moment."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def see(self, lane: Lane, plate: str) -> None:
        """A car stands before the lane; returns when the box has taken the push."""
        url = f"http://127.0.0.1:{lane.port}/plates/{TOKEN}"
        answer = await self._client.post(url, json={"plate": plate})
        assert answer.status_code == 204, answer.text

    async def see_at_once(self, seen: Sequence[tuple[Lane, str]]) -> None:
        """Several cars at several lanes in one moment."""
        await asyncio.gather(*(self.see(lane, plate) for lane, plate in seen))


@asynccontextmanager
async def cameras() -> AsyncIterator[Cameras]:
    """Of as many lanes as there are."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:
        yield Cameras(client)


async def online(agent: Agent, devices: int) -> None:
    """Until so many devices are there, each of them online, and every barrier may open."""

    def ready() -> bool:
        states = agent.running.states.values()
        board = agent.gate.site.board
        is_shut = any(board.refusal(point) is not None for point in agent.gate.site.points)
        return len(states) == devices and set(states) == {DeviceStatus.ONLINE} and not is_shut

    async with asyncio.timeout(ONLINE_S):
        while not ready():  # noqa: ASYNC110  # states of many kinds have no one event
            await asyncio.sleep(0.02)
