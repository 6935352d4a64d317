"""What the page need not show any more goes, once the cloud has it; pictures stay a while after they were sent."""

import asyncio
import random
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from edge.access.journal import Journal
from edge.access.passes import Row
from edge.drivers.base import Still
from edge.guardhouse import opening, retention
from edge.guardhouse.retention import days_of
from edge.ids import Ids
from edge.link.files import PHOTO, STILL, VIOLATION, Pictures, named, unsent
from edge.settings import RetentionSettings
from edge.store import Store
from edge.video.archive import Archive
from edge.video.segments import Segment
from protocols.held import ItemKind, RetentionItem, encode_item
from protocols.privacy import BOX_RECORDS, BOX_VIDEO, RetentionApplied
from protocols.records import decode_event
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.drivers.support import eventually
from tests.edge.guardhouse.desk import LANE_IN, Gate, Station, gate, station, until
from tests.edge.world import HandClock, uid

DAY_MS = 86_400_000


async def a_day_at_the_gate(at: Gate, desk: Station) -> None:
    await desk.on_duty(at.guard.id)
    await at.car("A001AA77")
    await desk.post("/passes", {"id": str(uid()), "holder": "Курьер", "plate": "A123BC72"})
    await desk.post("/notes", {"id": str(uid()), "text": "Тихо"})
    await desk.post("/violations", {"id": str(uid()), "kind": "noise"})
    order = {"id": str(uid()), "direction": "in", "verdict": "open", "reason": "police"}
    await desk.post(f"/lanes/{LANE_IN}/decide", order)
    for state in ("inside", "left"):
        await desk.put(f"/visits/{uid()}", {"state": state, "name": f"Гость {state}"})

    async def is_known() -> bool:
        return bool((await desk.get("/passages")).json()["items"])

    await until(is_known)


async def rows(store: Store) -> dict[str, int]:
    def count(connection: Any) -> dict[str, int]:
        tables = ("passage", "act", "draft", "visit")
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}

    return await store.write(count)


