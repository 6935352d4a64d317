"""A small cloud for the box's tests: speaks the wire over a real broker, checks chains and signatures."""

import asyncio
import base64
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import aiomqtt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from protocols import chain, records, topics
from protocols.config import Configuration, encode_configuration
from protocols.fields import Message
from protocols.held import AnyItem, ItemKind, encode_item
from protocols.messages import (
    Ack,
    Command,
    CommandKind,
    Desired,
    EventBatch,
    PassChanges,
    PullConfig,
    PullPasses,
    PullSnapshot,
    Put,
    Remove,
    Signed,
    SnapshotPiece,
    State,
    Stream,
    UpToDate,
    decode,
    encode,
)
from protocols.topics import Channel
from tests.edge.world import uid

WAIT_S = 60.0


class Watermark:
    """What the cloud has of one stream."""

    def __init__(self, stream: UUID) -> None:
        self.sequence = 0
        self.head = chain.genesis(stream)


class CloudPeer:
    """One site, one box. `mute`: batches are heard, and neither committed nor acknowledged."""

    def __init__(
        self, box: UUID, journal_key: Ed25519PublicKey, command_key: Ed25519PrivateKey, key_id: UUID
    ) -> None:
        self.box = box
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.mute = False
        self.piece_size = 2
        self.marks: dict[UUID, Watermark] = {}
        self.events: list[Any] = []
        self.readings: list[Any] = []
        self.heard: list[Any] = []
        self.states: list[State] = []
        self.requests: list[Message] = []
        self.gaps: list[tuple[UUID, int, int]] = []
        self.epoch = uid()
        self.version = 0
        self.items: dict[tuple[ItemKind, UUID], bytes] = {}
        self.log: list[Put | Remove] = []
        self.uses: list[Any] = []
        self.desired: Signed | None = None
        self.desired_version = 0
        self._journal_key = journal_key
        self._command_key = command_key
        self._key_id = key_id
        self._client: aiomqtt.Client | None = None

    async def run(self, client: aiomqtt.Client, ready: asyncio.Event) -> None:
        """Serve the box until cancelled."""
        self._client = client
        for channel in (Channel.UP_EVENTS, Channel.UP_READINGS, Channel.UP_STATE, Channel.UP_REQUESTS):
            await client.subscribe(topics.topic(self.box, channel), qos=1)
        ready.set()
        async for message in client.messages:
            channel = topics.parse(str(message.topic)).channel
            assert isinstance(message.payload, bytes)
            await self._take(channel, decode(channel, message.payload))

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until what the box sent, or is, makes it true."""
        try:
            async with asyncio.timeout(WAIT_S):
                while not condition():  # noqa: ASYNC110 - what a box is raises no events here
                    await asyncio.sleep(0.01)
        except TimeoutError:
            seen = "\n".join(str(event) for event in self.heard[-20:])
            raise AssertionError(f"it did not happen; last events:\n{seen}") from None
        return condition()

    def of(self, kind: type) -> list[Any]:
        """The events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def digest(self) -> str:
        return chain.digest_hex(sum(chain.item_digest(body) for body in self.items.values()))

    async def put(self, item: AnyItem, kind: ItemKind = ItemKind.PASS) -> None:
        """A change of the log, published at once."""
        body = encode_item(item)
        self.version += 1
        self.items[kind, item.id] = body
        await self._changed_to(Put(version=self.version, item=msgspec.Raw(body)))

    async def remove(self, item_id: UUID, kind: ItemKind = ItemKind.PASS) -> None:
        """Likewise."""
        self.version += 1
        del self.items[kind, item_id]
        await self._changed_to(Remove(version=self.version, kind=kind, id=item_id))

    async def configure(self, configuration: Configuration) -> int:
        """A new desired configuration."""
        self.desired_version += 1
        body = msgspec.Raw(encode_configuration(configuration))
        wanted = Desired(box=self.box, version=self.desired_version, body=body, person="Test")
        self.desired = self.sign(encode(wanted))
        await self.send(Channel.DOWN_CONFIG, self.desired)
        return self.desired_version

    async def command(self, kind: CommandKind, **changes: Any) -> Command:
        """A signed command."""
        now = self.now()
        fields: dict[str, Any] = {
            "id": uid(),
            "box": self.box,
            "kind": kind,
            "person": "Test",
            "issued_at": now,
            "expires_at": now + timedelta(seconds=30),
        }
        command = Command(**(fields | changes))
        await self.send(Channel.DOWN_COMMANDS, self.sign(encode(command)))
        return command

    def sign(self, payload: bytes) -> Signed:
        signature = base64.b64encode(self._command_key.sign(payload)).decode()
        return Signed(key=self._key_id, payload=msgspec.Raw(payload), signature=signature)

    async def send(self, channel: Channel, message: Message) -> None:
        assert self._client is not None
        await self._client.publish(topics.topic(self.box, channel), encode(message), qos=1)

    async def _changed_to(self, change: Put | Remove) -> None:
        self.log.append(change)
        await self.send(Channel.DOWN_PASSES, self._changes(self.version - 1))

    def _changes(self, after: int) -> PassChanges:
        return PassChanges(
            epoch=self.epoch,
            after=after,
            version=self.version,
            digest=self.digest,
            changes=self.log[after:],
            now=self.now(),
        )

    async def _take(self, channel: Channel, message: Any) -> None:
        if channel in {Channel.UP_EVENTS, Channel.UP_READINGS}:
            await self._take_batch(channel, message)
        elif isinstance(message, State):
            self.states.append(message)
        else:
            self.requests.append(message)
            await self._answer(message)

    async def _take_batch(self, channel: Channel, batch: Any) -> None:
        mark = self.marks.setdefault(batch.stream, Watermark(batch.stream))
        bodies = [bytes(record) for record in batch.records]
        before = bytes.fromhex(batch.before)
        head = chain.head(before, bodies)
        if isinstance(batch, EventBatch):
            last = batch.first + len(bodies) - 1
            signed = chain.signed_bytes(batch.stream, last, head)
            self._journal_key.verify(base64.b64decode(batch.signature), signed)
            self.heard += [records.decode_event(body) for body in bodies]
        if self.mute:
            return
        self._commit(channel, batch, mark, bodies, before)
        kind = Stream.EVENTS if channel is Channel.UP_EVENTS else Stream.READINGS
        await self.send(
            Channel.DOWN_ACK,
            Ack(stream=batch.stream, kind=kind, sequence=mark.sequence, head=mark.head.hex(), now=self.now()),
        )

    def _commit(
        self, channel: Channel, batch: Any, mark: Watermark, bodies: list[bytes], before: bytes
    ) -> None:
        if batch.first > mark.sequence + 1:
            if batch.oldest < batch.first:
                return
            self.gaps.append((batch.stream, mark.sequence + 1, batch.first - 1))
            mark.sequence, mark.head = batch.first - 1, before
        hashes = list(itertools.accumulate(bodies, chain.link, initial=before))
        overlap = mark.sequence - (batch.first - 1)
        if overlap >= len(hashes) or hashes[overlap] != mark.head:
            return  # nothing new, or a fork: the acknowledgement tells
        for body in bodies[overlap:]:
            if channel is Channel.UP_EVENTS:
                self.events.append(records.decode_event(body))
            else:
                self.readings.append(records.decode_readings(body))
        mark.sequence, mark.head = batch.first - 1 + len(bodies), hashes[-1]

    async def _answer(self, request: Any) -> None:
        if isinstance(request, PullPasses):
            await self.send(Channel.DOWN_PASSES, self._answer_pull(request))
        elif isinstance(request, PullSnapshot):
            await self.send(Channel.DOWN_PASSES, self._piece(request))
        elif isinstance(request, PullConfig) and self.desired is not None:
            await self.send(Channel.DOWN_CONFIG, self.desired)

    def _answer_pull(self, request: PullPasses) -> Message:
        if request.epoch == self.epoch and request.version < self.version:
            return self._changes(request.version)
        if (request.epoch, request.version, request.digest) == (self.epoch, self.version, self.digest):
            return UpToDate(epoch=self.epoch, version=self.version, digest=self.digest, now=self.now())
        return self._piece(PullSnapshot())

    def _piece(self, request: PullSnapshot) -> SnapshotPiece:
        bodies = list(self.items.values())
        pieces = max(1, -(-len(bodies) // self.piece_size))
        chosen = bodies[request.piece * self.piece_size : (request.piece + 1) * self.piece_size]
        return SnapshotPiece(
            epoch=self.epoch,
            snapshot=UUID(int=0x5A << 64 | self.version),
            version=self.version,
            digest=self.digest,
            piece=request.piece,
            pieces=pieces,
            items=[msgspec.Raw(body) for body in chosen],
            uses=self.uses if request.piece == 0 else [],
            now=self.now(),
        )
