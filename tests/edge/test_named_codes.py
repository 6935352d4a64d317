"""A guard who decides about a shown code is told by the rules what the gate was told."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.access.decision import Decision
from edge.access.judging import Judge, Named
from edge.access.points import Lane, Site
from edge.access.presence import Zones
from edge.clock import Moment
from edge.drivers.base import Read
from protocols import qr
from protocols.config import Point, StalePolicy, UnknownClockPolicy, Zone
from protocols.fields import ClockState, Direction
from protocols.held import AnyItem
from protocols.records import Outcome, Reason
from tests.edge.test_codes import HELD_KEY, PASS, code
from tests.edge.world import MOSCOW, NOON, POINT, READER, SITE, FakeReader, HandClock, holding, make_pass, uid

AREA = Zone(id=uid(50), number=3, name="Территория")
PLACE = Point(id=POINT, name="Gate", zone=AREA.id)


def site(stale: StalePolicy) -> Site:
    return Site(
        id=SITE,
        zone=MOSCOW,
        policy=UnknownClockPolicy(),
        stale=stale,
        zones=Zones({AREA.id: AREA}),
        points={POINT: PLACE},
        lanes={},
        relays={},
        board=None,  # type: ignore[arg-type]  # nothing is opened
    )


def told(
    text: str,
    way: Direction,
    clock: ClockState,
    *,
    stale: bool,
    used: int = 0,
    held: tuple[AnyItem, ...] = (),
) -> tuple[Decision, Decision]:
    """What the gate decides, and then what is said to the guard."""
    holdings, moment = holding(HELD_KEY, *held), Moment(NOON, clock)
    holdings.uses.at_least(PASS, used, used)
    judge, where = Judge(HandClock(), holdings), site(StalePolicy(after_s=600 if stale else None))
    read = Read(device=READER, at_ns=0, raw=text, code=text)
    at_gate = judge.judge(read, where, Lane(PLACE, way, FakeReader()), moment)
    token = qr.read(text).token
    named = judge.judge_named(Named(PASS, PLACE, way, token.plate, token), where, moment)
    assert named is not None
    return at_gate.decided, named.decided


def test_a_code_by_an_unknown_clock_is_the_guard_s_and_may_be_confirmed() -> None:
    at_gate, to_guard = told(code(), Direction.IN, ClockState.UNKNOWN, stale=False)
    assert (at_gate.outcome, at_gate.reason) == (Outcome.DENIED, Reason.GUARD_CONFIRMATION)
    assert to_guard.reason is Reason.GUARD_CONFIRMATION
    assert to_guard.held is not None
    assert to_guard.held.item.id == PASS


def test_of_a_pass_that_is_not_held_nothing_is_said_without_its_code() -> None:
    where = site(StalePolicy())
    judge = Judge(HandClock(), holding(HELD_KEY))
    assert judge.judge_named(Named(PASS, PLACE, Direction.IN), where, HandClock().now()) is None


@given(
    way=st.sampled_from(Direction),
    only=st.sampled_from([None, *Direction]),
    clock=st.sampled_from(ClockState),
    stale=st.booleans(),
    begins=st.integers(-700, 10),
    uses=st.integers(1, 3),
    used=st.integers(0, 3),
    zones=st.sampled_from([frozenset(), frozenset({3}), frozenset({5}), frozenset({qr.NOWHERE})]),
    plate=st.sampled_from(["", "X711TT90"]),
    held=st.sampled_from([(), ({},), ({"revoked": True},), ({"entries": 1},)]),
)
def test_the_guard_is_told_what_the_gate_was_told(
    way: Direction,
    only: Direction | None,
    clock: ClockState,
    stale: bool,
    begins: int,
    uses: int,
    used: int,
    zones: frozenset[int],
    plate: str,
    held: tuple[dict[str, Any], ...],
) -> None:
    text = code(begins=NOON + timedelta(minutes=begins), direction=only, uses=uses, zones=zones, plate=plate)
    items = tuple(make_pass(id=PASS, plates=[], **each) for each in held)
    at_gate, to_guard = told(text, way, clock, stale=stale, used=used, held=items)
    assert (at_gate.outcome, at_gate.reason) == (to_guard.outcome, to_guard.reason)
