"""What the tests of drivers share: a sink that remembers, devices that run, simulated lines."""

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from edge.drivers.base import Device, Read, Ring, Why
from edge.drivers.devices import Devices, Ports
from edge.drivers.table import build
from protocols import config
from protocols.records import DeviceAlarm, DeviceReason, DeviceStatus
from tests.support.tasks import end_tasks

BUS = UUID(int=1)
RELAY = UUID(int=2)
READER = UUID(int=3)
PORTS = Ports(monotonic_ns=time.monotonic_ns, random=random.Random(7).random)


class Recorder:
    """A `base.Sink` that keeps everything and lets a test wait for it."""

    def __init__(self) -> None:
        self.reads: list[Read] = []
        self.statuses: list[tuple[UUID, DeviceStatus, str]] = []
        self.reasons: list[tuple[DeviceReason | None, int | None]] = []
        self.rings: list[Ring] = []
        self.alarms: list[tuple[UUID, DeviceAlarm, bool, str]] = []
        self._changed = asyncio.Event()

    def read(self, read: Read, /) -> None:
        self.reads.append(read)
        self._changed.set()

    def status(self, device: UUID, status: DeviceStatus, why: Why, /) -> None:
        self.statuses.append((device, status, why.detail))
        self.reasons.append((why.reason, why.number))
        self._changed.set()

    def ring(self, ring: Ring, /) -> None:
        self.rings.append(ring)
        self._changed.set()

    def alarm(self, device: UUID, alarm: DeviceAlarm, active: bool, detail: str, /) -> None:
        self.alarms.append((device, alarm, active, detail))
        self._changed.set()

    def of(self, device: UUID) -> list[DeviceStatus]:
        return [status for which, status, _ in self.statuses if which == device]

    async def until(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def until_status(self, device: UUID, *statuses: DeviceStatus) -> None:
        await self.until(lambda: self.of(device)[-len(statuses) :] == list(statuses))

    async def until_reads(self, count: int) -> None:
        await self.until(lambda: len(self.reads) >= count)


def device(driver: str, settings: dict[str, Any], device_id: UUID = READER) -> config.Device:
    return config.Device(id=device_id, driver=driver, name=driver, settings=settings)


QUICK_MS = 150
"""For what is about silence: not to wait for long. Elsewhere a slow machine's answer is no silence."""


def bus_and_relay(port: int, *, timeout_ms: int = 900, **relay: Any) -> Devices:
    settings = {"bus": str(BUS), "unit": 12, "profile": "wb_mr6c_v2", "poll_s": 0.1} | relay
    return build(
        [
            device("modbus_relay", settings, RELAY),
            device("modbus_tcp", {"host": "127.0.0.1", "port": port, "timeout_ms": timeout_ms}, BUS),
        ],
        PORTS,
    )


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(*devices: Device) -> AsyncIterator[Recorder]:
    """The devices at work; a device that ends by itself fails the test."""
    recorder = Recorder()
    tasks = [asyncio.create_task(device.run(recorder), name=str(device.id)) for device in devices]
    try:
        yield recorder
        for task in tasks:
            if task.done():
                task.result()
                raise AssertionError(f"{task.get_name()} returned")
    finally:
        await end_tasks(tasks)


def soon_ns(seconds: float = 15.0) -> int:
    return time.monotonic_ns() + int(seconds * 1e9)


async def eventually(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Until the outside world is so; fails by TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - simulated devices raise no events in the test's loop
            await asyncio.sleep(0.01)
