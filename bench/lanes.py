"""Fifty lanes at once on one box: bytes in hand → coil, against one lane alone."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import uvloop

from bench import enrolled
from bench.coil import bodies_after, last_sequence, stop, until
from bench.held import make_row, plate
from bench.measure import Plan, figure, percentile, ratios
from bench.report import Bound, Figure, Goal, Result
from deploy.demo.servers.processes import ChildProcess, free_port
from edge.agent import Agent
from edge.drivers.base import Read
from edge.settings import GateSettings, Settings
from protocols import records
from protocols.config import Barrier, Configuration, Device, Point, Reader
from protocols.records import Actuation, DeviceStatus

LANES = 50
_OUTPUTS = 6  # of a WB-MR6C
_MODULES = -(-LANES // _OUTPUTS)
_FIRST_UNIT, _PULSE_MS, _PASSES = 11, 50, 1000


def run(plan: Plan) -> Result:
    """One car, then a car at each of fifty lanes in the same moment; on nine lines, and on one."""
    return uvloop.run(_measure(plan))


async def _measure(plan: Plan) -> Result:
    times = plan.size(20, 3)
    found: dict[str, list[list[float]]] = {}
    for name, lines in (("a line for each module", _MODULES), ("one line", 1)):
        async with _running(plan.folder / f"lines-{lines}", lines) as agent:
            await _round(agent, LANES, 1)  # warm up
            for _ in range(plan.rounds):
                alone = [await _round(agent, 1, 1) for _ in range(times * 5)]
                found.setdefault(f"one lane, {name}", []).append([each for took in alone for each in took])
                took = await _round(agent, LANES, times)
                found.setdefault(f"{LANES} lanes, {name}", []).append(took)
    return _result(found, times)


async def _round(agent: Agent, lanes: int, times: int) -> list[float]:
    """ms of each opening, by the box's own journal."""
    before = await last_sequence(agent)
    for _ in range(times):
        at_ns = time.monotonic_ns()
        for lane in range(lanes):
            seen = plate(lane)
            agent.gate.read(Read(device=_camera(lane), at_ns=at_ns, raw=f"{seen} {at_ns}", plate=seen))
        await agent.gate.drain()
    took = []
    for body in await bodies_after(agent, before):
        event = records.decode_event(body)
        if isinstance(event, Actuation):
            if event.latency_us is None:
                raise AssertionError(f"a barrier did not open: {event.detail}")
            took.append(event.latency_us / 1000)
    if len(took) != lanes * times:
        raise AssertionError(f"{lanes * times} cars, {len(took)} openings")
    return took


def _result(found: dict[str, list[list[float]]], times: int) -> Result:
    apart, together = f"{LANES} lanes, a line for each module", f"{LANES} lanes, one line"
    alone = [LANES * each for each in _p(50, found["one lane, a line for each module"])]
    return Result(
        bench="lanes",
        title=f"{LANES} lanes at once",
        how=(
            f"A whole agent with {LANES} lanes, cut off from its cloud: {LANES} plates are in hand in the same moment, "
            f"each of which is decided among {_PASSES:,} passes, made durable, and its lane's coil written at one of "
            f"{_MODULES} simulated relay modules in another process; {times} times a round, and one lane alone "
            f"{times * 5} times. Once each module has a line (a TCP connection) of its own, once all hang on one line, "
            "where one request goes after another. The time is the box's own, from the actuation records of its "
            "journal: for the last lane it includes all that the box did for the others."
        ),
        figures=[each for name, rounds in found.items() for each in _both(name, rounds)],
        goals=[
            Goal.of(
                f"{LANES} lanes at once, p99, against one after another ({LANES} × p50 of one)",
                ratios(_p(99, found[apart]), alone),
                bound=Bound.AT_MOST,
                limit=1,
            ),
            Goal.of(
                "all on one line against a line for each module, p99",
                ratios(_p(99, found[together]), _p(99, found[apart])),
                bound=Bound.AT_MOST,
                limit=2,
            ),
        ],
    )


