"""The gate opened from afar: from the request of a dispatcher, a resident and a guard to the coil."""

import asyncio
import itertools
import json
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiomqtt
import uvloop
from pymodbus.client import AsyncModbusTcpClient

from bench.checkpoint import FLOOR_OUTPUT, OUTPUT, PULSE_MS, UNIT, Checkpoint, Wire, checkpoint
from bench.measure import Plan, figure, percentile, ratios
from bench.report import Bound, Figure, Goal, Result
from protocols.fields import Direction
from protocols.topics import Channel, topic

_WAIT_S, _LOOK_S = 20.0, 0.001
_REST_S = (2 * PULSE_MS / 1000, 4 * PULSE_MS / 1000)  # the pulse is over by then
_RESIDENTS = 40  # each may open ten times a minute
_COMMAND = b"x" * 700  # as long as a signed order
_RECORD = b"x" * 420  # as long as the record of one
_MS_PER_NS = 1e-6
DESK, RESIDENT, GUARD, FLOOR = "dispatcher", "resident", "guard at the box", "floor"


def run(plan: Plan) -> Result:
    """Everybody in turn, then the floor; in every round."""
    with checkpoint(plan.folder, plan.size(_RESIDENTS, 2)) as at:
        return uvloop.run(_measure(plan, at))


async def _measure(plan: Plan, at: Checkpoint) -> Result:
    samples, opened = plan.size(100, 5), _Coil(at.log)
    found: dict[str, list[list[float]]] = {name: [] for name in (DESK, RESIDENT, GUARD, FLOOR)}
    answered: list[list[float]] = []
    async with _floor(at.wire, plan.folder / "floor.journal", at.modbus_port) as floor:
        contenders = {name: _timed(ask, opened) for name, ask in _askers(at).items()} | {FLOOR: floor}
        for once in contenders.values():  # warm up
            for _ in range(plan.size(10, 1)):
                await _after_rest(once)
        for _ in range(plan.rounds):
            took: dict[str, list[float]] = {name: [] for name in contenders}
            before = opened.count
            for _ in range(samples):
                for name, once in random.sample(list(contenders.items()), len(contenders)):
                    took[name].append(await _after_rest(once))
            if opened.count - before != 3 * samples:
                raise AssertionError(f"{3 * samples} orders, {opened.count - before} openings")
            answered.append(await asyncio.to_thread(_answered_ms, at, 2 * samples))
            for name, each in took.items():
                found[name].append(each)
    return _result(found, answered, samples)


def _askers(at: Checkpoint) -> dict[str, Callable[[], Any]]:
    """Who opens, and how: a blocking request each."""
    neighbours = itertools.cycle(at.residents)
    by_hand = {"direction": Direction.IN, "verdict": "open", "reason": "other", "note": "такси"}

    def decide() -> None:
        body = by_hand | {"id": str(uuid4())}
        answer = at.guard.post(f"/lanes/{at.point}/decide", json=body)
        if answer.status_code != 200 or not answer.json()["opened"]:
            raise AssertionError(f"the guard did not open: {answer.status_code} {answer.text[:500]}")

    return {
        DESK: lambda: at.desk.post(f"/api/points/{at.point}/open", {"reason": "такси"}),
        RESIDENT: lambda: next(neighbours).post(f"/api/resident/doors/{at.point}/open"),
        GUARD: decide,
    }


def _timed(ask: Callable[[], Any], opened: "_Coil") -> Callable[[], Awaitable[float]]:
    """ms from before the request to the coil, by the module's own log."""

    async def once() -> float:
        begun = time.monotonic_ns()
        asking = asyncio.to_thread(ask)
        on_ns, _ = await asyncio.gather(opened.next(), asking)
        return (on_ns - begun) * _MS_PER_NS

    return once


async def _after_rest(once: Callable[[], Awaitable[float]]) -> float:
    await asyncio.sleep(random.uniform(*_REST_S))
    return await once()


class _Coil:
    """Follows the module's log. `count`: openings so far."""

    def __init__(self, log: Path) -> None:
        self._lines = log.open("rb")
        self._begun = b""
        self.count = 0

    async def next(self) -> int:
        """When the barrier's coil is next switched on, monotonic. Raises AssertionError when it is not."""
        try:
            async with asyncio.timeout(_WAIT_S):
                while (at := self._read()) is None:  # noqa: ASYNC110  # another process's file
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            raise AssertionError(f"not opened within {_WAIT_S} s") from None
        self.count += 1
        return at

    def _read(self) -> int | None:
        while line := self._lines.readline():
            self._begun += line
            if not self._begun.endswith(b"\n"):
                return None
            entry, self._begun = json.loads(self._begun), b""
            if entry["kind"] == "coil" and entry["output"] == OUTPUT and entry["on"]:
                return int(entry["mono_ns"])
        return None


