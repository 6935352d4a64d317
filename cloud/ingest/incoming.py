"""From a publish to a batch, or to the reason why it is none. Pure."""

import base64
import binascii
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from cloud.ingest.streams import Run
from cloud.telemetry.service import QuarantineReason, Refused, StreamKey
from protocols import chain, messages, topics
from protocols.messages import MESSAGE_MAX_BYTES, EventBatch, MalformedError, Stream, UnknownTypeError
from protocols.topics import Channel, TopicError

KIND_OF = {Channel.UP_EVENTS: Stream.EVENTS, Channel.UP_READINGS: Stream.READINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A batch as the broker delivered it, or a part of one.

    `signature`: of events, 64 bytes. `signed`: last sequence and head of the whole, when this is a part.
    """

    key: StreamKey
    channel: Channel
    run: Run
    signature: bytes | None = None
    signed: tuple[int, bytes] | None = None

    @property
    def kind(self) -> Stream:
        return KIND_OF[self.channel]


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A message type that a newer box sends."""

    box_id: UUID
    channel: Channel
    detail: str


@dataclass(frozen=True, slots=True)
class Stray:
    """Not on a topic of ours: the subscription does not ask for it."""

    detail: str


def read(topic: str, payload: bytes) -> Incoming | Refused | UnknownMessage | Stray:
    """What a publish carries."""
    try:
        address = topics.parse(topic)
    except TopicError as error:
        return Stray(str(error))
    if address.channel not in KIND_OF:
        return Stray(f"{address.channel} is not for ingest")
    try:
        return _batch(address, payload)
    except UnknownTypeError as error:
        return UnknownMessage(address.box, address.channel, str(error))
    except MalformedError as error:
        too_large = len(payload) > MESSAGE_MAX_BYTES
        return Refused(
            box_id=address.box,
            channel=address.channel,
            reason=QuarantineReason.TOO_LARGE if too_large else QuarantineReason.MALFORMED,
            detail=str(error),
            content=payload,
        )


def _batch(address: topics.Address, payload: bytes) -> Incoming:
    message = messages.decode(address.channel, payload)
    signature = None
    if isinstance(message, EventBatch):
        try:
            signature = base64.b64decode(message.signature, validate=True)
        except binascii.Error as error:
            raise MalformedError(f"{address.channel}: signature: {error}") from error
    return Incoming(
        key=StreamKey(address.box, message.stream),
        channel=address.channel,
        run=Run(
            first=message.first,
            before=bytes.fromhex(message.before),
            records=[bytes(record) for record in message.records],
            oldest=message.oldest,
        ),
        signature=signature,
    )


def unreadable(topic: str, payload: bytes, detail: str) -> Refused | Stray:
    """A message at which `read` failed for no reason that it knows."""
    try:
        address = topics.parse(topic)
    except TopicError as error:
        return Stray(str(error))
    reason = QuarantineReason.MALFORMED
    return Refused(box_id=address.box, channel=address.channel, reason=reason, detail=detail, content=payload)


def halves(batch: Incoming) -> tuple[Incoming, Incoming]:
    """A batch of two records or more as two; either is as good as the whole, whose signature they share."""
    run = batch.run
    middle = len(run.records) // 2
    head = chain.head(run.before, run.records[:middle])
    signed = batch.signed or (run.last, chain.head(head, run.records[middle:]))
    return (
        replace(batch, run=replace(run, records=run.records[:middle]), signed=signed),
        replace(
            batch,
            run=replace(run, first=run.first + middle, before=head, records=run.records[middle:]),
            signed=signed,
        ),
    )


def content_of(incoming: Incoming) -> bytes:
    """The batch's records again, for the quarantine."""
    return b"[" + b",".join(incoming.run.records) + b"]"


def fingerprint(content: bytes) -> str:
    """A short name for bytes in a log line."""
    return sha256(content).hexdigest()[:12]
