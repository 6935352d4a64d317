"""Two cars with one pass of one entry, at two lanes in the same 5 ms: one of them is let in."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from deploy.demo.servers.mosquitto import MosquittoServer
from protocols import records
from protocols.fields import Direction
from protocols.records import Outcome, Passage, Reason
from tests.conftest import COUNTS
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.world import make_pass
from tests.system.faults.traffic import plate
from tests.system.gate.checkpoint import hold, site, standing
from tests.system.gate.field import Field, cameras, lay_lanes

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
TOGETHER = timedelta(milliseconds=5)
WANTED, MOST = 12, 300
"""So many meetings within 5 ms; a busy machine needs more tries."""


def has_seen(cloud: CloudPeer, passages: int) -> bool:
    """The cloud has as many."""
    return len(cloud.of(Passage)) == passages


async def test_one_pass_at_two_lanes_within_5_ms(
    tmp_path: Path, broker: MosquittoServer, request: pytest.FixtureRequest
) -> None:
    """On sockets, with the store on the disk: the second is judged while the first is being written."""
    box = Box(tmp_path / "box", "127.0.0.1", broker.port)
    field, lanes = Field(tmp_path, modules=2), lay_lanes(*[Direction.IN] * 12)
    two = [lanes[0], lanes[6]]  # each at a module of its own
    passes = [make_pass(plates=[plate(), plate()], entries=1, valid_until=None) for _ in range(MOST)]
    apart: list[timedelta] = []
    async with (
        serving(box.peer(), box.host, box.port) as cloud,
        field.at_work(),
        cameras() as push,
        standing(box, cloud, site(field, lanes)) as agent,
    ):
        await hold(agent, cloud, *passes)
        for number, one in enumerate(passes, 1):
            await push.see_at_once(list(zip(two, one.plates, strict=True)))
            await agent.gate.drain()
            await cloud.until(partial(has_seen, cloud, 2 * number))
            first, second = cloud.of(Passage)[-2:]
            assert sorted(each.reason for each in (first, second)) == [
                Reason.GRANTED,
                Reason.NO_ENTRIES_LEFT,
            ]
            assert {first.pass_id, second.pass_id} == {one.id}
            apart.append(abs(first.at - second.at))
            if sum(each <= TOGETHER for each in apart) == WANTED:
                break
        await cloud.until(lambda: len(cloud.of(records.Actuation)) == len(apart))
    met = sum(each <= TOGETHER for each in apart)
    assert met == WANTED, sorted(apart)
    granted = [each for each in cloud.of(Passage) if each.outcome is Outcome.GRANTED]
    assert len(granted) == len(field.openings()) == len(apart)
    assert {each.use for each in granted} == {1}
    closest = min(apart) // timedelta(microseconds=1)
    request.node.user_properties.append(
        (COUNTS, f"{met} meetings within 5 ms, the closest {closest} µs apart")
    )
