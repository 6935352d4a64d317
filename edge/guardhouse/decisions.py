"""A guard decides at a lane: confirms, refuses, or opens by hand.

The decision, the pass's entry and everybody's places are one transaction before the coil, as at the gate itself. The
page's id makes it happen once: asked again, whatever became of it is answered. Of two guards the second hears what
the first decided.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec

from edge.access import shown
from edge.access.decision import Held
from edge.access.effects import Effects
from edge.access.interrupted import NOT_KNOWN
from edge.access.journal import Stamp
from edge.access.judging import Judge, Judgement, Named
from edge.access.presence import ON_FOOT
from edge.clock import Moment
from edge.guardhouse import acts, chronicle, problems
from edge.guardhouse.chronicle import PassageRow
from edge.guardhouse.ground import Asked, Ground, Turn
from edge.store import Fault, no_fault
from protocols import correlation, plates
from protocols.acts import GateDecision, ManualReason, Verdict
from protocols.config import Point
from protocols.fields import Direction
from protocols.guard_api import Decide
from protocols.guard_views import LEFT_TO_GUARD, Decided, LiveKind
from protocols.held import PassItem
from protocols.plates import PlateError
from protocols.qr import Token
from protocols.records import Reason

log = logging.getLogger(__name__)
_CONFIRMABLE = frozenset({Reason.GRANTED, Reason.GRANTED_CLOCK_UNKNOWN, Reason.GUARD_CONFIRMATION})


Items = Callable[[Sequence[UUID]], Awaitable[dict[UUID, PassItem]]]
"""Passes whole, by id: the gate keeps less of them in memory."""


class _Case(NamedTuple):
    """What is decided about: the lane, the passage if it is of one, the pass if one is named."""

    point: Point
    row: PassageRow | None
    plate: str | None
    judged: Judgement | None
    blacklisted: bool
    number: str  # of the pass


class Decisions:
    """Handler of `decide`."""

    def __init__(self, ground: Ground, items: Items, fault: Fault = no_fault) -> None:
        self._ground = ground
        self._items = items
        self._judge = Judge(ground.clock, ground.held)
        self._fault = fault
        self._under_way: dict[UUID, asyncio.Task[Decided]] = {}
        self._claimed: dict[UUID, Decided] = {}  # by passage, while its decision is on the way to the disk

    async def decide(self, asked: Asked) -> Decided:
        """Once by id; goes on when whoever asked is gone. Raises Trouble, StoreError."""
        body: Decide = asked.body
        task = self._under_way.get(body.id)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._decide(asked), name=f"decision {body.id}")
            self._under_way[body.id] = task
            task.add_done_callback(lambda _: self._under_way.pop(body.id, None))
        return await asyncio.shield(task)

    async def _decide(self, asked: Asked) -> Decided:
        since_ns = self._ground.clock.monotonic_ns()
        body: Decide = asked.body
        correlation.begin(str(body.id))
        _check(body)
        point = self._ground.gate.site.points.get(problems.found_id(asked.id))
        if point is None:
            raise problems.not_found(asked.id)
        before = await self._ground.reading.ask(partial(acts.decision, act=body.id))
        if before is not None:
            return self._again(before, asked)
        stamp = self._ground.journal.stamp()
        made = Decided(
            id=body.id,
            at=stamp["at"],
            guard=asked.who.guard,
            verdict=body.verdict,
            reason=body.reason,
            note=body.note,
            point=point.id,
            point_name=point.name,
            direction=body.direction,
        )
        self._claim(body, made)
        try:
            case = await self._look(body, point, Moment(stamp["at"], stamp["clock"]))
            effects = self._reserve(body, case)
            made = msgspec.structs.replace(
                made,
                blacklisted=case.blacklisted and body.verdict is Verdict.OPEN,
                plate=case.plate,
                pass_number=case.number,
            )
            await self._write(stamp, made, body, case, effects, asked.on_duty)
        finally:
            if body.passage is not None and self._claimed.get(body.passage, made).id == body.id:
                self._claimed.pop(body.passage, None)
        self._fault("decision written")
        log.info("a guard's decision: %s", body.verdict, extra=_told(body, point))
        if body.verdict is Verdict.REFUSE:
            return made
        opened = await self._ground.gate.open_decided(
            made.id, point, direction=body.direction, since_ns=since_ns, effects=effects
        )
        return msgspec.structs.replace(made, opened=opened.done, detail=opened.detail)

    def _again(self, before: Decided, asked: Asked) -> Decided:
        """What was answered, and what became of it."""
        if (before.verdict, before.guard.id) != (asked.body.verdict, asked.who.guard.id):
            raise problems.conflict("id_taken")
        is_open = before.verdict is not Verdict.REFUSE and before.opened is None
        return msgspec.structs.replace(before, detail=NOT_KNOWN) if is_open and not before.detail else before

    def _claim(self, body: Decide, made: Decided) -> None:
        """The passage is this decision's, before anything is awaited. Raises Trouble when it is another's."""
        if body.passage is None:
            return
        if (other := self._claimed.get(body.passage)) is not None:
            raise problems.conflict("already_decided", decided=other)
        self._claimed[body.passage] = made

    async def _look(self, body: Decide, point: Point, moment: Moment) -> _Case:
        """What stands at the lane, and what the rules say now. Raises Trouble."""
        row = await self._passage(body, point)
        pass_id = body.pass_id or (row.passage.pass_id if row is not None else None)
        plate = _plate(body) or (row.passage.plate if row is not None else None)
        # Before it is judged: nothing is awaited from then to the reserving.
        number = await self._number(pass_id)
        judged = None
        if pass_id is not None:
            carrier, token = self._carrier(body, row, pass_id, plate), await self._token(row, pass_id)
            named = Named(pass_id, point, body.direction, carrier, token)
            judged = self._judge.judge_named(named, self._ground.gate.site, moment)
            if judged is None and body.pass_id is not None:
                raise problems.not_found(str(pass_id))
        case = _Case(point, row, plate, judged, self._is_blacklisted(plate, judged), number)
        if body.verdict is Verdict.CONFIRM:
            self._check_confirmable(case)
        return case

    async def _token(self, row: PassageRow | None, pass_id: UUID) -> Token | None:
        """The guest's code of this pass that was shown at the passage."""
        if row is None:
            return None
        token = await self._ground.reading.ask(partial(shown.find, passage=row.passage.id))
        return token if token is not None and token.pass_id == pass_id else None

    async def _passage(self, body: Decide, point: Point) -> PassageRow | None:
        """Raises Trouble when it is not of this lane, or decided already."""
        if body.passage is None:
            return None
        row = await self._ground.reading.ask(partial(chronicle.one, passage=body.passage))
        if row is None or row.passage.point != point.id:
            raise problems.not_found(str(body.passage))
        if row.decided is not None:
            raise problems.conflict("already_decided", decided=row.decided)
        return row

    async def _number(self, pass_id: UUID | None) -> str:
        found = await self._items([pass_id]) if pass_id is not None else {}
        return found[pass_id].number if pass_id in found else ""

    def _check_confirmable(self, case: _Case) -> None:
        if case.blacklisted:
            raise problems.conflict("blacklisted", self._why(case))
        if case.row is None or case.judged is None:
            raise problems.conflict("not_confirmable")
        age_s = (self._ground.now - case.row.passage.at).total_seconds()
        if age_s > self._ground.settings.confirm_within_s:
            raise problems.conflict("late", f"{age_s:.0f} s")
        if case.row.passage.reason not in LEFT_TO_GUARD:
            raise problems.conflict("not_confirmable", case.row.passage.reason.value)
        if case.judged.decided.reason not in _CONFIRMABLE:
            raise problems.conflict("not_confirmable", case.judged.decided.reason.value)

    def _is_blacklisted(self, plate: str | None, judged: Judgement | None) -> bool:
        if judged is not None and judged.asked.blocked:
            return True
        return self._judge.blocking(None, [plate] if plate else [], self._ground.now) is not None

    def _why(self, case: _Case) -> str:
        """The blacklist's reason."""
        plates = [case.plate] if case.plate else []
        found = self._judge.blocking(_held(case.judged), plates, self._ground.now)
        return found.reason if found else ""

    def _carrier(self, body: Decide, row: PassageRow | None, pass_id: UUID, plate: str | None) -> str:
        """By what they pass: their car, though it was read with a wrong character."""
        item = self._ground.held.passes.find_pass(pass_id)
        own = item.plates if item is not None else []
        if plate is None:
            return ON_FOOT if row is None else row.passage.carrier
        if plate in own or body.reason is not ManualReason.NEAR_PLATE:
            return plate
        return next((each for each in own if _is_near(each, plate)), plate)

    def _reserve(self, body: Decide, case: _Case) -> Effects:
        """In memory at once, as the gate does."""
        held = _held(case.judged)
        if body.verdict is Verdict.REFUSE or held is None or case.judged is None:
            return Effects(body.direction)
        where, uses = self._ground.held.presence, self._ground.held.uses
        moves = tuple(where.move(*move) for move in case.judged.moves)
        if body.direction is not Direction.IN and held.token is None:
            return Effects(body.direction, None, moves)
        uses.reserve(held.item.id, body.direction)
        return Effects(body.direction, held.item.id, moves)

    async def _write(
        self, stamp: Stamp, made: Decided, body: Decide, case: _Case, effects: Effects, turn: Turn
    ) -> None:
        """Everything at once, or nothing. Raises StoreError."""
        held, lets_in = _held(case.judged), body.verdict is not Verdict.REFUSE
        judged = case.judged if lets_in else None
        event = GateDecision(
            id=made.id,
            at=stamp["at"],
            clock=stamp["clock"],
            guard=made.guard.id,
            shift=turn.id,
            point=case.point.id,
            direction=body.direction,
            verdict=body.verdict,
            reason=body.reason,
            note=body.note,
            passage=body.passage,
            pass_id=held.item.id if held else None,
            use=(
                self._ground.held.uses.of(effects.counted.bytes, body.direction) if effects.counted else None
            ),
            plate=case.plate,
            zone=judged.zone.id if judged and judged.zone else None,
            behind=judged.moves[0][1].zone if judged and judged.moves else None,
            carrier=judged.asked.carrier[:100] if judged else "",
            still=case.row.still if case.row is not None else None,
            blacklisted=made.blacklisted,
        )
        at_ms = self._ground.now_ms

        def also(connection: sqlite3.Connection) -> None:
            effects.write(connection, at_ms)
            acts.keep(connection, acts.DECISION, made, turn, body.passage)

        try:
            await self._ground.journal.add(event, also)
        except BaseException:
            effects.give_back(self._ground.held)
            raise
        self._ground.hub.publish(LiveKind.BOARD, case.point.id, made.guard.id)


def _check(body: Decide) -> None:
    """A refusal and an opening by hand say why."""
    if body.verdict is not Verdict.CONFIRM and body.reason is None:
        raise problems.invalid("reason", "missing")
    if body.reason is ManualReason.OTHER and not body.note.strip():
        raise problems.invalid("note", "missing")
    if body.verdict is Verdict.CONFIRM and body.passage is None:
        raise problems.invalid("passage", "missing")


def _told(body: Decide, point: Point) -> dict[str, str]:
    return {"point": str(point.id)} | ({"passage": str(body.passage)} if body.passage else {})


def _plate(body: Decide) -> str | None:
    if body.plate is None:
        return None
    try:
        return plates.canonical(body.plate)
    except PlateError as error:
        raise problems.invalid("plate", detail=str(error)) from error


def _held(judged: Judgement | None) -> Held | None:
    return judged.asked.matched[0] if judged is not None else None


def _is_near(one: str, other: str) -> bool:
    """They differ in one character."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
