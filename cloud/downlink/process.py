"""The process: notices, messages, shards and sweeps feed the desk; workers serve boxes from it.

What fails for a box's own sake fails for that box alone (see `setbacks`).
When the database or the broker is lost, everything is begun anew after a pause: what is due is found by looking.
"""

import asyncio
import logging
import random
import signal
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import aiomqtt
import psycopg
from prometheus_client import Counter, Gauge
from psycopg.rows import tuple_row
from sqlalchemy.exc import SQLAlchemyError

from cloud.downlink.answers import Signer
from cloud.downlink.attendant import Attendant
from cloud.downlink.desk import Desk
from cloud.downlink.mqtt import BrokerClient, PublishError, RefusedError, tls_context
from cloud.downlink.setbacks import Setbacks
from cloud.downlink.shards import STEP_S, ShardKeeper, shard_of
from cloud.kernel.database import Database, Scope
from cloud.kernel.faults import is_unavailable
from cloud.kernel.realtime import parse_signal
from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings
from cloud.sites import keyfiles, service
from cloud.sites.types import NOTIFY_CHANNEL, BoxOwner, BoxTarget, NotifyKind
from cloud.telemetry import service as telemetry
from cloud.telemetry.service import Refused
from cloud.telemetry.types import QuarantineReason
from protocols import topics
from protocols.messages import MalformedError, UnknownTypeError, decode
from protocols.topics import Address, Channel, TopicError

_log = logging.getLogger(__name__)
WORKERS = 4
SWEEP_S = 15.0
_LONGEST_PAUSE_S = 10.0
_CANCEL_AGAIN_S = 0.5
_STEADY_S = 60.0
FAULTS = Counter("domovoy_downlink_faults_total", "Lost connections and messages not understood", ["kind"])
OWNED = Gauge("domovoy_downlink_shards", "Shards of boxes that this process serves")


