"""What a guard looks at on the box's page stands in the journal: once a minute, whatever was typed meanwhile."""

from typing import Any

import pytest

from edge.store import Store, StoreFullError
from protocols.acts import Looked
from protocols.records import decode_event
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import gate, station, until
from tests.edge.world import make_pass, uid


async def looked(store: Store) -> list[Looked]:
    def read(connection: Any) -> list[bytes]:
        kept = "SELECT body FROM record JOIN stream USING (n) WHERE kind = 'events' ORDER BY sequence"
        return [row[0] for row in connection.execute(kept)]

    return [event for event in map(decode_event, await store.write(read)) if isinstance(event, Looked)]


async def test_a_search_typed_key_by_key_is_one_record_a_minute(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        house = at.agent.guardhouse
        assert house is not None
        await desk.on_duty(at.guard.id)
        made = str(uid())
        await desk.post("/passes", {"id": made, "holder": "Курьер", "plate": "A123BC72"})
        for typed in ("1", "12", "123"):
            assert (await desk.get("/passes", q=typed)).status_code == 200
        assert (await desk.get(f"/passes/{made}")).status_code == 200
        assert await looked(at.agent.store) == [], "nothing is told before the minute is over"
        await house.looking.tell()
        told = {each.screen: each for each in await looked(at.agent.store)}
        search = told["passes"]
        assert (search.guard, search.kind, search.asked, search.times) == (at.guard.id, "passes", "123", 3)
        assert {f"pass:{made}", "plate:A123BC72"} <= set(search.subjects)
        assert f"pass:{made}" in told["pass_card"].subjects
        await house.looking.tell()
        assert len(await looked(at.agent.store)) == len(told), "what was told is not told again"


async def test_a_look_at_a_passage_names_its_pass(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        house = at.agent.guardhouse
        assert house is not None
        await desk.on_duty(at.guard.id)
        guest = make_pass(valid_until=None)
        await at.hold(guest)
        await at.car("X711TT90")

        async def is_found() -> bool:
            return bool((await desk.get("/passages", q="x711")).json()["items"])

        await until(is_found)
        [passage] = (await desk.get("/passages", q="x711")).json()["items"]
        assert (await desk.get(f"/passages/{passage['id']}")).status_code == 200
        await house.looking.tell()
        told = {each.screen: each for each in await looked(at.agent.store)}
        whose = {f"pass:{guest.id}", "plate:X711TT90"}
        assert told["passages"].asked == "x711"
        assert whose <= set(told["passages"].subjects)
        assert whose <= set(told["passage"].subjects)


async def test_what_is_looked_at_while_the_disk_is_full_is_told_with_what_was_before(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        house = at.agent.guardhouse
        assert house is not None
        await desk.on_duty(at.guard.id)
        assert (await desk.get("/passes", q="1")).status_code == 200
        add = at.agent.journal.add

        async def full(event: Any, also: Any = None) -> Any:
            if not isinstance(event, Looked) or event.screen != "passes":
                return await add(event, also)
            assert (await desk.get("/passes", q="12")).status_code == 200  # while it waits
            raise StoreFullError("no room")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(at.agent.journal, "add", full)
            await house.looking.tell()
        await house.looking.tell()
        [told] = [each for each in await looked(at.agent.store) if each.screen == "passes"]
        assert (told.asked, told.times) == ("12", 2)


async def test_who_is_not_signed_in_sees_nothing_and_stands_nowhere(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        assert at.agent.guardhouse is not None
        assert (await desk.get("/passes", q="1")).status_code == 401
        await at.agent.guardhouse.looking.tell()
        assert await looked(at.agent.store) == []
