"""Zones: who is where, what anti-passback says of it, and that nothing of it outlives what did not happen."""

import sqlite3
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import upkeep
from edge.access import drafts, holdings, presence
from edge.access.drafts import Draft
from edge.access.holdings import Holdings
from edge.access.presence import ON_FOOT, Place, Presence, Zones
from edge.clock import Moment
from edge.drivers.base import UnavailableError
from edge.settings import RetentionSettings
from edge.store import Store
from protocols.cards import from_em_number
from protocols.config import AntiPassback, StalePolicy, StaleRule, Zone
from protocols.fields import Direction
from protocols.held import PassKind
from tests.edge.conftest import open_store
from tests.edge.world import MOSCOW, NOON, GateBench, HandClock, holding, make_pass, records_of, row, uid

TERRITORY = Zone(id=uid(50), number=0, name="Территория")
PARKING = Zone(id=uid(51), number=1, name="Паркинг", parent=TERRITORY.id)
ZONES = Zones({zone.id: zone for zone in (TERRITORY, PARKING)})
GUEST, OTHER, HOUSE = uid(60), uid(61), uid(62)
CAR, SECOND_CAR = "X711TT90", "A001AA77"


def hard(**changes: object) -> Zone:
    fields = {"id": uid(50), "number": 0, "name": "Территория", "anti_passback": AntiPassback.HARD}
    return Zone(**(fields | changes))  # type: ignore[arg-type]


async def passages(store: Store) -> list[dict]:
    return [record for record in await records_of(store) if record["type"] == "passage"]


class Lane:
    """A bench whose lane can be turned round."""

    def __init__(self, store: Store, held, **how: object) -> None:
        self.bench = GateBench(store, held, **how)  # type: ignore[arg-type]

    async def go(self, direction: Direction, **read: object) -> None:
        self.bench.gate.site = self.bench.site(direction)
        self.bench.clock.pass_s(60)
        await self.bench.present(**read)


def standing(
    people: Presence, direction: Direction, carrier: str = CAR, zone: Zone = TERRITORY, since: int = 0
):
    return people.standing(ZONES, zone, GUEST, carrier, direction, since)


def test_whom_nobody_has_seen_nothing_is_held_against() -> None:
    for direction in Direction:
        assert standing(Presence(), direction) == presence.FREE


def test_in_twice_and_out_twice_are_violations() -> None:
    people = Presence()
    people.move(GUEST, Place(CAR, TERRITORY.id, 1))
    assert standing(people, Direction.IN).violates
    assert not standing(people, Direction.OUT).violates
    people.move(GUEST, Place(CAR, None, 2))
    assert standing(people, Direction.OUT).violates
    assert not standing(people, Direction.IN).violates


def test_a_zone_within_a_zone_is_inside_both() -> None:
    people = Presence()
    people.move(GUEST, Place(CAR, PARKING.id, 1))
    assert standing(people, Direction.IN).violates
    assert standing(people, Direction.IN, zone=PARKING).violates
    assert people.inside(ZONES, TERRITORY) == people.inside(ZONES, PARKING) == 1
    people.move(GUEST, Place(CAR, ZONES.behind(PARKING, Direction.OUT), 2))
    assert not standing(people, Direction.IN, zone=PARKING).violates
    assert (people.inside(ZONES, TERRITORY), people.inside(ZONES, PARKING)) == (1, 0)


def test_a_second_car_of_the_pass_is_not_the_first_again() -> None:
    people = Presence()
    people.move(GUEST, Place(CAR, TERRITORY.id, 1))
    assert not standing(people, Direction.IN, SECOND_CAR).violates
    assert standing(people, Direction.OUT, SECOND_CAR).left_carrier == CAR
    assert standing(people, Direction.OUT, ON_FOOT).left_carrier == CAR


def test_an_amnesty_forgives_what_was_before() -> None:
    people = Presence()
    people.move(GUEST, Place(CAR, TERRITORY.id, 1000))
    assert standing(people, Direction.IN, since=1000).violates
    assert not standing(people, Direction.IN, since=1001).violates


@pytest.mark.parametrize(
    ("hour", "last"),
    [(3, datetime(2026, 6, 30, 4, tzinfo=MOSCOW)), (4, datetime(2026, 7, 1, 4, tzinfo=MOSCOW)), (23, None)],
)
def test_the_amnesty_is_of_the_site_s_night(hour: int, last: datetime | None) -> None:
    at = datetime(2026, 7, 1, hour, tzinfo=MOSCOW)
    zone = hard(amnesty_minute=240)
    expected = last or datetime(2026, 7, 1, 4, tzinfo=MOSCOW)
    assert presence.last_amnesty_ms(zone, at.astimezone(UTC), MOSCOW) == int(expected.timestamp() * 1000)
    assert presence.last_amnesty_ms(hard(), at, MOSCOW) == 0


