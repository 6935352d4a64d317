"""Bytes in hand → coil written, the journal durable before: the whole agent against a bare append and coil write."""

import asyncio
import json
import os
import random
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import uvloop
from pymodbus.client import AsyncModbusTcpClient

from bench import acks, enrolled, line
from bench.held import make_row, plate
from bench.measure import Plan, figure, percentile, ratios
from bench.report import Bound, Figure, Goal, Result
from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import ChildProcess, free_port
from edge.agent import Agent
from edge.drivers.base import Read
from edge.drivers.parts import Part
from edge.drivers.plate_http.decode import seen
from edge.settings import GateSettings, Settings
from protocols import records
from protocols.config import Barrier, Configuration, Device, Point, Reader
from protocols.records import Actuation, DeviceStatus, Passage

_LINE, _RELAY, _CAMERA, _GATE = (UUID(int=number) for number in (1, 2, 3, 4))
_UNIT, _OUTPUT, _FLOOR_OUTPUT = 11, 0, 5
_PULSE_MS = 50
_PASSES = 1000
_RECORD = b"x" * 420  # as long as a passage's record
_WAIT_S = 60.0
_REST_S = 0.05
_US_PER_NS = 1e-3


def run(plan: Plan) -> Result:
    """Cars at a gate, one after another; after each, the floor's turn."""
    return uvloop.run(_measure(plan))


@dataclass
class _Phase:
    """Microseconds of one round in one state of the link. `gate`: by the box's own journal."""

    gate: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    decision: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class _Bench:
    """What runs. `switch`: the port that cuts and mends the link between box and broker."""

    agent: Agent
    switch: int
    floor: Callable[[], Awaitable[float]]


async def _measure(plan: Plan) -> Result:
    samples = plan.size(300, 20)
    up: list[_Phase] = []
    down: list[_Phase] = []
    async with _running(plan.folder) as bench:
        await _phase(bench, plan.size(50, 5))  # warm up
        for number in range(plan.rounds):
            for is_up in (True, False) if number % 2 == 0 else (False, True):
                await _set_link(bench, is_up=is_up)
                (up if is_up else down).append(await _phase(bench, samples))
    return _result(up, down, samples)


def _result(up: list[_Phase], down: list[_Phase], samples: int) -> Result:
    up_99, down_99 = _p(99, [phase.gate for phase in up]), _p(99, [phase.gate for phase in down])
    return Result(
        bench="coil",
        title="Bytes in hand → coil",
        how=(
            "A whole agent (TLS link, SQLite, Modbus TCP) reads the body of a camera's push, decides among "
            f"{_PASSES:,} passes, makes the passage's record durable and writes the coil of a simulated relay "
            "module in another process; the time is "
            "the box's own, from the actuation records of its journal. After each car the floor: an append of as many "
            "bytes, fdatasync and the same coil write by pymodbus alone, in the same process, on the same module. "
            f"Car and floor come after a rest of up to {_REST_S * 1000:.0f} ms each, at random. "
            f"{samples} cars a round with the link to broker and cloud up, as many with it cut. The cloud is a process "
            "that acknowledges at once."
        ),
        figures=[
            *_figures("link up", up),
            *_figures("link cut", down),
            *_both("append + fdatasync + coil write", [phase.floor for phase in up]),
        ],
        goals=[
            Goal.of(
                "bytes in hand → coil against append + coil write, p99",
                ratios(up_99, _p(99, [phase.floor for phase in up])),
                bound=Bound.AT_MOST,
                limit=2,
            ),
            Goal.of(
                "bytes in hand → coil, cloud down against up, p99",
                ratios(down_99, up_99),
                bound=Bound.AT_MOST,
                limit=1.2,
            ),
        ],
    )


def _figures(name: str, phases: list[_Phase]) -> list[Figure]:
    return [
        *_both(f"bytes in hand → coil, {name}", [phase.gate for phase in phases]),
        figure(f"of it the decision, {name}, p50", "µs", _p(50, [phase.decision for phase in phases])),
    ]


def _both(name: str, rounds: list[list[float]]) -> list[Figure]:
    return [figure(f"{name}, p{percent}", "µs", _p(percent, rounds)) for percent in (50, 99)]


