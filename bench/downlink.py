"""A pass issued over the API → held by the box: a real agent among 1 and among 200 connected sites."""

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvloop

from bench import boxes, enrolled
from bench.cloud import Cloud, MadeSite
from bench.held import plate
from bench.measure import Plan, figure, percentile
from bench.report import Bound, Figure, Goal, Result
from cloud.kernel.tenancy import Role
from cloud.sites import keyfiles
from deploy.demo.api import Api
from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import tail, wait_until
from edge.agent import Agent
from edge.settings import Settings

SITES = 200
_QUICK_SITES = 10
_DOWNLINK = "downlink-1"
_LOOK_S = 0.001
_WAIT_S = 30.0
_CROWD_S = 60.0
_PAUSE_S = 0.02


def run(plan: Plan) -> Result:
    """Rounds alone and among many, in turn."""
    return uvloop.run(_measure(plan))


@dataclass
class _Phase:
    """ms of one round. `held`: from the API's answer; `call`: the API's own."""

    held: list[float] = field(default_factory=list)
    call: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class _Bench:
    agent: Agent
    people: httpx.AsyncClient
    folder: Path
    port: int
    sites: list[MadeSite]
    numbers: "itertools.count[int]"


async def _measure(plan: Plan) -> Result:
    count, samples = plan.size(SITES, _QUICK_SITES), plan.size(100, 10)
    alone: list[_Phase] = []
    among: list[_Phase] = []
    async with _running(plan.folder, count) as bench:
        await _phase(bench, plan.size(20, 3), others=False)  # warm up
        for number in range(plan.rounds):
            for is_alone in (True, False) if number % 2 == 0 else (False, True):
                if is_alone:
                    alone.append(await _phase(bench, samples, others=False))
                else:
                    async with _crowd(bench):
                        among.append(await _phase(bench, samples, others=True))
    return _result(alone, among, count, samples)


async def _phase(bench: _Bench, samples: int, *, others: bool) -> _Phase:
    """Passes for the agent's site; with `others`, as many for sites of the crowd in between."""
    own, crowd = bench.sites[0], itertools.cycle(bench.sites[1:])
    phase = _Phase()
    for _ in range(samples):
        begun = time.monotonic()
        issued = await _issue(bench, own.site)
        answered = time.monotonic()
        await _until_held(bench.agent, issued)
        phase.call.append((answered - begun) * 1000)
        phase.held.append((time.monotonic() - answered) * 1000)
        if others:
            await _issue(bench, next(crowd).site)
        await asyncio.sleep(_PAUSE_S)
    return phase


async def _issue(bench: _Bench, site: UUID) -> UUID:
    draft = {
        "site_id": str(site),
        "holder": "Баклушин Иван",
        "plates": [plate(next(bench.numbers))],
        "service": "Гостевой пропуск",
        "valid_until": (enrolled.now() + timedelta(days=1)).isoformat(),
    }
    answer = await bench.people.post("/api/access/passes", json=draft)
    if answer.status_code != 201:
        raise AssertionError(f"a pass was not issued: {answer.status_code} {answer.text[:500]}")
    return UUID(answer.json()["id"])


async def _until_held(agent: Agent, pass_id: UUID) -> None:
    try:
        async with asyncio.timeout(_WAIT_S):
            while agent.held.passes.find_pass(pass_id) is None:  # noqa: ASYNC110  # no event tells of one pass
                await asyncio.sleep(_LOOK_S)
    except TimeoutError:
        raise AssertionError(f"the box did not hold the pass within {_WAIT_S} s") from None


