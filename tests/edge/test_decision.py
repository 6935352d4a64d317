"""The decision: every rule with the smallest question that shows it, and laws that hold for all questions."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.access.decision import Held, decide, in_schedule
from protocols.config import UnknownClockPolicy
from protocols.fields import ClockState, Direction
from protocols.held import PassKind, Window
from protocols.records import Outcome, Reason
from tests.edge.world import MOSCOW, NOON, POINT, make_pass, question, uid

LUNCH = Window(days=[3], from_minute=14 * 60, until_minute=16 * 60)  # 15:00 in Moscow at NOON
NIGHT = Window(days=[2], from_minute=22 * 60, until_minute=6 * 60)
HOUR = timedelta(hours=1)

CASES = [
    ("a valid pass", {}, {}, 0, Reason.GRANTED),
    ("revoked", {"revoked": True}, {}, 0, Reason.REVOKED),
    ("not yet valid", {"valid_from": NOON + HOUR}, {}, 0, Reason.NOT_YET_VALID),
    ("valid from this very moment", {"valid_from": NOON}, {}, 0, Reason.GRANTED),
    ("expired", {"valid_until": NOON - HOUR}, {}, 0, Reason.EXPIRED),
    ("the end is exclusive", {"valid_until": NOON}, {}, 0, Reason.EXPIRED),
    ("without an end", {"valid_until": None}, {}, 0, Reason.GRANTED),
    ("another point", {"points": [uid(77)]}, {}, 0, Reason.WRONG_POINT),
    ("this point among others", {"points": [uid(77), POINT]}, {}, 0, Reason.GRANTED),
    ("only out", {"direction": Direction.OUT}, {}, 0, Reason.WRONG_POINT),
    ("only in, coming in", {"direction": Direction.IN}, {}, 0, Reason.GRANTED),
    ("in its window", {"schedule": [LUNCH]}, {}, 0, Reason.GRANTED),
    ("out of its window", {"schedule": [NIGHT]}, {}, 0, Reason.OUTSIDE_SCHEDULE),
    ("the last entry", {"entries": 2}, {}, 1, Reason.GRANTED),
    ("no entries left", {"entries": 2}, {}, 2, Reason.NO_ENTRIES_LEFT),
    ("leaving takes no entry", {"entries": 1}, {"direction": Direction.OUT}, 1, Reason.GRANTED),
    (
        "clock unknown, resident",
        {"kind": PassKind.RESIDENT},
        {"clock": ClockState.UNKNOWN},
        0,
        Reason.GRANTED_CLOCK_UNKNOWN,
    ),
    (
        "clock unknown, resident with a schedule",
        {"kind": PassKind.RESIDENT, "schedule": [LUNCH]},
        {"clock": ClockState.UNKNOWN},
        0,
        Reason.GUARD_CONFIRMATION,
    ),
    ("clock unknown, guest", {}, {"clock": ClockState.UNKNOWN}, 0, Reason.GUARD_CONFIRMATION),
    (
        "clock unknown, no guard",
        {},
        {"clock": ClockState.UNKNOWN, "policy": UnknownClockPolicy(others_need_guard=False)},
        0,
        Reason.CLOCK_UNKNOWN,
    ),
    (
        "clock unknown, expired by the highest trusted time",
        {"kind": PassKind.RESIDENT, "valid_until": NOON - HOUR},
        {"clock": ClockState.UNKNOWN},
        0,
        Reason.EXPIRED,
    ),
]


@pytest.mark.parametrize(
    ("item", "asked", "uses", "reason"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_one_pass(item: dict, asked: dict, uses: int, reason: Reason) -> None:
    decided = decide(question(**asked), [Held(make_pass(**item), uses)], blocked=False)
    assert decided.reason is reason
    assert decided.granted == (reason in {Reason.GRANTED, Reason.GRANTED_CLOCK_UNKNOWN})
    assert decided.counts == (decided.granted and question(**asked).direction is Direction.IN)
    assert decided.held is not None


def test_nobody_known() -> None:
    assert decide(question(), [], blocked=False).reason is Reason.UNKNOWN_PLATE
    assert decide(question(is_plate=False), [], blocked=False).reason is Reason.UNKNOWN_CREDENTIAL
    assert decide(question(is_plate=False, readable=False), [], blocked=False).reason is Reason.UNREADABLE


def test_the_blacklist_precedes_all() -> None:
    decided = decide(question(clock=ClockState.UNKNOWN), [Held(make_pass())], blocked=True)
    assert (decided.outcome, decided.reason, decided.counts) == (Outcome.DENIED, Reason.BLACKLISTED, False)


def test_an_unlimited_pass_is_spent_before_an_entry() -> None:
    limited, unlimited = make_pass(entries=5), make_pass()
    for order in permutations([Held(limited), Held(unlimited)]):
        assert decide(question(), order, blocked=False).held == Held(unlimited)


def test_the_reason_nearest_to_a_grant_is_told() -> None:
    passes = [make_pass(revoked=True), make_pass(entries=1), make_pass(valid_until=NOON - HOUR)]
    for order in permutations([Held(item, 1) for item in passes]):
        assert decide(question(), order, blocked=False).reason is Reason.NO_ENTRIES_LEFT


def test_weak_matches_of_two_cards_are_ambiguous() -> None:
    one, other = make_pass(keys=["EM:00000001", "~N:1"]), make_pass(keys=["EM:00010001", "~N:1"])
    asked = question(is_plate=False)
    assert (
        decide(asked, [Held(one, weak=True), Held(other, weak=True)], blocked=False).reason
        is Reason.AMBIGUOUS
    )
    assert decide(asked, [Held(one, weak=True)], blocked=False).granted


def test_whole_readings_that_are_two_cards_are_ambiguous_too() -> None:
    """One frame of 34 bits may be an EM-Marine number or a facility with a number: whose is it?"""
    one, other = Held(make_pass(keys=["EM:12345678"])), Held(make_pass(keys=["W34:4660:22136"]))
    assert decide(question(is_plate=False), [one, other], blocked=False).reason is Reason.AMBIGUOUS
    both = Held(make_pass(keys=["EM:12345678", "W34:4660:22136"]))
    assert decide(question(is_plate=False), [one, both], blocked=False).granted
    assert decide(
        question(is_plate=True), [one, other], blocked=False
    ).granted  # by plate; the cards do not matter


def test_weak_matches_of_one_card_on_two_passes_are_not() -> None:
    keys = ["EM:00000001", "~N:1"]
    held = [Held(make_pass(keys=keys), weak=True), Held(make_pass(keys=keys, revoked=True), weak=True)]
    assert decide(question(is_plate=False), held, blocked=False).granted


@pytest.mark.parametrize(
    ("local", "inside"),
    [
        (datetime(2026, 6, 30, 22, 0), True),  # Tuesday evening
        (datetime(2026, 7, 1, 5, 59), True),  # Wednesday morning belongs to Tuesday's night
        (datetime(2026, 7, 1, 6, 0), False),
        (datetime(2026, 6, 30, 5, 0), False),  # Tuesday morning belongs to Monday's
        (datetime(2026, 7, 1, 22, 0), False),
    ],
)
def test_a_window_over_midnight(local: datetime, inside: bool) -> None:
    assert in_schedule([NIGHT], local) is inside


def test_sunday_night_runs_into_monday() -> None:
    window = Window(days=[7], from_minute=1320, until_minute=120)
    assert in_schedule([window], datetime(2026, 7, 6, 1, 0))
    assert not in_schedule([window], datetime(2026, 7, 5, 1, 0))


def test_schedules_are_judged_in_the_sites_zone() -> None:
    evening = Window(days=[3], from_minute=0, until_minute=60)
    at = datetime(2026, 6, 30, 21, 30, tzinfo=UTC)  # 00:30 on Wednesday in Moscow
    held = [Held(make_pass(schedule=[evening]))]
    assert decide(question(at=at, zone=MOSCOW), held, blocked=False).granted
    assert not decide(question(at=at, zone=UTC), held, blocked=False).granted


minutes = st.integers(0, 1440)


@given(
    days=st.sets(st.integers(1, 7), min_size=1),
    start=minutes,
    end=minutes,
    at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
)
def test_windows_cover_just_their_minutes(days: set[int], start: int, end: int, at: datetime) -> None:
    window = Window(days=sorted(days), from_minute=start, until_minute=end)
    length = end - start if end > start else end - start + 1440
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [
        midnight + timedelta(days=back, minutes=start)
        for back in (0, -1)
        if (midnight + timedelta(days=back)).isoweekday() in days
    ]
    expected = any(begin <= at < begin + timedelta(minutes=length) for begin in starts)
    assert in_schedule([window], at) is expected


@given(
    item=st.fixed_dictionaries(
        {
            "revoked": st.booleans(),
            "entries": st.none() | st.integers(1, 3),
            "valid_until": st.none() | st.integers(-3, 3).map(lambda hours: NOON + hours * HOUR),
            "kind": st.sampled_from(PassKind),
        }
    ),
    uses=st.integers(0, 4),
    clock=st.sampled_from(ClockState),
    direction=st.sampled_from(Direction),
    blocked=st.booleans(),
)
def test_laws(item: dict, uses: int, clock: ClockState, direction: Direction, blocked: bool) -> None:
    held = [Held(make_pass(**item), uses)]
    decided = decide(question(clock=clock, direction=direction), held, blocked=blocked)
    if blocked or item["revoked"]:
        assert not decided.granted
    if item["valid_until"] is not None and item["valid_until"] <= NOON:
        assert not decided.granted
    if decided.counts:
        assert item["entries"] is None or uses < item["entries"]
    assert decided == decide(question(clock=clock, direction=direction), held, blocked=blocked)