async def test_what_is_old_and_sent_goes(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await a_day_at_the_gate(at, desk)
        before = await rows(at.agent.store)
        assert before == {"passage": 1, "act": 3, "draft": 1, "visit": 2}
        await at.agent._forget()
        assert await rows(at.agent.store) == before, "nothing is old"

        async def is_sent() -> bool:
            return at.agent.uplink.connected.is_set() and (await at.agent.report())["backlog"]["events"] == 0

        await until(is_sent)
        later = at.agent.clock.now().unix_ms + 31 * DAY_MS
        await forget(at, later)
        assert await rows(at.agent.store) == {"passage": 0, "act": 0, "draft": 0, "visit": 1}
        (left,) = (await desk.get("/visits", show="inside")).json()["items"]
        assert left["name"] == "Гость inside", "whoever is inside stays"
        assert not at.agent.held.passes.match_plate("A123BC72", at.agent.held.uses)


def rules(**days: int) -> Row:
    """The company's word, as the log brings it."""
    item = RetentionItem(id=uid(), days=days)
    return Row(ItemKind.RETENTION, item.id, 1, encode_item(item))


async def told(store: Store) -> list[RetentionApplied]:
    def read(connection: Any) -> list[bytes]:
        kept = connection.execute(
            "SELECT body FROM record JOIN stream USING (n) WHERE kind = 'events' ORDER BY sequence"
        )
        return [row[0] for row in kept]

    events = [decode_event(body) for body in await store.write(read)]
    return [event for event in events if isinstance(event, RetentionApplied)]


def test_the_company_shortens_and_never_lengthens_what_the_box_keeps() -> None:
    keep = RetentionSettings(guard_days=30, pictures_days=3, events_days=14)
    assert days_of(keep, {})["visitors"] == 30
    assert days_of(keep, {"visitors": 1})[BOX_RECORDS] == 3, "a restored cloud may ask for so much at least"
    assert days_of(keep, {"visitors": 1})["visitors"] == 1
    assert days_of(RetentionSettings(events_days=2), {"visitors": 7})[BOX_RECORDS] == 2, "the box's own word"
    days = days_of(keep, {"visitors": 7, "stills": 90, "blacklist": 1, "of a newer cloud": 1})
    assert (days["visitors"], days["passages"], days["stills"]) == (7, 30, 3)
    assert days[BOX_RECORDS] == 7, "records of visitors, too"


async def test_the_companys_days_hold_and_the_box_tells_what_went(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        await a_day_at_the_gate(at, desk)
        at.agent.held.passes.put(rules(visitors=7, notes=7, passages=20))

        async def is_sent() -> bool:
            return at.agent.uplink.connected.is_set() and (await at.agent.report())["backlog"]["events"] == 0

        await until(is_sent)
        now_ms = at.agent.clock.now().unix_ms
        await forget(at, now_ms + 8 * DAY_MS)
        assert await rows(at.agent.store) == {"passage": 1, "act": 2, "draft": 1, "visit": 1}
        [first] = await told(at.agent.store)
        kinds = {each.kind: each for each in first.kinds}
        assert (kinds["visitors"].days, kinds["visitors"].count) == (7, 1)
        until_ms = at_ms(kinds["visitors"].gone_until)
        assert until_ms is not None
        assert now_ms - DAY_MS < until_ms <= now_ms + DAY_MS, "as far as all was sent"
        assert (kinds["notes"].count, kinds["notes"].oldest_at) == (1, None)
        assert (kinds["passages"].days, kinds["passages"].count) == (20, 0)
        oldest = kinds["passages"].oldest_at
        assert oldest is not None
        assert abs(oldest.timestamp() * 1000 - now_ms) < DAY_MS
        await forget(at, now_ms + 8 * DAY_MS)
        assert len(await told(at.agent.store)) == 1, "once a day"
        at.agent.held.passes.put(rules(visitors=6))
        await forget(at, now_ms + 8 * DAY_MS)
        assert len(await told(at.agent.store)) == 2, "and when the rules have changed"


async def test_video_is_told_of_too_what_is_left_and_what_went_over_a_restart(
    box: Box, cloud: CloudPeer, modbus: int
) -> None:
    async with gate(box, cloud, modbus) as at:
        now_ms = at.agent.clock.now().unix_ms
        made = [Segment(uid(), now_ms - age * DAY_MS, 4000, 10) for age in (9, 8, 2, 1)]
        for each in made:
            file = at.agent.data / "made.ts"
            file.write_bytes(b"x" * 10)
            at.agent.studio.archive.keep(each, file)
        await eventually(lambda: at.agent.studio.archive.oldest_ms() == made[2].start_ms)  # seven days
    async with box.agent() as agent:
        await eventually(lambda: agent.studio.archive.size > 0)  # the archive is open
        agent.held.passes.put(rules(stills=5))
        await opening.forget_old(agent, agent.guardhouse, now_ms)
        [first] = await told(agent.store)
        [video] = [each for each in first.kinds if each.kind == BOX_VIDEO]
        assert (video.days, video.count) == (5, 2)
        assert (at_ms(video.oldest_at), at_ms(video.gone_until)) == (made[2].start_ms, made[1].end_ms)
        await opening.forget_old(agent, agent.guardhouse, now_ms + DAY_MS)
        [video] = [each for each in (await told(agent.store))[1].kinds if each.kind == BOX_VIDEO]
        assert (video.count, video.gone_until) == (0, None)


async def test_what_goes_while_the_box_tells_is_told_next_time(store: Store, tmp_path: Path) -> None:
    clock = HandClock()
    journal = Journal(store, clock, Ids(clock, random.Random(1).randbytes))
    now_ms = clock.now().unix_ms
    archive = Archive(tmp_path / "video")
    archive.open()
    old = Segment(uid(), now_ms - 9 * DAY_MS, 4000, 10)
    (tmp_path / "made.ts").write_bytes(b"x" * 10)
    archive.keep(old, tmp_path / "made.ts")
    days = {BOX_VIDEO: 5.0}

    async def tell(at_ms: int) -> bool:
        return await retention.tell(store, journal, days, at_ms, oldest_video_ms=None)

    first = asyncio.ensure_future(tell(now_ms))
    second = asyncio.ensure_future(tell(now_ms))
    await asyncio.sleep(0)  # both ask what was told
    assert archive.drop(quota_bytes=100, before_ms=now_ms - DAY_MS) == 1
    await retention.count_video(store, archive)
    assert sorted([await first, await second]) == [False, True], "not twice"
    assert await tell(now_ms + DAY_MS)
    counts = [each.count for event in await told(store) for each in event.kinds]
    assert sum(counts) == 1, "neither lost nor told twice"


def at_ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


async def test_what_the_cloud_does_not_have_stays(box: Box, cloud: CloudPeer, modbus: int) -> None:
    async with gate(box, cloud, modbus) as at, station(at.agent) as desk:
        cloud.mute = True
        await a_day_at_the_gate(at, desk)
        before = await rows(at.agent.store)
        await forget(at, at.agent.clock.now().unix_ms + 400 * DAY_MS)
        assert await rows(at.agent.store) == before
        cloud.mute = False


async def forget(at: Gate, now_ms: int) -> None:
    await opening.forget_old(at.agent, at.agent.guardhouse, now_ms)


async def keep(pictures: Pictures, data: bytes, kind: str) -> str:
    digest = sha256(data).hexdigest()
    await pictures.keep(Still(data), digest, kind)
    return digest


async def test_a_picture_stays_for_the_guard_after_it_was_sent(store: Store, tmp_path: Path) -> None:
    clock = HandClock()
    pictures = Pictures(tmp_path / "stills", store, clock)
    pictures.keeps_sent = True
    still = await keep(pictures, b"still", STILL)
    await pictures.done(still)
    assert pictures.path(still).exists()
    assert await pictures.next() is None, "it is not sent again"
    now_ms = clock.now().unix_ms
    assert await pictures.forget_sent(now_ms, 0) == 0
    assert await pictures.forget_sent(now_ms + 1, 0) == 1
    assert not pictures.path(still).exists()


async def test_a_guards_photograph_waits_for_its_act(store: Store, tmp_path: Path) -> None:
    pictures = Pictures(tmp_path / "stills", store, HandClock())
    first, second = await keep(pictures, b"first", PHOTO), await keep(pictures, b"second", PHOTO)
    assert await pictures.next() is None
    assert await pictures.drop_until(0) == 0, "nor does it make room"
    await store.write(lambda connection: named(connection, [first], VIOLATION))
    waiting = await pictures.next()
    assert waiting is not None
    assert (waiting.sha256, waiting.kind) == (first, VIOLATION)
    assert await pictures.drop_until(0) == 0, "a violation's never does, before it was sent"
    assert await pictures.forget_sent(0, HandClock().now().unix_ms + 1) == 1
    assert not pictures.path(second).exists()
    assert await store.write(unsent) == {first}


async def test_what_was_sent_makes_room_first(store: Store, tmp_path: Path) -> None:
    clock = HandClock()
    pictures = Pictures(tmp_path / "stills", store, clock)
    pictures.keeps_sent = True
    old = await keep(pictures, b"o" * 100, STILL)
    clock.pass_s(60)
    sent = await keep(pictures, b"s" * 100, VIOLATION)
    await pictures.done(sent)
    assert await pictures.drop_until(100) == 1
    assert (pictures.path(old).exists(), pictures.path(sent).exists()) == (True, False)
