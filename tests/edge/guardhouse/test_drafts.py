"""Passes made at the gate: beside the list, through restarts and snapshots, until the cloud's version arrives."""

from typing import Any

import msgspec

from deploy.demo.servers.processes import free_port
from protocols import acts
from protocols.held import PassItem
from protocols.records import Outcome, Passage, Reason
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import Gate, Station, gate, station, until
from tests.edge.world import make_pass, uid


def draft(**changes: Any) -> dict[str, Any]:
    return {"id": str(uid()), "holder": "Курьер", "plate": "A123BC72", "hours": 4, "entries": None} | changes


async def row(desk: Station, query: str = "курьер") -> dict[str, Any]:
    (found,) = (await desk.get("/passes", q=query)).json()["items"]
    return found


async def taken_over(at: Gate, pass_id: object) -> None:
    async def is_taken() -> bool:
        return at.agent.drafts.by_id[pass_id].taken  # type: ignore[index]

    await until(is_taken)


async def test_what_was_made_offline_is_in_force_survives_and_goes_up(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    order = draft()
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        cameras, broker_port = at.cameras, box.port
    box.port = free_port()  # nobody listens there
    async with box.agent() as agent, station(agent) as desk:
        at = Gate(agent, cloud, cameras, at.guard)
        await desk.on_duty(at.guard.id)
        digest = agent.held.standing.digest_hex
        made = (await desk.post("/passes", order)).json()
        assert (made["provisional"], made["entries"]) == (True, None)
        await at.car("A123BC72")
        assert agent.held.standing.digest_hex == digest == f"{agent.held.passes.digest:064x}"
    async with box.agent() as agent, station(agent) as desk:
        await desk.sign_in(at.guard.id)
        assert (await row(desk))["provisional"]
        at = Gate(agent, cloud, cameras, at.guard)
        await at.car("A123BC72")
    box.port = broker_port
    async with box.agent():
        await cloud.until(lambda: cloud.of(acts.PassDrafted) and len(cloud.of(Passage)) == 2)
    (event,) = cloud.of(acts.PassDrafted)
    assert (str(event.pass_id), event.plates, event.holder) == (order["id"], ["A123BC72"], "Курьер")
    assert {each.outcome for each in cloud.of(Passage)} == {Outcome.GRANTED}


async def test_the_clouds_version_takes_its_place(box: Box, cloud: CloudPeer, modbus: int) -> None:
    order = draft()
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        await desk.post("/passes", order)
        changes = {"number": "2026-777", "holder": "Курьер Озон", "valid_until": None}
        theirs = make_pass(id=event_id(order), plates=["A123BC72"], **changes)
        await at.hold(theirs)
        await taken_over(at, theirs.id)
        shown = await row(desk)
        assert (shown["number"], shown["holder"], shown["provisional"]) == ("2026-777", "Курьер Озон", False)
        assert at.agent.held.standing.digest_hex == cloud.digest
        await cloud.remove(theirs.id)
        await cloud.until(lambda: cloud.states[-1].pass_version == cloud.version)
        await at.car("A123BC72")
        await cloud.until(lambda: cloud.of(Passage))
        assert cloud.of(Passage)[0].reason is Reason.UNKNOWN_PLATE, "the list alone has the word now"


async def test_a_pass_that_the_cloud_did_not_take_over_says_so(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    order = draft()
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        await desk.post("/passes", order)
        refused = {"id": event_id(order), "holder": "Курьер", "plates": ["A123BC72"], "revoked": True}
        await at.hold(make_pass(**refused))
        await taken_over(at, event_id(order))
        shown = await row(desk)
        assert (shown["conflict"], shown["status"]) == ("", "revoked"), "an older cloud does not say why"
        await at.hold(make_pass(**refused, refusal="В чёрном списке: A123BC72. Причина: драка"))
        assert (await row(desk))["conflict"] == "В чёрном списке: A123BC72. Причина: драка"
    async with box.agent() as agent, station(agent) as desk:
        await desk.sign_in(at.guard.id)
        assert (await row(desk))["conflict"] == "В чёрном списке: A123BC72. Причина: драка"


async def test_a_pass_that_the_cloud_took_over_and_revoked_later_is_no_conflict(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    order = draft()
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        await desk.post("/passes", order)
        theirs = make_pass(id=event_id(order), holder="Курьер", plates=["A123BC72"], valid_until=None)
        await at.hold(theirs)
        await taken_over(at, theirs.id)
        await at.hold(msgspec.structs.replace(theirs, revoked=True))
        shown = await row(desk)
        assert (shown["conflict"], shown["status"]) == (None, "revoked")


async def test_what_was_withdrawn_here_stays_so_until_the_cloud_says_more(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    """The cloud takes the pass over before it hears that it was withdrawn."""
    order = draft()
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        await desk.post("/passes", order)
        await desk.post(f"/passes/{order['id']}/withdraw", {"note": "Уехал"})
        await at.hold(make_pass(id=event_id(order), holder="Курьер", plates=["A123BC72"], valid_until=None))
        await taken_over(at, event_id(order))
        assert (await row(desk))["status"] == "revoked"
        await at.car("A123BC72")
        await cloud.until(lambda: cloud.of(Passage))
        assert cloud.of(Passage)[0].reason is Reason.REVOKED
        await cloud.until(lambda: cloud.of(acts.PassWithdrawn))
    async with box.agent() as agent:
        found = agent.held.passes.find_pass(event_id(order))
        assert found is not None
        assert found.revoked, "a restart forgets nothing"


async def test_a_snapshot_leaves_it_in_force(box: Box, cloud: CloudPeer, modbus: int) -> None:
    order = draft()
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        await desk.post("/passes", order)
        cloud.epoch, cloud.log = uid(), []
        at.agent.replica.wake()
        await cloud.until(lambda: cloud.states[-1].pass_epoch == cloud.epoch)
        assert at.agent.held.standing.digest_hex == cloud.digest
        await at.car("A123BC72")
        await cloud.until(lambda: cloud.of(Passage))
        assert cloud.of(Passage)[0].outcome is Outcome.GRANTED

        async def is_found() -> bool:
            return bool((await desk.get("/passes", q="курьер")).json()["items"])

        await until(is_found)  # the index is made anew


async def test_what_is_typed_must_make_sense(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await desk.on_duty(at.guard.id)
        for changes, field in (
            ({"kind": "resident"}, "kind"),
            ({"plate": "---"}, "plate"),
            ({"card": "no card"}, "card"),
            ({"card": "01823011"}, "card"),  # several readings
            ({"hours": 25}, "hours"),
            ({"plate": "", "holder": " "}, "holder"),
        ):
            answer = await desk.post("/passes", draft(**changes))
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
            assert answer.json()["errors"][0]["message"]


def event_id(order: dict[str, Any]) -> Any:
    return msgspec.convert(order["id"], PassItem.__annotations__["id"])
