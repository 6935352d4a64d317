"""A decision among 1 000, 100 000 and 1 000 000 held passes, against a bare dict lookup among as many."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter_ns
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.held import card_uid, make_row
from bench.measure import Plan, figure, in_turn, percentile, ratios, timer_cost_ns
from bench.report import Bound, Goal, Result
from edge.access.decision import Question, decide
from edge.access.passes import Passes
from edge.access.uses import Uses
from protocols.cards import Credential, from_uid, lookups
from protocols.config import UnknownClockPolicy
from protocols.fields import ClockState, Direction

SIZES = (1_000, 100_000, 1_000_000)
_QUICK_SIZES = (1_000, 10_000, 100_000)
_NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_QUESTION = Question(
    point=UUID(int=1),
    direction=Direction.IN,
    at=_NOW,
    clock=ClockState.TRUSTED,
    zone=ZoneInfo("Asia/Yekaterinburg"),
    policy=UnknownClockPolicy(),
    is_plate=False,
)

_WHERE_TIME_GOES = (
    "The decision looks a card up in one dict, the pass in another, and unpacks it from a few dozen bytes: memory was "
    "preferred to the last microsecond. The rest is Python's price for a dozen calls."
)


def run(plan: Plan) -> Result:
    """Cards of held passes are presented in random order; every answer must be a grant."""
    sizes = _QUICK_SIZES if plan.quick else SIZES
    samples = plan.size(20_000, 2_000)
    cost_ns = timer_cost_ns()
    chance = random.Random(1)
    contenders: dict[str, Callable[[], float]] = {}
    for size in sizes:
        contenders[f"decision {size}"] = _deciding(size, samples, chance, cost_ns)
        contenders[f"dict {size}"] = looking_up(size, samples, chance, cost_ns)
    found = in_turn(contenders, plan.rounds)
    small, large = sizes[0], sizes[-1]
    return Result(
        bench="decision",
        title="Decision at the gate",
        how=(
            f"From a card's UID to grant or denial: match keys, held passes, blacklist, rules; {samples:,} cards in "
            "random order a round, p50. The floor is one lookup of the same keys in a plain dict. The clock's own "
            f"cost ({cost_ns:.0f} ns) is taken off both."
        ),
        figures=[
            *(figure(f"decision, {size:,} passes, p50", "µs", found[f"decision {size}"]) for size in sizes),
            *(figure(f"dict lookup, {size:,} keys, p50", "µs", found[f"dict {size}"]) for size in sizes),
        ],
        notes=[_WHERE_TIME_GOES],
        goals=[
            Goal.of(
                f"decision at {large:,} passes against {small:,}",
                ratios(found[f"decision {large}"], found[f"decision {small}"]),
                bound=Bound.AT_MOST,
                limit=3,
            ),
            Goal.of(
                f"decision against a bare dict lookup, both at {large:,}",
                ratios(found[f"decision {large}"], found[f"dict {large}"]),
                bound=Bound.AT_MOST,
                limit=10,
            ),
        ],
    )


def _deciding(size: int, samples: int, chance: random.Random, cost_ns: float) -> Callable[[], float]:
    passes, uses = Passes(), Uses()
    for number in range(size):
        passes.put(make_row(number))

    def decide_one(read: Credential) -> bool:
        asked = lookups((read,))
        matched = passes.match_card(asked, uses)
        blocked = passes.blocked_card(asked, matched, _NOW)
        return decide(_QUESTION, matched, blocked=blocked).granted

    def measure() -> float:
        reads = [from_uid(card_uid(chance.randrange(size))) for _ in range(samples)]
        return (_p50_ns(decide_one, reads) - cost_ns) / 1000

    return measure


def looking_up(size: int, samples: int, chance: random.Random, cost_ns: float) -> Callable[[], float]:
    """The floor: µs of one lookup in a plain dict, p50."""
    held = {key(number): number for number in range(size)}

    def look_up(key: str) -> bool:
        return held[key] >= 0

    def measure() -> float:
        keys = [
            key(chance.randrange(size)) for _ in range(samples)
        ]  # new strings: their hash is not known yet
        return (_p50_ns(look_up, keys) - cost_ns) / 1000

    return measure


def key(number: int) -> str:
    """The match key of the pass's card."""
    return f"UID:{card_uid(number).hex().upper()}"


def _p50_ns(ask: Callable[..., bool], questions: Sequence[object]) -> float:
    took = []
    for question in questions:
        begun = perf_counter_ns()
        right = ask(question)
        took.append(perf_counter_ns() - begun)
        if not right:
            raise AssertionError(f"{question} was not answered as it should be")
    return percentile(took, 50)
