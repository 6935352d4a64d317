"""What many boxes send, encoded beforehand; and one connection that sends it as they would."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import msgspec

from cloud.ingest import mqtt
from cloud.ingest.mqtt import Connection, Link
from cloud.ingest.packets import Publish
from cloud.telemetry.readings import row as reading_row
from protocols import chain, messages, records, topics
from protocols.messages import Ack, ReadingBatch
from protocols.records import Reading, Readings
from protocols.topics import Channel

VALUES = 20  # readings of one poll: a three-phase meter and some
OPENING = 3
_PERIOD_MS = 1000
_SILENCE_S = 60.0
_ack_decoder = msgspec.json.Decoder(Ack)


@dataclass(frozen=True)
class Box:
    """A box and the series of its meters."""

    id: UUID
    series: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How much each of so many boxes sends: messages of records of VALUES readings."""

    boxes: int
    messages: int
    records: int

    @property
    def rows(self) -> int:
        """All readings."""
        return self.boxes * self.messages * self.records * VALUES


@dataclass(frozen=True)
class Message:
    """A batch. `last`: the sequence up to which it acknowledges."""

    topic: str
    payload: bytes
    last: int


@dataclass
class _Open:
    """A box's stream, as far as it was sent."""

    id: UUID
    sequence: int
    head: bytes


class Traffic:
    """The records of every box, and messages made of them. `start_ms`: the first poll, Unix ms."""

    def __init__(self, boxes: Sequence[Box], shape: Shape, start_ms: int) -> None:
        self.shape = shape
        self._streams = {box.id: _opened() for box in boxes[: shape.boxes]}
        self._boxes = boxes[: shape.boxes]
        self._start_ms = start_ms
        count = shape.messages * shape.records
        self._records = [[records.encode(self._poll(box, n)) for n in range(count)] for box in self._boxes]

    def copy_rows(self) -> list[bytes]:
        """The same readings in PostgreSQL's binary COPY format, in the order in which the boxes send them."""
        size = self.shape.records
        return [
            reading_row(poll.at_ms, reading)
            for message in range(self.shape.messages)
            for box in self._boxes
            for number in range(message * size, (message + 1) * size)
            for poll in [self._poll(box, number)]
            for reading in poll.values
        ]

    def opening(self) -> dict[UUID, list[Message]]:
        """A few records of each box, one a message, so that every process has met nearly every box."""
        return {
            box.id: self._of(box, mine[:OPENING], size=1)
            for box, mine in zip(self._boxes, self._records, strict=True)
        }

    def messages(self) -> dict[UUID, list[Message]]:
        """All records once more, as the next of each box's stream."""
        return {
            box.id: self._of(box, mine, size=self.shape.records)
            for box, mine in zip(self._boxes, self._records, strict=True)
        }

    def _poll(self, box: Box, number: int) -> Readings:
        values = [
            Reading(series, place, 4_217_350 + number * 7 + place, (4_217_350 + number * 7 + place) / 1000)
            for place, series in enumerate(box.series)
        ]
        return Readings(at_ms=self._start_ms + number * _PERIOD_MS, values=values)

    def _of(self, box: Box, mine: Sequence[bytes], *, size: int) -> list[Message]:
        stream = self._streams[box.id]
        made = []
        for first in range(0, len(mine), size):
            run = mine[first : first + size]
            batch = ReadingBatch(
                stream=stream.id,
                first=stream.sequence + 1,
                before=stream.head.hex(),
                records=[msgspec.Raw(record) for record in run],
                oldest=stream.sequence + 1,
            )
            stream.sequence += len(run)
            stream.head = chain.head(stream.head, run)
            topic = topics.topic(box.id, Channel.UP_READINGS)
            made.append(Message(topic, messages.encode(batch), stream.sequence))
        return made


def _opened() -> _Open:
    stream = uuid4()
    return _Open(stream, 0, chain.genesis(stream))


async def send(link: Link, waiting: dict[UUID, list[Message]]) -> float:
    """Send all, one message of a box in flight; returns the seconds till the last acknowledgement.

    Raises AssertionError when nothing is acknowledged for long: nobody sends anything again here.
    """
    sender = _Sender(waiting)
    connection = await mqtt.connect(link, [topics.every_box(Channel.DOWN_ACK)], sender.heard)
    try:
        return await sender.send_all(connection)
    finally:
        connection.close()


class _Sender:
    def __init__(self, waiting: dict[UUID, list[Message]]) -> None:
        self._waiting = {box: list(reversed(mine)) for box, mine in waiting.items()}
        self._left = len(self._waiting)
        self._heard = asyncio.Event()

    async def send_all(self, connection: Connection) -> float:
        begun = time.monotonic()
        for mine in self._waiting.values():
            connection.publish(mine[-1].topic, mine[-1].payload)
        while self._left:
            self._heard.clear()
            try:
                async with asyncio.timeout(_SILENCE_S):
                    await self._heard.wait()
            except TimeoutError:
                raise AssertionError(
                    f"{self._left} boxes wait, nobody was answered for {_SILENCE_S} s"
                ) from None
        return time.monotonic() - begun

    def heard(self, connection: Connection, publish: Publish) -> None:
        """An acknowledgement: the box's next message goes out."""
        connection.acknowledge(publish.packet_id)
        self._heard.set()
        mine = self._waiting[topics.parse(publish.topic).box]
        if not mine or _ack_decoder.decode(publish.payload).sequence < mine[-1].last:
            return
        mine.pop()
        if mine:
            connection.publish(mine[-1].topic, mine[-1].payload)
        else:
            self._left -= 1
