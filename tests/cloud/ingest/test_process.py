"""`domovoy ingest` as whole processes, with a real broker and a real database."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import aiomqtt
import psycopg

from cloud.kernel.database import Scope
from cloud.kernel.tenancy import Role
from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import ChildProcess
from protocols import messages
from protocols.messages import Ack
from protocols.records import DeviceState, DeviceStatus, Reading
from protocols.topics import Channel, shared, topic
from tests.cloud.ingest.boxes import BoxStream, Place, at_ms, make_place, make_series
from tests.cloud.sites.building import House
from tests.support.processes import RunProcess, installed


class Client:
    """A box's own connection, which sends batches and waits for answers."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    async def send(self, message: tuple[str, bytes]) -> None:
        await self._client.publish(*message, qos=1)

    async def answer(self) -> Ack:
        async with asyncio.timeout(60):
            async for message in self._client.messages:
                assert isinstance(message.payload, bytes)
                return messages.decode(Channel.DOWN_ACK, message.payload)
        raise AssertionError("the broker closed the connection")

    async def deliver(self, message: tuple[str, bytes], *, again_after_s: float = 2.0) -> Ack:
        """Send until it is answered, as a box does."""
        while True:
            await self.send(message)
            try:
                async with asyncio.timeout(again_after_s):
                    return await self.answer()
            except TimeoutError:
                continue


@asynccontextmanager
async def box_client(broker: MosquittoServer, place: Place) -> AsyncIterator[Client]:
    async with aiomqtt.Client("127.0.0.1", broker.port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        await client.subscribe(topic(place.box_id, Channel.DOWN_ACK), qos=1)
        yield Client(client)


def start_ingest(run_process: RunProcess, house: House, broker: MosquittoServer, name: str) -> ChildProcess:
    return run_process(
        name,
        installed("domovoy"),
        "ingest",
        env={
            "DOMOVOY_DATABASE_URL": house.real.url(Role.INGEST),
            "DOMOVOY_MQTT_HOST": "127.0.0.1",
            "DOMOVOY_MQTT_PORT": str(broker.port),
            "DOMOVOY_REDIS_URL": "redis://127.0.0.1:1/0",  # away: hints are lost, nothing else
        },
    )


def rows(house: House, place: Place) -> list[tuple[object, ...]]:
    with house.database().transaction(Scope.organisation(place.organisation_id)) as session:
        found = session.connection().exec_driver_sql(
            "SELECT raw, value FROM reading_point ORDER BY series_id, ts"
        )
        return [tuple(row) for row in found]


def fresh_stream(house: House, place: Place, series: int, count: int) -> BoxStream:
    """Readings of right now: the process has the machine's clock."""
    stream = place.stream()
    now = at_ms(house.database().ports.clock.now())
    for number in range(count):
        stream.readings(Reading(series, 0, number, number / 100), at=now + number)
    return stream


async def test_a_reading_becomes_a_row_and_is_answered(
    house: House, broker: MosquittoServer, run_process: RunProcess
) -> None:
    place = make_place(house)
    [series] = make_series(house, place)
    stream = fresh_stream(house, place, series, 3)
    start_ingest(run_process, house, broker, "ingest-1")
    async with box_client(broker, place) as box:
        ack = await box.deliver(stream.batch())
    assert (ack.stream, ack.sequence, ack.head) == (stream.id, 3, stream.head(3).hex())
    assert [row[1] for row in rows(house, place)] == [0, 0.01, 0.02]


async def test_two_processes_share_the_work_and_a_killed_one_loses_nothing(
    house: House, broker: MosquittoServer, run_process: RunProcess
) -> None:
    place = make_place(house)
    [series] = make_series(house, place)
    stream = fresh_stream(house, place, series, 60)
    first = start_ingest(run_process, house, broker, "ingest-1")
    start_ingest(run_process, house, broker, "ingest-2")
    async with box_client(broker, place) as box:
        for number in range(1, 61):
            if number == 30:
                os.kill(first.pid, signal.SIGKILL)
            ack = await box.deliver(stream.batch(number, number), again_after_s=1.0)
            while ack.sequence < number:  # answers to repeats
                ack = await box.deliver(stream.batch(ack.sequence + 1, number), again_after_s=1.0)
    assert [row[0] for row in rows(house, place)] == list(range(60))


async def test_whoever_joins_the_group_that_everybody_would_guess_takes_nothing(
    house: House, broker: MosquittoServer, run_process: RunProcess
) -> None:
    """The broker gives each message to one member of a group, and a box may subscribe to whatever it names."""
    place = make_place(house)
    [series] = make_series(house, place)
    stream = fresh_stream(house, place, series, 20)
    start_ingest(run_process, house, broker, "ingest-1")
    async with (
        box_client(broker, place) as box,
        aiomqtt.Client("127.0.0.1", broker.port, protocol=aiomqtt.ProtocolVersion.V5) as stranger,
    ):
        await box.deliver(stream.batch(1, 1))
        for channel in (Channel.UP_READINGS, Channel.UP_EVENTS):
            await stranger.subscribe(shared("ingest", channel), qos=1)
        for number in range(2, 21):
            ack = await box.deliver(stream.batch(number, number), again_after_s=60)
            assert ack.sequence == number


async def test_a_database_that_goes_and_comes_back_loses_nothing(
    house: House, broker: MosquittoServer, run_process: RunProcess
) -> None:
    place = make_place(house)
    [series] = make_series(house, place)
    stream = fresh_stream(house, place, series, 40)
    process = start_ingest(run_process, house, broker, "ingest-1")
    async with box_client(broker, place) as box:
        await box.deliver(stream.batch(1, 10))
        sending = asyncio.create_task(box.deliver(stream.batch(11, 40)))
        for _ in range(5):
            await asyncio.to_thread(_cut_connections, house)
            await asyncio.sleep(0.05)
        ack = await sending
        while ack.sequence < 40:
            ack = await box.deliver(stream.batch(ack.sequence + 1, 40))
    assert [row[0] for row in rows(house, place)] == list(range(40))
    process.stop()
    assert process.returncode == 0


def _cut_connections(house: House) -> None:
    with psycopg.connect(house.real.admin_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'domovoy ingest'"
        )


async def test_no_event_waits_for_readings_that_cannot_be_committed(
    house: House, broker: MosquittoServer, run_process: RunProcess
) -> None:
    """More readings messages than any window of the broker holds, while their table is locked."""
    place = make_place(house)
    [series] = make_series(house, place)
    warm, events = fresh_stream(house, place, series, 1), place.stream()
    now = house.database().ports.clock.now()
    for _ in range(2):
        events.write(DeviceState(id=uuid4(), at=now, device=uuid4(), status=DeviceStatus.OFFLINE))
    stuck = [fresh_stream(house, place, series, 1) for _ in range(700)]
    start_ingest(run_process, house, broker, "ingest-1")
    async with box_client(broker, place) as box:
        await box.deliver(warm.batch())
        await box.deliver(events.batch(1, 1, events=True))
        with psycopg.connect(house.real.admin_url) as locker:
            locker.execute("LOCK TABLE telemetry.reading IN ACCESS EXCLUSIVE MODE")
            for stream in stuck:
                await box.send(stream.batch())
            await box.send(events.batch(2, 2, events=True))
            async with asyncio.timeout(60):  # the lock stays, however long this takes
                while (ack := await box.answer()).stream != events.id or ack.sequence < 2:
                    pass
        committed = {warm.id, events.id}
        while not {stream.id for stream in stuck} <= committed:
            committed.add((await box.answer()).stream)
    assert len(rows(house, place)) == 701
