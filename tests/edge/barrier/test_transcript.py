"""What is said on the bus, byte for byte, against transcripts kept in golden/: a car, a lock, silence, noise, refusal.

Requests are polled at times of their own, so a transcript goes by request: each with its answers in order, the same
answer told once. Everything that was written then is written now and nothing else; a slow machine may miss an answer,
but hears none that is not there. `DOMOVOY_RECORD=1` writes the files anew; what changes is to be read by a person.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from firmware_sim.modbus.frames import Request
from firmware_sim.modbus.line import Fault, Trouble

from edge.drivers.base import DeviceError
from edge.drivers.modbus_bus.driver import ModbusBus
from edge.drivers.modbus_relay.driver import ModbusRelay
from tests.edge.barrier.conftest import Yard, gate
from tests.edge.barrier.test_driver import closed, lock
from tests.edge.drivers.support import BUS, QUICK_MS, RELAY, eventually

GOLDEN = Path(__file__).parent / "golden"
MBAP = 7
READ_REGISTERS, WRITE_REGISTER = 3, 6  # as a module is set up


class Tap:
    """Listens at a simulated line."""

    def __init__(self, yard: Yard) -> None:
        self._yard = yard
        self._reply = yard.line.reply
        self.heard: dict[str, list[str]] = {}
        yard.line.reply = self.reply  # type: ignore[method-assign]

    def reply(self, request: Request, wrap: Callable[[Request, bytes], bytes], *, gateway: bool) -> bytes:
        frame = self._reply(request, wrap, gateway=gateway)
        fault = self._yard.line.trouble.fault
        told = "(noise)" if fault is Fault.GARBAGE else frame[MBAP:].hex(" ") or "(silence)"
        answers = self.heard.setdefault(f"{request.unit:02x} {request.pdu.hex(' ')}", [])
        is_set_up_anew = (
            request.pdu[0] in (READ_REGISTERS, WRITE_REGISTER) and answers
        )  # at a new connection, whenever that comes
        if answers[-1:] != [told] and not is_set_up_anew:
            answers.append(told)
        return frame

    def text(self) -> str:
        return "".join(
            f"> {request}\n" + "".join(f"< {answer}\n" for answer in answers)
            for request, answers in sorted(self.heard.items())
        )


async def a_car(yard: Yard) -> None:
    await yard.grant()
    await eventually(lambda: yard.stands == "open")
    yard.body.occupy(is_occupied=True)
    await asyncio.sleep(0.5)
    yard.body.occupy(is_occupied=False)
    await closed(yard)


def badly(fault: Fault) -> Callable[[Yard], Awaitable[None]]:
    async def grant(yard: Yard) -> None:
        await yard.server.set_trouble(Trouble(fault, code=6))
        granted = asyncio.create_task(yard.grant(within_s=0.5))
        await asyncio.sleep(1.2)
        await yard.server.set_trouble(Trouble())
        with contextlib.suppress(DeviceError):
            await granted
        await eventually(lambda: yard.stands in ("closed", "blocked"))
        await asyncio.sleep(0.7)

    return grant


async def set_up(yard: Yard) -> None:
    """Until the module was told of the contacts, too: the trouble that a scene begins with must not hide it."""
    relay, bus = yard.devices.relays[RELAY], yard.devices.buses[BUS]
    assert isinstance(relay, ModbusRelay)
    assert isinstance(bus, ModbusBus)
    await eventually(lambda: not relay._setter.is_due())


async def a_lock(yard: Yard) -> None:
    await yard.grant()
    await eventually(lambda: not yard.module.outputs[0])


@pytest.mark.parametrize(
    ("name", "barrier", "scene"),
    [
        ("gate", gate(stay_s=0.6, travel_s=3.0), a_car),
        ("gate_silent", gate(), badly(Fault.SILENT)),
        ("gate_noise", gate(), badly(Fault.GARBAGE)),
        ("gate_refused", gate(), badly(Fault.REFUSE)),
        ("lock", lock(stay_s=0.8), a_lock),
    ],
)
async def test_as_it_was_recorded(
    yard: Yard, doorway: Yard, name: str, barrier: Any, scene: Callable[[Yard], Awaitable[None]]
) -> None:
    yard = doorway if name == "lock" else yard
    yard.body._move_s = 0.8
    tap = Tap(yard)
    async with yard.at_work(barrier, timeout_ms=QUICK_MS):
        await closed(yard)
        await set_up(yard)
        await scene(yard)
        await asyncio.sleep(0.3)
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("DOMOVOY_RECORD"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(tap.text())
    recorded = _read(file.read_text())
    assert {request for request in tap.heard if _writes(request)} == set(filter(_writes, recorded))
    for request, answers in tap.heard.items():
        left = iter(recorded.get(request, []))
        assert all(answer in left for answer in answers), request


def _read(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    answers: list[str] = []
    for line in text.splitlines():
        if line.startswith("> "):
            answers = found.setdefault(line[2:], [])
        else:
            answers.append(line[2:])
    return found


def _writes(request: str) -> bool:
    return request.split()[1] in {"05", "06", "0f", "10"}
