"""A whole agent in the test's loop, on a real broker, with its own data folder."""

import asyncio
import base64
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import aiomqtt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge import identity
from edge.agent import Agent, World
from edge.identity import Files, Membership
from edge.settings import GateSettings, Settings
from edge.store import no_fault
from protocols.enrolment import Broker, CommandKey, EnrolAnswer
from tests.edge.cloud_peer import CloudPeer
from tests.edge.world import uid
from tests.support.tasks import end_tasks

BOX = uid(9000)
KEY_ID = uid(9001)
WORLD = World(
    wall_ns=time.time_ns,
    monotonic_ns=time.monotonic_ns,
    synchronised=lambda: False,
    random=random.Random(3).random,
    random_bytes=os.urandom,
)
PATIENT_GATE = GateSettings(repeat_s=0.0, grant_max_age_s=10.0)
"""A busy machine takes seconds to write a passage down: its grant opens all the same."""


class Box:
    """The box's folder and keys; `agent()` runs an agent on it, as often as wanted."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port
        self.host = host
        self.command_key = Ed25519PrivateKey.generate()
        self.world = WORLD
        self.settings = Settings(gate=PATIENT_GATE)
        self.files_url = "http://127.0.0.1:9/edge/files"
        files = Files(folder)
        if not files.journal_key.exists():
            identity.write_private(files.journal_key, identity.make_journal_key())
        self.journal_key = identity.load_journal_key(files.journal_key).public_key()

    def membership(self) -> Membership:
        public = base64.b64encode(self.command_key.public_key().public_bytes_raw()).decode()
        answer = EnrolAnswer(
            box=BOX,
            certificate="-",
            ca="-",
            mqtt=Broker(host=self.host, port=self.port),
            command_key=CommandKey(id=KEY_ID, public_key=public),
            files_url=self.files_url,
        )
        return Membership(cloud="http://127.0.0.1:9", answer=answer)

    @asynccontextmanager
    async def agent(self, fault: Callable[[str], None] = no_fault) -> AsyncIterator[Agent]:
        """A running agent; stopped in order at the end."""
        agent = Agent(self.folder, self.settings, self.membership(), self.world, tls=False, fault=fault)
        task = asyncio.create_task(agent.run())
        try:
            yield agent
        finally:
            agent.stop()
            await task

    def peer(self) -> CloudPeer:
        return CloudPeer(BOX, self.journal_key, self.command_key, KEY_ID)


@asynccontextmanager
async def serving(peer: CloudPeer, host: str, port: int) -> AsyncIterator[CloudPeer]:
    """The peer, connected and subscribed."""
    ready = asyncio.Event()
    async with aiomqtt.Client(host, port, protocol=aiomqtt.ProtocolVersion.V5, identifier="cloud") as client:
        task = asyncio.create_task(peer.run(client, ready))
        await ready.wait()
        try:
            yield peer
        finally:
            await end_tasks([task])  # the broker may have died


def copy_of(event: Any) -> Any:
    """As plain values."""
    return msgspec.to_builtins(event)


def device_id(number: int) -> UUID:
    return uid(9100 + number)
