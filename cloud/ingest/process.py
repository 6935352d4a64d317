"""The process `domovoy ingest`: a connection to the broker, two lanes to the database, answers back.

The broker's window (how many messages it sends ahead of our acknowledgements) is the events' alone: they are
acknowledged once they are committed. Readings are acknowledged when they come, so that however slowly they are
committed, no event waits for them at the broker. Nothing is lost by that: a box sends again what the cloud has not
answered.

Any number may run: they share one subscription, and the watermarks' locks keep them apart.
"""

import argparse
import asyncio
import gc
import logging
import random
import signal
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import uvloop
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cloud.ingest import figures, mqtt
from cloud.ingest.handlers import HANDLERS
from cloud.ingest.hints import HintsAside
from cloud.ingest.lane import Held, Lane
from cloud.ingest.mqtt import Connection, ConnectionLost, Link
from cloud.ingest.packets import Publish
from cloud.ingest.unit import Answer, Intake, Message
from cloud.kernel.database import Database, Ports
from cloud.kernel.jobs import CeleryQueue, celery_app
from cloud.kernel.settings import Settings
from protocols import messages, topics
from protocols.topics import Channel

CHANNELS = (Channel.UP_EVENTS, Channel.UP_READINGS)
_LONGEST_WAIT_S = 10.0
_STOP_TIMEOUT_S = 20.0
_READINGS_AT_ONCE = 1024  # messages; nobody waits for a reading as for a passage
_ALLOCATIONS_A_COLLECTION = 50_000
_log = logging.getLogger(__name__)


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run until SIGTERM or SIGINT."""
    argparse.ArgumentParser("domovoy ingest").parse_args(arguments)
    queue = HintsAside(CeleryQueue(celery_app(settings)))
    database = Database(
        settings.need_database_url(),
        ports=Ports.system(queue),
        pool_size=3,
        application_name="domovoy ingest",
    )
    _calm_the_collector()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        receiver = Receiver(partial(_link, settings), Intake(database, HANDLERS), partial(_group, database))
        runner.run(_until_told(receiver))
    database.close()
    return 0


def _calm_the_collector() -> None:
    """A micro-batch makes thousands of objects and no circles: at its usual pace the collector costs a quarter."""
    gc.collect()
    gc.freeze()  # modules and their like: nothing of them will ever be free
    gc.set_threshold(_ALLOCATIONS_A_COLLECTION)


def _link(settings: Settings) -> Link:
    """With the certificate that is on the disk now. Raises OSError."""
    tls = None
    if settings.mqtt_ca is not None:
        tls = mqtt.tls_context(
            settings.mqtt_ca, settings.need_path("mqtt_cert"), settings.need_path("mqtt_key")
        )
    return Link(host=settings.mqtt_host, port=settings.mqtt_port, tls=tls)


def _group(database: Database) -> str:
    """Known to this installation's ingest alone: any client may join a group whose name it knows. Raises DBAPIError."""
    with database.transaction() as session:
        return str(session.scalar(select(func.ingest_group())))


async def _until_told(receiver: "Receiver") -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await receiver.run(stop)


class Receiver:
    """Receives, hands to the lanes, answers. Its methods run in the event loop unless they say otherwise."""

    def __init__(self, link: Callable[[], Link], intake: Intake, group: Callable[[], str]) -> None:
        """`link` is asked before each connection: certificates are renewed. Its first errors are the caller's.

        `group`: names the shared subscription; asked before each connection, in a thread.
        """
        link()
        self._link = link
        self._group = group
        self._connection: Connection | None = None
        self._events = Lane("events", intake, self._done)
        self._readings = Lane("readings", intake, self._done, most_messages=_READINGS_AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: keep a connection; then let the micro-batches under way finish."""
        self._loop = asyncio.get_running_loop()
        lanes = (self._events, self._readings)
        for lane in lanes:
            lane.start()
        stopping = asyncio.create_task(stop.wait())
        await self._keep_connected(stopping)
        await asyncio.gather(*(asyncio.to_thread(lane.stop, _STOP_TIMEOUT_S) for lane in lanes))
        await asyncio.sleep(0)  # the last answers, called in by the lanes
        if self._connection is not None:
            self._connection.close()

    async def _keep_connected(self, stopping: asyncio.Task[bool]) -> None:
        attempt = 0
        while not stopping.done():
            try:
                group = await asyncio.to_thread(self._group)
                filters = tuple(topics.shared(group, channel) for channel in CHANNELS)
                connection = await mqtt.connect(self._link(), filters, self._receive)
            except (ConnectionLost, OSError, DBAPIError, PoolTimeoutError) as error:
                log = _log.warning if attempt else _log.error
                log("no connection to the broker, or to the database: %s", error, extra={"attempt": attempt})
                wait_s = min(0.25 * 2**attempt, _LONGEST_WAIT_S) * random.uniform(0.5, 1.0)  # noqa: S311  # jitter
                attempt = min(attempt + 1, 10)
                await asyncio.wait([stopping], timeout=wait_s)
                continue
            attempt = 0
            self._connection = connection
            figures.CONNECTED.set(1)
            _log.info("connected to the broker")
            waiting: set[asyncio.Future[Any]] = {stopping, connection.closed}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if connection.closed.done():
                figures.CONNECTED.set(0)
                self._connection = None
                _log.error("lost the broker: %s", connection.closed.result())

    def _receive(self, connection: Connection, publish: Publish) -> None:
        events = publish.topic.endswith("/events")
        lane = self._events if events else self._readings
        receipt = (connection, publish.packet_id) if events else None
        taken = lane.put(Held(Message(publish.topic, publish.payload), receipt))
        if not taken:
            figures.OVERFLOWS.inc()
        if receipt is None or not taken:
            connection.acknowledge(publish.packet_id)

    def _done(self, batch: Sequence[Held], answers: Sequence[Answer]) -> None:
        """Called in a lane's thread."""
        encoded = [
            (topics.topic(answer.box_id, Channel.DOWN_ACK), messages.encode(answer.ack)) for answer in answers
        ]
        self._loop.call_soon_threadsafe(self._answer, batch, encoded)

    def _answer(self, batch: Sequence[Held], answers: Sequence[tuple[str, bytes]]) -> None:
        connection = self._connection
        if connection is None:
            return  # the boxes send again and are told the watermark
        for topic, payload in answers:
            connection.publish(topic, payload)
        for held in batch:
            if held.receipt is not None and held.receipt[0] is connection:
                connection.acknowledge(held.receipt[1])