def _p(percent: float, rounds: list[list[float]]) -> list[float]:
    return [percentile(samples, percent) for samples in rounds]


async def _phase(bench: _Bench, cars: int) -> _Phase:
    agent, phase = bench.agent, _Phase()
    before = await last_sequence(agent)
    for number in range(cars):
        body = _pushed(number)
        await _rest()
        at_ns = time.monotonic_ns()
        what = seen("generic", [Part("", "", "application/json", body)], min_confidence=0.8)
        assert what is not None
        agent.gate.read(Read(device=_CAMERA, at_ns=at_ns, raw=what.raw, plate=what.plate))
        await agent.gate.drain()
        await _rest()
        phase.floor.append(await bench.floor())
    for body in await bodies_after(agent, before):
        event = records.decode_event(body)
        if isinstance(event, Actuation):
            if event.latency_us is None:
                raise AssertionError(f"the barrier did not open: {event.detail}")
            phase.gate.append(event.latency_us)
        elif isinstance(event, Passage):
            phase.decision.append(event.decision_us)
    if len(phase.gate) != cars:
        raise AssertionError(f"{cars} cars, {len(phase.gate)} openings")
    return phase


async def _rest() -> None:
    """Until a moment that nothing else goes by: what the box does meanwhile is met as often as it is done."""
    await asyncio.sleep(random.uniform(0, _REST_S))