def test_only_the_household_s_vehicles_are_counted_as_its_own() -> None:
    people = Presence()
    people.move(GUEST, Place(CAR, TERRITORY.id, 1, HOUSE))
    people.move(GUEST, Place(ON_FOOT, TERRITORY.id, 1, HOUSE))
    people.move(OTHER, Place(SECOND_CAR, PARKING.id, 1, HOUSE))
    assert people.vehicles(HOUSE, but="") == 2
    assert people.vehicles(HOUSE, but=CAR) == 1
    people.move(GUEST, Place(CAR, None, 2, HOUSE))
    assert people.vehicles(HOUSE, but="") == 1
    assert (people.holder(CAR), people.holder(SECOND_CAR)) == (None, OTHER)


_MOVES = st.lists(
    st.tuples(
        st.sampled_from([GUEST, OTHER]),
        st.sampled_from([CAR, SECOND_CAR, ON_FOOT]),
        st.sampled_from([None, TERRITORY.id, PARKING.id]),
        st.booleans(),
    ),
    max_size=40,
)


@given(_MOVES)
@settings(deadline=None)
def test_what_is_counted_is_what_is_there(moves: list) -> None:
    people, plain = Presence(), {}
    for number, (pass_id, carrier, zone, is_taken_back) in enumerate(moves):
        move = people.move(pass_id, Place(carrier, zone, number, HOUSE))
        if is_taken_back:
            assert people.take_back(move)
        else:
            plain[pass_id, carrier] = zone
    inside = {who: zone for who, zone in plain.items() if zone is not None}
    assert {(pass_id, place.carrier): place.zone for pass_id, place in people.everyone()} == inside
    assert people.inside(ZONES, TERRITORY) == len(inside)
    assert people.vehicles(HOUSE, but="") == sum(carrier != ON_FOOT for _, carrier in inside)


def test_what_was_overtaken_is_not_taken_back() -> None:
    people = Presence()
    first = people.move(GUEST, Place(CAR, TERRITORY.id, 1))
    people.move(GUEST, Place(CAR, None, 2))
    assert not people.take_back(first)
    assert people.of(GUEST)[CAR].zone is None


def test_wrong_zones_are_told() -> None:
    loop = Zone(id=uid(52), number=1, name="Кольцо", parent=uid(53))
    back = Zone(id=uid(53), number=2, name="Назад", parent=uid(52))
    lost = Zone(id=uid(54), number=1, name="Остров", parent=uid(99))
    faults = list(Zones({zone.id: zone for zone in (loop, back, lost)}).faults())
    assert [fault.split(":")[0] for fault in faults] == [
        "zone 'Кольцо'",
        "zone 'Назад'",
        "zone 'Остров'",
        "zone 'Остров'",
    ]
    assert not list(ZONES.faults())


async def test_a_pass_handed_back_over_the_fence_opens_nothing(store: Store) -> None:
    lane = Lane(store, holding(make_pass()), zones=[hard()])
    await lane.go(Direction.IN)
    await lane.go(Direction.IN)
    await lane.go(Direction.OUT)
    await lane.go(Direction.OUT)
    await lane.go(Direction.IN)
    told = [record["reason"] for record in await passages(store)]
    assert told == ["granted", "anti_passback", "granted", "anti_passback", "granted"]
    assert len(lane.bench.relay.pulses) == 3


async def test_soft_anti_passback_lets_in_and_says_so(store: Store) -> None:
    lane = Lane(store, holding(make_pass()), zones=[hard(anti_passback=AntiPassback.SOFT)])
    await lane.go(Direction.IN)
    await lane.go(Direction.IN)
    first, second = await passages(store)
    assert (first.get("flags"), second["flags"]) == (None, ["anti_passback"])
    assert second["zone"] == str(uid(50))


async def test_who_is_inside_survives_a_restart(tmp_path) -> None:
    store = open_store(tmp_path / "store.sqlite")
    store.start()
    lane = Lane(store, holding(make_pass(id=GUEST)), zones=[hard()])
    await lane.go(Direction.IN)
    store.close()
    again = open_store(tmp_path / "store.sqlite")
    people = presence.load(again.connection)
    assert [(pass_id, place.carrier) for pass_id, place in people.everyone()] == [(GUEST, CAR)]
    again.close()


LONG_AGO_MS, TODAY_MS = 1_000, 5 * upkeep.DAY_MS


