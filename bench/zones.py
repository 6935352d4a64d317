"""A decision where zones are counted and anti-passback is hard, among 1 000 000 credentials, half of them inside."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic_ns, perf_counter_ns
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.decision import key, looking_up
from bench.held import card_uid, make_row, pass_id
from bench.measure import Plan, figure, in_turn, percentile, ratios, timer_cost_ns
from bench.report import Bound, Goal, Result
from edge.access.holdings import Holdings
from edge.access.judging import Judge
from edge.access.points import Lane, Site
from edge.access.presence import Place, Zones
from edge.barrier.board import Board
from edge.clock import Moment
from edge.drivers.base import Read, Sink, Verdict
from protocols.cards import from_uid
from protocols.config import AntiPassback, Point, StalePolicy, UnknownClockPolicy, Zone
from protocols.fields import ClockState, Direction

SIZE, _QUICK_SIZE = 1_000_000, 20_000
_NOW = Moment(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), ClockState.TRUSTED)
_READER, _POINT, _SITE = UUID(int=1), UUID(int=2), UUID(int=3)
_TERRITORY = Zone(
    id=UUID(int=4),
    number=0,
    name="Территория",
    anti_passback=AntiPassback.HARD,
    amnesty_minute=240,
    capacity=SIZE,
)
_PARKING = Zone(
    id=UUID(int=5),
    number=1,
    name="Паркинг",
    parent=_TERRITORY.id,
    anti_passback=AntiPassback.HARD,
    capacity=SIZE,
)


def run(plan: Plan) -> Result:
    """Whoever is inside wants out of the parking, whoever is outside wants in: every answer must be a grant."""
    size, samples = plan.size(SIZE, _QUICK_SIZE), plan.size(20_000, 2_000)
    cost_ns, chance = timer_cost_ns(), random.Random(1)
    held = _hold(size)
    contenders = {
        "zones": _judging(held, samples, chance, cost_ns, zone=_PARKING),
        "plain": _judging(held, samples, chance, cost_ns, zone=None),
        "dict": looking_up(size, samples, chance, cost_ns),
    }
    found = in_turn(contenders, plan.rounds)
    return Result(
        bench="zones",
        title="Decision with zones and anti-passback",
        how=(
            f"The box's judge, from a card's UID to grant or denial and all that follows, among {size:,} credentials "
            "of as many passes, half of them inside a parking that lies within a territory; both count who is inside, "
            "are limited, and refuse hard who is there already, but for a nightly amnesty. "
            f"{samples:,} cards in random order a round, those inside on their way out, p50. Peer: the same judge at "
            "a point that leads into no zone; floor: one lookup of the same keys in a plain dict. The clock's own cost "
            "is taken off all three."
        ),
        figures=[
            figure(f"decision with zones, {size:,} credentials, p50", "µs", found["zones"]),
            figure(f"decision without, {size:,} credentials, p50", "µs", found["plain"]),
            figure(f"dict lookup, {size:,} keys, p50", "µs", found["dict"]),
        ],
        goals=[
            Goal.of(
                f"decision with zones against without, at {size:,}",
                ratios(found["zones"], found["plain"]),
                bound=Bound.AT_MOST,
                limit=3,
            ),
        ],
    )


def _hold(size: int) -> Holdings:
    held = Holdings(confirmed_ms=_NOW.unix_ms)
    for number in range(size):
        held.passes.put(make_row(number))
        if _is_inside(number):
            held.presence.move(pass_id(number), Place("", _PARKING.id, _NOW.unix_ms))
    return held


def _is_inside(number: int) -> bool:
    return number % 2 == 1


class _Clock:
    def now(self) -> Moment:
        return _NOW

    def monotonic_ns(self) -> int:
        return monotonic_ns()


class _Reader:
    id = _READER

    async def run(self, sink: Sink) -> None:
        raise NotImplementedError

    async def signal(self, verdict: Verdict) -> None:
        raise NotImplementedError


def _judging(
    held: Holdings, samples: int, chance: random.Random, cost_ns: float, *, zone: Zone | None
) -> Callable[[], float]:
    judge, point = Judge(_Clock(), held), Point(id=_POINT, name="Въезд", zone=zone.id if zone else None)
    lanes = [Lane(point, way, _Reader()) for way in (Direction.IN, Direction.OUT)]
    site = Site(
        id=_SITE,
        zone=ZoneInfo("Asia/Yekaterinburg"),
        policy=UnknownClockPolicy(),
        stale=StalePolicy(after_s=3600),
        zones=Zones({each.id: each for each in (_TERRITORY, _PARKING)}),
        points={_POINT: point},
        lanes={},
        relays={},
        board=Board(),
    )
    size = len(held.passes)

    def measure() -> float:
        took = []
        for _ in range(samples):
            number = chance.randrange(size)
            card = from_uid(card_uid(number))
            read = Read(device=_READER, at_ns=0, raw="", credentials=(card,))
            lane = lanes[_is_inside(number)]
            begun = perf_counter_ns()
            judgement = judge.judge(read, site, lane, _NOW)
            took.append(perf_counter_ns() - begun)
            if not judgement.decided.granted or bool(judgement.moves) is not (zone is not None):
                raise AssertionError(f"{key(number)}: {judgement.decided.reason}")
        return (percentile(took, 50) - cost_ns) / 1000

    return measure
