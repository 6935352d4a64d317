"""Calls at intercoms, written down as events, each with a picture of whoever rings."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from uuid import UUID

from edge.access.journal import Journal
from edge.access.points import Site
from edge.access.stills import Photographer, Stills
from edge.drivers.base import DeviceError, Intercom, Ring
from edge.panels.supply import point_of
from edge.store import StoreError
from protocols import correlation, records
from protocols.config import Point
from protocols.records import CallPhase

log = logging.getLogger(__name__)
WAITING_MAX = 100
CALLS_MAX = 64  # whose names are remembered
PANEL_TIMEOUT_S = 5.0


class Calls:
    """`ring` never waits; `run` writes. `site`: the one in force."""

    def __init__(self, journal: Journal, stills: Stills, site: Callable[[], Site]) -> None:
        self._journal = journal
        self._photographer = Photographer(journal, stills)
        self._site = site
        self._waiting: asyncio.Queue[Ring] = asyncio.Queue(WAITING_MAX)
        self._known: dict[tuple[UUID, str], UUID] = {}
        self._taking: set[asyncio.Task[None]] = set()
        self._silencing: set[asyncio.Task[None]] = set()

    def ring(self, ring: Ring) -> None:
        """See drivers.base.Sink."""
        try:
            self._waiting.put_nowait(ring)
        except asyncio.QueueFull:
            log.warning("more than %s calls wait to be written", WAITING_MAX)

    def find(self, call: UUID) -> tuple[UUID, str] | None:
        """The panel at which a call still is, and the panel's own name for it."""
        return next((key for key, known in self._known.items() if known == call), None)

    def let_in(self, point: Point, intercoms: Mapping[UUID, Intercom]) -> None:
        """The point was opened from afar. Whoever rings there by a panel that is not its lock was let in all the same:
        told so, and the panel rings no more.
        """
        site = self._site()
        lock = point.barrier.device if point.barrier else None
        for device, name in list(self._known):
            at = point_of(device, site)
            if at is None or at.id != point.id or device == lock:
                continue
            self.ring(Ring(device=device, call=name, phase=CallPhase.OPENED))
            if device in intercoms:
                task = asyncio.create_task(_silence(intercoms[device], name), name=f"silence {device}")
                self._silencing.add(task)
                task.add_done_callback(self._silencing.discard)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._write(await self._waiting.get())

    async def _write(self, ring: Ring) -> None:
        site = self._site()
        point = point_of(ring.device, site)
        if point is None:
            log.warning("a call at panel %s, which stands at no point", ring.device)
            return
        stamp = self._journal.stamp()
        key = (ring.device, ring.call)
        is_new = key not in self._known
        call = self._known.setdefault(key, stamp["id"])
        event = records.Call(
            **stamp, call=call, point=point.id, source=ring.device, phase=ring.phase, number=ring.number[:100]
        )
        with correlation.within(str(call)):
            await self._journal.insist(event)
            log.info("call %s", ring.phase, extra={"point": str(point.id), "device": str(ring.device)})
            if is_new and ring.phase is CallPhase.RINGING:
                task = asyncio.create_task(self._picture(call, ring, point, site), name=f"picture of {call}")
                self._taking.add(task)
                task.add_done_callback(self._taking.discard)
        if ring.phase is CallPhase.ENDED:
            del self._known[key]
        while len(self._known) > CALLS_MAX:  # of panels that never tell an end
            del self._known[next(iter(self._known))]

    async def _picture(self, call: UUID, ring: Ring, point: Point, site: Site) -> None:
        """The panel's own picture, or one of the point's camera."""
        try:
            if ring.still is not None:
                await self._photographer.keep(ring.still, call)
            else:
                await self._photographer.take(site, point, call)
        except (StoreError, OSError) as error:
            log.warning("no picture of the call %s: %s", call, error)


async def _silence(intercom: Intercom, call: str) -> None:
    """Whether it can be told or not, the door is open."""
    try:
        async with asyncio.timeout(PANEL_TIMEOUT_S):
            await intercom.hang_up(call)
    except (DeviceError, TimeoutError) as error:
        log.info("the panel rings on after the door was opened: %s", error)