@asynccontextmanager
async def _floor(wire: Wire, file: Path, modbus_port: int) -> AsyncIterator[Callable[[], Awaitable[float]]]:
    """A message through the broker, an append with fdatasync, a coil write: how many ms they take."""
    async with AsyncExitStack() as stack:
        sender, hearer = _client(wire, wire.sender, "downlink-2"), _client(wire, wire.hearer, str(wire.box))
        for client in (hearer, sender):
            await stack.enter_async_context(client)
        where = topic(wire.box, Channel.DOWN_COMMANDS)
        await hearer.subscribe(where, qos=1)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        stack.callback(os.close, descriptor)
        module = AsyncModbusTcpClient("127.0.0.1", port=modbus_port)
        if not await module.connect():
            raise ConnectionError("no connection to the relay module")
        stack.callback(module.close)
        on = itertools.cycle((True, False))

        async def once() -> float:
            begun = time.monotonic_ns()
            sending = asyncio.create_task(sender.publish(where, _COMMAND, qos=1))
            await anext(aiter(hearer.messages))
            os.write(descriptor, _RECORD)
            os.fdatasync(descriptor)
            answer = await module.write_coil(FLOOR_OUTPUT, next(on), device_id=UNIT)
            took = time.monotonic_ns() - begun
            await sending
            if answer.isError():
                raise AssertionError(f"the floor's coil write failed: {answer}")
            return took * _MS_PER_NS

        yield once


def _client(wire: Wire, tls: Any, name: str) -> aiomqtt.Client:
    version = aiomqtt.ProtocolVersion.V5
    return aiomqtt.Client(
        "127.0.0.1", wire.port, identifier=name, protocol=version, tls_context=tls, timeout=_WAIT_S
    )


def _answered_ms(at: Checkpoint, newest: int) -> list[float]:
    """Of the newest orders: from the order to the box's answer, by its clock. Raises AssertionError without one."""
    query = (
        "SELECT extract(epoch FROM answered_at - issued_at) * 1000, outcome FROM command"
        " ORDER BY issued_at DESC LIMIT %s"
    )
    deadline = time.monotonic() + _WAIT_S
    while True:
        with at.cloud.admin() as connection:
            rows = connection.execute(query, (newest,)).fetchall()
        if {outcome for _, outcome in rows} == {"done"}:
            return [float(took) for took, _ in rows]
        if time.monotonic() > deadline:
            raise AssertionError(f"orders without a good answer: {rows}")
        time.sleep(_LOOK_S)


def _result(found: dict[str, list[list[float]]], answered: list[list[float]], samples: int) -> Result:
    floor = _p(99, found[FLOOR])
    return Result(
        bench="remote",
        title="Opened from afar",
        how=(
            "From before the request to the coil, by the relay module's own log: a dispatcher at the desk's API, a "
            f"resident ({_RESIDENTS} in turn: each may open ten times a minute), a guard at the box's own page by "
            "hand. api, PostgreSQL (durable), downlink, ingest, mosquitto with mutual TLS, the box's agent and the "
            "module are processes on this machine. The order is signed, durable at the box before the coil, and "
            f"answered once its pulse of {PULSE_MS} ms is over. The floor: as many bytes through the same broker to "
            "another client, an append with fdatasync and the same coil write by pymodbus alone. All four "
            f"{samples} times a round, in random order, after a rest each."
        ),
        figures=[
            *(
                each
                for name in (DESK, RESIDENT, GUARD)
                for each in _both(f"{name}: request → coil", found[name])
            ),
            *_both("order → the box's answer", answered),
            *_both("message + append + fdatasync + coil write", found[FLOOR]),
        ],
        goals=[
            *(
                Goal.of(
                    f"{name}: request → coil, p99",
                    _p(99, found[name]),
                    bound=Bound.AT_MOST,
                    limit=limit,
                    unit="ms",
                )
                for name, limit in ((DESK, 200), (RESIDENT, 200), (GUARD, 50))
            ),
            Goal.of(
                "a guard's request → coil against message + append + coil write, p50",
                ratios(_p(50, found[GUARD]), _p(50, found[FLOOR])),
                bound=Bound.AT_MOST,
                limit=4,
            ),
            Goal.of(
                "a dispatcher's request → coil against message + append + coil write, p99",
                ratios(_p(99, found[DESK]), floor),
                bound=Bound.AT_MOST,
                limit=20,
            ),
        ],
    )


def _both(name: str, rounds: list[list[float]]) -> list[Figure]:
    return [figure(f"{name}, p{percent}", "ms", _p(percent, rounds)) for percent in (50, 99)]


def _p(percent: float, rounds: list[list[float]]) -> list[float]:
    return [percentile(samples, percent) for samples in rounds]
