"""A card on a virtual desk reader: what it says to vpcd, here a bare socket, and the hand of the control API."""

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from firmware_sim import config, site
from firmware_sim.clock import SystemClock
from firmware_sim.control import application
from firmware_sim.pcsc_card import GET_UID, Fault, PcscDesk, contactless

UID = bytes.fromhex("04A1B2C3")
OFF, ON, RESET, ATR = (bytes([sign]) for sign in (0, 1, 2, 4))


class Vpcd:
    """The reader's side: it awaits a card and asks it."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._lines.put((reader, writer))

    async def card(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(30):
            return await self._lines.get()


async def ask(line: tuple[asyncio.StreamReader, asyncio.StreamWriter], *messages: bytes) -> bytes:
    """What it answers to the last of them."""
    reader, writer = line
    for message in messages:
        writer.write(struct.pack(">H", len(message)) + message)
    async with asyncio.timeout(30):
        (length,) = struct.unpack(">H", await reader.readexactly(2))
        return await reader.readexactly(length)


@contextlib.asynccontextmanager
async def vpcd() -> AsyncIterator[tuple[Vpcd, int]]:
    service = Vpcd()
    server = await asyncio.start_server(service.called, "127.0.0.1", 0)
    async with server:
        yield service, server.sockets[0].getsockname()[1]


@contextlib.asynccontextmanager
async def desk_at(folder: Path, port: int) -> AsyncIterator[tuple[site.Site, httpx.AsyncClient]]:
    (folder / "site.json").write_text(
        json.dumps({"folder": "d", "desks": [{"name": "office", "port": port}]})
    )
    devices = site.build(config.load(folder / "site.json"), folder, SystemClock())
    await devices.start()
    transport = httpx.ASGITransport(app=application(devices))
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
        yield devices, client
    await devices.stop()


def test_a_card_says_what_it_is_as_recorded_ones_do() -> None:
    assert contactless(UID).atr.hex().upper() == "3B8F8001804F0CA000000306030001000000006A"
    seven = bytes.fromhex("04A1B2C3D4E5F6")
    assert contactless(seven).atr.hex().upper() == "3B8F8001804F0CA0000003060300030000000068"


async def test_a_card_answers_until_it_is_taken_away_and_all_is_logged(tmp_path: Path) -> None:
    async with vpcd() as (service, port), desk_at(tmp_path, port) as (devices, client):
        assert (await client.post("/desks/office/card", json={"uid": UID.hex()})).json()["submitted"]
        line = await service.card()
        assert await ask(line, OFF, ON, RESET, ATR) == contactless(UID).atr
        assert await ask(line, GET_UID) == UID + b"\x90\x00"
        assert await ask(line, bytes.fromhex("00A4040000")) == b"\x6d\x00"
        assert (await client.get("/")).json()["desks"] == {"office": {"has_card": True, "fault": "none"}}
        assert (await client.post("/desks/office/take")).status_code == 204
        async with asyncio.timeout(30):
            assert await line[0].read() == b""
        assert not devices.desks["office"].has_card
        line[1].close()
    logged = [json.loads(entry) for entry in (tmp_path / "d" / "devices.jsonl").read_text().splitlines()]
    assert [entry["kind"] for entry in logged] == ["start", "desk_card", "desk_asked", "desk_asked", "stop"]
    assert [entry["answer"] for entry in logged[2:4]] == ["04a1b2c39000", "6d00"]


@pytest.mark.parametrize(
    ("fault", "answer"), [("garbage", "a5"), ("refuse", "6a81"), ("none", "04a1b2c39000")]
)
async def test_how_a_card_answers_is_told_while_it_lies_there(
    tmp_path: Path, fault: str, answer: str
) -> None:
    async with vpcd() as (service, port), desk_at(tmp_path, port) as (_, client):
        await client.post("/desks/office/card", json={"uid": UID.hex()})
        assert (await client.post("/desks/office/fault", json={"fault": fault})).status_code == 204
        line = await service.card()
        assert (await ask(line, GET_UID)).hex() == answer
        assert await ask(line, ATR) == contactless(UID).atr  # it lies there all the same
        line[1].close()


async def test_a_silent_card_lies_there_and_says_nothing(tmp_path: Path) -> None:
    async with vpcd() as (service, port), desk_at(tmp_path, port) as (devices, client):
        devices.desks["office"].fault = Fault.SILENT
        await client.post("/desks/office/card", json={"uid": UID.hex()})
        line = await service.card()
        assert await ask(line, GET_UID, ATR) == contactless(UID).atr
        assert devices.desks["office"].asked == [GET_UID]
        line[1].close()


async def test_where_no_reader_is_nothing_is_laid(tmp_path: Path) -> None:
    async with vpcd() as (_, port):
        pass
    async with desk_at(tmp_path, port) as (devices, client):
        answer = await client.post("/desks/office/card", json={"uid": UID.hex()})
        assert (answer.status_code, answer.json()["submitted"]) == (503, False)
        assert not devices.desks["office"].has_card
        assert (await client.post("/desks/office/fault", json={"fault": "broken"})).status_code == 422
        assert (await client.post("/desks/other/take")).status_code == 404


async def test_another_card_takes_the_place_of_the_one_that_lies_there(tmp_path: Path) -> None:
    async with vpcd() as (service, port), desk_at(tmp_path, port) as (devices, _):
        desk: PcscDesk = devices.desks["office"]
        await desk.lay(contactless(UID))
        first = await service.card()
        await desk.lay(contactless(UID[::-1]))
        second = await service.card()
        async with asyncio.timeout(30):
            assert await first[0].read() == b""
        assert await ask(second, GET_UID) == UID[::-1] + b"\x90\x00"
        for _, writer in (first, second):
            writer.close()
