"""The clock jumps over midnight and over a schedule's edge, forth and back, under a whole box.

What a clock of the system does is one thing: the box does not follow it. What the cloud tells is another: ahead it is
followed, back it makes the time unknown, and what has ended stays ended. Steps under a whole cloud stand in
`tests/system/faults/test_clock.py`, the clock's own rules in `tests/edge/test_clock.py`.
"""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.servers.mosquitto import MosquittoServer
from edge.agent import Agent
from edge.settings import ClockSettings
from protocols.fields import ClockState, Direction
from protocols.held import PassItem, PassKind, Window
from protocols.records import Passage, Reason
from tests.edge.boxes import WORLD, Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.world import make_pass
from tests.system.gate.checkpoint import hold, site, standing
from tests.system.gate.field import Cameras, Field, Lane, cameras, lay_lanes

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
EVENING = datetime(2026, 12, 16, 20, 50, tzinfo=UTC)  # 23:50 of a Wednesday there
MIDNIGHT = EVENING + timedelta(minutes=10)
TODAY, TOMORROW = 3, 4
SLOW = timedelta(seconds=60)
"""A busy machine's: how long after it was sent a read may be judged."""


class Sky:
    """The true time, that of the machine's clock, and that which the cloud tells; they begin together at EVENING."""

    def __init__(self) -> None:
        self._ahead_ns = int(EVENING.timestamp() * 1e9) - time.time_ns()
        self.step = timedelta()
        self.told = timedelta()

    def now(self) -> datetime:
        return datetime.fromtimestamp((time.time_ns() + self._ahead_ns) / 1e9, UTC)

    def wall_ns(self) -> int:
        return time.time_ns() + self._ahead_ns + self.step // timedelta(microseconds=1) * 1000

    def cloud(self) -> datetime:
        return self.now() + self.told


def standing_pass(plate: str, **more: Any) -> PassItem:
    return make_pass(
        plates=[plate], **({"valid_from": EVENING - timedelta(days=30), "valid_until": None} | more)
    )


def scheduled(plate: str, days: list[int], begins: int, ends: int) -> PassItem:
    window = Window(days=days, from_minute=begins, until_minute=ends)
    return standing_pass(plate, kind=PassKind.RECURRING, schedule=[window])


GUESTS = {
    "today": scheduled("A001AA77", [TODAY], 0, 1440),
    "tomorrow": scheduled("A002AA77", [TOMORROW], 0, 1440),
    "over midnight": scheduled("A003AA77", [TODAY], 23 * 60, 6 * 60),
    "till 23:55": scheduled("A004AA77", [TODAY], 9 * 60, 23 * 60 + 55),
    "from 00:05": scheduled("A005AA77", [TOMORROW], 5, 9 * 60),
    "ends at midnight": standing_pass("A006AA77", valid_until=MIDNIGHT),
    "resident": standing_pass("A007AA77", kind=PassKind.RESIDENT),
}
OUTSIDE, GRANTED, EXPIRED = Reason.OUTSIDE_SCHEDULE, Reason.GRANTED, Reason.EXPIRED
EVENING_SAYS = dict(zip(GUESTS, (GRANTED, OUTSIDE, GRANTED, GRANTED, OUTSIDE, GRANTED, GRANTED), strict=True))
NIGHT_SAYS = dict(zip(GUESTS, (OUTSIDE, GRANTED, GRANTED, OUTSIDE, GRANTED, EXPIRED, GRANTED), strict=True))


class Night:
    """A lane, everybody with a pass, and what they are told."""

    def __init__(self, agent: Agent, cloud: CloudPeer, lane: Lane, push: Cameras, sky: Sky) -> None:
        self.agent = agent
        self.cloud = cloud
        self.sky = sky
        self._lane = lane
        self._push = push

    async def say(self) -> dict[str, Reason]:
        """Everybody comes, one after another."""
        before = len(self.cloud.of(Passage))
        for item in GUESTS.values():
            await self._push.see(self._lane, item.plates[0])
            await self.agent.gate.drain()
        await self.cloud.until(lambda: len(self.cloud.of(Passage)) == before + len(GUESTS))
        told = self.cloud.of(Passage)[before:]
        return {name: each.reason for name, each in zip(GUESTS, told, strict=True)}

    async def hear(self) -> None:
        """The cloud's word, which carries its time."""
        await hold(self.agent, self.cloud, make_pass(plates=[]))

    def last(self) -> Passage:
        passage = self.cloud.of(Passage)[-1]
        assert isinstance(passage, Passage)
        return passage


@pytest.fixture
async def night(tmp_path: Path, broker: MosquittoServer) -> AsyncIterator["Night"]:
    """Ten minutes to midnight."""
    sky, box = Sky(), Box(tmp_path / "box", "127.0.0.1", broker.port)
    box.world = type(WORLD)(
        wall_ns=sky.wall_ns,
        monotonic_ns=time.monotonic_ns,
        synchronised=lambda: False,
        random=WORLD.random,
        random_bytes=WORLD.random_bytes,
    )
    assert box.settings.clock == ClockSettings(has_battery=True)
    field, [lane] = Field(tmp_path), lay_lanes(Direction.IN)
    peer = box.peer()
    peer.now = sky.cloud
    async with (
        serving(peer, box.host, box.port) as cloud,
        field.at_work(),
        cameras() as push,
        standing(box, cloud, site(field, [lane])) as agent,
    ):
        await hold(agent, cloud, *GUESTS.values())
        yield Night(agent, cloud, lane, push, sky)


@pytest.mark.parametrize("step", [timedelta(minutes=20), timedelta(days=-1), timedelta(hours=13)], ids=str)
async def test_a_step_of_the_systems_clock_crosses_no_edge(night: Night, step: timedelta) -> None:
    """Forth over midnight and all edges, back over the day before, forth over the next day's; and home again."""
    assert await night.say() == EVENING_SAYS
    night.sky.step = step
    assert await night.say() == EVENING_SAYS
    assert timedelta() <= night.sky.now() - night.last().at < SLOW
    night.sky.step = timedelta()
    assert await night.say() == EVENING_SAYS
    assert night.last().clock is ClockState.TRUSTED


async def test_the_clouds_time_carries_the_box_over_midnight_and_never_back(night: Night) -> None:
    assert await night.say() == EVENING_SAYS
    night.sky.told = timedelta(minutes=20)
    await night.hear()
    assert await night.say() == NIGHT_SAYS
    over = night.last().at
    assert over > MIDNIGHT

    night.sky.told = timedelta()  # an hour is followed at once, and nothing at all is followed back
    await night.hear()
    back = await night.say()
    assert night.last().clock is ClockState.UNKNOWN
    assert night.last().at > over
    assert back.pop("ends at midnight") is EXPIRED
    assert back.pop("resident") is Reason.GRANTED_CLOCK_UNKNOWN
    assert set(back.values()) == {Reason.GUARD_CONFIRMATION}

    night.sky.told = timedelta(minutes=20)
    await night.hear()
    assert await night.say() == NIGHT_SAYS
    assert night.last().clock is ClockState.TRUSTED
