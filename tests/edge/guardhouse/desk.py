"""A whole agent with the guard's page, and a browser's place taken by an HTTP client."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import msgspec
from argon2 import PasswordHasher
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from deploy.demo.servers.processes import free_port
from edge.agent import Agent
from edge.settings import GuardhouseSettings, Settings
from edge.store import no_fault
from protocols import config
from protocols.cards import parse_printed
from protocols.fields import Direction
from protocols.guard_api import ROOT
from protocols.held import BlockItem, GuardItem, ItemKind, PassItem
from protocols.records import DeviceStatus
from tests.edge.boxes import PATIENT_GATE, Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.world import uid

PIN = "4711"
PIN_HASH = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PIN)
CARD = "0001202659 018,23011"
CARD_KEYS = list(parse_printed(CARD)[0].keys())


def make_guard(**changes: Any) -> GuardItem:
    """A guard of the cloud's list."""
    return GuardItem(
        **(
            {
                "id": uid(),
                "name": "Пётр Ильич",
                "pin_hash": PIN_HASH,
                "keys": CARD_KEYS,
            }
            | changes
        )
    )


def with_page(box: Box, **changes: Any) -> None:
    """From its next start on the box serves the guard's page."""
    settings = GuardhouseSettings(**({"port": 0} | changes))
    box.settings = Settings(gate=PATIENT_GATE, guardhouse=settings)


async def base_url(agent: Agent) -> str:
    """Where it listens; it begins a moment after the agent."""
    file = agent.data / "guardhouse.port"
    async with asyncio.timeout(60):
        while True:
            if file.exists() and file.read_text().strip():
                url = f"http://127.0.0.1:{int(file.read_text())}"
                try:
                    async with httpx.AsyncClient() as client:
                        await client.get(url)
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
                else:
                    return url
            await asyncio.sleep(0.02)


class Station:
    """A browser at the gate."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.AsyncClient(base_url=url + ROOT, headers={"Origin": url}, timeout=20)

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(path, params=query)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        content = msgspec.json.encode({} if body is None else body)
        return await self.client.post(
            path, content=content, headers={"Content-Type": "application/json", **headers}
        )

    async def put(self, path: str, body: Any) -> httpx.Response:
        content = msgspec.json.encode(body)
        return await self.client.put(path, content=content, headers={"Content-Type": "application/json"})

    async def sign_in(self, guard: UUID, pin: str = PIN) -> httpx.Response:
        return await self.post("/sign-in", {"guard": str(guard), "pin": pin})

    async def on_duty(self, guard: UUID) -> str:
        """Signed in, with a shift that has begun. Returns its id."""
        (await self.sign_in(guard)).raise_for_status()
        shift = str(uid())
        answer = await self.post("/shifts", {"id": shift})
        answer.raise_for_status()
        return str(answer.json()["id"])


@asynccontextmanager
async def station(agent: Agent) -> AsyncIterator[Station]:
    """One more browser."""
    made = Station(await base_url(agent))
    async with made.client:
        yield made


async def until(condition: Callable[[], Awaitable[Any]]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(60):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.02)


class Stream:
    """Server-sent events as they come."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[int | None, str, dict[str, Any]]:
        """Id, name and data of the next event."""
        number, name, data = None, "message", None
        async with asyncio.timeout(60):
            async for line in self._lines:
                field, _, value = line.partition(": ")
                if field == "id":
                    number = int(value)
                elif field == "event":
                    name = value
                elif field == "data":
                    data = json.loads(value)
                elif not line and data is not None:
                    return number, name, data
        raise AssertionError("the stream has ended")

    async def until(self, kind: str) -> tuple[int | None, str, dict[str, Any]]:
        """The next event of a kind."""
        while True:
            event = await self.next()
            if event[2].get("kind") == kind:
                return event


CAMERA_TOKEN = "a-token-of-the-camera"


async def push(port: int, plate: str) -> None:
    """A camera saw a car."""
    url = f"http://127.0.0.1:{port}/plates/{CAMERA_TOKEN}"
    patient = httpx.AsyncHTTPTransport(retries=6)  # a box that has just begun may not listen yet
    async with httpx.AsyncClient(transport=patient) as client:
        answer = await client.post(url, json={"plate": plate})
        assert answer.status_code < 300, answer.text


