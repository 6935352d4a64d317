"""A box's side of the wire, as little of it as a test of downlink needs: it holds what it is given."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import aiomqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from deploy.demo.servers.mosquitto import MosquittoServer
from protocols.chain import digest_hex, item_digest
from protocols.fields import Message
from protocols.held import decode_item
from protocols.messages import (
    Command,
    Desired,
    PassChanges,
    PullPasses,
    PullSnapshot,
    Put,
    Signed,
    SnapshotPiece,
    State,
    UpToDate,
    decode,
    decode_payload,
    encode,
)
from protocols.topics import Channel, parse, topic
from tests.support.tasks import end_tasks

WAIT_S = 60.0


class WireBox:
    """Connected as a box; keeps its held set and what else was said."""

    def __init__(self, box_id: UUID, client: aiomqtt.Client, public_key: bytes) -> None:
        self.id = box_id
        self.client = client
        self.held: dict[UUID, bytes] = {}
        self.epoch: UUID | None = None
        self.version = 0
        self.uses: dict[UUID, int] = {}
        self.commands: list[Command] = []
        self.desired: list[Desired] = []
        self.snapshots = 0
        self.applied_at: dict[int, float] = {}
        self._key = Ed25519PublicKey.from_public_bytes(public_key)
        self._pieces: list[SnapshotPiece] = []
        self._changed = asyncio.Condition()

    @property
    def digest(self) -> str:
        return digest_hex(sum(map(item_digest, self.held.values())))

    async def say(self, channel: Channel, message: Message, *, retain: bool = False) -> None:
        await self.client.publish(topic(self.id, channel), encode(message), qos=1, retain=retain)

    async def report(self, *, config_version: int = 0) -> None:
        """The retained state, as it is."""
        state = State(
            online=True,
            software="0.1",
            pass_epoch=self.epoch,
            pass_version=self.version,
            pass_digest=self.digest,
            config_version=config_version,
        )
        await self.say(Channel.UP_STATE, state, retain=True)

    async def pull(self) -> None:
        await self.say(
            Channel.UP_REQUESTS, PullPasses(epoch=self.epoch, version=self.version, digest=self.digest)
        )

    async def until(self, condition: Any) -> None:
        """Wait for something heard to make the condition true."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(condition)

    async def listen(self) -> None:
        """Take what comes, for ever."""
        async for message in self.client.messages:
            assert isinstance(message.payload, bytes)
            await self._take(decode(parse(str(message.topic)).channel, message.payload))
            async with self._changed:
                self._changed.notify_all()

    async def _take(self, message: Any) -> None:
        if isinstance(message, Signed):
            self._key.verify(base64.b64decode(message.signature), bytes(message.payload))
            payload = decode_payload(message.payload)
            (self.commands if isinstance(payload, Command) else self.desired).append(payload)  # type: ignore[arg-type]
        elif isinstance(message, SnapshotPiece):
            await self._take_piece(message)
        elif isinstance(message, PassChanges):
            await self._take_changes(message)
        elif isinstance(message, UpToDate) and (message.epoch, message.version, message.digest) != (
            self.epoch,
            self.version,
            self.digest,
        ):
            await self.say(Channel.UP_REQUESTS, PullSnapshot())

    async def _take_changes(self, message: PassChanges) -> None:
        if message.epoch == self.epoch and message.version <= self.version:
            return
        if (message.epoch, message.after) != (self.epoch, self.version):
            await self.pull()
            return
        for change in message.changes:
            if isinstance(change, Put):
                self.held[decode_item(change.item).id] = bytes(change.item)
            else:
                self.held.pop(change.id)
            self.applied_at[change.version] = asyncio.get_running_loop().time()
        self.version = message.version
        assert self.digest == message.digest

    async def _take_piece(self, piece: SnapshotPiece) -> None:
        if piece.piece == 0:
            self._pieces = []
        self._pieces.append(piece)
        if piece.piece + 1 < piece.pieces:
            await self.say(Channel.UP_REQUESTS, PullSnapshot(snapshot=piece.snapshot, piece=piece.piece + 1))
            return
        self.held = {decode_item(item).id: bytes(item) for each in self._pieces for item in each.items}
        self.uses = {use.pass_id: use.entries for each in self._pieces for use in each.uses}
        self.epoch, self.version = piece.epoch, piece.version
        self.snapshots += 1
        assert self.digest == piece.digest


@asynccontextmanager
async def connected_box(
    server: MosquittoServer, box_id: UUID, public_key: bytes, box: WireBox | None = None
) -> AsyncIterator[WireBox]:
    """A box on the line, its will laid down as a real one's; given a former self, it holds what that held."""
    will = aiomqtt.Will(topic(box_id, Channel.UP_STATE), encode(State(online=False)), qos=1, retain=True)
    async with aiomqtt.Client(
        "127.0.0.1",
        server.port,
        identifier=str(box_id),
        protocol=aiomqtt.ProtocolVersion.V5,
        will=will,
        timeout=WAIT_S,
    ) as client:
        now = WireBox(box_id, client, public_key)
        if box is not None:
            now.held, now.epoch, now.version = box.held, box.epoch, box.version
        await client.subscribe(topic(box_id, Channel.DOWN_PASSES)[: -len("passes")] + "#", qos=1)
        listening = asyncio.create_task(now.listen())
        try:
            yield now
            assert not listening.done(), listening.exception()
            await now.say(Channel.UP_STATE, State(online=False), retain=True)  # as a box that stops does
        finally:
            await end_tasks([listening])