def _pushed(number: int) -> bytes:
    """What a camera sends of a car: its plate as people write it, in Cyrillic."""
    known = plate(number % _PASSES)
    letters = known.translate(str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ"))
    text = f"{letters[0]} {letters[1:4]} {letters[4:6]} {letters[6:]}"
    return json.dumps({"plate": text, "confidence": 0.97, "track": str(number)}).encode()


async def _set_link(bench: _Bench, *, is_up: bool) -> None:
    connected = bench.agent.uplink.connected
    await asyncio.to_thread(line.turn, bench.switch, is_cut=not is_up)

    async def settled() -> bool:
        if not is_up:
            return not connected.is_set()
        return connected.is_set() and (await bench.agent.report())["backlog"]["events"] == 0

    await until(settled, f"link {'up and the backlog empty' if is_up else 'down'}")


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Raises AssertionError when it does not come."""
    try:
        async with asyncio.timeout(_WAIT_S):
            while not await condition():  # noqa: ASYNC110  # the state has no event to wait for
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not within {_WAIT_S} s: {what}") from None


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[_Bench]:
    """Broker, acknowledging cloud, relay module, agent, the floor's file and connection."""
    async with AsyncExitStack() as stack:
        now = enrolled.now()
        ca = enrolled.make_house(folder / "broker", now)
        broker = MosquittoServer(folder / "broker", config=enrolled.MOSQUITTO_CONF.read_text())
        broker.start()
        stack.callback(broker.stop)
        cloud = ChildProcess(
            "acks",
            [sys.executable, "-m", "bench.acks", folder / "broker", str(broker.port)],
            log=folder / "acks.log",
            cwd=enrolled.ROOT,
        )
        cloud.start()
        stack.callback(cloud.stop)
        cloud.wait_ready(lambda: acks.READY in cloud.log.read_text())
        link, switch = _start_line(folder, broker.port, stack)
        modbus_port = _start_relay(folder, stack)
        membership = enrolled.write_box(ca, folder / "data", link, now)
        enrolled.hold(folder / "data", (make_row(number) for number in range(_PASSES)))
        enrolled.configure(folder / "data", _site(modbus_port))
        # A repeat within a second is one read; here the same car may come again at once.
        agent = Agent(
            folder / "data", Settings(gate=GateSettings(repeat_s=0)), membership, enrolled.real_world()
        )
        running = asyncio.create_task(agent.run(), name="agent")
        stack.push_async_callback(stop, agent, running)
        floor = await _floor(folder / "floor.journal", modbus_port, stack)

        async def relay_is_up() -> bool:
            if running.done():
                await running
            return agent.running.states.get(_RELAY) is DeviceStatus.ONLINE

        await until(relay_is_up, "the relay module online")
        yield _Bench(agent, switch, floor)


def _start_line(folder: Path, target: int, stack: AsyncExitStack) -> tuple[int, int]:
    """The link to the broker. Returns its port and its switch's."""
    port, switch = free_port(), free_port()
    command = [sys.executable, "-m", "bench.line", *(str(each) for each in (port, switch, target))]
    process = ChildProcess("line", command, log=folder / "line.log", cwd=enrolled.ROOT)
    process.start()
    stack.callback(process.stop)
    process.wait_ready(lambda: line.READY in process.log.read_text())
    return port, switch


async def stop(agent: Agent, running: asyncio.Task[None]) -> None:
    """In order."""
    agent.stop()
    await running


def _start_relay(folder: Path, stack: AsyncExitStack) -> int:
    """A line with one relay module, in a process of its own. Returns its port."""
    config, ready = folder / "devices.json", folder / "ready.json"
    relay = {"unit": _UNIT, "model": "wb_mr6c_v2"}
    config.write_text(
        json.dumps({"folder": "devices", "control_port": 0, "lines": [{"name": "line", "relays": [relay]}]})
    )
    program = Path(sys.executable).with_name("domovoy-sim")
    command: list[str | Path] = [program, "site", "--config", config, "--ready-file", ready]
    process = ChildProcess("devices", command, log=folder / "devices.log")
    process.start()
    stack.callback(process.stop)
    process.wait_ready(ready.exists)
    return int(json.loads(ready.read_text())["lines"]["line"])


def _site(modbus_port: int) -> Configuration:
    return Configuration(
        site=enrolled.BOX,
        site_name="КПП",
        time_zone="Asia/Yekaterinburg",
        points=[
            Point(
                id=_GATE,
                name="Въезд",
                barrier=Barrier(device=_RELAY, output=_OUTPUT, pulse_ms=_PULSE_MS),
                readers=[Reader(device=_CAMERA)],
            )
        ],
        devices=[
            Device(
                id=_LINE,
                driver="modbus_tcp",
                name="Линия",
                settings={"host": "127.0.0.1", "port": modbus_port},
            ),
            Device(
                id=_RELAY,
                driver="modbus_relay",
                name="Реле",
                settings={
                    "bus": str(_LINE),
                    "unit": _UNIT,
                    "profile": "wb_mr6c_v2",
                    "held_outputs": [_FLOOR_OUTPUT],
                },
            ),
            Device(
                id=_CAMERA,
                driver="plate_http",
                name="Камера",
                settings={"port": free_port(), "token": "bench-bench-bench"},
            ),
        ],
    )


async def _floor(file: Path, modbus_port: int, stack: AsyncExitStack) -> Callable[[], Awaitable[float]]:
    """A function that appends, syncs, writes the coil, and says how many µs it took."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    stack.callback(os.close, descriptor)
    client = AsyncModbusTcpClient("127.0.0.1", port=modbus_port)
    if not await client.connect():
        raise ConnectionError("no connection to the relay module")
    stack.callback(client.close)
    on = False

    async def once() -> float:
        nonlocal on
        on = not on
        begun = time.monotonic_ns()
        os.write(descriptor, _RECORD)
        os.fdatasync(descriptor)
        answer = await client.write_coil(_FLOOR_OUTPUT, on, device_id=_UNIT)
        took = time.monotonic_ns() - begun
        if answer.isError():
            raise AssertionError(f"the floor's coil write failed: {answer}")
        return took * _US_PER_NS

    return once


async def last_sequence(agent: Agent) -> int:
    """Of its events."""

    def job(connection: sqlite3.Connection) -> int:
        row = connection.execute("SELECT last FROM standing WHERE kind = 'events' AND NOT closed").fetchone()
        return int(row[0])

    return await agent.store.write(job)


async def bodies_after(agent: Agent, sequence: int) -> list[bytes]:
    """The records of events since."""

    def job(connection: sqlite3.Connection) -> list[bytes]:
        rows = connection.execute(
            "SELECT body FROM record JOIN stream USING (n) WHERE kind = 'events' AND NOT closed AND sequence > ?"
            " ORDER BY sequence",
            (sequence,),
        )
        return [bytes(row[0]) for row in rows]

    return await agent.store.write(job)
