"""Thirteen hours without the cloud and ten thousand passages; then both sides tell the same, to the byte."""

import random
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Collection
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cloud.access import service as access
from cloud.access.types import BlockDraft
from deploy.demo.servers.proxy import Line, Proxy
from edge.agent import Agent
from protocols import records
from protocols.fields import Direction
from protocols.records import Actuation, Outcome, Passage, Reason
from tests.conftest import COUNTS
from tests.system.faults.traffic import plate
from tests.system.gate.field import Cameras, Field, Lane, cameras, lay_lanes, online
from tests.system.gate.settlement import Settlement, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(1800)]
PASSAGES = 10_000
AWAY = timedelta(hours=13)
MODULES, LANES = 4, 24
RESIDENTS, GUESTS, GUESTS_OF_A_WHILE = 240, 160, 40
ENTRIES = 2
WHILE = timedelta(hours=6)
CLEAR = timedelta(seconds=30)
"""Nobody comes so close to the end of a pass: which side of it they would be on, a busy machine decides."""


@dataclass
class Carrier:
    """A car, and what a person at the gate would know of it. `inside` None: nobody has seen it yet."""

    plate: str
    pass_id: UUID | None = None
    entries_left: int | None = None
    until: datetime | None = None
    inside: bool | None = None
    blocked: bool = False

    def meets(self, way: Direction, at: datetime) -> "Carrier | None":
        """What it is when the gate has let it through; None: the gate must not."""
        is_valid = self.pass_id is not None and not self.blocked and (self.until is None or at < self.until)
        is_in, left = way is Direction.IN, self.entries_left
        if not is_valid or self.inside is is_in or (is_in and left == 0):
            return None
        return replace(self, inside=is_in, entries_left=left - 1 if is_in and left is not None else left)


@dataclass
class Came:
    """Who came: the plates at each lane in their order, and those of each round."""

    at_lane: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    rounds: list[set[str]] = field(default_factory=list)


def people(settlement: Settlement) -> list[Carrier]:
    """Residents, guests of two entries, guests whose time ends meanwhile, one who is blacklisted, strangers."""
    everybody = []
    ends = settlement.time.now() + WHILE
    for number in range(RESIDENTS + GUESTS + GUESTS_OF_A_WHILE):
        carrier = Carrier(plate())
        draft: dict[str, Any] = {"kind": "resident", "plates": [carrier.plate]}
        if number >= RESIDENTS:
            carrier.entries_left = ENTRIES
            draft |= {"kind": "guest", "entries": ENTRIES}
        if number >= RESIDENTS + GUESTS:
            carrier.until = ends
            draft["valid_until"] = ends
        carrier.pass_id = settlement.issue(**draft).id
        everybody.append(carrier)
    everybody[0].blocked = True
    block = BlockDraft(site_id=settlement.site.id, plate=everybody[0].plate, reason="Драка")
    with settlement.work() as session:
        access.block(session, settlement.actor, settlement.vault, block)
    return everybody + [Carrier(plate()) for _ in range(20)]


