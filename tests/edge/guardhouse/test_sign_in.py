"""Signing in at the box: five wrong PINs, disabled guards, sessions over a restart; all of it in the journal."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import httpx
import msgspec
import pytest
from argon2 import PasswordHasher

from edge.guardhouse import sign_in
from edge.settings import Settings
from protocols.acts import Shift, ShiftState, SignIn, SignInOutcome, SignInWay
from protocols.cards import parse_printed
from protocols.guard_api import PIN_LOCKED_S
from protocols.held import ItemKind
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import CARD, PIN, Station, make_guard, station, until
from tests.edge.world import uid


async def hold(cloud: CloudPeer, *guards: Any) -> None:
    for guard in guards:
        await cloud.put(guard, ItemKind.GUARD)
    await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == cloud.version)


def outcomes(cloud: CloudPeer) -> list[str]:
    return [event.outcome.value for event in cloud.of(SignIn)]


async def out(desk: Station) -> None:
    """Wait until whoever was signed in is not."""

    async def is_out() -> bool:
        return (await desk.get("/me")).json()["guard"] is None

    await until(is_out)


async def test_five_wrong_pins_lock_for_minutes_and_are_journalled(
    box: Box, cloud: CloudPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        answers = [(await desk.sign_in(guard.id, "0000")) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [401] * 4 + [423]
        assert [answer.json()["left"] for answer in answers] == [4, 3, 2, 1, None]
        locked = await desk.sign_in(guard.id, PIN)
        assert (locked.status_code, locked.json()["code"]) == (423, "locked")
        assert locked.json()["until"] is not None
        by_card = await desk.post("/sign-in/card", {"card": CARD})
        assert by_card.status_code == 423, "whoever tries PINs may hold the card"
        await cloud.until(lambda: len(cloud.of(SignIn)) == 7)
        assert outcomes(cloud) == ["wrong"] * 4 + ["locked"] * 3
        (event, *_) = cloud.of(SignIn)
        assert (event.guard, event.way, event.station) == (guard.id, SignInWay.PIN, "127.0.0.1")
    async with box.agent() as agent, station(agent) as desk:
        assert (await desk.sign_in(guard.id)).status_code == 423, "a restart unlocks nobody"
        later = agent.clock.now().unix_ms + PIN_LOCKED_S * 1000
        agent.guardhouse.sign_ins._wrong[guard.id] = (0, later - PIN_LOCKED_S * 1000 - 1)
        assert (await desk.sign_in(guard.id)).status_code == 200


async def test_five_tries_at_once_are_five_tries(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        answers = await asyncio.gather(*(desk.sign_in(guard.id, f"000{number}") for number in range(8)))
        assert sorted(answer.status_code for answer in answers) == [401] * 4 + [423] * 4


async def test_a_right_pin_forgets_the_wrong_ones(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        for _ in range(3):
            await desk.sign_in(guard.id, "0000")
        assert (await desk.sign_in(guard.id)).status_code == 200
        assert (await desk.sign_in(guard.id, "0000")).json()["left"] == 4


async def test_nobody_learns_who_is_a_guard(box: Box, cloud: CloudPeer) -> None:
    async with box.agent() as agent, station(agent) as desk:
        without_pin = make_guard(pin_hash="")
        await hold(cloud, without_pin)
        for stranger in (uid(), without_pin.id):
            answer = await desk.sign_in(stranger)
            assert (answer.status_code, answer.json()["code"], answer.json()["left"]) == (401, "wrong_pin", 4)
        await cloud.until(lambda: len(cloud.of(SignIn)) == 2)
        assert [(event.guard, event.outcome) for event in cloud.of(SignIn)] == [
            (None, SignInOutcome.WRONG),
            (without_pin.id, SignInOutcome.WRONG),
        ]
        assert (await desk.get("/me")).json()["guards"] == []


async def test_a_station_that_tries_too_often_waits(box: Box, cloud: CloudPeer) -> None:
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, make_guard())
        codes = [
            (await desk.post("/sign-in/card", {"card": "0000000001"})).status_code
            for _ in range(sign_in.TRIES_OF_STATION + 2)
        ]
        assert codes == [401] * sign_in.TRIES_OF_STATION + [429] * 2
        await cloud.until(lambda: "locked" in outcomes(cloud))
        await cloud.put(make_guard(keys=[]), ItemKind.GUARD)
        await cloud.until(lambda: cloud.states[-1].pass_version == cloud.version)
        assert outcomes(cloud) == ["wrong"] * sign_in.TRIES_OF_STATION + ["locked"], "told once"


async def test_a_disabled_guard_is_out_at_the_next_version(box: Box, cloud: CloudPeer) -> None:
    guard, other = make_guard(), make_guard(keys=[])
    async with box.agent() as agent, station(agent) as desk, station(agent) as second:
        await hold(cloud, guard, other)
        await desk.on_duty(guard.id)
        await second.sign_in(other.id)
        async with desk.client.stream("GET", "/live") as live:
            await cloud.put(msgspec.structs.replace(guard, enabled=False), ItemKind.GUARD)
            await out(desk)
            async with asyncio.timeout(60):
                async for _ in live.aiter_bytes():
                    pass  # the stream ends with the session
        assert (await second.get("/board")).status_code == 200
        await cloud.remove(other.id, ItemKind.GUARD)
        await out(second)
        refused = await desk.sign_in(guard.id)
        assert (refused.status_code, refused.json()["code"]) == (403, "disabled")
        await cloud.until(lambda: SignInOutcome.DISABLED in {event.outcome for event in cloud.of(SignIn)})
        assert outcomes(cloud).count("expired") == 2
        await cloud.until(lambda: len(cloud.of(Shift)) == 2)
        assert cloud.of(Shift)[1].state is ShiftState.ENDED, "nor is anybody on duty who is no guard"


OTHER_CARD = list(parse_printed("018,30001")[0].keys())


@pytest.mark.parametrize(
    "change", [{"pin_hash": "another"}, {"pin_hash": ""}, {"keys": []}, {"keys": OTHER_CARD}]
)
async def test_another_pin_or_a_card_taken_away_ends_the_guards_sessions(
    box: Box, cloud: CloudPeer, change: dict[str, Any]
) -> None:
    guard, other = make_guard(), make_guard(keys=[])
    async with box.agent() as agent, station(agent) as desk, station(agent) as second:
        await hold(cloud, guard, other)
        shift = await desk.on_duty(guard.id)
        await second.sign_in(other.id)
        async with desk.client.stream("GET", "/live") as live:
            await cloud.put(msgspec.structs.replace(guard, **change), ItemKind.GUARD)
            await out(desk)
            async with asyncio.timeout(60):
                async for _ in live.aiter_bytes():
                    pass  # the stream ends with the session
        assert (await desk.get("/board")).status_code == 401
        me = (await desk.get("/me")).json()
        assert (me["guard"], me["ended"]) == (None, "credentials"), "the page says why"
        assert (await second.get("/board")).status_code == 200, "another guard's session goes on"
        await cloud.until(lambda: "expired" in outcomes(cloud))
        assert outcomes(cloud).count("expired") == 1
        pin = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("5802")
        await hold(cloud, msgspec.structs.replace(guard, pin_hash=pin))
        again = (await desk.sign_in(guard.id, "5802")).json()
        assert (again["ended"], again["shift"]["id"]) == (None, shift), "the shift goes on"
        assert len(cloud.of(Shift)) == 1


async def test_one_more_card_or_another_name_ends_no_session(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        await desk.sign_in(guard.id)
        more = msgspec.structs.replace(guard, name="Пётр Иванович", keys=[*guard.keys, *OTHER_CARD])
        await hold(cloud, more)
        assert (await desk.get("/board")).status_code == 200
        await hold(cloud, guard)
        assert (await desk.get("/board")).status_code == 200, "the session began before that card came"


async def test_a_pin_that_changed_at_once_before_a_restart_ends_the_session(
    box: Box, cloud: CloudPeer
) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        await desk.sign_in(guard.id)
        jar = dict(desk.client.cookies)
    box.settings, on = Settings(gate=box.settings.gate), box.settings  # nobody serves the page meanwhile
    async with box.agent():
        await hold(cloud, msgspec.structs.replace(guard, pin_hash="another"))
    box.settings = on
    async with box.agent() as agent, station(agent) as desk:
        desk.client.cookies.update(jar)
        assert (await desk.get("/me")).json()["guard"] is None
        assert (await desk.get("/me")).json()["ended"] == "credentials"


async def test_a_session_of_an_earlier_agent_goes_on_until_the_next_change(
    box: Box, cloud: CloudPeer
) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        await desk.sign_in(guard.id)
        jar = dict(desk.client.cookies)
    with closing(sqlite3.connect(box.folder / "store.sqlite")) as store, store:
        store.execute("UPDATE guard_session SET credentials = NULL")
    async with box.agent() as agent, station(agent) as desk:
        desk.client.cookies.update(jar)
        assert (await desk.get("/board")).status_code == 200
        await hold(cloud, msgspec.structs.replace(guard, keys=[]))
        await out(desk)


async def test_a_session_outlives_a_restart_and_ends_by_itself(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        answer = await desk.sign_in(guard.id)
        cookie = answer.headers["set-cookie"].lower()
        assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/gate/api"))
        jar = dict(desk.client.cookies)
        store = (box.folder / "store.sqlite").read_bytes() + (box.folder / "store.sqlite-wal").read_bytes()
        assert next(iter(jar.values())).encode() not in store, "a copied store lets nobody in"
    async with box.agent() as agent, station(agent) as desk:
        desk.client.cookies.update(jar)
        assert (await desk.get("/me")).json()["guard"]["id"] == str(guard.id)
        sessions = agent.guardhouse.sign_ins._sessions
        for token, session in list(sessions.items()):
            sessions[token] = session._replace(begun_ms=session.begun_ms - sign_in.SESSION_MS)
        assert (await desk.get("/board")).status_code == 401


async def test_signing_out_ends_the_session_alone(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        await desk.on_duty(guard.id)
        assert (await desk.post("/sign-out")).status_code == 204
        assert (await desk.get("/board")).status_code == 401
        assert (await desk.sign_in(guard.id)).json()["shift"] is not None, "the shift goes on"


async def test_the_oldest_of_too_many_sessions_goes(box: Box, cloud: CloudPeer) -> None:
    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await hold(cloud, guard)
        cookies = []
        for _ in range(sign_in.SESSIONS_OF_ONE + 1):
            desk.client.cookies = httpx.Cookies()
            await desk.sign_in(guard.id)
            cookies.append(dict(desk.client.cookies))
        states = []
        for jar in cookies:
            desk.client.cookies = httpx.Cookies(jar)
            states.append((await desk.get("/board")).status_code)
        assert states == [401] + [200] * sign_in.SESSIONS_OF_ONE