def confirm_nothing(agent: Agent) -> None:
    """A box asks its cloud by the clock whether its list is right: an answer must not undo what a test has set."""

    async def unheard() -> None:
        pass

    agent.replica._confirm = unheard  # type: ignore[method-assign]


class Gate:
    """A running box with one lane in and one out, a guard on its list, and a cloud."""

    def __init__(self, agent: Agent, cloud: CloudPeer, cameras: tuple[int, int], guard: GuardItem) -> None:
        self.agent = agent
        self.cloud = cloud
        self.guard = guard
        self.cameras = cameras

    async def car(self, plate: str, *, out: bool = False) -> None:
        """A car comes; returns when it was judged."""
        await push(self.cameras[out], plate)
        await self.agent.gate.drain()

    async def hold(self, *items: Any) -> None:
        """The cloud's list gets these, and the box has them."""
        for item in items:
            await self.cloud.put(item, KINDS[type(item)])
        await self.cloud.until(lambda: self.agent.held.standing.version == self.cloud.version)

    def make_stale(self) -> None:
        """The cloud has said nothing for years, nor does it while this lasts."""
        confirm_nothing(self.agent)
        self.agent.held.confirmed_ms = 0


KINDS = {PassItem: ItemKind.PASS, BlockItem: ItemKind.BLOCK, GuardItem: ItemKind.GUARD}
LANE_IN, LANE_OUT, BUS, RELAY, CAMERA_IN, CAMERA_OUT, ZONE = (uid(9300 + number) for number in range(7))


def site(modbus_port: int, cameras: tuple[int, int]) -> config.Configuration:
    """One lane in, one out, of one zone. A stale list leaves guests to the guard."""
    pushing = {CAMERA_IN: cameras[0], CAMERA_OUT: cameras[1]}
    return config.Configuration(
        site=uid(9299),
        site_name="КПП",
        time_zone="Europe/Moscow",
        stale=config.StalePolicy(after_s=600),
        zones=[config.Zone(id=ZONE, number=1, name="Посёлок")],
        devices=[
            config.Device(
                id=BUS, driver="modbus_tcp", name="bus", settings={"host": "127.0.0.1", "port": modbus_port}
            ),
            config.Device(
                id=RELAY,
                driver="modbus_relay",
                name="relay",
                settings={"bus": str(BUS), "unit": 1, "profile": "wb_mr6c_v2"},
            ),
            *(
                config.Device(
                    id=device,
                    driver="plate_http",
                    name="camera",
                    settings={"port": port, "token": CAMERA_TOKEN},
                )
                for device, port in pushing.items()
            ),
        ],
        points=[
            config.Point(
                id=point,
                name=name,
                zone=ZONE,
                barrier=config.Barrier(device=RELAY, output=output, pulse_ms=50),
                readers=[config.Reader(device=camera, direction=direction)],
            )
            for point, name, output, camera, direction in (
                (LANE_IN, "Въезд", 0, CAMERA_IN, Direction.IN),
                (LANE_OUT, "Выезд", 1, CAMERA_OUT, Direction.OUT),
            )
        ],
    )


@asynccontextmanager
async def relay_module() -> AsyncIterator[int]:
    """A WB-MR6C v2 at unit 1; its port."""
    port = free_port()
    relay = SimDevice(
        id=1,
        simdata=(
            [SimData(0, count=200, values=False, datatype=DataType.BITS)],
            [SimData(0, count=200, values=False, datatype=DataType.BITS)],
            [SimData(0, count=2000, values=0, datatype=DataType.REGISTERS)],
            [SimData(0, count=2000, values=0, datatype=DataType.REGISTERS)],
        ),
    )
    server = ModbusTcpServer([relay], address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    yield port
    await server.shutdown()


@asynccontextmanager
async def gate(
    box: Box, cloud: CloudPeer, modbus_port: int, fault: Callable[[str], None] = no_fault
) -> AsyncIterator[Gate]:
    """All of it, with its devices there."""
    cameras, guard = (free_port(), free_port()), make_guard()
    async with box.agent(fault) as agent:
        await cloud.configure(site(modbus_port, cameras))
        there = {RELAY, CAMERA_IN, CAMERA_OUT}
        await cloud.until(lambda: {agent.running.states.get(each) for each in there} == {DeviceStatus.ONLINE})
        made = Gate(agent, cloud, cameras, guard)
        await made.hold(guard)
        yield made