async def kept_places(store: Store, held: Holdings, *inside: UUID) -> set[UUID]:
    """Whose place is left, on the disk and in memory alike, once retention has run."""

    def job(connection: sqlite3.Connection) -> None:
        for pass_id in inside:
            presence.write(connection, pass_id, Place(CAR, TERRITORY.id, LONG_AGO_MS))

    await store.write(job)
    for pass_id in inside:
        held.presence.learn(pass_id, Place(CAR, TERRITORY.id, LONG_AGO_MS))
    await upkeep.forget_old(store, RetentionSettings(), TODAY_MS, held)
    rows = await store.write(lambda c: c.execute("SELECT pass FROM place").fetchall())
    left = {UUID(bytes=row[0]) for row in rows}
    assert {pass_id for pass_id, _ in held.presence.everyone()} == left
    return left


async def put(store: Store, generation: int, *passes: UUID) -> None:
    rows = [row(make_pass(id=pass_id)) for pass_id in passes]
    await store.write(
        partial(holdings.write_piece, generation=generation, rows=rows, uses=[], places=[], at_ms=0)
    )


async def test_a_slot_is_free_again_once_the_pass_inside_is_held_no_more(store: Store) -> None:
    await put(store, 0, GUEST)
    held = Holdings()
    assert await kept_places(store, held, GUEST, OTHER) == {GUEST}
    assert held.presence.inside(ZONES, TERRITORY) == 1
    gone = ("pass", GUEST)
    await store.write(
        partial(holdings.write_changes, generation=0, puts=[gone], standing=Holdings().standing, at_ms=0)
    )
    assert await kept_places(store, held) == set()
    assert held.presence.inside(ZONES, TERRITORY) == 0


async def test_whoever_came_a_moment_ago_by_a_pass_that_is_gone_is_still_inside(store: Store) -> None:
    now_ms = LONG_AGO_MS + upkeep.PLACES_DAYS * upkeep.DAY_MS
    await store.write(lambda c: presence.write(c, GUEST, Place(CAR, TERRITORY.id, LONG_AGO_MS)))
    assert (
        await store.write(
            partial(holdings.forget_places, before_ms=now_ms - upkeep.PLACES_DAYS * upkeep.DAY_MS)
        )
        == []
    )


async def test_a_pass_that_only_the_gate_knows_keeps_its_place(store: Store) -> None:
    draft = Draft(make_pass(id=GUEST), LONG_AGO_MS)
    await store.write(partial(drafts.keep, draft=draft))
    held = Holdings()
    assert await kept_places(store, held, GUEST) == {GUEST}
    await store.write(partial(drafts.keep, draft=draft._replace(taken=True)))
    assert await kept_places(store, held) == set(), "the list alone has the word by then"


async def test_a_snapshot_brings_places_before_their_passes_and_none_is_lost(store: Store) -> None:
    await put(store, 1, OTHER)
    held = Holdings()
    assert await kept_places(store, held, GUEST, OTHER) == {GUEST, OTHER}
    await put(store, 1, GUEST)
    await store.write(partial(holdings.swap, generation=1, standing=Holdings().standing, at_ms=0))
    assert await kept_places(store, held) == {GUEST, OTHER}


async def test_nobody_is_inside_by_a_barrier_that_surely_did_nothing(store: Store) -> None:
    lane = Lane(store, holding(make_pass(id=GUEST)), zones=[hard()])
    lane.bench.relay.error = UnavailableError("relay: no connection")
    await lane.go(Direction.IN)
    assert not list(lane.bench.held.presence.everyone())
    left = await store.write(
        lambda connection: connection.execute("SELECT count(*) FROM place").fetchone()[0]
    )
    assert left == 0
    lane.bench.relay.error = None
    await lane.go(Direction.IN)
    assert (await passages(store))[-1]["reason"] == "granted"


async def test_a_full_zone_lets_nobody_in_but_special_vehicles(store: Store) -> None:
    first = make_pass()
    second = make_pass(plates=[SECOND_CAR])
    ambulance = make_pass(plates=["A103AA77"], kind=PassKind.SPECIAL, valid_until=None)
    lane = Lane(store, holding(first, second, ambulance), zones=[hard(capacity=1)])
    for plate in (CAR, SECOND_CAR, "A103AA77"):
        await lane.go(Direction.IN, plate=plate)
    await lane.go(Direction.OUT, plate=CAR)
    await lane.go(Direction.OUT, plate="A103AA77")
    await lane.go(Direction.IN, plate=SECOND_CAR)
    told = [record["reason"] for record in await passages(store)]
    assert told == ["granted", "zone_full", "granted", "granted", "granted", "granted"]


