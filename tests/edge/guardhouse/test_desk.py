"""Sign-in, board, search and live events, on a whole agent over a real socket."""

from protocols.cards import parse_printed
from protocols.held import ItemKind
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import CARD, Stream, make_guard, station
from tests.edge.world import make_pass


async def test_a_guard_signs_in_by_pin_and_finds_a_pass(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent:
        await cloud.put(guard, ItemKind.GUARD)
        await cloud.put(make_pass(holder="Иванова Мария", address="ул. Кифису, д. А2", phone="+79123456701"))
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 2)
        async with station(agent) as desk:
            me = (await desk.get("/me")).json()
            assert (me["by"], me["guard"], [each["name"] for each in me["guards"]]) == (
                "pin",
                None,
                [guard.name],
            )
            assert (await desk.get("/board")).status_code == 401
            answer = await desk.sign_in(guard.id)
            assert answer.status_code == 200, answer.text
            assert answer.json()["guard"]["id"] == str(guard.id)
            board = (await desk.get("/board")).json()
            assert board["link"]["away_since"] is None
            for query in ("711", "х711тт", "X711", "иванова", "мария 90", "8 (912) 345-67-01", "А2"):
                found = (await desk.get("/passes", q=query)).json()
                assert [row["number"] for row in found["items"]] == ["A-1"], query
            assert not (await desk.get("/passes", q="иванов петр")).json()["items"]


async def test_a_card_signs_in(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent:
        await cloud.put(guard, ItemKind.GUARD)
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        async with station(agent) as desk:
            for card in (CARD, "0001202659", "001259E3", "018,23011", "25771006435"):
                answer = await desk.post("/sign-in/card", {"card": card})
                assert answer.status_code == 200, (card, answer.text)
            for card in ("0001202660", "019,23011", "23011", "words"):
                assert (await desk.post("/sign-in/card", {"card": card})).json()["code"] == "unknown_card", (
                    card
                )


async def test_a_card_that_the_cloud_knows_by_its_short_form_signs_in_by_its_long_one(
    box: Box, cloud: CloudPeer
) -> None:
    guard = make_guard(keys=list(parse_printed("018,23011")[0].keys()))
    async with box.agent() as agent:
        await cloud.put(guard, ItemKind.GUARD)
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        async with station(agent) as desk:
            for card in ("018,23011", "0001202659"):
                assert (await desk.post("/sign-in/card", {"card": card})).status_code == 200, card


async def test_live_events_tell_of_changes_and_resume(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent:
        await cloud.put(guard, ItemKind.GUARD)
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        async with station(agent) as desk:
            await desk.sign_in(guard.id)
            async with desk.client.stream("GET", "/live") as response:
                stream = Stream(response)
                await cloud.put(make_pass())
                number, _, _ = await stream.until("passes")
            assert number is not None
            await cloud.put(make_pass())
            headers = {"Last-Event-ID": str(number)}
            async with desk.client.stream("GET", "/live", headers=headers) as response:
                later, _, _ = await Stream(response).until("passes")
                assert later is not None
                assert later > number
            async with desk.client.stream("GET", "/live", headers={"Last-Event-ID": "1"}) as response:
                assert (await Stream(response).next())[1] == "reload"
