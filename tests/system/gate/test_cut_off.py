"""Thirteen hours without the cloud and ten thousand passages; then both sides tell the same, to the byte."""

import random
import sqlite3
import subprocess
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
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
from protocols.records import Outcome, Passage
from tests.conftest import COUNTS
from tests.support.processes import installed
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

    def meets(self, way: Direction, at: datetime) -> bool:
        """Whether the gate must open; and what follows."""
        is_valid = self.pass_id is not None and not self.blocked and (self.until is None or at < self.until)
        if not is_valid or self.inside is (way is Direction.IN):
            return False
        if way is Direction.IN and self.entries_left is not None:
            if not self.entries_left:
                return False
            self.entries_left -= 1
        self.inside = way is Direction.IN
        return True


@dataclass
class Told:
    """What was done at the gate: by lane, in order, (plate, opened)."""

    at_lane: dict[str, list[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(list))
    rounds: list[set[str]] = field(default_factory=list)

    @property
    def all(self) -> list[tuple[str, bool]]:
        return [visit for visits in self.at_lane.values() for visit in visits]


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
) -> Told:
    """Rounds of cars at all lanes at once, with hours between the first and the last."""
    told, rng = Told(), random.Random("half a day")
    ends = next(carrier.until for carrier in everybody if carrier.until is not None)
    rounds = -(-PASSAGES // LANES)
    came = 0
    for _ in range(rounds):
        settlement.time.skip(AWAY / rounds)
        if abs(settlement.time.now() - ends) < CLEAR:
            settlement.time.skip(2 * CLEAR)
        at, chosen = settlement.time.now(), rng.sample(everybody, min(LANES, PASSAGES - came))
        came += len(chosen)
        seen = []
        for carrier, lane in zip(chosen, rng.sample(lanes, len(chosen)), strict=True):
            told.at_lane[lane.name].append((carrier.plate, carrier.meets(lane.direction, at)))
            seen.append((lane, carrier.plate))
        told.rounds.append({carrier.plate for carrier in chosen})
        await push.see_at_once(seen)
        await agent.gate.drain()
    return told


def on_the_box(settlement: Settlement, query: str) -> list[tuple[Any, ...]]:
    file = settlement.box.folder / "store.sqlite"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        return store.execute(query).fetchall()


def in_the_cloud(settlement: Settlement, query: str) -> list[tuple[Any, ...]]:
    """Over every wall, of this box and its site."""
    names = {"box": settlement.box.id, "site": settlement.site.id}
    with psycopg.connect(settlement.real.admin_url) as admin:
        return admin.execute(query.encode(), names).fetchall()


def compare_journals(settlement: Settlement) -> list[Passage]:
    """Byte by byte, without a hole, each event once. Returns the passages in the cloud's order."""
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
    return [event for event in events if isinstance(event, Passage)]


def compare_visits(settlement: Settlement, told: Told, passages: list[Passage], lanes: list[Lane]) -> None:
    """Who came ↔ the journal ↔ the cloud's rows, in order at each lane and from round to round."""
    names = {settlement.points[lane.name]: lane.name for lane in lanes}
    journal: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for passage in passages:
        journal[names[passage.point]].append((passage.read, passage.outcome is Outcome.GRANTED))
    assert journal == told.at_lane
    begun = 0
    for cars in told.rounds:  # no car of a round is written down before one of the round before it
        assert {passage.read for passage in passages[begun : begun + len(cars)]} == cars
        begun += len(cars)
    rows = in_the_cloud(
        settlement, "SELECT id, outcome = 'granted', opened FROM passage WHERE site_id = %(site)s"
    )
    granted = {passage.id: passage.outcome is Outcome.GRANTED for passage in passages}
    assert {row[0]: row[1] for row in rows} == granted
    assert all(opened is (True if granted[passage] else None) for passage, _, opened in rows)


def compare_facts(settlement: Settlement, everybody: list[Carrier]) -> tuple[int, int]:
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


def verified(settlement: Settlement) -> str:
    """What `domovoy journal verify` says of the box, to an operator with the whole installation's rights."""
    command: list[str | Path] = [installed("domovoy"), "journal", "verify", "--box", str(settlement.box.id)]
    told = subprocess.run(
        command,
        env={"DOMOVOY_OWNER_DATABASE_URL": settlement.real.owner_url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


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
        told = await half_a_day(settlement, agent, lanes, push, everybody)
        assert settlement.time.now() - left >= AWAY
        before = in_the_cloud(settlement, "SELECT 1 FROM passage WHERE site_id = %(site)s")
        assert (before, len(told.all)) == ([], PASSAGES)
        link.set_line(Line.OPEN)
        await until(agent.uplink.connected.is_set, "the link is back")
        began = time.monotonic()
        await settlement.committed(agent)
        took_s = time.monotonic() - began
        report = await agent.report()

    passages = compare_journals(settlement)
    assert len(passages) == PASSAGES
    compare_visits(settlement, told, passages, lanes)
    opened = sum(is_open for _, is_open in told.all)
    assert len(yard.openings()) == opened
    uses, inside = compare_facts(settlement, everybody)
    proof = verified(settlement)
    assert "not here" not in proof
    counts = (
        f"thirteen hours away: {PASSAGES} passages, {opened} let in or out, {uses} uses, {inside} inside; "
        f"{report['events']['batches']} batches in {took_s:.0f} s; {proof.strip()}"
    )
    request.node.user_properties.append((COUNTS, counts))
