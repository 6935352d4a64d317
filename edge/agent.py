"""The agent of a box: everything is put together here, started in order and stopped in order."""

import asyncio
import contextlib
import importlib.metadata
import logging
import ssl
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from edge import identity, upkeep
from edge.access import holdings
from edge.access.drafts import Drafts
from edge.access.gate import Gate
from edge.access.interrupted import Interrupted
from edge.access.journal import Journal
from edge.access.marking import Marking
from edge.access.points import nothing
from edge.access.unwritten import Unwritten
from edge.alarms import Alarms
from edge.barrier.board import Ear
from edge.calls import Calls
from edge.clock import BoxClock
from edge.disk import DiskGuard
from edge.drivers.devices import Ports
from edge.guardhouse import opening, retention
from edge.health import HealthServer
from edge.holds import Holds
from edge.identity import Files, Membership
from edge.ids import Ids
from edge.link.commands import Commands
from edge.link.configuring import Configurator
from edge.link.fetching import Fetcher
from edge.link.files import Pictures, Uploader
from edge.link.inbox import Inbox
from edge.link.mqtt import BrokerAddress, LinkError, Uplink, client_context
from edge.link.outbox import Outbox
from edge.link.replication import Replica
from edge.link.reporting import Reporter
from edge.orders import Orders
from edge.panels.supply import Supply
from edge.running import Plan, Running, draw_up
from edge.settings import Settings
from edge.states import DeviceStates
from edge.store import Fault, Store, no_fault
from edge.supervisor import Supervisor
from edge.telemetry.recorder import Recorder
from edge.video.studio import Studio
from edge.witness import Witness
from protocols import records
from protocols.held import ItemKind
from protocols.messages import State, Stream
from protocols.privacy import BOX_RECORDS
from protocols.records import Severity
from protocols.topics import Channel

log = logging.getLogger(__name__)
DRAIN_S = 5.0


@dataclass(frozen=True, kw_only=True)
class World:
    """What the agent takes from outside: time and chance."""

    wall_ns: Callable[[], int]
    monotonic_ns: Callable[[], int]
    synchronised: Callable[[], bool]
    random: Callable[[], float]
    random_bytes: Callable[[int], bytes]


