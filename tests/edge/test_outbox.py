"""The sender of a stream: one batch in flight, what grows meanwhile, repeats, who goes first."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

import msgspec
import pytest

from edge import streams
from edge.access.journal import Journal
from edge.ids import Ids
from edge.link.mqtt import LinkDownError, RefusedByBrokerError
from edge.link.outbox import Outbox
from edge.store import Store
from protocols import chain
from protocols.fields import Message
from protocols.messages import Ack, Stream
from protocols.topics import Channel
from tests.edge.world import NOON, HandClock

EVENTS, READINGS = Stream.EVENTS, Stream.READINGS


class Line:
    """A publisher that keeps what was published; `error` is raised instead, once each."""

    def __init__(self) -> None:
        self.sent: list[tuple[Channel, object]] = []
        self.errors: list[Exception] = []
        self.connected = asyncio.Event()
        self.connected.set()
        self._more = asyncio.Condition()

    async def publish(self, channel: Channel, message: Message, *, retain: bool = False) -> None:
        if self.errors:
            raise self.errors.pop(0)
        async with self._more:
            self.sent.append((channel, message))
            self._more.notify_all()

    async def wait(self, count: int) -> list[object]:
        async with asyncio.timeout(60), self._more:
            await self._more.wait_for(lambda: len(self.sent) >= count)
        return [message for _, message in self.sent]


class Senders:
    """Both outboxes over one line."""

    def __init__(self, store: Store, line: Line, resend_first_s: float) -> None:
        clock = HandClock()
        ids = Ids(clock, random.Random(5).randbytes)
        self.store = store
        self.journal = Journal(store, clock, ids)
        make = partial(
            Outbox,
            store=store,
            stamp=self.journal.stamp,
            new_id=ids.new,
            publisher=line,
            connected=line.connected,
            sign=lambda data: data[:64],
            random=lambda: 0.5,
            resend_first_s=resend_first_s,
        )
        self.events = make(EVENTS)
        self.readings = make(READINGS, before=self.events)

    async def append(self, kind: Stream, count: int = 1, body: bytes = b"{}") -> None:
        def job(connection) -> None:
            for _ in range(count):
                streams.append(connection, kind, body, 1)

        await self.store.write(job)
        (self.events if kind is EVENTS else self.readings).wake()

    async def ack(self, batch, upto: int | None = None) -> None:
        bodies = [bytes(record) for record in batch.records]
        upto = batch.first + len(bodies) - 1 if upto is None else upto
        head = chain.head(bytes.fromhex(batch.before), bodies[: upto - batch.first + 1])
        kind = EVENTS if hasattr(batch, "signature") else READINGS
        await (self.events if kind is EVENTS else self.readings).take(
            Ack(stream=batch.stream, kind=kind, sequence=upto, head=head.hex(), now=NOON)
        )


Make = Callable[..., contextlib.AbstractAsyncContextManager[tuple[Senders, Line]]]


@pytest.fixture
def sending(store: Store) -> Make:
    @asynccontextmanager
    async def make(resend_first_s: float = 60.0) -> AsyncIterator[tuple[Senders, Line]]:
        line = Line()
        senders = Senders(store, line, resend_first_s)
        tasks = [asyncio.create_task(senders.events.run()), asyncio.create_task(senders.readings.run())]
        yield senders, line
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    return make


async def test_one_batch_is_in_flight_while_the_next_grows(sending: Make) -> None:
    async with sending() as (senders, line):
        (first,) = await line.wait(1)
        assert len(first.records) == 1  # the stream's opening
        await senders.append(EVENTS, 3)
        await senders.append(EVENTS, 4)
        assert len(line.sent) == 1
        await senders.ack(first)
        _, second = await line.wait(2)
        assert (second.first, len(second.records)) == (2, 7)
        assert second.before == chain.head(chain.genesis(first.stream), [bytes(first.records[0])]).hex()


async def test_an_unanswered_batch_goes_again_as_it_was(sending: Make) -> None:
    async with sending(resend_first_s=0.05) as (senders, line):
        first, again, more = (await line.wait(3))[:3]
        assert first == again == more
        assert senders.events.counts["resent"] >= 2


async def test_late_and_foreign_acknowledgements_do_not_hurry_it(sending: Make) -> None:
    async with sending() as (senders, line):
        (first,) = await line.wait(1)
        await senders.ack(first)
        await senders.append(EVENTS, 2)
        _, second = await line.wait(2)
        await senders.ack(first)  # a duplicate
        stranger = Ack(stream=UUID(int=7), kind=EVENTS, sequence=99, head="0" * 64, now=NOON)
        await senders.events.take(stranger)
        await senders.append(EVENTS)
        await asyncio.wait({asyncio.create_task(asyncio.sleep(0.05))})
        assert len(line.sent) == 2
        await senders.ack(second)
        assert (await line.wait(3))[2].first == 4
        assert senders.events.counts["foreign_acks"] == 1


async def test_half_a_batch_acknowledged_is_waited_for_then_sent_from_there(sending: Make) -> None:
    async with sending(resend_first_s=0.05) as (senders, line):
        (first,) = await line.wait(1)
        await senders.ack(first)
        await senders.append(EVENTS, 4)
        batches = await line.wait(2)
        await senders.ack(batches[-1], upto=3)
        await senders.store.write(lambda _connection: None)
        head = await senders.store.write(partial(streams.head, kind=EVENTS))
        assert head.acked == 3


async def test_readings_wait_for_events_but_not_for_a_deaf_cloud(sending: Make) -> None:
    async with sending(resend_first_s=0.2) as (senders, line):
        await senders.append(READINGS, 5)
        (event_batch,) = await line.wait(1)
        assert hasattr(event_batch, "signature")
        later = (await line.wait(3))[
            1:
        ]  # nobody acknowledges: the events go again, and readings are let through
        assert any(not hasattr(batch, "signature") for batch in later)


async def test_readings_go_once_events_are_acknowledged(sending: Make) -> None:
    async with sending() as (senders, line):
        await senders.append(READINGS, 5)
        (events,) = await line.wait(1)
        await senders.ack(events)
        readings = (await line.wait(2))[1]
        assert len(readings.records) == 5
        await senders.ack(readings)
        assert await senders.store.write(partial(streams.next_run, kind=READINGS)) is None


async def test_a_refused_publish_is_no_success(sending: Make) -> None:
    async with sending(resend_first_s=0.05) as (senders, line):
        (first,) = await line.wait(1)
        await senders.ack(first)
        line.errors = [RefusedByBrokerError("not authorised"), LinkDownError("gone")]
        await senders.append(EVENTS)
        second = (await line.wait(2))[1]
        assert second.first == 2
        assert line.errors == []


async def test_without_a_connection_nothing_is_sent(sending: Make) -> None:
    async with sending() as (senders, line):
        (first,) = await line.wait(1)
        await senders.ack(first)
        line.connected.clear()
        await senders.append(EVENTS, 2)
        await senders.store.write(lambda _connection: None)
        assert len(line.sent) == 1
        line.connected.set()
        assert (await line.wait(2))[1].first == 2


async def test_a_closed_stream_that_the_cloud_disowns_holds_nothing_up(sending: Make) -> None:
    async with sending() as (senders, line):
        await senders.ack((await line.wait(1))[0])
        await senders.append(EVENTS, 2)
        closed = (await line.wait(2))[1]
        await senders.ack(closed)
        other = Ack(stream=closed.stream, kind=EVENTS, sequence=9, head="0" * 64, now=NOON)
        await senders.events.take(other)
        opened = (await line.wait(3))[2]
        assert opened.stream != closed.stream
        await senders.ack(opened)
        asked = (await line.wait(4))[3]
        assert (asked.stream, asked.first, len(asked.records)) == (closed.stream, 3, 1)
        await senders.events.take(msgspec.structs.replace(other, sequence=2))
        await senders.append(EVENTS)
        assert (await line.wait(5))[4].stream == opened.stream
