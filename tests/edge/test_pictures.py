"""The folder of pictures: every file has a row, and the oldest stills make room, no more than is short."""

import asyncio
import errno
from hashlib import sha256
from pathlib import Path

import pytest

from edge.agent import Agent
from edge.disk import MEGABYTE, DiskGuard
from edge.drivers.base import Still
from edge.link.files import VIOLATION, Pictures
from edge.settings import DiskSettings
from edge.store import Store, StoreFullError
from tests.edge.boxes import Box
from tests.edge.world import HandClock


def still_of(number: int, size: int = 100) -> tuple[Still, str]:
    """A picture and its hash."""
    data = number.to_bytes(2, "big") * (size // 2)
    return Still(data), sha256(data).hexdigest()


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def rows_of(store: Store) -> set[str]:
    return {row[0] for row in await store.write(lambda c: c.execute("SELECT sha256 FROM file").fetchall())}


async def started(agent: Agent) -> None:
    for _ in range(3000):
        if agent.supervisor.records:
            return
        await asyncio.sleep(0.02)
    pytest.fail("the agent did not start")


async def test_a_picture_whose_row_finds_no_room_leaves_no_file(store: Store, tmp_path: Path) -> None:
    pictures = Pictures(tmp_path / "stills", store, HandClock())
    await store.write(lambda connection: connection.execute("PRAGMA max_page_count = 1"))  # no more than now

    async def fill() -> None:
        for number in range(500):
            await pictures.keep(*still_of(number))

    with pytest.raises(StoreFullError):
        await fill()
    kept = await rows_of(store)
    assert files_of(tmp_path / "stills") == kept != set()
    await pictures.keep(*still_of(0))  # it has its row: the same picture again takes no room
    assert files_of(tmp_path / "stills") == kept


async def test_a_picture_that_finds_no_room_itself_leaves_no_part(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = Pictures(tmp_path / "stills", store, HandClock())

    def full(_self: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        await pictures.keep(*still_of(0))
    assert files_of(tmp_path / "stills") == set()


async def test_what_a_power_cut_left_without_a_row_goes_at_the_next_start(tmp_path: Path) -> None:
    box = Box(tmp_path / "box", "127.0.0.1", 9)
    stills = box.folder / "stills"
    kept, name = still_of(0)
    async with box.agent() as agent:
        await started(agent)
        await agent.pictures.keep(kept, name)
    for orphan in (still_of(1)[1], f"{still_of(2)[1][:-5]}.part"):
        (stills / orphan).write_bytes(b"half")
    async with box.agent() as agent:
        await started(agent)
        assert files_of(stills) == await rows_of(agent.store) == {name}


@pytest.mark.parametrize("asked", ["look", "relieve"])
async def test_a_short_disk_costs_the_oldest_stills_until_it_is_short_no_more(
    store: Store, tmp_path: Path, asked: str
) -> None:
    clock, folder, told = HandClock(), tmp_path / "stills", []
    pictures = Pictures(folder, store, clock)

    async def report(kind: str, count: int, _detail: str) -> None:
        told.append((kind, count))

    guard = DiskGuard(
        tmp_path,
        DiskSettings(low_mb=4, stills_mb=1000, reserve_mb=8),
        store=store,
        stills=pictures,
        report=report,
        free_bytes=lambda _folder: 12 * MEGABYTE - sum(path.stat().st_size for path in folder.iterdir()),
    )
    crime, crime_name = still_of(1000, MEGABYTE)
    await pictures.keep(crime, crime_name, VIOLATION)
    names = []
    for number in range(8):  # 3 MB are left, a quarter more than 4 MB are wanted
        clock.pass_s(1)
        still, name = still_of(number, MEGABYTE)
        await pictures.keep(still, name)
        names.append(name)
    await (guard.look() if asked == "look" else guard.relieve())
    assert files_of(folder) == await rows_of(store) == {crime_name, *names[2:]}
    if asked == "look":
        assert guard.thin_every == 1  # dropping stills was enough
    await guard.look()
    assert told[0] == ("stills_dropped", 2)
    assert [kind for kind, _ in told].count("stills_dropped") == 1
    assert files_of(folder) == {crime_name, *names[2:]}


async def test_room_that_is_short_for_another_reason_than_space_costs_all_stills(
    store: Store, tmp_path: Path
) -> None:
    pictures = Pictures(tmp_path / "stills", store, HandClock())
    await pictures.keep(*still_of(0))

    async def report(_kind: str, _count: int, _detail: str) -> None:
        pass

    guard = DiskGuard(tmp_path, DiskSettings(low_mb=1), store=store, stills=pictures, report=report)
    await guard.relieve()
    assert files_of(tmp_path / "stills") == set()