def _both(name: str, rounds: list[list[float]]) -> list[Figure]:
    return [figure(f"{name}, p{percent}", "ms", _p(percent, rounds)) for percent in (50, 99)]


def _p(percent: float, rounds: list[list[float]]) -> list[float]:
    return [percentile(samples, percent) for samples in rounds]


@asynccontextmanager
async def _running(folder: Path, lines: int) -> AsyncIterator[Agent]:
    """The modules, on so many lines, and the agent."""
    now = enrolled.now()
    ca = enrolled.make_house(folder / "house", now)
    membership = enrolled.write_box(ca, folder / "data", free_port(), now)
    enrolled.hold(folder / "data", (make_row(number) for number in range(_PASSES)))
    units = [(number % lines, _FIRST_UNIT + number) for number in range(_MODULES)]
    process, ports = _start_modules(folder, units)
    try:
        enrolled.configure(folder / "data", _site(units, ports))
        settings = Settings(gate=GateSettings(repeat_s=0))
        agent = Agent(folder / "data", settings, membership, enrolled.real_world())
        running = asyncio.create_task(agent.run(), name="agent")
        try:

            async def all_online() -> bool:
                if running.done():
                    await running
                states = [agent.running.states.get(_module(unit)) for _, unit in units]
                return set(states) == {DeviceStatus.ONLINE}

            await until(all_online, "the relay modules online")
            yield agent
        finally:
            await stop(agent, running)
    finally:
        process.stop()


def _start_modules(folder: Path, units: list[tuple[int, int]]) -> tuple[ChildProcess, list[int]]:
    config, ready = folder / "devices.json", folder / "ready.json"
    config.parent.mkdir(parents=True, exist_ok=True)
    lines = sorted({line for line, _ in units})
    told = [
        {
            "name": f"line-{line}",
            "relays": [{"unit": unit, "model": "wb_mr6c_v2"} for of, unit in units if of == line],
        }
        for line in lines
    ]
    config.write_text(json.dumps({"folder": "devices", "control_port": 0, "lines": told}))
    program = Path(sys.executable).with_name("domovoy-sim")
    command: list[str | Path] = [program, "site", "--config", config, "--ready-file", ready]
    process = ChildProcess("devices", command, log=folder / "devices.log")
    process.start()
    process.wait_ready(ready.exists)
    ports = json.loads(ready.read_text())["lines"]
    return process, [int(ports[f"line-{line}"]) for line in lines]


def _line(number: int) -> UUID:
    return UUID(int=1000 + number)


def _module(unit: int) -> UUID:
    return UUID(int=2000 + unit)


def _camera(lane: int) -> UUID:
    return UUID(int=3000 + lane)


def _site(units: list[tuple[int, int]], ports: list[int]) -> Configuration:
    lines = [
        Device(
            id=_line(number),
            driver="modbus_tcp",
            name=f"Линия {number}",
            settings={"host": "127.0.0.1", "port": port},
        )
        for number, port in enumerate(ports)
    ]
    modules = [
        Device(
            id=_module(unit),
            driver="modbus_relay",
            name=f"Реле {unit}",
            settings={"bus": str(_line(line)), "unit": unit, "profile": "wb_mr6c_v2"},
        )
        for line, unit in units
    ]
    cameras = [
        Device(
            id=_camera(lane),
            driver="plate_http",
            name=f"Камера {lane}",
            settings={"port": free_port(), "token": "bench-bench-bench"},
        )
        for lane in range(LANES)
    ]
    points = [
        Point(
            id=UUID(int=4000 + lane),
            name=f"Полоса {lane}",
            barrier=Barrier(
                device=_module(_FIRST_UNIT + lane // _OUTPUTS),
                output=lane % _OUTPUTS,
                pulse_ms=_PULSE_MS,
            ),
            readers=[Reader(device=_camera(lane))],
        )
        for lane in range(LANES)
    ]
    return Configuration(
        site=enrolled.BOX,
        site_name="КПП",
        time_zone="Asia/Yekaterinburg",
        points=points,
        devices=[*lines, *modules, *cameras],
    )
