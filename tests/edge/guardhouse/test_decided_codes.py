"""Guests' codes of passes that the box never heard of: what the guard decides about one counts as for a held pass."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge.access import shown
from edge.agent import Agent
from edge.drivers.base import Read
from protocols import acts, qr
from protocols.fields import Direction
from protocols.held import ItemKind, KeyItem, KeyPurpose
from protocols.qr import Token
from protocols.records import DeviceStatus, Passage, Reason
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import (
    CAMERA_IN,
    CAMERA_OUT,
    LANE_IN,
    LANE_OUT,
    RELAY,
    ZONE,
    Gate,
    confirm_nothing,
    gate,
    site,
    station,
)
from tests.edge.guardhouse.test_decisions import confirmation, last, waiting
from tests.edge.test_codes import KEY, PASS, PUBLIC
from tests.edge.world import make_block, make_pass, uid

SITE = site(0, (0, 0)).site


def code(**changes: Any) -> str:
    """Good from now on for ten hours."""
    begins = datetime.now(UTC).replace(second=0, microsecond=0)
    fields: dict[str, Any] = {"key": qr.key_tag(PUBLIC), "pass_id": PASS, "begins": begins, "minutes": 600}
    return qr.write(Token(**(fields | changes)), SITE, KEY.sign)


async def know_the_key(at: Gate) -> None:
    begins = datetime.now(UTC) - timedelta(days=1)
    public = b64encode(PUBLIC).decode()
    await at.cloud.put(
        KeyItem(id=uid(), purpose=KeyPurpose.QR, public_key=public, valid_from=begins), ItemKind.KEY
    )
    await at.hold()


async def scan(agent: Agent, text: str, *, out: bool = False) -> None:
    lane = CAMERA_OUT if out else CAMERA_IN
    agent.gate.read(Read(device=lane, at_ns=agent.clock.monotonic_ns(), raw=text, code=text))
    await agent.gate.drain()
    agent.gate._last.clear()  # the next scan is no repeat of this one


def make_fresh(at: Gate) -> None:
    at.agent.held.confirmed_ms = at.agent.clock.now().unix_ms


def reasons(cloud: CloudPeer) -> list[Reason]:
    return [passage.reason for passage in cloud.of(Passage)]


async def test_a_confirmed_code_has_been_used_and_its_holder_is_inside(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await know_the_key(at)
        await desk.on_duty(at.guard.id)
        at.make_stale()
        await scan(at.agent, code())
        passage = await waiting(desk)
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", confirmation(passage))
        assert (answer.status_code, answer.json().get("opened")) == (200, True), answer.text
        await cloud.until(lambda: cloud.of(acts.GateDecision))
        (decision,) = cloud.of(acts.GateDecision)
        assert (decision.pass_id, decision.use, decision.zone, decision.behind) == (PASS, 1, ZONE, ZONE)
        assert at.agent.held.presence.of(PASS)[""].zone == ZONE
        make_fresh(at)
        await scan(at.agent, code(nonce=7))
        await cloud.until(lambda: len(cloud.of(Passage)) == 2)
        assert reasons(cloud) == [Reason.GUARD_CONFIRMATION, Reason.NO_ENTRIES_LEFT]


async def test_the_way_out_by_a_code_is_counted_too(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await know_the_key(at)
        await desk.on_duty(at.guard.id)
        await scan(at.agent, code())
        at.make_stale()
        await scan(at.agent, code(), out=True)
        passage = await last(desk, LANE_OUT)
        order = confirmation(passage, direction="out")
        answer = await desk.post(f"/lanes/{LANE_OUT}/decide", order)
        assert (answer.status_code, answer.json().get("opened")) == (200, True), answer.text
        await cloud.until(lambda: cloud.of(acts.GateDecision))
        assert cloud.of(acts.GateDecision)[0].use == 1
        assert at.agent.held.uses.of(PASS.bytes, Direction.OUT) == 1
        assert at.agent.held.presence.of(PASS)[""].zone is None
        make_fresh(at)
        await scan(at.agent, code(), out=True)
        await cloud.until(lambda: len(cloud.of(Passage)) == 3)
        assert reasons(cloud)[-1] is Reason.NO_ENTRIES_LEFT


async def test_a_code_that_is_opened_for_by_hand_is_used_as_well(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await know_the_key(at)
        await desk.on_duty(at.guard.id)
        at.make_stale()
        await scan(at.agent, code())
        passage = await waiting(desk)
        order = confirmation(passage, verdict="open", reason="ordered")
        assert (await desk.post(f"/lanes/{LANE_IN}/decide", order)).json()["opened"]
        await cloud.until(lambda: cloud.of(acts.GateDecision))
        (decision,) = cloud.of(acts.GateDecision)
        assert (decision.pass_id, decision.use, decision.behind) == (PASS, 1, ZONE)


async def test_a_code_is_confirmed_after_a_restart(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await know_the_key(at)
        at.make_stale()
        await scan(at.agent, code())
        await desk.on_duty(at.guard.id)
        passage = await waiting(desk)
        guard = at.guard
    async with box.agent() as agent, station(agent) as desk:
        confirm_nothing(agent)
        agent.held.confirmed_ms = 0
        await cloud.until(lambda: agent.running.states.get(RELAY) is DeviceStatus.ONLINE)
        (await desk.sign_in(guard.id)).raise_for_status()
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", confirmation(passage))
        assert (answer.status_code, answer.json().get("opened")) == (200, True), answer.text
        assert agent.held.uses.of(PASS.bytes) == 1


@pytest.mark.parametrize(
    "block",
    [{"persons": ["616263646566"]}, {"plates": ["X711TT90"]}, {"passes": [PASS]}],
    ids=["person", "plate", "pass"],
)
async def test_a_listed_code_is_not_confirmed(
    box: Box, cloud: CloudPeer, modbus: int, block: dict[str, Any]
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await know_the_key(at)
        await desk.on_duty(at.guard.id)
        at.make_stale()
        await scan(at.agent, code(persons=(b"abcdef",), plate="X711TT90"))
        passage = await waiting(desk)
        await at.hold(make_block(reason="Долг", **block))
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", confirmation(passage))
        assert (answer.status_code, answer.json()["detail"]) == (409, "Долг"), answer.text
        assert at.agent.held.uses.of(PASS.bytes) == 0


async def test_what_came_of_the_pass_meanwhile_has_the_word(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await know_the_key(at)
        await desk.on_duty(at.guard.id)
        at.make_stale()
        await scan(at.agent, code())
        passage = await waiting(desk)
        other = make_pass(plates=["A123BC72"], valid_until=None)
        await at.hold(make_pass(id=PASS, plates=[], valid_until=None, revoked=True), other)
        answer = await desk.post(f"/lanes/{LANE_IN}/decide", confirmation(passage))
        assert (answer.status_code, answer.json()["detail"]) == (409, "revoked"), answer.text
        order = confirmation(passage, verdict="open", reason="ordered", pass_id=str(other.id))
        assert (await desk.post(f"/lanes/{LANE_IN}/decide", order)).json()["opened"]
        uses = at.agent.held.uses
        assert (uses.of(PASS.bytes), uses.of(other.id.bytes)) == (0, 1), "the pass that the guard named"


async def test_what_was_shown_is_forgotten(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at:
        await know_the_key(at)
        at.make_stale()
        text = code(zones=frozenset({1}), plate="X711TT90")
        await scan(at.agent, text)
        (passage,) = await cloud.until(lambda: cloud.of(Passage))
        store, now_ms = at.agent.store, at.agent.clock.now().unix_ms
        kept = await store.write(lambda connection: shown.find(connection, passage.id))
        assert kept == qr.read(text).token
        await store.write(lambda connection: shown.forget(connection, now_ms - shown.KEPT_MS))
        assert await store.write(lambda connection: shown.find(connection, passage.id)) == kept
        await store.write(lambda connection: shown.forget(connection, now_ms + 1000))
        assert await store.write(lambda connection: shown.find(connection, passage.id)) is None
