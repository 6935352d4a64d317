"""Opened from afar by the real cloud: in time it opens and is answered; late it opens nothing, and that is said."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from cloud.sites import service as sites
from cloud.sites.models import Command
from deploy.demo.servers.proxy import Line, Proxy
from edge.agent import Agent
from protocols.fields import Direction
from protocols.messages import OrderedBy
from tests.system.gate.field import Field, lay_lanes, online
from tests.system.gate.settlement import Settlement, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
TOO_LATE = timedelta(seconds=11)


@dataclass
class Gate:
    """One way in. `delays`: how long the box takes to begin each of the next orders that reach it."""

    settlement: Settlement
    agent: Agent
    yard: Field
    delays: list[timedelta]

    def order(self, by: OrderedBy = OrderedBy.DISPATCHER) -> UUID:
        """Its id."""
        [point] = self.settlement.points.values()
        with self.settlement.work() as session:
            return sites.open_point(session, self.settlement.actor, point, "такси", by=by).id

    def found(self, order: UUID) -> tuple[bool, str | None, bool]:
        """Whether the broker had it, how the box answered, whether it was told that nobody did."""
        with self.settlement.work() as session:
            row = session.get_one(Command, order)
            return row.sent_at is not None, row.outcome, row.lapsed_at is not None


@pytest.fixture
async def gate(settlement: Settlement, tmp_path: Path) -> AsyncIterator[Gate]:
    yard, [lane] = Field(tmp_path), lay_lanes(Direction.IN)
    delays: list[timedelta] = []

    def delay(stage: str) -> None:
        if stage == "command noted" and delays:
            settlement.time.skip(delays.pop(0))

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(yard.at_work())
        settlement.point(lane, settlement.modules(yard)[lane.unit], [settlement.camera(lane)])
        settlement.configure()
        await stack.enter_async_context(settlement.cloud_at_work())
        agent = await stack.enter_async_context(settlement.box.agent(delay))
        await online(agent, settlement.devices)
        yield Gate(settlement, agent, yard, delays)


@pytest.mark.parametrize("by", list(OrderedBy))
async def test_in_time_it_opens_once_and_is_answered(gate: Gate, by: OrderedBy) -> None:
    order = gate.order(by)
    await until(lambda: gate.found(order) == (True, "done", False), "the box's answer is in the cloud")
    assert len(gate.yard.openings()) == 1


async def test_late_at_the_box_it_opens_nothing_and_the_box_says_so(gate: Gate) -> None:
    gate.delays.append(TOO_LATE)
    order = gate.order()
    await until(lambda: gate.found(order)[1] == "expired", "the box's answer is in the cloud")
    assert gate.yard.openings() == []
    again = gate.order()
    await until(lambda: gate.found(again)[1] == "done", "the next one is in time")
    assert len(gate.yard.openings()) == 1


async def test_where_no_box_hears_it_nothing_opens_and_the_cloud_says_so(gate: Gate, link: Proxy) -> None:
    link.set_line(Line.CUT)
    await until(lambda: not gate.agent.uplink.connected.is_set(), "the link is cut")
    order = gate.order()
    gate.settlement.time.skip(TOO_LATE)
    link.set_line(Line.OPEN)
    await until(gate.agent.uplink.connected.is_set, "the link is back")
    await until(lambda: gate.found(order)[2], "whoever ordered is told that nobody answered")
    assert gate.found(order)[1] is None
    assert gate.yard.openings() == []