async def test_a_household_s_limit_is_of_all_its_passes(store: Store) -> None:
    household = {"household": HOUSE, "vehicles": 1, "kind": PassKind.RESIDENT}
    cars = make_pass(plates=[CAR], **household), make_pass(plates=[SECOND_CAR], **household)
    lane = Lane(store, holding(*cars), zones=[hard(anti_passback=AntiPassback.OFF)])
    await lane.go(Direction.IN, plate=CAR)
    await lane.go(Direction.IN, plate=SECOND_CAR)
    await lane.go(Direction.OUT, plate=CAR)
    await lane.go(Direction.IN, plate=SECOND_CAR)
    told = [record["reason"] for record in await passages(store)]
    assert told == ["granted", "too_many_vehicles", "granted", "granted"]


async def test_a_car_that_leaves_with_another_guest_is_noticed(store: Store) -> None:
    card = from_em_number(12_345_678)
    driver = make_pass(id=GUEST, plates=[CAR], direction=Direction.IN)
    walker = make_pass(id=OTHER, plates=[], keys=[card.lookups()[0].key])
    lane = Lane(store, holding(driver, walker), zones=[hard()], readers=2)
    await lane.go(Direction.IN, plate=CAR)
    await lane.go(Direction.OUT, plate=CAR)  # its own pass only leads in: refused, and the guest shows a card
    lane.bench.clock.pass_s(5)
    await lane.bench.present(reader=1, plate=None, raw="card", credentials=(card,))
    *_, refused, left = await passages(store)
    assert refused["reason"] == "wrong_point"
    assert (left["reason"], left["flags"], left["other_pass"]) == ("granted", ["with_other_pass"], str(GUEST))
    assert left["other_carrier"] == CAR
    assert not list(lane.bench.held.presence.everyone())


class RestlessClock(HandClock):
    """Time goes on between any two looks at it."""

    def now(self) -> Moment:
        moment = super().now()
        self.pass_s(0.7)
        return moment


async def test_a_passage_happened_when_it_was_judged(store: Store) -> None:
    """Else who came within the last second of a schedule would stand in the journal as let in after it.

    And the place would be another on the box and in the cloud, which knows of it by the record.
    """
    clock = RestlessClock(NOON - timedelta(seconds=60.5))
    lane = Lane(store, holding(make_pass(id=GUEST, valid_until=NOON)), zones=[hard()], clock=clock)
    await lane.go(Direction.IN)
    (told,) = await passages(store)
    assert told["reason"] == "granted"
    at = datetime.fromisoformat(told["at"])
    assert at < NOON
    place = lane.bench.held.presence.of(GUEST)[CAR]
    assert place.since_ms == int(at.timestamp() * 1000)


async def test_a_zone_of_vehicles_does_not_ask_who_walks(store: Store) -> None:
    card = from_em_number(12_345_678)
    walker = make_pass(plates=[], keys=[card.lookups()[0].key])
    lane = Lane(store, holding(walker), zones=[hard(vehicles_only=True)])
    for _ in range(2):
        await lane.go(Direction.IN, plate=None, raw="card", credentials=(card,))
    assert [record["reason"] for record in await passages(store)] == ["granted", "granted"]


@pytest.mark.parametrize(
    ("kind", "rule", "reason"),
    [
        (PassKind.GUEST, StaleRule.DENY, "stale_list"),
        (PassKind.GUEST, StaleRule.GUARD, "guard_confirmation"),
        (PassKind.GUEST, StaleRule.ALLOW, "granted"),
        (PassKind.RESIDENT, StaleRule.DENY, "granted"),
        (PassKind.SPECIAL, StaleRule.DENY, "granted"),
    ],
)
async def test_a_stale_list_is_for_the_site_to_judge(store: Store, kind: PassKind, rule, reason: str) -> None:
    held = holding(make_pass(kind=kind))
    held.confirmed_ms = int((NOON - timedelta(hours=2)).timestamp() * 1000)
    lane = Lane(store, held, stale=StalePolicy(after_s=3600, guests=rule))
    await lane.go(Direction.IN)
    (passage,) = await passages(store)
    assert passage["reason"] == reason
    assert passage["list_age_s"] == 7260
    if reason == "granted":
        assert passage["flags"] == ["stale_list"]


async def test_a_fresh_list_has_no_age(store: Store) -> None:
    held = holding(make_pass())
    held.confirmed_ms = int(NOON.timestamp() * 1000)
    lane = Lane(store, held, stale=StalePolicy(after_s=3600, guests=StaleRule.DENY))
    await lane.go(Direction.IN)
    (passage,) = await passages(store)
    assert (passage["reason"], passage.get("list_age_s")) == ("granted", None)
