"""A simulated gate behind a relay module on a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from firmware_sim.boom import Barrier as Body
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.modbus.line import Line, TcpServer
from firmware_sim.relay import RelayModule, Switch, Wire

from edge.barrier.board import Board, Ear, build
from edge.barrier.driver import ButtonTold, Told
from edge.barrier.fire import FireTold
from edge.drivers.devices import Devices
from protocols.config import Barrier as BarrierConfig
from protocols.config import BarrierKind, Configuration, Contact, FireInput, Point
from protocols.records import BarrierCause
from tests.edge.drivers.support import PORTS, RELAY, bus_and_relay, running, soon_ns
from tests.edge.world import POINT, uid
from tests.support.tasks import end_tasks

CONTACTS = ("opened", "closed", "photocell", "loop")
OTHER = uid(2)


class Yard:
    """The simulated devices, and what the box told of them."""

    def __init__(self, journal: Journal, *, move_ms: int = 300, is_door: bool = False) -> None:
        self.journal = journal
        self.body = Body("gate", journal, move_ms=move_ms, stay_ms=300, is_driven=True)
        self.module = RelayModule(
            line="gate",
            unit=12,
            model="wb_mr6c_v2",
            barriers={} if is_door else {0: Wire(self.body, "open"), 1: Wire(self.body, "close")},
            switches={at: Switch(self.body, name, name == "photocell") for at, name in enumerate(CONTACTS)},  # type: ignore[arg-type]
            journal=journal,
        )
        self.line = Line("gate", {12: self.module})
        self.server = TcpServer(self.line)
        self.told: list[Told] = []
        self.fires: list[FireTold] = []
        self.board = Board()
        self.devices = Devices()

    def tell(self, told: Told | ButtonTold | FireTold) -> None:
        if isinstance(told, Told):
            self.told.append(told)
        elif isinstance(told, FireTold):
            self.fires.append(told)

    def coils(self, *kinds: str) -> list[tuple[int, bool]]:
        return [(entry["output"], entry["on"]) for entry in self.journal.after(0, frozenset({"coil"}))]

    def arms(self) -> list[str]:
        return [entry["state"] for entry in self.journal.after(0, frozenset({"arm"}))]

    @property
    def positions(self) -> list[str]:
        return [told.position.value for told in self.told]

    @property
    def stands(self) -> str:
        return self.board.drivers[POINT].state.position.value

    async def grant(self, point: Any = POINT, within_s: float = 15.0) -> Any:
        return await self.board.open(point, BarrierCause.GRANT, direction=None, deadline_ns=soon_ns(within_s))

    @asynccontextmanager
    async def at_work(
        self,
        *barriers: BarrierConfig,
        fire: list[FireInput] | None = None,
        alarms: Callable[[Any], Any] = lambda _: frozenset(),
        **relay: Any,
    ) -> AsyncIterator[None]:
        """The box's side: line, module, the barriers of POINT and OTHER, the fire alarm."""
        self.devices = bus_and_relay(self.server.port, **relay)
        points = [
            Point(id=point, name=str(at), barrier=barrier)
            for at, (point, barrier) in enumerate(zip((POINT, OTHER), barriers, strict=False))
        ]
        wanted = Configuration(site=uid(), site_name="", time_zone="UTC", points=points, fire=fire or [])
        self.board = build(wanted, self.devices.relays, PORTS, Ear(tell=self.tell, alarms_of=alarms))
        works = [driver.run for driver in self.board.drivers.values()]
        if self.board.fire is not None:
            works.append(self.board.fire.run)
        async with running(*self.devices.all.values()) as recorder:
            await recorder.until_status(RELAY, "online")  # type: ignore[arg-type]
            tasks = [asyncio.create_task(work()) for work in works]
            try:
                yield
                for task in tasks:
                    assert not task.done(), task
            finally:
                await end_tasks(tasks)


def gate(**changes: Any) -> BarrierConfig:
    """What the box is told of the yard's gate."""
    fields: dict[str, Any] = {
        "device": RELAY,
        "output": 0,
        "close_output": 1,
        "pulse_ms": 50,
        "kind": BarrierKind.OPEN_CLOSE,
        "travel_s": 1.5,
        "stay_s": 0.4,
        "held_open_s": 3.0,
    }
    fields |= {
        name: Contact(input=at, normally_closed=name == "photocell") for at, name in enumerate(CONTACTS)
    }
    return BarrierConfig(**(fields | changes))


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[Yard]:
    yard = Yard(Journal(tmp_path / "devices.jsonl", SystemClock()))
    await yard.server.start()
    yield yard
    await yard.server.stop()


@pytest.fixture
async def doorway(tmp_path: Path) -> AsyncIterator[Yard]:
    """A door with a lock: outputs move nothing, hands do."""
    yard = Yard(Journal(tmp_path / "devices.jsonl", SystemClock()), is_door=True)
    await yard.server.start()
    yield yard
    await yard.server.stop()
