"""The box as a server of the guard's API: a whole agent, with a camera, a module and a cloud."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import msgspec
from argon2 import PasswordHasher
from msgspec import structs

from edge.alarms import Place
from edge.drivers.base import Why
from edge.holds import Holding
from protocols.config import StalePolicy, StaleRule
from protocols.held import BlockItem, PassItem
from protocols.messages import CommandKind, OrderedBy
from protocols.records import (
    Alarm,
    BarrierAlarm,
    CommandResult,
    DeviceAlarm,
    DeviceReason,
    DeviceStatus,
    Severity,
)
from tests.edge.boxes import Box, serving
from tests.edge.guardhouse.desk import (
    CAMERA_IN,
    LANE_IN,
    PIN,
    Gate,
    base_url,
    gate,
    make_guard,
    relay_module,
    with_page,
)


class BoxServer:
    """Implements `server.GuardServer`."""

    def __init__(self, url: str, at: Gate, guards: list[UUID], relay: AsyncExitStack) -> None:
        self.url = url
        self.lane = LANE_IN
        self.provisional = self.by_pin = True
        self._at = at
        self._guards = guards
        self._relay = relay

    async def sign_in(self, client: httpx.AsyncClient, guard: int) -> None:
        """By PIN."""
        body = {"guard": str(self._guards[guard]), "pin": PIN}
        headers = {"Content-Type": "application/json"}
        answer = await client.post("/sign-in", content=msgspec.json.encode(body), headers=headers)
        answer.raise_for_status()

    async def change_pin(self, guard: int) -> None:
        """By the cloud's list."""
        held = {each.id: each for each in self._at.agent.held.passes.guards()}[self._guards[guard]]
        pin = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("5802")
        await self._at.hold(structs.replace(held, pin_hash=pin))

    async def hold(self, *items: PassItem | BlockItem) -> None:
        """By the cloud's list."""
        await self._at.hold(*items)

    async def car(self, plate: str) -> None:
        """By the camera."""
        await self._at.car(plate)

    async def open_from_afar(self, why: str) -> None:
        """By an order of the cloud."""
        cloud = self._at.cloud
        ordered = {"person": "Дежурная Ольга", "person_kind": OrderedBy.DISPATCHER, "reason": why}
        order = await cloud.command(CommandKind.OPEN, target=self.lane, **ordered)
        await cloud.until(lambda: order.id in {each.command for each in cloud.of(CommandResult)})

    async def force(self) -> None:
        """As its contacts tell."""
        journal, kind = self._at.agent.journal, BarrierAlarm.FORCED
        stamp = journal.stamp()
        await journal.add(Alarm(**stamp, alarm=stamp["id"], kind=kind, raised=True, source=self.lane))

    async def refuse(self, pass_id: UUID, why: str) -> None:
        """By the cloud's list."""
        made = self._at.agent.drafts.by_id[pass_id].item
        await self._at.hold(structs.replace(made, revoked=True, refusal=why))

    async def later(self, by: timedelta) -> None:
        """Its clock runs ahead from now on."""
        clock = self._at.agent.clock
        now = clock.now
        clock.now = lambda: (moment := now())._replace(utc=moment.utc + by)  # type: ignore[method-assign]

    async def refuse_by_rule(self, plate: str) -> None:
        """A stale list lets no guest in."""
        nobody = StalePolicy(after_s=600, guests=StaleRule.DENY)
        gate = self._at.agent.gate
        gate.put_in_force(replace(gate.site, stale=nobody))
        self._at.make_stale()
        await self._at.car(plate)

    async def hold_open(self, person: str, reason: str, until: datetime) -> None:
        """By an order."""
        holding = Holding(uuid4(), self.lane, person, reason, until)
        deadline_ns = time.monotonic_ns() + 30_000_000_000
        await self._at.agent.holds.begin(holding, deadline_ns=deadline_ns)

    async def break_barrier(self) -> None:
        """Its relay module is gone."""
        await self._relay.aclose()

    async def open_reader(self) -> None:
        """As a reader's driver tells it."""
        agent, why = self._at.agent, Why("opened", DeviceReason.TAMPERED)
        await agent.alarms.raise_(Place(CAMERA_IN, DeviceAlarm.READER_TAMPER), Severity.WARNING, "opened")
        agent.running._status(CAMERA_IN, DeviceStatus.FAULT, why)

    async def leave_guests_to_guard(self) -> None:
        """The list is stale."""
        self._at.make_stale()


@asynccontextmanager
async def serve(folder: Path, broker_port: int) -> AsyncIterator[BoxServer]:
    """A running box."""
    box = Box(folder / "box", "127.0.0.1", broker_port)
    with_page(box)
    async with AsyncExitStack() as stack:
        cloud = await stack.enter_async_context(serving(box.peer(), box.host, box.port))
        relay = await stack.enter_async_context(AsyncExitStack())
        modbus_port = await relay.enter_async_context(relay_module())
        at = await stack.enter_async_context(gate(box, cloud, modbus_port))
        second = make_guard(name="Анна Сергеевна", keys=[])
        await at.hold(second)
        yield BoxServer(await base_url(at.agent), at, [at.guard.id, second.id], relay)