@asynccontextmanager
async def _crowd(bench: _Bench) -> AsyncIterator[None]:
    """The other sites' boxes are connected, within."""
    log, command = bench.folder / "boxes.log", [sys.executable, "-m", "bench.boxes"]
    command += [str(bench.folder / "broker"), str(bench.port)]
    ids = "\n".join(str(made.box) for made in bench.sites[1:])
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: ASYNC220  # a fork, between measurements
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, cwd=enrolled.ROOT
        )
    assert process.stdin is not None
    try:
        with process.stdin as pipe:
            pipe.write(ids.encode())
        settled = await asyncio.to_thread(
            wait_until, lambda: boxes.READY in log.read_text() or process.poll() is not None, _CROWD_S
        )
        if not settled:
            raise AssertionError(f"the crowd of boxes is not ready within {_CROWD_S} s:\n{tail(log)}")
        if process.poll() is not None:
            raise AssertionError(f"the crowd of boxes ended with {process.returncode}:\n{tail(log)}")
        yield
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def _running(folder: Path, count: int) -> AsyncIterator[_Bench]:
    """The cloud with its broker, so many sites, and the agent of the first."""
    async with AsyncExitStack() as stack:
        now = enrolled.now()
        ca = enrolled.make_house(folder / "broker", now, [_DOWNLINK])
        broker = MosquittoServer(folder / "broker", config=enrolled.MOSQUITTO_CONF.read_text())
        broker.start()
        stack.callback(broker.stop)
        cloud = stack.enter_context(Cloud(folder))
        api, company = _start_cloud(cloud, folder, broker.port)
        sites = cloud.make_sites(UUID(company), count, series=1)
        for made in sites[1:]:
            enrolled.write_certificate(ca, folder / "broker", made.box)
        membership = enrolled.write_box(ca, folder / "data", broker.port, now, sites[0].box)
        agent = Agent(folder / "data", Settings(), membership, enrolled.real_world())
        running = asyncio.create_task(agent.run(), name="agent")
        stack.push_async_callback(_stop, agent, running)
        people = await stack.enter_async_context(_same_person(api))
        async with asyncio.timeout(_WAIT_S):
            while agent.held.standing.epoch is None:
                if running.done():
                    await running
                await asyncio.sleep(0.05)
        yield _Bench(agent, people, folder, broker.port, sites, itertools.count())


def _start_cloud(cloud: Cloud, folder: Path, mqtt_port: int) -> tuple[Api, str]:
    keys = folder / "broker"
    keyfiles.create_command_key(folder / "command.key")
    cloud.tell(mqtt_host="127.0.0.1", mqtt_port=str(mqtt_port), mqtt_ca=keys / "ca.pem")
    cloud.start_api()
    process = cloud.start(
        "downlink",
        role=Role.DOWNLINK,
        mqtt_cert=keys / f"{_DOWNLINK}.pem",
        mqtt_key=keys / f"{_DOWNLINK}.key",
        command_key_file=folder / "command.key",
        log_level="INFO",
    )
    process.wait_ready(lambda: "downlink is serving" in process.log.read_text())
    return cloud.administrator()


def _same_person(api: Api) -> httpx.AsyncClient:
    headers: dict[str, Any] = {
        "X-CSRF-Token": api.client.cookies["domovoy_csrf"],
        "X-Organisation": api.client.headers["X-Organisation"],
    }
    return httpx.AsyncClient(
        base_url=api.url, cookies=api.client.cookies, headers=headers, timeout=_WAIT_S, trust_env=False
    )


async def _stop(agent: Agent, running: asyncio.Task[None]) -> None:
    agent.stop()
    await running


def _result(alone: list[_Phase], among: list[_Phase], count: int, samples: int) -> Result:
    alone_99, among_99 = _p(99, [phase.held for phase in alone]), _p(99, [phase.held for phase in among])
    return Result(
        bench="downlink",
        title="Pass issued → held by the box",
        how=(
            "From the API's answer to the moment when the agent's gate knows the pass, durable on its disk: api, "
            "downlink, PostgreSQL, mosquitto with mutual TLS and one real agent, all on this machine. "
            f"{samples} passes a round with one site connected; as many with {count}, while passes are issued for the "
            "other sites in between. The others' boxes are light ones in one process: a connection and a certificate "
            "each, what they hold in memory."
        ),
        figures=[
            *_figures("issued → held, 1 site", [phase.held for phase in alone]),
            *_figures(f"issued → held, {count} sites", [phase.held for phase in among]),
            *_figures("the API's answer, 1 site", [phase.call for phase in alone]),
            *_figures(f"the API's answer, {count} sites", [phase.call for phase in among]),
        ],
        goals=[
            Goal.of("issued → held, 1 site, p99", alone_99, bound=Bound.AT_MOST, limit=200, unit="ms"),
            Goal.of(
                f"issued → held, {count} sites, p99", among_99, bound=Bound.AT_MOST, limit=500, unit="ms"
            ),
        ],
    )


def _figures(name: str, rounds: list[list[float]]) -> list[Figure]:
    return [figure(f"{name}, p{percent}", "ms", _p(percent, rounds)) for percent in (50, 99)]


def _p(percent: float, rounds: list[list[float]]) -> list[float]:
    return [percentile(samples, percent) for samples in rounds]