@dataclass(frozen=True)
class Means:
    """What a downlink process works with for its whole life."""

    settings: Settings
    database: Database
    vault: SecretBox
    signer: Signer
    serving: asyncio.Event = field(default_factory=asyncio.Event)  # set while every connection stands


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT."""
    ArgumentParser(prog="domovoy downlink").parse_args(arguments)
    means = open_means(settings)
    try:
        asyncio.run(_until_stopped(means))
    finally:
        means.database.close()
    return 0


def open_means(settings: Settings) -> Means:
    """All that downlink needs, or an early error that names what is missing."""
    key = keyfiles.load_command_key(settings.need_path("command_key_file"))
    return Means(
        settings=settings,
        database=Database(
            settings.need_database_url(), pool_size=WORKERS + 2, application_name="domovoy downlink"
        ),
        vault=SecretBox.from_file(settings.need_path("secrets_key_file")),
        signer=Signer(keyfiles.verify_key(key.public_key()).id, key),
    )


async def _until_stopped(means: Means) -> None:
    running = asyncio.create_task(serve(means), name="downlink")
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    stopping = asyncio.create_task(stopped.wait(), name="stop")
    await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    # Before Python 3.12 `asyncio.wait_for`, in aiomqtt, may swallow a cancellation: so again.
    while not running.done():
        running.cancel()
        await asyncio.wait([running], timeout=_CANCEL_AGAIN_S)
    with suppress(asyncio.CancelledError):
        await running


async def serve(means: Means) -> None:
    """Serve boxes for ever, through lost connections; ends by cancellation."""
    loop = asyncio.get_running_loop()
    pause_s = 0.2
    while True:
        began = loop.time()
        try:
            await _session(means)
        except* (psycopg.Error, SQLAlchemyError) as lost:
            FAULTS.labels("database").inc()
            _log.warning("the database is lost: %s", lost.exceptions[0])
        except* (aiomqtt.MqttError, PublishError, OSError) as lost:
            FAULTS.labels("broker").inc()
            _log.warning("the broker is lost: %s", lost.exceptions[0])
        means.serving.clear()
        if loop.time() - began > _STEADY_S:
            pause_s = 0.2
        await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311  # jitter
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


async def _session(means: Means) -> None:
    """One life of the connections; raises an ExceptionGroup when one of them is lost."""
    settings = means.settings
    tls = None
    if settings.mqtt_ca is not None:
        tls = tls_context(settings.mqtt_ca, settings.need_path("mqtt_cert"), settings.need_path("mqtt_key"))
    async with (
        _direct(means) as locks,
        _direct(means) as notices,
        BrokerClient(settings.mqtt_host, settings.mqtt_port, tls) as broker,
        asyncio.TaskGroup() as tasks,
    ):
        round_ = Round(means, broker, ShardKeeper(locks))
        await round_.begin(notices)
        means.serving.set()
        _log.info("downlink is serving")
        for name, task in round_.tasks(notices).items():
            tasks.create_task(task, name=name)


@asynccontextmanager
async def _direct(means: Means) -> AsyncIterator[psycopg.AsyncConnection[tuple[int]]]:
    connection = await psycopg.AsyncConnection.connect(
        means.settings.need_database_url(),
        autocommit=True,
        row_factory=tuple_row,
        connect_timeout=5,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        application_name="domovoy downlink",
    )
    async with connection:
        yield connection


def _is_lost_connection(error: Exception) -> bool:
    return is_unavailable(error) or isinstance(error, (aiomqtt.MqttError, PublishError, OSError))


class Round:
    """One life of the connections: what is known is built up anew from the boxes' retained states."""

    def __init__(self, means: Means, broker: BrokerClient, shards: ShardKeeper) -> None:
        self._means = means
        self._broker = broker
        self._shards = shards
        self._desk = Desk()
        self._targets: dict[UUID, BoxTarget] = {}
        self._boxes_of: dict[UUID, list[UUID]] = {}  # by site
        self._stale = asyncio.Event()
        self._setbacks = Setbacks(asyncio.get_running_loop().time)
        ids = means.database.ports.ids
        self._attendant = Attendant(
            means.database, means.vault, means.signer, ids, broker.send, self._setbacks
        )

    async def begin(self, notices: psycopg.AsyncConnection[tuple[int]]) -> None:
        """Listen first, then look: nothing falls between."""
        await notices.execute(f"LISTEN {NOTIFY_CHANNEL}")
        await self._shards.enter()
        await self._shards.step()
        await self._refresh()
        await self._broker.listen()

    def tasks(self, notices: psycopg.AsyncConnection[tuple[int]]) -> dict[str, Coroutine[Any, Any, None]]:
        """What runs side by side until one of them fails."""
        jobs: dict[str, Coroutine[Any, Any, None]] = {
            "notices": self._hear_notices(notices),
            "messages": self._hear_boxes(),
            "shards": self._keep_shards(),
            "sweep": self._sweep(),
        }
        return jobs | {f"worker {number}": self._work() for number in range(WORKERS)}

    async def _hear_notices(self, notices: psycopg.AsyncConnection[tuple[int]]) -> None:
        async for notice in notices.notifies():
            try:
                _company, kind, object_id = parse_signal(notice.payload)
            except ValueError:
                FAULTS.labels("notice").inc()
                continue
            self._note(kind, object_id)
            await self._desk.ring()
        raise psycopg.OperationalError("the connection for notices ended")

    def _note(self, kind: str, object_id: UUID) -> None:
        if kind == NotifyKind.HELD:
            for box_id in filter(self._is_mine, self._boxes_of.get(object_id, ())):
                self._desk.work_for(box_id).push_passes = True
        elif kind == NotifyKind.BOX:
            self._stale.set()
        elif shard_of(object_id) in self._shards.mine:
            work = self._desk.work_for(object_id)
            work.push_config |= kind == NotifyKind.CONFIG
            work.push_commands |= kind == NotifyKind.COMMAND

    async def _hear_boxes(self) -> None:
        async for message in self._broker.messages:
            try:
                address = topics.parse(str(message.topic))
            except TopicError as error:
                FAULTS.labels("malformed").inc()
                _log.warning("%s", error, extra={"topic": str(message.topic)})
                continue
            if shard_of(address.box) not in self._shards.mine:
                continue
            payload = message.payload if isinstance(message.payload, bytes) else b""
            try:
                decoded = decode(address.channel, payload)
            except MalformedError as error:
                await asyncio.to_thread(self._set_aside, address, payload, error)
                continue
            work = self._desk.work_for(address.box)
            if address.channel is Channel.UP_STATE:
                work.add_state(decoded)
            else:
                work.add_request(decoded)
            await self._desk.ring()

    def _set_aside(self, address: Address, payload: bytes, error: MalformedError) -> None:
        """What a box sent and nobody can read is kept, and shown, as what ingest cannot read is."""
        is_unknown = isinstance(error, UnknownTypeError)
        FAULTS.labels("unknown_type" if is_unknown else "malformed").inc()
        _log.warning("%s", error, extra={"box": str(address.box)})
        target = self._targets.get(address.box)
        if target is None:
            return  # no box of ours, or one that was revoked
        with self._means.database.transaction(Scope.organisation(target.organisation_id)) as session:
            if is_unknown:
                telemetry.count_unknown(session, address.box, address.channel, "message")
                return
            refused = Refused(
                box_id=address.box,
                channel=address.channel,
                reason=QuarantineReason.MALFORMED,
                detail=str(error),
                content=payload,
            )
            telemetry.quarantine(session, refused)

    async def _keep_shards(self) -> None:
        while True:
            OWNED.set(len(self._shards.mine))
            await asyncio.sleep(STEP_S)
            before = self._shards.mine
            new = await self._shards.step()
            if before - self._shards.mine:
                for box_id in [box for box in self._attendant.known if not self._is_mine(box)]:
                    self._attendant.forget(box_id)
            if new:
                await self._broker.listen()  # the retained states of the boxes that are new here

    async def _sweep(self) -> None:
        """What a lost notice or message left undone, and who is new."""
        while True:
            try:
                async with asyncio.timeout(SWEEP_S):
                    await self._stale.wait()
            except TimeoutError:
                if 0 in self._shards.mine:
                    await asyncio.to_thread(self._note_lapsed)
            self._stale.clear()
            await self._refresh()
            for box_id in self._served():
                target, known = self._targets[box_id], self._attendant.known.get(box_id)
                if known is None or not known.online:
                    continue
                holds = (known.epoch, known.version)
                if holds != (target.pass_epoch, target.pass_version):
                    self._desk.work_for(box_id).push_passes = True
                if known.config_at is None and known.config_version < target.config_version:
                    self._desk.work_for(box_id).push_config = True
            await self._desk.ring()

    async def _work(self) -> None:
        while True:
            box_id, work = await self._desk.take()
            try:
                owner = await self._owner(box_id)
                if owner is not None and await self._attendant.serve(owner, work):
                    self._desk.work_for(box_id).push_passes = True
            except RefusedError as error:
                FAULTS.labels("refused").inc()
                _log.error("%s", error)  # the broker's refusal says it all
            except Exception as error:
                if _is_lost_connection(error):
                    raise
                self._setbacks.note(box_id, "serving", error)  # the top of a task: no other box is stopped
            finally:
                await self._desk.done(box_id)

    async def _owner(self, box_id: UUID) -> BoxOwner | None:
        target = self._targets.get(box_id)
        if target is not None:
            return BoxOwner(box_id, target.organisation_id, target.site_id, None, None, None)
        owner = await asyncio.to_thread(self._look_up, box_id)
        if owner is not None and owner.revoked_at is None:
            self._stale.set()  # somebody new
        return owner

    def _look_up(self, box_id: UUID) -> BoxOwner | None:
        with self._means.database.transaction() as session:
            return service.owner_of(session, box_id)

    async def _refresh(self) -> None:
        self._targets = await asyncio.to_thread(self._read_targets)
        self._boxes_of = {}
        for target in self._targets.values():
            self._boxes_of.setdefault(target.site_id, []).append(target.box_id)

    def _read_targets(self) -> dict[UUID, BoxTarget]:
        with self._means.database.transaction() as session:
            return {target.box_id: target for target in service.box_targets(session)}

    def _note_lapsed(self) -> None:
        with self._means.database.transaction() as session:
            overdue = service.overdue_commands(session)
        for command_id, organisation_id in overdue:
            try:
                with self._means.database.transaction(Scope.organisation(organisation_id)) as session:
                    service.record_lapsed(session, command_id)
            except Exception as error:
                if is_unavailable(error):
                    raise
                FAULTS.labels("command").inc()
                _log.exception("a command could not be noted as lapsed", extra={"command": str(command_id)})

    def _served(self) -> list[UUID]:
        return [box_id for box_id in self._targets if self._is_mine(box_id)]

    def _is_mine(self, box_id: UUID) -> bool:
        return shard_of(box_id) in self._shards.mine
