"""ONVIF Door Control: our driver (zeep, the published description) against doors written out by hand."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from firmware_sim.journal import Journal
from firmware_sim.onvif import Fault, OnvifDevice

from edge.drivers.base import ConfigError, DeviceError, RefusedError, Relay, SilentError, UnavailableError
from edge.drivers.onvif_door.driver import OnvifDoor
from edge.drivers.table import build
from protocols.records import DeviceReason, DeviceStatus
from tests.edge.drivers.onvif_talk import Device
from tests.edge.drivers.support import PORTS, READER, device, running, soon_ns


@contextlib.asynccontextmanager
async def simulated(journal: Journal, **more: Any) -> AsyncIterator[OnvifDevice]:
    doors = OnvifDevice("tower", journal=journal, take=lambda: b"", doors=("door_1", "door 2"), **more)
    await doors.start()
    try:
        yield doors
    finally:
        await doors.stop()


def driver(port: int, **more: Any) -> Relay:
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "user": "admin",
        "password": "k9",
        "doors": "door_1, door 2",
    }
    return build([device("onvif_door", settings | {"timeout_ms": 10_000} | more)], PORTS).relays[READER]


def ended(doors: Relay) -> None:
    """As when the agent ends it: its connection is closed."""
    assert isinstance(doors, OnvifDoor)
    doors._device.close()


def opened(journal: Journal) -> list[str]:
    return [entry["door"] for entry in journal.after(0, frozenset({"door"}))]


@pytest.mark.parametrize("off_s", [0.0, -9000.0])
async def test_doors_open_one_by_one(journal: Journal, off_s: float) -> None:
    async with (
        simulated(journal, clock_off_s=off_s) as simulator,
        running(doors := driver(simulator.port)) as told,
    ):
        await told.until_status(READER, DeviceStatus.ONLINE)
        pulsed = await doors.pulse(1, 700, deadline_ns=soon_ns())
        await doors.pulse(0, 700, deadline_ns=soon_ns())
    assert pulsed.confirmed
    assert opened(journal) == ["door 2", "door_1"]


async def test_an_opening_needs_no_look_before(journal: Journal) -> None:
    async with simulated(journal) as simulator:
        doors = driver(simulator.port)
        await doors.pulse(0, 700, deadline_ns=soon_ns())
        ended(doors)
    assert opened(journal) == ["door_1"]


async def test_a_clock_that_was_set_is_asked_again(journal: Journal) -> None:
    async with simulated(journal) as simulator, running(doors := driver(simulator.port)) as told:
        await told.until_status(READER, DeviceStatus.ONLINE)
        simulator.set_clock(86_400.0)
        await doors.pulse(0, 700, deadline_ns=soon_ns())
    assert opened(journal) == ["door_1"]


async def test_nothing_opens_too_late(journal: Journal) -> None:
    async with simulated(journal) as simulator, running(doors := driver(simulator.port)) as told:
        await told.until_status(READER, DeviceStatus.ONLINE)
        with pytest.raises(UnavailableError, match="too late"):
            await doors.pulse(0, 700, deadline_ns=time.monotonic_ns())
        slow = asyncio.create_task(doors.pulse(0, 700, deadline_ns=time.monotonic_ns() + 1))
        with pytest.raises(UnavailableError):
            await slow
    assert opened(journal) == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.SILENT, SilentError),
        (Fault.GARBAGE, DeviceError),
        (Fault.ODD, DeviceError),
        (Fault.REFUSE, RefusedError),
    ],
)
async def test_silence_garbage_and_refusal(journal: Journal, fault: Fault, error: type[DeviceError]) -> None:
    async with (
        simulated(journal) as simulator,
        running(doors := driver(simulator.port, timeout_ms=1500)) as told,
    ):
        await told.until_status(READER, DeviceStatus.ONLINE)
        simulator.fault = fault
        with pytest.raises(error):
            await doors.pulse(0, 700, deadline_ns=soon_ns())
        simulator.fault = Fault.NONE
        await doors.pulse(0, 700, deadline_ns=soon_ns())
    assert opened(journal) == ["door_1"]


async def test_a_door_that_is_not_there_is_a_fault(journal: Journal) -> None:
    async with (
        simulated(journal) as simulator,
        running(driver(simulator.port, doors="door_1,door_3")) as told,
    ):
        await told.until_status(READER, DeviceStatus.FAULT)
    assert "no door 'door_3', only door_1, door 2" in told.statuses[0][2]
    with pytest.raises(ConfigError, match="no output 2, the last is 1"):
        driver(1).check(2, 700)


async def test_a_camera_is_no_door_controller(journal: Journal) -> None:
    camera = OnvifDevice("lane", journal=journal, take=lambda: b"")
    await camera.start()
    async with running(driver(camera.port)) as told:
        await told.until_status(READER, DeviceStatus.FAULT)
    await camera.stop()
    assert "it has no door control" in told.statuses[0][2]
    assert told.reasons[0][0] is DeviceReason.WRONG_ANSWER


async def test_the_recorded_talk() -> None:
    there = Device("onvif_door.txt")
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    async with server:
        doors = driver(server.sockets[0].getsockname()[1], timeout_ms=1500, doors="door_1")
        while there.steps:
            try:
                await doors.pulse(0, 700, deadline_ns=soon_ns())
                told = "opened"
            except DeviceError as error:
                told = f"{error.why.reason} {error.why.number or ''}".strip()
            assert there.steps.pop(0) == ("=", told)
        ended(doors)
        await asyncio.sleep(0.05)  # the last connection ends
    assert there.astray == []
