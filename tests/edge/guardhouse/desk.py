"""A whole agent with the guard's page, and a browser's place taken by an HTTP client."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import msgspec
from argon2 import PasswordHasher

from edge.agent import Agent
from edge.settings import GateSettings, GuardhouseSettings, Settings
from protocols.guard_api import ROOT
from protocols.held import GuardItem
from tests.edge.boxes import Box
from tests.edge.world import uid

PIN = "4711"
PIN_HASH = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PIN)
CARD = "0001202659 018,23011"
CARD_KEY = "EM:001259E3"


def make_guard(**changes: Any) -> GuardItem:
    """A guard of the cloud's list."""
    return GuardItem(
        **({"id": uid(), "name": "Пётр Ильич", "pin_hash": PIN_HASH, "keys": [CARD_KEY]} | changes)
    )


def with_page(box: Box, **changes: Any) -> None:
    """From its next start on the box serves the guard's page."""
    settings = GuardhouseSettings(port=0, **changes)
    box.settings = Settings(gate=GateSettings(repeat_s=0.0), guardhouse=settings)


async def base_url(agent: Agent) -> str:
    """Where it listens; it begins a moment after the agent."""
    file = agent.data / "guardhouse.port"
    async with asyncio.timeout(10):
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


class Stream:
    """Server-sent events as they come."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[int | None, str, dict[str, Any]]:
        """Id, name and data of the next event."""
        number, name, data = None, "message", None
        async with asyncio.timeout(10):
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
