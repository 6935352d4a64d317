"""From bytes in hand to the coil: decide, write down (use, journal record, outbox row in one transaction), open.

Nothing opens before its record is on the disk, and no grant is executed late. An entry is reserved in memory
before the write, so that two lanes milliseconds apart cannot both spend the last one.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Set
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import structs

from edge.access import recorded, shown
from edge.access.decision import Decision
from edge.access.effects import Effects
from edge.access.holdings import Holdings
from edge.access.journal import Journal, Stamp
from edge.access.judging import Judge, Judgement
from edge.access.points import Lane, Site
from edge.access.presence import Move
from edge.access.presses import Presses
from edge.access.stills import Photographer, Stills
from edge.access.unwritten import Unwritten
from edge.clock import Clock, Moment
from edge.drivers.base import (
    ConfigError,
    DeviceError,
    Read,
    RefusedError,
    UnavailableError,
    Verdict,
)
from edge.pulse import Pulse
from edge.store import Fault, StoreError, no_fault
from protocols import correlation, records
from protocols.config import Point
from protocols.fields import Direction
from protocols.records import BarrierCause, DeviceStatus, Outcome, Passage, Reason

log = logging.getLogger(__name__)
NS_PER_S = 1_000_000_000
SIGNAL_TIMEOUT_S = 1.0
ANEW = "the relay module is being set up anew"


class Opened(NamedTuple):
    """What became of an attempt to open. `untouched`: surely nothing was written to the module."""

    done: bool
    latency_us: int | None = None
    detail: str = ""
    untouched: bool = False


class _Last(NamedTuple):
    """What a device read last. Monotonic times: when it was judged, and when it was seen again since."""

    raw: str
    outcome: Outcome
    judged_ns: int
    seen_ns: int


class _Judged(NamedTuple):
    """A decision on its way; `site` is the one it was made at, though another may be in force by now."""

    read: Read
    site: Site
    lane: Lane
    passage: Passage
    decided: Decision
    moves: tuple[Move, ...] = ()

    @property
    def effects(self) -> Effects:
        """What was reserved in memory."""
        held = self.decided.held
        counted = held.item.id if self.decided.counts and held is not None else None
        return Effects(self.lane.direction, counted, self.moves)


class Gate:
    """Judges what readers see. One per box; `site` is replaced when a configuration is applied."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        held: Holdings,
        site: Site,
        stills: Stills,
        max_age_s: float,
        repeat_s: float,
        button_pictures: int,
        unwritten: Unwritten,
        fault: Fault = no_fault,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._held = held
        self._judging = Judge(clock, held)
        self.site = site
        self._photographer = Photographer(journal, stills)
        self._max_age_ns = int(max_age_s * NS_PER_S)
        self._repeat_ns = int(repeat_s * NS_PER_S)
        self.unwritten = unwritten
        self.pulse = Pulse()
        self._fault = fault
        self._last: dict[UUID, _Last] = {}
        self._offline: set[UUID] = set()
        self._ending: frozenset[UUID] = frozenset()
        self._strange: set[UUID] = set()
        self._presses = Presses()
        self._button_pictures = button_pictures
        self._tasks: set[asyncio.Task[None]] = set()
        self.counts: dict[str, int] = {"reads": 0, "repeats": 0, "unassigned": 0, "late": 0, "unwritten": 0}

    def read(self, read: Read) -> None:
        """Called by a device, in the loop. Decides at once; the rest runs in a task of its own."""
        self.counts["reads"] += 1
        lane = self.site.lanes.get(read.device)
        if lane is None:
            self._note_unassigned(read)
            return
        if waited_ns := self.pulse.waited_ns(self._clock.monotonic_ns() - read.at_ns):
            read = structs.replace(read, at_ns=read.at_ns - waited_ns)
        if self._is_repeat(read):
            self.counts["repeats"] += 1
            return
        moment = self._clock.now()
        judged, at_ms = self._judge(read, lane, moment), moment.unix_ms
        written = self._journal.begin(judged.passage, _beside(judged, at_ms), at_ms=at_ms)
        self._last[read.device] = _Last(read.raw, judged.passage.outcome, read.at_ns, read.at_ns)
        name = str(judged.passage.id)
        with correlation.within(name):  # and in what is begun here
            self._spawn(self._carry_out(judged, written), f"passage {name}")

    def pressed(self, point_id: UUID) -> None:
        """Somebody inside pressed the exit button of a point. Called by its barrier, in the loop.

        Whoever leaves so is let out without a pass: nobody knows who it is, so no place and no use changes.
        """
        now_ns = self._clock.monotonic_ns() - self.pulse.waited_ns()
        point, in_row = self.site.points.get(point_id), self._presses.take(point_id, now_ns)
        if point is None or in_row is None:
            return
        is_pictured = in_row <= self._button_pictures
        letting_out = self._let_out(self.site, point, now_ns, is_pictured=is_pictured)
        self._spawn(letting_out, f"exit button of {point_id}")

    def is_ending(self, point: Point) -> bool:
        """Its relay module is about to be set up anew: nothing is begun there."""
        return point.barrier is not None and point.barrier.device in self._ending

    def status(self, device: UUID, status: DeviceStatus) -> None:
        """A relay that is gone makes its points not ready; one that answers oddly may still open."""
        if status is DeviceStatus.OFFLINE:
            self._offline.add(device)
        else:
            self._offline.discard(device)

    def put_in_force(self, site: Site) -> None:
        """Another configuration; its devices are about to start, or run on."""
        self.site = site
        self._ending = frozenset()
        self._strange.clear()
        self._judging.forget_tries()
        self._offline.intersection_update(site.relays)

    def suspend(self, devices: Set[UUID]) -> None:
        """These devices are about to end. A grant that needs one of them is a refusal: the point is not ready."""
        self._ending = frozenset(devices)

    async def open_for(self, point: Point, *, order: UUID, expires_at: datetime) -> Opened:
        """A remote opening that was ordered and written down already: as long as a grant, and as its order, lasts.

        A picture is taken of whoever was let in so, by the order's id.
        """
        if self.is_ending(point):
            return Opened(done=False, detail=ANEW, untouched=True)
        left_s = (expires_at - self._clock.now().utc).total_seconds()
        lasts_ns = min(self._max_age_ns, int(left_s * NS_PER_S))
        now_ns = self._clock.monotonic_ns()
        opened = await self._open(self.site, point, now_ns, lasts_ns, cause=BarrierCause.ORDER)
        if opened.done:
            self._photograph(self.site, point, order)
        return opened

    async def open_decided(
        self, decision: UUID, point: Point, *, direction: Direction, since_ns: int, effects: Effects
    ) -> Opened:
        """Carry out a guard's decision that is written down, and write what became of it. It lasts as a grant does."""
        since_ns -= self.pulse.waited_ns(self._clock.monotonic_ns() - since_ns)
        if self.is_ending(point):
            opened = Opened(done=False, detail=ANEW, untouched=True)
        else:
            opened = await self._open(
                self.site, point, since_ns, self._max_age_ns, cause=BarrierCause.ORDER, direction=direction
            )
        self._fault("coil written")
        self._photograph(self.site, point, decision)
        await self._note_opened(decision, point, opened, effects)
        return opened

    async def drain(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _note_unassigned(self, read: Read) -> None:
        """Nobody is let in by it, but it was witnessed: told once of each device and configuration."""
        self.counts["unassigned"] += 1
        if read.device in self._strange:
            return
        self._strange.add(read.device)
        log.warning("read by device %s, which stands at no point", read.device)
        seen = read.raw[:400] if read.code is None else "a code"  # which would let in whoever reads this
        detail = f"read at a device that stands at no point: {seen}"
        self._spawn(
            self._journal.notice(
                "reader_unassigned", detail, source=read.device, severity=records.Severity.NOTICE
            ),
            f"read of {read.device}",
        )

    def forget_refusals(self) -> None:
        """What is held has changed: whoever was refused a moment ago is judged anew."""
        refused = [device for device, last in self._last.items() if last.outcome is Outcome.DENIED]
        for device in refused:
            del self._last[device]

    def _is_repeat(self, read: Read) -> bool:
        """The same read within the window: since it was judged, or, if it was let in, since it was seen last.

        Who was let in is on the way and spends no second entry by standing there; who was refused may be right by now.
        """
        last = self._last.get(read.device)
        if last is None or last.raw != read.raw:
            return False
        since_ns = last.seen_ns if last.outcome is Outcome.GRANTED else last.judged_ns
        self._last[read.device] = last._replace(seen_ns=read.at_ns)
        return read.at_ns - since_ns < self._repeat_ns

    def _forget_untouched(self, judged: _Judged) -> None:
        """Let in, and surely nothing opened: the next read is a new one."""
        last = self._last.get(judged.read.device)
        if last is not None and last.raw == judged.read.raw:
            del self._last[judged.read.device]

    def _judge(self, read: Read, lane: Lane, moment: Moment) -> _Judged:
        begun = self._clock.monotonic_ns()
        judgement = self._judging.judge(read, self.site, lane, moment)
        decided = self._if_ready(judgement.decided, lane)
        use, moves = None, []
        if decided.granted and decided.held is not None:
            if decided.counts:
                use = self._held.uses.reserve(decided.held.item.id, lane.direction)
            moves = [self._held.presence.move(*move) for move in judgement.moves]
        took_us = (self._clock.monotonic_ns() - begun) // 1000
        stamp = self._journal.stamp(moment)
        passage = self._passage(stamp, read, lane, judgement._replace(decided=decided), use, took_us)
        return _Judged(read, self.site, lane, passage, decided, tuple(moves))

    def _if_ready(self, decided: Decision, lane: Lane) -> Decision:
        """A grant is none where nothing can open."""
        barrier = lane.point.barrier
        if decided.granted and barrier is not None and not self._is_ready(lane.point, barrier.device):
            return Decision(Outcome.DENIED, Reason.POINT_NOT_READY, decided.held)
        return decided

    def _is_ready(self, point: Point, relay: UUID) -> bool:
        """Whether the point could open now: its module is there, and nothing of the barrier's own forbids it."""
        is_there = relay not in self._offline and relay not in self._ending
        return is_there and self.site.board.refusal(point.id) is None

    def _passage(
        self, stamp: Stamp, read: Read, lane: Lane, judgement: Judgement, use: int | None, took_us: int
    ) -> Passage:
        asked, decided = judgement.asked, judgement.decided
        held, token = decided.held, asked.token
        other = judgement.moves[1] if decided.granted and len(judgement.moves) > 1 else None
        return Passage(
            **stamp,
            point=lane.point.id,
            direction=lane.direction,
            outcome=decided.outcome,
            reason=decided.reason,
            pass_id=held.item.id if held else None,
            pass_version=held.item.version if held else None,
            use=use,
            credential=recorded.credential(held, asked.lookups),
            plate=read.plate[:100] if read.plate else None,
            read=recorded.text_of(read, asked),
            source=read.device,
            still=sha256(read.still.data).hexdigest() if read.still else None,
            decision_us=took_us,
            weak_match=held.weak if held else False,
            zone=judgement.zone.id if judgement.zone else None,
            behind=judgement.moves[0][1].zone if decided.granted and judgement.moves else None,
            carrier=asked.carrier[:100],
            flags=list(decided.flags),
            left_carrier=held.standing.left_carrier if decided.granted and held else None,
            other_pass=other[0] if other else None,
            other_carrier=other[1].carrier if other else None,
            list_age_s=judgement.list_age_s,
            nonce=token.nonce if token else None,
        )

    async def _carry_out(self, judged: _Judged, written: Awaitable[object]) -> None:
        try:
            await written
        except StoreError:
            self._take_back(judged)
            raise
        self._fault("passage written")
        soon = asyncio.get_running_loop().call_soon
        soon(soon, self._accompany, judged)  # the barrier first: its pulse begins in the loop's next turn
        if judged.decided.granted and judged.lane.point.barrier is not None:
            await self._actuate(judged)

    def _accompany(self, judged: _Judged) -> None:
        """What the reader shows, and the picture; the log."""
        _tell(judged.passage)
        self._spawn(self._signal(judged), "signal")
        if judged.read.still is not None or judged.lane.point.camera is not None:
            self._spawn(self._picture(judged), "picture")

    def _take_back(self, judged: _Judged) -> None:
        self.counts["unwritten"] += 1
        self.unwritten.add(self._clock.now().unix_ms)
        judged.effects.give_back(self._held)

    async def _let_out(self, site: Site, point: Point, since_ns: int, *, is_pictured: bool) -> None:
        """Written down first, as every decision; but a disk that cannot be written keeps nobody in."""
        barrier = point.barrier
        if barrier is None:
            return
        is_ready = self._is_ready(point, barrier.device)
        zone = site.zones.by_id.get(point.zone) if point.zone else None
        passage = Passage(
            **self._journal.stamp(),
            point=point.id,
            direction=Direction.OUT,
            outcome=Outcome.GRANTED if is_ready else Outcome.DENIED,
            reason=Reason.EXIT_BUTTON if is_ready else Reason.POINT_NOT_READY,
            source=barrier.device,
            zone=zone.id if zone else None,
            behind=zone.parent if zone and is_ready else None,
        )
        correlation.begin(str(passage.id))
        is_written = await self._try_to_write(passage)
        if is_ready:
            opened = await self._open(
                site,
                point,
                since_ns,
                self._max_age_ns,
                cause=BarrierCause.GRANT,
                direction=Direction.OUT,
            )
        if is_pictured:
            self._photograph(site, point, passage.id)
        _tell(passage)
        if not is_written:
            await self._journal.insist(passage)
        if is_ready:
            await self._note_opened(passage.id, point, opened, Effects(Direction.OUT))

    async def _try_to_write(self, passage: Passage) -> bool:
        try:
            await self._journal.add(passage)
        except StoreError as error:
            self.counts["unwritten"] += 1
            log.warning("who leaves by the button of %s is let out unwritten: %s", passage.point, error)
            return False
        return True

    async def _actuate(self, judged: _Judged) -> None:
        opened = await self._open(
            judged.site,
            judged.lane.point,
            judged.read.at_ns,
            self._max_age_ns,
            cause=BarrierCause.GRANT,
            direction=judged.lane.direction,
        )
        self._fault("coil written")
        if opened.untouched:
            self._forget_untouched(judged)
        await self._note_opened(judged.passage.id, judged.lane.point, opened, judged.effects)

    async def _note_opened(self, decision: UUID, point: Point, opened: Opened, effects: Effects) -> None:
        """What became of a decision; what is undone is undone with the record that surely nothing opened."""
        if not opened.done:
            log.warning("the point did not open: %s", opened.detail, extra={"point": str(point.id)})
        undone = effects.give_back(self._held) if opened.untouched else None
        event = records.Actuation(
            **self._journal.stamp(),
            passage=decision,
            point=point.id,
            done=opened.done,
            latency_us=opened.latency_us,
            entry_returned=opened.untouched and effects.counted is not None,
            undone=opened.untouched and bool(effects.moves),
            detail=opened.detail[:500],
        )
        await self._journal.insist(event, undone.undo if undone is not None else None)

    async def _open(
        self,
        site: Site,
        point: Point,
        since_ns: int,
        lasts_ns: int,
        *,
        cause: BarrierCause,
        direction: Direction | None = None,
    ) -> Opened:
        """Open the point's barrier, never later than the grant lasts. Whatever goes wrong is told, not raised."""
        barrier = point.barrier
        if barrier is None:
            return Opened(done=False, detail="the point has no barrier", untouched=True)
        deadline_ns = since_ns + lasts_ns
        if self._clock.monotonic_ns() >= deadline_ns:
            self.counts["late"] += 1
            return Opened(done=False, detail="late: the grant was too old to open", untouched=True)
        try:
            pulsed = await site.board.open(point.id, cause, direction=direction, deadline_ns=deadline_ns)
        except (DeviceError, ConfigError) as error:
            untouched = isinstance(error, UnavailableError | RefusedError | ConfigError)
            return Opened(done=False, detail=str(error), untouched=untouched)
        except Exception as error:  # a defect: who was let in, and was not, must still be written down
            log.exception("relay module %s failed", barrier.device)
            return Opened(done=False, detail=f"{type(error).__name__}: {error}")
        detail = "" if pulsed.confirmed else "the output did not read back as on"
        return Opened(done=True, latency_us=(pulsed.on_ns - since_ns) // 1000, detail=detail)

    async def _signal(self, judged: _Judged) -> None:
        verdict = Verdict.GRANTED if judged.decided.granted else Verdict.DENIED
        try:
            async with asyncio.timeout(SIGNAL_TIMEOUT_S):
                await judged.lane.reader.signal(verdict)
        except (DeviceError, TimeoutError) as error:
            log.info("reader %s did not signal: %s", judged.read.device, error)

    def _photograph(self, site: Site, point: Point, subject: UUID) -> None:
        if point.camera is not None:
            self._spawn(self._photographer.take(site, point, subject), "picture")

    async def _picture(self, judged: _Judged) -> None:
        """The reader's own picture is named in the passage already; a camera's follows as an event."""
        if judged.read.still is not None and judged.passage.still is not None:
            await self._photographer.keep_named(judged.read.still, judged.passage.still)
        else:
            await self._photographer.take(judged.site, judged.lane.point, judged.passage.id)

    def _spawn(self, work: Any, name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s: %s", task.get_name(), error, exc_info=error)


def _beside(judged: _Judged, at_ms: int) -> Callable[[sqlite3.Connection], Any] | None:
    """What is written with the passage."""
    effects, held = judged.effects, judged.decided.held
    if held is not None and held.token is not None and not judged.decided.granted:
        return partial(shown.keep, passage=judged.passage.id, token=held.token, at_ms=at_ms)
    return partial(effects.write, at_ms=at_ms) if effects else None


def _tell(passage: Passage) -> None:
    """Nothing of who it was: that is the journal's."""
    at = {"point": str(passage.point), "device": str(passage.source), "direction": passage.direction}
    log.info("passage %s: %s", passage.outcome, passage.reason, extra=at)
