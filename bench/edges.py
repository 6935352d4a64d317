"""Simulated boxes that drain a backlog of readings: batches encoded beforehand, one in flight a box, sent again."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

import msgspec

from cloud.ingest import mqtt
from cloud.ingest.mqtt import Connection, Link
from cloud.ingest.packets import Publish
from protocols import chain, messages, records, topics
from protocols.messages import BATCH_MAX_BYTES, BATCH_MAX_RECORDS, Ack, ReadingBatch
from protocols.records import Reading, Readings
from protocols.topics import Channel

READINGS_A_RECORD = 20
_RESEND_S = 5.0
_TIMEOUT_S = 120.0
_Row = tuple[int, int, int, float]  # at_ms, series, raw, value


@dataclass
class Edge:
    """A box, its series, and the batches that it still has to deliver."""

    box_id: UUID
    stream: UUID
    batches: list[tuple[int, bytes]]  # last sequence, payload
    delivered: int = 0
    sent_at: float = 0.0

    @property
    def is_done(self) -> bool:
        return self.delivered == len(self.batches)


def rows_of(edge: int, count: int, at_ms: int) -> Iterator[_Row]:
    """The readings of one edge: 20 series in turn, a poll a second."""
    for number in range(count):
        poll, channel = divmod(number, READINGS_A_RECORD)
        series = edge * READINGS_A_RECORD + channel + 1
        yield at_ms + poll * 1000, series, number, number / 100


def encode(box_id: UUID, stream: UUID, rows: Sequence[_Row]) -> Edge:
    """The batches that hold these rows, as large as the wire allows."""
    edge = Edge(box_id, stream, [])
    before = head = chain.genesis(stream)
    pending: list[bytes] = []
    sequence = size = 0
    for start in range(0, len(rows), READINGS_A_RECORD):
        poll = rows[start : start + READINGS_A_RECORD]
        values = [Reading(series, 0, raw, value) for _, series, raw, value in poll]
        record = records.encode(Readings(at_ms=poll[0][0], values=values))
        if pending and (len(pending) == BATCH_MAX_RECORDS or size + len(record) > BATCH_MAX_BYTES - 1024):
            edge.batches.append((sequence, _batch(stream, sequence, before, pending)))
            before, pending, size = head, [], 0
        pending.append(record)
        size += len(record) + 1
        sequence += 1
        head = chain.link(head, record)
    edge.batches.append((sequence, _batch(stream, sequence, before, pending)))
    return edge


def _batch(stream: UUID, last: int, before: bytes, pending: Sequence[bytes]) -> bytes:
    return messages.encode(
        ReadingBatch(
            stream=stream,
            first=last - len(pending) + 1,
            before=before.hex(),
            records=[msgspec.Raw(record) for record in pending],
            oldest=1,
        )
    )


def drain(link: Link, edges: Sequence[Edge]) -> float:
    """Deliver everything; seconds from the first message to the last answer."""
    return asyncio.run(_Draining(edges).run(link))


class _Draining:
    def __init__(self, edges: Sequence[Edge]) -> None:
        self._edges = {str(edge.box_id): edge for edge in edges}
        self._left = len(edges)

    async def run(self, link: Link) -> float:
        self._done = asyncio.Event()
        connection = await mqtt.connect(link, [topics.every_box(Channel.DOWN_ACK)], self._answered)
        begun = perf_counter()
        for edge in self._edges.values():
            self._send(connection, edge)
        async with asyncio.timeout(_TIMEOUT_S):
            while not self._done.is_set():
                self._send_again(connection)
                await asyncio.wait([asyncio.ensure_future(self._done.wait())], timeout=1)
        took = perf_counter() - begun
        connection.close()
        return took

    def _answered(self, connection: Connection, publish: Publish) -> None:
        connection.acknowledge(publish.packet_id)
        edge = self._edges[publish.topic.split("/")[2]]
        ack: Ack = messages.decode(Channel.DOWN_ACK, publish.payload)
        if edge.is_done or ack.stream != edge.stream or ack.sequence < edge.batches[edge.delivered][0]:
            return
        edge.delivered += 1
        if not edge.is_done:
            self._send(connection, edge)
            return
        self._left -= 1
        if not self._left:
            self._done.set()

    def _send(self, connection: Connection, edge: Edge) -> None:
        edge.sent_at = perf_counter()
        place = topics.topic(edge.box_id, Channel.UP_READINGS)
        connection.publish(place, edge.batches[edge.delivered][1])

    def _send_again(self, connection: Connection) -> None:
        for edge in self._edges.values():
            if not edge.is_done and perf_counter() - edge.sent_at > _RESEND_S:
                self._send(connection, edge)