async def half_a_day(
    settlement: Settlement, agent: Agent, lanes: list[Lane], push: Cameras, everybody: list[Carrier]
) -> Came:
    """Rounds of cars at all lanes at once, with hours between the first and the last."""
    came, rng = Came(), random.Random("half a day")
    ends = next(carrier.until for carrier in everybody if carrier.until is not None)
    rounds = -(-PASSAGES // LANES)
    left = PASSAGES
    for _ in range(rounds):
        settlement.time.skip(AWAY / rounds)
        if abs(settlement.time.now() - ends) < CLEAR:
            settlement.time.skip(2 * CLEAR)
        plates = [carrier.plate for carrier in rng.sample(everybody, min(LANES, left))]
        left -= len(plates)
        seen = list(zip(rng.sample(lanes, len(plates)), plates, strict=True))
        for lane, text in seen:
            came.at_lane[lane.name].append(text)
        came.rounds.append(set(plates))
        await push.see_at_once(seen)
        await agent.gate.drain()
    return came


def on_the_box(settlement: Settlement, query: str) -> list[tuple[Any, ...]]:
    file = settlement.box.folder / "store.sqlite"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        return store.execute(query).fetchall()


def in_the_cloud(settlement: Settlement, query: str) -> list[tuple[Any, ...]]:
    """Over every wall, of this box and its site."""
    names = {"box": settlement.box.id, "site": settlement.site.id}
    with psycopg.connect(settlement.real.admin_url) as admin:
        return admin.execute(query.encode(), names).fetchall()


def compare_journals(settlement: Settlement) -> list[Passage | Actuation]:
    """Byte by byte, without a hole, each event once. Returns what was decided and done, in the cloud's order."""
    here = on_the_box(
        settlement,
        "SELECT sequence, body FROM record JOIN stream USING (n) WHERE kind = 'events' ORDER BY sequence",
    )
    there = in_the_cloud(
        settlement, "SELECT sequence, record FROM box_event WHERE box_id = %(box)s ORDER BY sequence"
    )
    assert [sequence for sequence, _ in here] == list(range(1, len(here) + 1))
    assert [(sequence, bytes(record)) for sequence, record in there] == here
    assert in_the_cloud(settlement, "SELECT 1 FROM stream_gap WHERE box_id = %(box)s") == []
    assert in_the_cloud(settlement, "SELECT 1 FROM stream_fork WHERE box_id = %(box)s") == []
    assert in_the_cloud(settlement, "SELECT detail FROM quarantine") == []
    events = [records.decode_event(bytes(record)) for _, record in there]
    assert max(Counter(event.id for event in events).values()) == 1
    return [event for event in events if isinstance(event, Passage | Actuation)]


def compare_visits(
    settlement: Settlement, came: Came, events: list[Passage | Actuation], lanes: list[Lane]
) -> None:
    """Who came ↔ the journal ↔ the cloud's rows, in order at each lane and from round to round."""
    passages = [event for event in events if isinstance(event, Passage)]
    assert len(passages) == PASSAGES
    names = {settlement.points[lane.name]: lane.name for lane in lanes}
    journal: dict[str, list[str]] = defaultdict(list)
    for passage in passages:
        journal[names[passage.point]].append(passage.read)
    assert journal == came.at_lane
    begun = 0
    for cars in came.rounds:  # no car of a round is written down before one of the round before it
        assert {passage.read for passage in passages[begun : begun + len(cars)]} == cars
        begun += len(cars)
    done = {event.passage: event.done for event in events if isinstance(event, Actuation)}
    rows = in_the_cloud(settlement, "SELECT id, outcome, opened FROM passage WHERE site_id = %(site)s")
    assert {row[0]: row[1:] for row in rows} == {
        passage.id: (passage.outcome.value, done.get(passage.id)) for passage in passages
    }


def judge_anew(everybody: list[Carrier], events: list[Passage | Actuation]) -> dict[str, Carrier]:
    """Each decision must be that of a person who knows the rules. Returns everybody as they are then, by plate.

    A busy machine's module may be silent for a moment: the box says so, and who was let in by a barrier that surely did
    not open is where they were. That must stay rare.
    """
    known = {carrier.plate: carrier for carrier in everybody}
    before: dict[UUID, Carrier] = {}
    excused = 0
    for event in events:
        if isinstance(event, Actuation):
            excused += not event.done
            if event.undone:
                known[before[event.passage].plate] = before[event.passage]
        elif event.reason is Reason.POINT_NOT_READY:
            excused += 1
        else:
            carrier = before[event.id] = known[event.read]
            after = carrier.meets(event.direction, event.at)
            assert (event.outcome is Outcome.GRANTED) is (after is not None), (event, carrier)
            known[event.read] = after or carrier
    assert excused < PASSAGES // 50
    return known


def compare_facts(settlement: Settlement, everybody: Collection[Carrier]) -> tuple[int, int]:
    """Uses and who is inside, at the gate, on the box and in the cloud. Returns how many uses, how many inside."""
    uses = {
        (UUID(bytes=pass_id), entries)
        for pass_id, entries in on_the_box(settlement, "SELECT pass, entries FROM uses WHERE entries > 0")
    }
    kept = in_the_cloud(settlement, "SELECT pass_id, entries FROM pass_use WHERE site_id = %(site)s")
    assert uses == {row for row in kept if row[1]}
    spent = {
        carrier.pass_id: ENTRIES - carrier.entries_left
        for carrier in everybody
        if carrier.entries_left is not None and carrier.entries_left < ENTRIES
    }
    assert {pass_id: entries for pass_id, entries in uses if pass_id in spent} == spent
    here = {
        (UUID(bytes=pass_id), carrier, zone and UUID(bytes=zone), since)
        for pass_id, carrier, zone, since in on_the_box(
            settlement, "SELECT pass, carrier, zone, since_ms FROM place"
        )
    }
    there = in_the_cloud(
        settlement,
        "SELECT pass_id, carrier, zone_id, floor(extract(epoch FROM since) * 1000)::bigint"
        " FROM pass_place WHERE site_id = %(site)s",
    )
    assert here == set(there)
    inside = {(pass_id, carrier) for pass_id, carrier, zone, _ in here if zone is not None}
    assert inside == {(carrier.pass_id, carrier.plate) for carrier in everybody if carrier.inside}
    return sum(entries for _, entries in uses), len(inside)


async def test_thirteen_hours_without_the_cloud(
    settlement: Settlement, link: Proxy, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ways = [Direction.IN, Direction.OUT] * (LANES // 2)
    lanes, zone, yard = lay_lanes(*ways), settlement.zone(), Field(tmp_path, MODULES)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(yard.at_work())
        modules = settlement.modules(yard)
        for lane in lanes:
            settlement.point(lane, modules[lane.unit], [settlement.camera(lane)], zone)
        settlement.configure()
        everybody = people(settlement)
        await stack.enter_async_context(settlement.cloud_at_work())
        agent = await stack.enter_async_context(settlement.box.agent())
        push = await stack.enter_async_context(cameras())
        await online(agent, settlement.devices)
        await settlement.held(agent)
        await settlement.committed(agent)

        link.set_line(Line.CUT)
        left = settlement.time.now()
        came = await half_a_day(settlement, agent, lanes, push, everybody)
        assert settlement.time.now() - left >= AWAY
        assert in_the_cloud(settlement, "SELECT 1 FROM passage WHERE site_id = %(site)s") == []
        link.set_line(Line.OPEN)
        await until(agent.uplink.connected.is_set, "the link is back")
        began = time.monotonic()
        await settlement.committed(agent)
        took_s = time.monotonic() - began
        report = await agent.report()

    events = compare_journals(settlement)
    compare_visits(settlement, came, events, lanes)
    known = judge_anew(everybody, events)
    uses, inside = compare_facts(settlement, known.values())
    opened = sum(event.done for event in events if isinstance(event, Actuation))
    assert opened <= len(yard.openings()) < opened + PASSAGES // 50  # what was not answered is sent again
    code, proof = settlement.verify_journal("--box", str(settlement.box.id))
    assert (code, "not here" in proof) == (0, False), proof
    counts = (
        f"thirteen hours away: {PASSAGES} passages, {opened} openings, {uses} uses, {inside} inside; "
        f"{report['events']['batches']} batches in {took_s:.0f} s; {proof.strip()}"
    )
    request.node.user_properties.append((COUNTS, counts))