class Agent:
    """One box. Made in a running loop; `run` returns when `stop` is set or a restart was ordered."""

    def __init__(
        self,
        data: Path,
        settings: Settings,
        membership: Membership,
        world: World,
        *,
        tls: bool = True,
        fault: Fault = no_fault,
    ) -> None:
        self.settings = settings
        self.membership = membership
        self.box: UUID = membership.answer.box
        self.data = data
        self.files = Files(data)
        self._world = world
        self._tls = tls
        self.fault = fault
        self._stop = asyncio.Event()
        self.restart_ordered = False
        self._open_store()
        self._make_gate()
        self._make_link()
        self._make_orders()
        self.guardhouse = opening.open_guardhouse(self)

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stop.set()

    async def run(self) -> None:
        """Work until stopped. Raises what makes a start impossible."""
        await self.pictures.tidy()
        await self.studio.open()
        await self.commands.answer_interrupted()
        await self.interrupted.find()
        await self._configurator.restore(self._kept_configurations)
        self._start_tasks()
        if self.guardhouse is not None:
            self.guardhouse.start(self.supervisor)
        passes = self.held.passes
        log.info("box %s runs; %s passes are held", self.box, len(passes))
        for (kind, item), fault in passes.unreadable.items():
            log.warning("%s %s is held and cannot be read: %s", kind, item, fault)
        try:
            await self._stop.wait()
        finally:
            await self._shut_down()

    async def report(self) -> dict[str, Any]:
        """How the box fares, for /health, /metrics and `domovoy-edge status`."""
        moment = self.clock.now()
        events, readings = await upkeep.backlogs(self.store)
        standing = self.held.standing
        return {
            "box": str(self.box),
            "software": software_version(),
            "at": moment.utc.isoformat(),
            "clock": moment.state.value,
            "clock_source": self.clock.source.name.lower(),
            "connected": self.uplink.connected.is_set(),
            "connections": self.uplink.connections,
            "last_link_error": self.uplink.last_error,
            "refused_publishes": self.uplink.refusals,
            "passes": {
                "held": len(self.held.passes),
                "unreadable": len(self.held.passes.unreadable),
                "version": standing.version,
                "digest": standing.digest_hex,
            },
            "config_version": self._configurator.version,
            "backlog": {"events": events.records, "readings": readings.records},
            "disk_free_mb": self.disk.free_mb,
            "gate": self.gate.counts,
            "events": self.outboxes[Stream.EVENTS].counts,
            "readings": self.outboxes[Stream.READINGS].counts | {"lost_chunks": self.recorder.lost_chunks},
            "replica": self.replica.counts,
            "commands": self.commands.counts,
            "files": self.uploader.counts,
            "inbox": dict(self.inbox.counts),
            "barriers": dict(self.witness.positions),
            **self.running.report(),
            "video": self.studio.report(),
            "restarts": {name: record.restarts for name, record in self.supervisor.records.items()},
        }

    def _open_store(self) -> None:
        world = self._world
        self.store = Store(self.data / "store.sqlite", fault=self.fault)
        connection = self.store.connection
        self.clock = BoxClock(
            highest_ns=upkeep.highest_trusted_ns(connection),
            has_battery=self.settings.clock.has_battery,
            wall_ns=world.wall_ns,
            monotonic_ns=world.monotonic_ns,
            synchronised=world.synchronised,
        )
        self.ids = Ids(self.clock, world.random_bytes)
        self.journal = Journal(self.store, self.clock, self.ids)
        upkeep.open_streams(connection, self.journal.stamp, self.ids.new, self.clock.now().unix_ms)
        self.held = holdings.load(connection)
        self.drafts = Drafts(connection)
        self.drafts.put_in_force(self.held.passes)
        self.alarms = Alarms(connection, self.journal)
        self.witness = Witness(self.journal, self.alarms)
        self.holds = Holds(connection, self.journal, self.clock, lambda: self.gate.site.board)
        self._kept_configurations = connection.execute(
            "SELECT version, body FROM config ORDER BY version DESC"
        ).fetchall()
        self.store.start()

    def _make_gate(self) -> None:
        gate = self.settings.gate
        self.supervisor = Supervisor(self._world.random)
        self.recorder = Recorder(self.store)
        self.pictures = Pictures(self.data / "stills", self.store, self.clock)
        self.gate = Gate(
            clock=self.clock,
            journal=self.journal,
            held=self.held,
            site=nothing(self.membership.answer.box),
            stills=self.pictures,
            max_age_s=gate.grant_max_age_s,
            repeat_s=gate.repeat_s,
            button_pictures=gate.button_pictures,
            unwritten=Unwritten(self.data / "unwritten"),
            fault=self.fault,
        )
        self.interrupted = Interrupted(self.store, self.journal, lambda: self.gate.site.points)
        self.states = DeviceStates(self.journal, self.gate.status)
        self.calls = Calls(self.journal, self.pictures, lambda: self.gate.site)
        self.studio = Studio(
            self.data / "video",
            self.settings.video,
            self.supervisor,
            self.clock,
            self._world.random,
            alarm=self.witness.alarm,
            has_room=lambda: not self.disk.refuses(self.studio.archive.size),
        )
        self.disk = DiskGuard(
            self.data,
            self.settings.disk,
            store=self.store,
            stills=self.pictures,
            video=self.studio.archive,
            report=self._report_shortage,
            take_lost=self.recorder.take_lost,
            unwritten=self.gate.unwritten,
        )
        self.journal.relieve = self.disk.relieve
        supply = Supply(self.held, self.clock)
        files_url, tls = self.membership.answer.files_url, self._tls_context if self._tls else None
        self.running = Running(
            self.supervisor,
            clock=self.clock,
            keep=self.recorder.keep,
            every=lambda: self.disk.thin_every,
            random=self._world.random,
            read=self.gate.read,
            status=self.states.told,
            alarm=self.witness.alarm,
            ring=self.calls.ring,
            wanted=supply.wanted,
            wanted_faces=supply.faces,
            fetch=Fetcher(files_url, tls=tls).picture,
        )

    def _make_link(self) -> None:
        broker, random = self.membership.answer.mqtt, self._world.random
        find_key = partial(upkeep.find_key, self.held, self.membership, self.clock)
        self.inbox = Inbox(
            self.box, self.clock, find_key, trusted=self._clock_trusted, relieve=self.disk.relieve
        )
        address = BrokerAddress(
            host=broker.host, port=broker.port, tls=self._tls_context if self._tls else None
        )
        self.uplink = Uplink(self.box, address, random=random, receive=self.inbox.receive)
        sign = identity.load_journal_key(self.files.journal_key).sign
        outbox = partial(
            Outbox,
            store=self.store,
            stamp=self.journal.stamp,
            new_id=self.ids.new,
            publisher=self.uplink,
            connected=self.uplink.connected,
            sign=sign,
            random=random,
        )
        events = outbox(Stream.EVENTS)
        self.outboxes = {Stream.EVENTS: events, Stream.READINGS: outbox(Stream.READINGS, before=events)}
        self.reporter = Reporter(
            publisher=self.uplink,
            connected=self.uplink.connected,
            state=self._state,
            config_version=lambda: self._configurator.version,
        )
        self.replica = Replica(
            store=self.store,
            held=self.held,
            clock=self.clock,
            publisher=self.uplink,
            connected=self.uplink.connected,
            random=random,
            changed=self._held_changed,
            unreadable=self._unreadable,
            fault=self.fault,
        )
        self.uploader = Uploader(
            self.pictures,
            self.membership.answer.files_url,
            tls=self._tls_context if self._tls else None,
            turn=events.quiet,
            connected=self.uplink.connected,
            random=random,
        )
        self._connect_wakes(events)

    def _connect_wakes(self, events: Outbox) -> None:
        readings = self.outboxes[Stream.READINGS]
        self.journal.woken = events.wake
        events.forked = self.replica.doubt
        self.recorder.woken = readings.wake
        self.pictures.woken = self.uploader.wake
        self.uplink.up += [
            self.reporter.connected_again,
            self.replica.wake,
            events.wake,
            readings.wake,
            self.uploader.wake,
        ]

    def _make_orders(self) -> None:
        self.marking = Marking(self.held, self.journal)
        orders = Orders(
            gate=self.gate,
            marking=self.marking,
            holds=self.holds,
            running=self.running,
            journal=self.journal,
            pictures=self.pictures,
            calls=self.calls,
            restart=self._order_restart,
        )
        self.commands = Commands(
            store=self.store,
            journal=self.journal,
            clock=self.clock,
            execute=orders.execute,
            answered=self.outboxes[Stream.EVENTS].wake,
            fault=self.fault,
        )
        world = self._world
        ports = Ports(monotonic_ns=world.monotonic_ns, random=world.random, wall_ns=world.wall_ns)
        ear = Ear(tell=self.witness.tell, pressed=self.gate.pressed, alarms_of=self.alarms.of)
        self._configurator: Configurator[Plan] = Configurator(
            journal=self.journal,
            draw_up=lambda configuration: draw_up(configuration, ports, self.running.plan, ear),
            put_in_force=self._put_in_force,
            applied=self.reporter.changed,
        )

    def _start_tasks(self) -> None:
        start, inbox = self.supervisor.start, self.inbox
        events, readings = self.outboxes[Stream.EVENTS], self.outboxes[Stream.READINGS]

        async def take_ack(ack: Any) -> None:
            await (events if ack.kind is Stream.EVENTS else readings).take(ack)

        start("pulse", self.gate.pulse.beat)
        start("interrupted", lambda: upkeep.once(self.interrupted.answer))
        start("uplink", self.uplink.run)
        start("events", events.run)
        start("readings", readings.run)
        start("acks", lambda: inbox.work(Channel.DOWN_ACK, take_ack))
        start("passes", lambda: inbox.work(Channel.DOWN_PASSES, self.replica.take))
        start("config", lambda: inbox.work(Channel.DOWN_CONFIG, self._configurator.take))
        start("commands", lambda: inbox.work(Channel.DOWN_COMMANDS, self.commands.take))
        start("replica", self.replica.run)
        start("reporter", self.reporter.run)
        start("files", self.uploader.run)
        start("states", self.states.run)
        start("barriers", self.witness.run)
        start("holds", self.holds.run)
        start("calls", self.calls.run)
        start("disk", lambda: upkeep.every(upkeep.DISK_PERIOD_S, self.disk.look))
        start("clock", lambda: upkeep.every(upkeep.CLOCK_PERIOD_S, self._keep_clock))
        start("video", lambda: self.studio.run(self.held.passes.kept_days))
        start("retention", lambda: upkeep.every(upkeep.RETENTION_PERIOD_S, self._forget))
        if self._tls:
            start("renewal", lambda: upkeep.keep_certificate(self.membership, self.files, self.clock))
        health = HealthServer(
            self.report, port=self.settings.health.port, port_file=self.data / "health.port"
        )
        start("health", health.run)

    async def _shut_down(self) -> None:
        """No new reads, then what is under way, then the cloud is told, then the rest."""
        await self._quieten()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self.commands.drain()
        with contextlib.suppress(LinkError, TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self.uplink.publish(Channel.UP_STATE, State(online=False), retain=True)
        await self.supervisor.stop()
        if self.guardhouse is not None:
            await asyncio.to_thread(self.guardhouse.close)
        await self._keep_clock()
        await asyncio.to_thread(self.store.close)
        log.info("box %s stopped", self.box)

    async def _put_in_force(self, plan: Plan) -> None:
        """Devices that change end before the new ones begin: they may share a serial line or a port.

        All others go on, and the old points are judged until the new ones are.
        """
        ending = self.running.ending(plan)
        await self._suspend(ending)
        await self.running.change(plan)
        self.gate.put_in_force(plan.site)
        self.holds.forget(set(plan.site.board.drivers))
        self.running.start(plan)
        await self.studio.change(plan.devices.streaming, plan.devices.cameras)
        self.witness.forget(plan.places)
        if self.guardhouse is not None:
            self.guardhouse.configured(plan.configuration)

    async def _suspend(self, devices: Set[UUID]) -> None:
        """Open nothing more by these devices, and let the pulses of their outputs end."""
        self.gate.suspend(devices)
        if devices & self.gate.site.relays.keys():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_S):
                    await self.gate.drain()

    async def _quieten(self) -> None:
        """Let nobody in any more, let pulses end, stop the devices."""
        await self._suspend(self.gate.site.relays.keys())
        await self.running.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self.gate.drain()

    async def _state(self) -> State:
        moment, standing = self.clock.now(), self.held.standing
        events, readings = await upkeep.backlogs(self.store)
        return State(
            online=True,
            at=moment.utc,
            software=software_version(),
            pass_epoch=standing.epoch,
            pass_version=standing.version,
            pass_digest=standing.digest_hex,
            config_version=self._configurator.version,
            clock=moment.state,
            events=events,
            readings=readings,
            disk_free_mb=self.disk.free_mb,
            page=self.guardhouse.page if self.guardhouse is not None else None,
        )

    async def _report_shortage(self, kind: str, count: int, detail: str) -> None:
        log.warning("disk: %s %s (%s)", kind, count, detail)
        await self.journal.insist(
            records.Shortage(**self.journal.stamp(), kind=kind, count=count, detail=detail)
        )

    def _held_changed(self) -> None:
        self.gate.forget_refusals()
        self.running.wake_keepers()
        self.reporter.changed()

    async def _unreadable(self, kind: str, item: UUID, fault: str) -> None:
        """A blacklist entry or a key that says nothing is graver than a pass that opens nothing."""
        severity = Severity.WARNING if kind == ItemKind.PASS else Severity.CRITICAL
        await self.journal.notice(
            "held_item_unreadable", f"{kind} {item}: {fault}", source=item, severity=severity
        )

    def _tls_context(self) -> ssl.SSLContext:
        files = self.files
        return client_context(
            str(files.ca),
            str(files.certificate),
            str(files.tls_key),
            check_time=self.clock.system_agrees,
        )

    def _clock_trusted(self) -> None:
        state, source = self.clock.now().state, self.clock.source.name.lower()
        log.info("the clock stands on %s now: %s", source, state)
        self.reporter.changed()

    async def _keep_clock(self) -> None:
        self.clock.look_at_system()
        await self.store.write(partial(upkeep.keep_highest, self.clock.highest_trusted_ns))
        await retention.count_video(self.store, self.studio.archive)

    async def _forget(self) -> None:
        now_ms = self.clock.now().unix_ms
        days = retention.days_of(self.settings.retention, self.held.passes.kept_days())
        keep = msgspec.structs.replace(self.settings.retention, events_days=days[BOX_RECORDS])
        await upkeep.forget_old(self.store, keep, now_ms, self.held)
        await opening.forget_old(self, self.guardhouse, now_ms)

    def _order_restart(self) -> None:
        """After the command's answer is on the disk: the drain of `_shut_down` waits for it."""
        self.restart_ordered = True
        self._stop.set()


def software_version() -> str:
    """As installed."""
    return importlib.metadata.version("domovoy")
