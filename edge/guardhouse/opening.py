"""How the agent opens the guard's workplace, where its settings ask for one, and what follows changes of the list."""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from edge.access import drafts
from edge.access.drafts import Draft, Drafts
from edge.access.gate import Gate
from edge.access.holdings import Holdings
from edge.access.journal import Journal
from edge.access.marking import Marking
from edge.alarms import Alarms
from edge.clock import BoxClock
from edge.guardhouse import retention
from edge.guardhouse.catalogue import Change
from edge.guardhouse.certificate import Certificate, asking
from edge.guardhouse.ground import Ground
from edge.guardhouse.house import Guardhouse
from edge.guardhouse.hub import Hub
from edge.guardhouse.reading import Reading
from edge.guardhouse.searching import Searching
from edge.guardhouse.web_files import PACKAGED
from edge.holds import Holds
from edge.identity import Files, Membership
from edge.ids import Ids
from edge.link.files import Pictures
from edge.link.mqtt import Uplink
from edge.link.outbox import Outbox
from edge.link.replication import Replica
from edge.link.reporting import Reporter
from edge.running import Running
from edge.settings import Settings
from edge.store import Fault, Store
from edge.video.studio import Studio
from edge.witness import Witness
from protocols.held import ItemKind
from protocols.messages import Stream
from protocols.privacy import BOX_VIDEO

log = logging.getLogger(__name__)


class Box(Protocol):
    """What of the agent the workplace stands on."""

    settings: Settings
    data: Path
    files: Files
    membership: Membership
    clock: BoxClock
    ids: Ids
    store: Store
    journal: Journal
    held: Holdings
    drafts: Drafts
    gate: Gate
    marking: Marking
    pictures: Pictures
    running: Running
    witness: Witness
    alarms: Alarms
    holds: Holds
    studio: Studio
    uplink: Uplink
    outboxes: dict[Stream, Outbox]
    replica: Replica
    reporter: Reporter
    fault: Fault


def open_guardhouse(box: Box) -> Guardhouse | None:
    """None: the settings ask for none. Passes that were made at the gate stay in force either way."""
    house = None if box.settings.guardhouse.port is None else _open(box)
    box.replica.told = Follower(box, house).changed
    return house


async def forget_old(box: Box, house: Guardhouse | None, now_ms: int) -> None:
    """What need not be shown any more goes, also where the page is switched off by now; and the cloud is told."""
    rules = box.held.passes.kept_days()
    days = retention.days_of(box.settings.retention, rules)
    gone = await retention.forget_old(box.store, days, now_ms, box.pictures, box.drafts, box.held.passes)
    if gone and house is not None:
        house.changed([(ItemKind.PASS, pass_id) for pass_id in gone])
    if rules:  # a cloud that has sent none has nothing to hold the box to
        await retention.count_video(box.store, box.studio.archive)
        told = days | {BOX_VIDEO: box.studio.days(rules)}
        oldest = await asyncio.to_thread(box.studio.archive.oldest_ms)
        await retention.tell(box.store, box.journal, told, now_ms, oldest_video_ms=oldest)


class Follower:
    """What happens at each change of the list, before anybody is judged by it."""

    def __init__(self, box: Box, house: Guardhouse | None) -> None:
        self._box = box
        self._house = house
        self._tasks: set[asyncio.Task[None]] = set()

    def changed(self, changes: Sequence[Change] | None) -> None:
        """Passes made at the gate stay in force beside any list, and give way to the list's own."""
        taken = self._box.drafts.put_in_force(self._box.held.passes)
        if taken:
            task = asyncio.get_running_loop().create_task(self._keep(taken), name="drafts taken over")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._house is not None:
            self._house.changed(changes)

    async def _keep(self, taken: list[Draft]) -> None:
        def job(connection: sqlite3.Connection) -> None:
            for draft in taken:
                drafts.keep(connection, draft)

        await self._box.store.write(job)


def _open(box: Box) -> Guardhouse:
    settings = box.settings.guardhouse
    files = box.data / "store.sqlite", box.data / "search.sqlite"
    reading = Reading(*files)
    ground = Ground(
        box=box.membership.answer.box,
        settings=settings,
        clock=box.clock,
        ids=box.ids,
        store=box.store,
        journal=box.journal,
        held=box.held,
        gate=box.gate,
        marking=box.marking,
        pictures=box.pictures,
        running=box.running,
        witness=box.witness,
        alarms=box.alarms,
        holds=box.holds,
        studio=box.studio,
        connected=box.uplink.connected.is_set,
        authority=box.membership.answer.ca.encode(),
        reading=reading,
        searching=Searching(reading, *files),
        hub=Hub(box.clock.now().unix_ms),
        fault=box.fault,
    )
    web = Path(settings.web) if settings.web else PACKAGED
    certificate = None
    if settings.https:
        ask = asking(box.membership, box.files, box.clock)
        certificate = Certificate(settings, box.data, ask, lambda: box.clock.now().utc, box.reporter.changed)
    port_file = box.data / "guardhouse.port"
    house = Guardhouse(ground, box.drafts, web=web, certificate=certificate, port_file=port_file)
    box.pictures.keeps_sent = True
    woken_before = box.journal.woken

    def woken() -> None:
        woken_before()
        house.chronicle.wake()

    box.journal.woken = woken
    return house
